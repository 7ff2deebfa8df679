/**
 * Values of European calls by Black-76, at many points of the log return.
 *
 * A call is q D (F N(d1) - K N(d2)). With the forward a fixed multiple of the spot, five numbers
 * per option are enough: d1 = x · inverse + shift, d2 = d1 - deviation, and the two legs
 * forward · S and strike, which carry quantity, side and discount. A put is the call less the two
 * legs, which the host adds to its linear terms.
 *
 * ulp     legs within 5e-16 of the larger leg, 4e-17 on average (Hart's N is good to 1.6e-16)
 * bits    a point's value depends on the point and the option only; options add in their order
 * source  Black (1976); Hart, Computer Approximations (1968), as in West (2005)
 */

// @ts-ignore: decorator
@inline const POOL: usize = memory.data<f64>([
  220.206867912376, 220.206867912376, // 0 P0
  221.213596169931, 221.213596169931, // 16 P1
  112.079291497871, 112.079291497871, // 32 P2
  33.912866078383, 33.912866078383, // 48 P3
  6.37396220353165, 6.37396220353165, // 64 P4
  0.700383064443688, 0.700383064443688, // 80 P5
  3.52624965998911e-2, 3.52624965998911e-2, // 96 P6
  440.413735824752, 440.413735824752, // 112 Q0
  793.826512519948, 793.826512519948, // 128 Q1
  637.333633378831, 637.333633378831, // 144 Q2
  296.564248779674, 296.564248779674, // 160 Q3
  86.7807322029461, 86.7807322029461, // 176 Q4
  16.064177579207, 16.064177579207, // 192 Q5
  1.75566716318264, 1.75566716318264, // 208 Q6
  8.83883476483184e-2, 8.83883476483184e-2, // 224 Q7
  1.0, 1.0, // 240 X0: 2^f on [-1/2, 1/2] (Chebyshev fit, error 2e-17)
  0.6931471805599453, 0.6931471805599453, // 256 X1
  0.24022650695910097, 0.24022650695910097, // 272 X2
  0.0555041086648216, 0.0555041086648216, // 288 X3
  0.009618129107606888, 0.009618129107606888, // 304 X4
  0.0013333558146416936, 0.0013333558146416936, // 320 X5
  0.0001540353044173605, 0.0001540353044173605, // 336 X6
  1.525273382983612e-5, 1.525273382983612e-5, // 352 X7
  1.321544258792169e-6, 1.321544258792169e-6, // 368 X8
  1.0178062445845774e-7, 1.0178062445845774e-7, // 384 X9
  7.072585949269223e-9, 7.072585949269223e-9, // 400 X10
  4.4549605981865186e-10, 4.4549605981865186e-10, // 416 X11
  -0.72134752044448170368, -0.72134752044448170368, // 432 -1/(2 ln 2)
  6755399441055744.0, 6755399441055744.0, // 448 1.5·2^52: adding it rounds to an integer
  37.6, 37.6, // 464 N(-37.6) is 1e-309, and 2^k with k = -1020 still a normal number
  0.0, 0.0, // 480
], 16);
// @ts-ignore: decorator
@inline const SIGN: usize = memory.data<u64>([0x8000000000000000, 0x8000000000000000], 16);
// Products of two vectors that wait here for the exponential: 14 % faster than in registers, which would spill.
// @ts-ignore: decorator
@inline const WAITING: usize = memory.data(96, 16);

/** Bytes of one option: inverse, shift, deviation, forward, strike. */
// @ts-ignore: decorator
@inline export const OPTION_BYTES: usize = 40;

// @ts-ignore: decorator
@inline function constant(offset: usize): v128 {
  return v128.load(POOL + offset);
}

// N(-a) = exp(-a²/2) P(a)/Q(a). Inner to outer in one expression: the order of the loads is part of the speed.
// @ts-ignore: decorator
@inline
function numerator(a: v128): v128 {
  return f64x2.add(constant(0), f64x2.mul(a, f64x2.add(constant(16), f64x2.mul(a, f64x2.add(constant(32),
    f64x2.mul(a, f64x2.add(constant(48), f64x2.mul(a, f64x2.add(constant(64), f64x2.mul(a, f64x2.add(constant(80),
      f64x2.mul(a, constant(96)))))))))))));
}

// @ts-ignore: decorator
@inline
function denominator(a: v128): v128 {
  return f64x2.add(constant(112), f64x2.mul(a, f64x2.add(constant(128), f64x2.mul(a, f64x2.add(constant(144),
    f64x2.mul(a, f64x2.add(constant(160), f64x2.mul(a, f64x2.add(constant(176), f64x2.mul(a, f64x2.add(constant(192),
      f64x2.mul(a, f64x2.add(constant(208), f64x2.mul(a, constant(224)))))))))))))));
}

// 2^f for |f| ≤ 1/2, in Estrin's order.
// @ts-ignore: decorator
@inline
function power(f: v128): v128 {
  const ff = f64x2.mul(f, f), f4 = f64x2.mul(ff, ff);
  const high = f64x2.add(f64x2.add(constant(368), f64x2.mul(f, constant(384))), f64x2.mul(ff, f64x2.add(constant(400), f64x2.mul(f, constant(416)))));
  const middle = f64x2.add(f64x2.add(constant(304), f64x2.mul(f, constant(320))), f64x2.mul(ff, f64x2.add(constant(336), f64x2.mul(f, constant(352)))));
  const low = f64x2.add(f64x2.add(constant(240), f64x2.mul(f, constant(256))), f64x2.mul(ff, f64x2.add(constant(272), f64x2.mul(f, constant(288)))));
  return f64x2.add(low, f64x2.mul(f4, f64x2.add(middle, f64x2.mul(f4, high))));
}

