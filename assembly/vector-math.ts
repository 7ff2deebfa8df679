/**
 * Exponential and logarithm of two lanes, in the arithmetic of src/numeric/elementary.ts.
 *
 * ulp     expX2 0.85 on [-708, 709], arguments outside are held at the bounds;
 *         logX2 below 1 on normal positive numbers
 * bits    depend on the argument only
 * source  Cody & Waite reduction with a degree-11 polynomial; fdlibm e_log.c
 */

// Constants live in memory, each twice, because V8 rebuilds a v128 constant at every use.
// @ts-ignore: decorator
@inline const POOL: usize = memory.data<f64>([
  1.44269504088896338700, 1.44269504088896338700, // 0 1/ln 2
  6755399441055744.0, 6755399441055744.0, // 16 1.5·2^52: adding it rounds to an integer
  6.93147180369123816490e-1, 6.93147180369123816490e-1, // 32 ln 2, high part
  1.90821492927058770002e-10, 1.90821492927058770002e-10, // 48 ln 2, low part
  0.5000000000000001, 0.5000000000000001, // 64 Q0 …
  0.16666666666666669, 0.16666666666666669, // 80
  0.04166666666662413, 0.04166666666662413, // 96
  0.008333333333330062, 0.008333333333330062, // 112
  0.0013888888917213717, 0.0013888888917213717, // 128
  0.00019841269863053618, 0.00019841269863053618, // 144
  2.4801521295954376e-5, 2.4801521295954376e-5, // 160
  2.7557268459997064e-6, 2.7557268459997064e-6, // 176
  2.7620088445409746e-7, 2.7620088445409746e-7, // 192
  2.510038549551032e-8, 2.510038549551032e-8, // 208 … Q9
  1.0, 1.0, // 224
  -708.0, -708.0, // 240
  709.0, 709.0, // 256
  6.666666666666735130e-1, 6.666666666666735130e-1, // 272 Lg1 …
  3.999999999940941908e-1, 3.999999999940941908e-1, // 288
  2.857142874366239149e-1, 2.857142874366239149e-1, // 304
  2.222219843214978396e-1, 2.222219843214978396e-1, // 320
  1.818357216161805012e-1, 1.818357216161805012e-1, // 336
  1.531383769920937332e-1, 1.531383769920937332e-1, // 352
  1.479819860511658591e-1, 1.479819860511658591e-1, // 368 … Lg7
  0.5, 0.5, // 384
  2.0, 2.0, // 400
  4503599627371519.0, 4503599627371519.0, // 416 2^52 + 1023
], 16);
// @ts-ignore: decorator
@inline const BITS: usize = memory.data<u64>([
  0x00095f6200000000, 0x00095f6200000000, // 0 moves the mantissa's split to sqrt(1/2)
  0x000fffffffffffff, 0x000fffffffffffff, // 16
  0x3fe6a09e00000000, 0x3fe6a09e00000000, // 32 high word of sqrt(1/2)
  0x4330000000000000, 0x4330000000000000, // 48 2^52
  1023, 1023, // 64
], 16);

// @ts-ignore: decorator
@inline function constant(offset: usize): v128 {
  return v128.load(POOL + offset);
}

// @ts-ignore: decorator
@inline
export function expX2(argument: v128): v128 {
  const x = f64x2.pmin(constant(256), f64x2.pmax(constant(240), argument));
  const shifted = f64x2.add(f64x2.mul(x, constant(0)), constant(16));
  const k = f64x2.sub(shifted, constant(16));
  const high = f64x2.sub(x, f64x2.mul(k, constant(32)));
  const low = f64x2.mul(k, constant(48));
  const r = f64x2.sub(high, low);
  const z = f64x2.mul(r, r);
  const q0 = f64x2.add(constant(64), f64x2.mul(constant(80), r));
  const q1 = f64x2.add(constant(96), f64x2.mul(constant(112), r));
  const q2 = f64x2.add(constant(128), f64x2.mul(constant(144), r));
  const q3 = f64x2.add(constant(160), f64x2.mul(constant(176), r));
  const q4 = f64x2.add(constant(192), f64x2.mul(constant(208), r));
  const z2 = f64x2.mul(z, z);
  const upper = f64x2.add(f64x2.add(q2, f64x2.mul(q3, z)), f64x2.mul(z2, q4));
  const q = f64x2.add(f64x2.add(q0, f64x2.mul(q1, z)), f64x2.mul(z2, upper));
  const y = f64x2.add(constant(224), f64x2.sub(high, f64x2.sub(low, f64x2.mul(z, q))));
  // The low bits of `shifted` hold k; moved into the exponent field they make 2^k.
  const power = i64x2.shl(i64x2.add(shifted, v128.load(BITS + 64)), 52);
  return f64x2.mul(y, power);
}

// @ts-ignore: decorator
@inline
export function logX2(x: v128): v128 {
  const moved = i64x2.add(x, v128.load(BITS));
  const k = f64x2.sub(v128.or(i64x2.shr_u(moved, 52), v128.load(BITS + 48)), constant(416));
  const mantissa = i64x2.add(v128.and(moved, v128.load(BITS + 16)), v128.load(BITS + 32));
  const f = f64x2.sub(mantissa, constant(224));
  const s = f64x2.div(f, f64x2.add(constant(400), f));
  const z = f64x2.mul(s, s);
  const w = f64x2.mul(z, z);
  const t1 = f64x2.mul(w, f64x2.add(constant(288), f64x2.mul(w, f64x2.add(constant(320), f64x2.mul(w, constant(352))))));
  const t2 = f64x2.mul(z, f64x2.add(constant(272), f64x2.mul(w, f64x2.add(constant(304),
    f64x2.mul(w, f64x2.add(constant(336), f64x2.mul(w, constant(368))))))));
  const halfSquare = f64x2.mul(f64x2.mul(constant(384), f), f);
  const tail = f64x2.add(f64x2.mul(s, f64x2.add(halfSquare, f64x2.add(t2, t1))), f64x2.mul(k, constant(48)));
  return f64x2.sub(f64x2.mul(k, constant(32)), f64x2.sub(f64x2.sub(halfSquare, tail), f));
}

/**
 * e^x of a column.
 *
 * shape   x, out [count] f64, count even; out may be x
 * ulp     0.85
 */
export function expColumn(out: usize, x: usize, count: i32): void {
  const end = <usize>count << 3;
  for (let p: usize = 0; p < end; p += 16) v128.store(out + p, expX2(v128.load(x + p)));
}

/**
 * Natural logarithm of a column of normal positive numbers.
 *
 * shape   x, out [count] f64, count even; out may be x
 * ulp     below 1
 */
export function logColumn(out: usize, x: usize, count: i32): void {
  const end = <usize>count << 3;
  for (let p: usize = 0; p < end; p += 16) v128.store(out + p, logX2(v128.load(x + p)));
}
