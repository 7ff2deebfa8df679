/**
 * Standard normals by Box–Muller in plain JavaScript, see assembly/normal.ts.
 *
 * The words of a few paths are drawn first, then turned into normals: two loops with few live
 * numbers each.
 */
import { TILE } from "../plan.ts";
import type { TwinMemory } from "./memory.ts";
import { pathWords } from "./philox.ts";

// A number written in the code is rebuilt from two instructions at every use; one taken from a
// column before the loop stays where the processor reads it: 5.8 against 7.2 ns per normal.
const POOL: Float64Array = Float64Array.of(
  6.66666666666673513e-1, // Lg1
  3.999999999940941908e-1, // Lg2
  2.857142874366239149e-1, // Lg3
  2.222219843214978396e-1, // Lg4
  1.818357216161805012e-1, // Lg5
  1.531383769920937332e-1, // Lg6
  1.479819860511658591e-1, // Lg7
  6.93147180559945286227e-1, // ln 2
  1.4629180792671596e-9, // 2 pi / 2^32
  -1.66666666666666324348e-1, // S1
  8.33333333332248946124e-3, // S2
  -1.98412698298579493134e-4, // S3
  2.75573137070700676789e-6, // S4
  -2.50507602534068634195e-8, // S5
  1.58969099521155010221e-10, // S6
  4.16666666666666019037e-2, // C1
  -1.38888888888741095749e-3, // C2
  2.48015872894767294178e-5, // C3
  -2.75573143513906633035e-7, // C4
  2.0875723212981748279e-9, // C5
  -1.13596475577881948265e-11, // C6
);

/** What brings (word + 1/2) / 2^32 into [√½, √2): [2 × 33], by leading zeros and the split. */
const SCALES: Float64Array = powersOfHalf();

function powersOfHalf(): Float64Array {
  const out = new Float64Array(66);
  let power = 1 / 2147483648;
  for (let i = 0; i < 66; i += 2) {
    out[i] = power;
    out[i + 1] = power / 2;
    power *= 2;
  }
  return out;
}

const words: Int32Array = new Int32Array(4 * TILE);

/** Standard normals of a list of paths: out [4·blocks × stride] f64, factor-major. */
export function normals(
  memory: TwinMemory,
  out: number,
  paths: number,
  count: number,
  stride: number,
  keys: number,
  stream: number,
  firstBlock: number,
  blocks: number,
): void {
  for (let block = 0; block < blocks; block++) {
    const rows = (out >>> 3) + 4 * block * stride;
    for (let done = 0; done < count; done += TILE) {
      const size = Math.min(TILE, count - done);
      pathWords(memory, words, paths + 4 * done, size, keys, stream, firstBlock + block);
      boxMuller(memory.f64, 0, rows + done, stride, size);
      boxMuller(memory.f64, 2, rows + done + 2 * stride, stride, size);
    }
  }
}

/** Normals of words `which` and `which + 1` of every path, in rows `at` and `at + row`. */
function boxMuller(f64: Float64Array, which: number, at: number, row: number, count: number): void {
  const drawn = words;
  const scales = SCALES;
  const lg1 = POOL[0]!;
  const lg2 = POOL[1]!;
  const lg3 = POOL[2]!;
  const lg4 = POOL[3]!;
  const lg5 = POOL[4]!;
  const lg6 = POOL[5]!;
  const lg7 = POOL[6]!;
  const ln2 = POOL[7]!;
  const turn = POOL[8]!;
  const s1 = POOL[9]!;
  const s2 = POOL[10]!;
  const s3 = POOL[11]!;
  const s4 = POOL[12]!;
  const s5 = POOL[13]!;
  const s6 = POOL[14]!;
  const c1 = POOL[15]!;
  const c2 = POOL[16]!;
  const c3 = POOL[17]!;
  const c4 = POOL[18]!;
  const c5 = POOL[19]!;
  const c6 = POOL[20]!;
  let from = which;
  for (let out = at; out < at + count; out++) {
    const word = drawn[from]!;
    // The angle's word: its top two bits, after rounding, are the quadrant.
    const quadrant = (drawn[from + 1]! + 0x20000000) | 0;
    from += 4;
    // ln u = k ln 2 + ln m with m in [√½, √2): the mantissa splits at its top bits 0x16a09e.
    const zeros = Math.clz32(word);
    const mantissa = (word << zeros) | ((1 << zeros) >>> 1);
    const up = (0x16a09d - (mantissa >>> 11)) >>> 31;
    const f = ((word >>> 0) + 0.5) * scales[2 * zeros + up]! - 1;
    const k = up - zeros - 1;
    const s = f / (2 + f);
    // The angle, in [-pi/4, pi/4].
    const t = ((quadrant & 0x3fffffff) - 0x20000000 + 0.5) * turn;
    const x = t * t;
    const v = x * x;
    const z = s * s;
    const w = z * z;
    const sine = t + t * x * (s1 + x * s2 + v * (s3 + x * s4 + v * (s5 + x * s6)));
    const cosine = 1 + x * (-0.5 + x * (c1 + x * c2 + v * (c3 + x * c4 + v * (c5 + x * c6))));
    const p = z * (lg1 + z * lg2 + w * (lg3 + z * lg4) + w * w * (lg5 + z * lg6 + w * lg7));
    const radius = Math.sqrt((k * ln2 + s * (2 + p)) * -2);
    // Odd quadrants swap cosine and sine: by place, because a branch would be guessed wrong.
    const odd = ((quadrant << 1) >> 31) & row;
    f64[out + odd] = radius * ((quadrant >> 31) | 1) * cosine;
    f64[out + (odd ^ row)] = radius * (((quadrant ^ (quadrant << 1)) >> 31) | 1) * sine;
  }
}