// |d|, held where N is 0 or 1 to the last bit.
// @ts-ignore: decorator
@inline
function hold(d: v128): v128 {
  return f64x2.pmin(f64x2.abs(d), constant(464));
}

// @ts-ignore: decorator
@inline
function add(values: usize, slopes: usize, x: usize, spot: usize, count: i32, options: usize, optionCount: i32, withSlopes: bool): void {
  const end = <usize>count << 3;
  for (let option = 0; option < optionCount; option++) {
    const inverse = v128.load64_splat(options), shift = v128.load64_splat(options, 8);
    const deviation = v128.load64_splat(options, 16);
    const forward = v128.load64_splat(options, 24), strike = v128.load64_splat(options, 32);
    options += OPTION_BYTES;
    for (let p: usize = 0; p < end; p += 32) {
      const dA = f64x2.add(f64x2.mul(v128.load(x + p), inverse), shift), dB = f64x2.add(f64x2.mul(v128.load(x + p, 16), inverse), shift);
      const eA = f64x2.sub(dA, deviation), eB = f64x2.sub(dB, deviation);
      const bA = hold(eA), bB = hold(eB), zA = f64x2.mul(bA, bA), zB = f64x2.mul(bB, bB);
      const aA = hold(dA), aB = hold(dB);
      const paA = numerator(aA), paB = numerator(aB), qaA = denominator(aA), qaB = denominator(aB);
      const pbA = numerator(bA), pbB = numerator(bB), qbA = denominator(bA), qbB = denominator(bB);
      v128.store(WAITING, f64x2.mul(qaA, qbA)); v128.store(WAITING, f64x2.mul(qaB, qbB), 16);
      v128.store(WAITING, f64x2.mul(paA, qbA), 32); v128.store(WAITING, f64x2.mul(paB, qbB), 48);
      v128.store(WAITING, f64x2.mul(pbA, qaA), 64); v128.store(WAITING, f64x2.mul(pbB, qaB), 80);
      // exp(-d2²/2) = 2^(k + f). One exponential and one division serve both legs: A S n(d1) = B n(d2).
      const tA = f64x2.mul(zA, constant(432)), tB = f64x2.mul(zB, constant(432));
      const sA = f64x2.add(tA, constant(448)), sB = f64x2.add(tB, constant(448));
      const gA = power(f64x2.sub(tA, f64x2.sub(sA, constant(448)))), gB = power(f64x2.sub(tB, f64x2.sub(sB, constant(448))));
      // The low bits of s hold k; moved into the exponent field they scale by 2^k.
      const wA = f64x2.div(f64x2.mul(strike, i64x2.add(gA, i64x2.shl(sA, 52))), v128.load(WAITING));
      const wB = f64x2.div(f64x2.mul(strike, i64x2.add(gB, i64x2.shl(sB, 52))), v128.load(WAITING, 16));
      const naA = f64x2.mul(v128.load(WAITING, 32), wA), naB = f64x2.mul(v128.load(WAITING, 48), wB);
      const nbA = f64x2.mul(v128.load(WAITING, 64), wA), nbB = f64x2.mul(v128.load(WAITING, 80), wB);
      const spotA = f64x2.mul(v128.load(spot + p), forward), spotB = f64x2.mul(v128.load(spot + p, 16), forward);
      // S N(d1) and K N(d2): the complement where d is positive. Written out, because a function for it
      // changed the order of things and cost 4 %.
      const mA = f64x2.gt(dA, constant(480)), nA = f64x2.gt(eA, constant(480));
      const mB = f64x2.gt(dB, constant(480)), nB = f64x2.gt(eB, constant(480));
      const firstA = f64x2.add(v128.and(spotA, mA), v128.xor(naA, v128.and(mA, v128.load(SIGN))));
      const firstB = f64x2.add(v128.and(spotB, mB), v128.xor(naB, v128.and(mB, v128.load(SIGN))));
      const secondA = f64x2.add(v128.and(strike, nA), v128.xor(nbA, v128.and(nA, v128.load(SIGN))));
      const secondB = f64x2.add(v128.and(strike, nB), v128.xor(nbB, v128.and(nB, v128.load(SIGN))));
      v128.store(values + p, f64x2.add(v128.load(values + p), f64x2.sub(firstA, secondA)));
      v128.store(values + p, f64x2.add(v128.load(values + p, 16), f64x2.sub(firstB, secondB)), 16);
      if (withSlopes) {
        v128.store(slopes + p, f64x2.add(v128.load(slopes + p), firstA));
        v128.store(slopes + p, f64x2.add(v128.load(slopes + p, 16), firstB), 16);
      }
    }
  }
}

/**
 * Adds the values of calls to a column.
 *
 * shape   values, x, spot [count] f64, count divides by 4; options [optionCount × 5] f64
 * lanes   two points per vector, two vectors side by side
 * reads   x (log return), spot (e^x in the units of `forward`), options   writes  values
 */
export function addCalls(values: usize, x: usize, spot: usize, count: i32, options: usize, optionCount: i32): void {
  add(values, values, x, spot, count, options, optionCount, false);
}

/**
 * Adds values and their derivatives by the log return to two columns.
 *
 * shape   values, slopes, x, spot [count] f64, count divides by 4; options [optionCount × 5] f64
 * reads   x, spot, options   writes  values, slopes
 */
export function addCallsWithSlopes(values: usize, slopes: usize, x: usize, spot: usize, count: i32, options: usize, optionCount: i32): void {
  add(values, slopes, x, spot, count, options, optionCount, true);
}
