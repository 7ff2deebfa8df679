// Normals of the tuned implementations: the fastest that was found in plain JavaScript.

/** A source of whole columns of standard normals. */
export interface Normals {
  /** Fills a column with the next normals. */
  fill(out: Float64Array): void;
  /** Starts a sequence of its own for a path, so that any path can be had alone. */
  start(path: number): void;
}

// Ziggurat of 256 layers; r and v as Marsaglia & Tsang, The ziggurat method (2000).
const LAYERS = 256;
const R = 3.6541528853610088;
const V = 0.00492867323399;
const edge = new Int32Array(LAYERS);
const width = new Float64Array(LAYERS);
const height = new Float64Array(LAYERS);
{
  const unit = 2 ** 31;
  const density = (x: number) => Math.exp(-0.5 * x * x);
  let x = R;
  const base = V / density(R);
  edge[0] = (R / base) * unit;
  width[0] = base / unit;
  width[LAYERS - 1] = R / unit;
  height[0] = 1;
  height[LAYERS - 1] = density(R);
  for (let i = LAYERS - 2; i >= 1; i--) {
    const next = Math.sqrt(-2 * Math.log(V / x + density(x)));
    edge[i + 1] = (next / x) * unit;
    x = next;
    width[i] = x / unit;
    height[i] = density(x);
  }
}

/**
 * A sequence of normals: xoshiro128++ (Blackman & Vigna 2018) and a ziggurat. One word makes one
 * normal, its low byte also choosing the layer; the state stays in registers for a whole column,
 * which is what makes it fast. Sequential: the n-th normal takes all before it.
 */
export function ziggurat(seed: number): Normals {
  const state = new Int32Array(4);

  // One word of the finaliser of MurmurHash3 for each word of state.
  function start(path: number): void {
    for (let i = 0; i < 4; i++) {
      let h = (Math.imul(path, 4) + i) ^ Math.imul(seed, 0x9e3779b9);
      h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
      h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
      state[i] = h ^ (h >>> 16);
    }
  }

  function word(): number {
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    const sum = (a + d) | 0;
    const result = (((sum << 7) | (sum >>> 25)) + a) | 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = d;
    return result;
  }

  // Once in some hundred words: the tail, or the part of a layer that the density cuts off.
  function outside(h: number, layer: number): number {
    const uniform = () => ((word() >>> 0) + 0.5) / 4294967296;
    if (layer === 0) {
      let x: number;
      let y: number;
      do {
        x = -Math.log(uniform()) / R;
        y = -Math.log(uniform());
      } while (y + y < x * x);
      return h > 0 ? R + x : -R - x;
    }
    const x = h * width[layer]!;
    const y = height[layer]! + uniform() * (height[layer - 1]! - height[layer]!);
    return y < Math.exp(-0.5 * x * x) ? x : Number.NaN;
  }

  function fill(out: Float64Array): void {
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    // Locals, because the compiler loads a module's variables anew after every call.
    const edges = edge;
    const widths = width;
    const count = out.length;
    for (let i = 0; i < count; ) {
      const sum = (a + d) | 0;
      const h = (((sum << 7) | (sum >>> 25)) + a) | 0;
      const t = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= t;
      d = (d << 11) | (d >>> 21);
      const layer = h & 255;
      if (Math.abs(h) < edges[layer]!) {
        out[i++] = h * widths[layer]!;
        continue;
      }
      state[0] = a;
      state[1] = b;
      state[2] = c;
      state[3] = d;
      const x = outside(h, layer);
      a = state[0]!;
      b = state[1]!;
      c = state[2]!;
      d = state[3]!;
      if (!Number.isNaN(x)) out[i++] = x;
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = d;
  }

  start(0);
  return { fill, start };
}
