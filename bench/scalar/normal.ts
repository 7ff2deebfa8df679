/**
 * Standard normals as assembly/normal.ts makes them, one path at a time: the same statements in
 * the same order, so the same bits.
 */

const M0: u64 = 0xd2511f53;
const M1: u64 = 0xcd9e8d57;
const W0: u32 = 0x9e3779b9;
const W1: u32 = 0xbb67ae85;

/** Writes the round keys of a seed: [10×2] u32. */
export function schedule(keys: usize, seedLow: u32, seedHigh: u32): void {
  for (let round: usize = 0; round < 10; round++) {
    store<u32>(keys + (round << 3), seedLow);
    store<u32>(keys + (round << 3), seedHigh, 4);
    seedLow += W0;
    seedHigh += W1;
  }
}

/** Normals of a list of paths: out [4·blocks × stride] f64, factor-major. */
export function normals(
  out: usize, paths: usize, count: i32, stride: i32, keys: usize, stream: u32, firstBlock: i32, blocks: i32,
): void {
  const row = <usize>stride << 3;
  for (let block = 0; block < blocks; block++) {
    const rows = out + <usize>(block << 2) * row;
    for (let p = 0; p < count; p++) {
      let c0 = load<u32>(paths + (<usize>p << 2));
      let c1: u32 = firstBlock + block;
      let c2 = stream;
      let c3: u32 = 0;
      for (let round: usize = 0; round < 80; round += 8) {
        const p0 = M0 * <u64>c0;
        const p1 = M1 * <u64>c2;
        c0 = <u32>(p1 >> 32) ^ c1 ^ load<u32>(keys + round);
        c1 = <u32>p1;
        c2 = <u32>(p0 >> 32) ^ c3 ^ load<u32>(keys + round, 4);
        c3 = <u32>p0;
      }
      const at = rows + (<usize>p << 3);
      pair(at, row, c0, c1);
      pair(at + 2 * row, row, c2, c3);
    }
  }
}

// @ts-ignore: decorator
@inline
function pair(at: usize, row: usize, radius: u32, angle: u32): void {
  const y = <f64>radius + 0.5;
  const moved = reinterpret<u64>(y) + 0x00095f6200000000;
  const f = reinterpret<f64>((moved & 0x000fffffffffffff) + 0x3fe6a09e00000000) - 1.0;
  const k = <f64>(<i32>(moved >> 52) - 1023 - 32);
  const s = f / (2.0 + f);
  const z = s * s;
  const w = z * z;
  const l = 6.666666666666735130e-1 + z * 3.999999999940941908e-1;
  const n = 2.857142874366239149e-1 + z * 2.222219843214978396e-1;
  const o = 1.818357216161805012e-1 + z * 1.531383769920937332e-1;
  const p = z * (l + w * n + w * w * (o + w * 1.479819860511658591e-1));
  const log = k * 6.93147180559945286227e-1 + s * (2.0 + p);
  const r = sqrt(log * -2.0);

  const q = angle + 0x20000000;
  const a = <f64>(<i32>((q & 0x3fffffff) - 0x20000000));
  const t = (a + 0.5) * 1.4629180792671596e-9;
  const x = t * t;
  const v = x * x;
  const b = -1.66666666666666324348e-1 + x * 8.33333333332248946124e-3;
  const c = -1.98412698298579493134e-4 + x * 2.75573137070700676789e-6;
  const d = -2.50507602534068634195e-8 + x * 1.58969099521155010221e-10;
  const sine = t + t * x * (b + v * (c + v * d));
  const g = 4.16666666666666019037e-2 + x * -1.38888888888741095749e-3;
  const h = 2.48015872894767294178e-5 + x * -2.75573143513906633035e-7;
  const i = 2.08757232129817482790e-9 + x * -1.13596475577881948265e-11;
  const cosine = 1.0 + x * (-0.5 + x * (g + v * (h + v * i)));
  // Quadrant: odd ones swap cosine and sine, then the signs.
  const odd = <bool>(q & 0x40000000);
  const first = odd ? sine : cosine;
  const second = odd ? cosine : sine;
  store<f64>(at, r * ((q ^ (q << 1)) & 0x80000000 ? -first : first));
  store<f64>(at + row, r * (q & 0x80000000 ? -second : second));
}
