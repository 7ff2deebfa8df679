/**
 * Values of European calls by Black-76, at many points of the log return.
 *
 * A call is q D (F N(d1) - K N(d2)). With the forward a fixed multiple of the spot, five numbers
 * per option are enough: d1 = x · inverse + shift, d2 = d1 - deviation, and the two legs
 * forward · S and strike, which carry quantity, side and discount. A put is the call less the two
 * legs, which the host adds to its linear terms.
 *
 * ulp     legs within 2e-16 of the larger leg (Hart's N is good to 1.6e-16)
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
  39.0, 39.0, // 240 39
  -708.0, -708.0, // 256 -708
  -0.5, -0.5, // 272 -1/2
  1.44269504088896338700, 1.44269504088896338700, // 288 1/ln 2
  6755399441055744.0, 6755399441055744.0, // 304 magic
  6.93147180369123816490e-1, 6.93147180369123816490e-1, // 320 hi
  1.90821492927058770002e-10, 1.90821492927058770002e-10, // 336 lo
  0.5000000000000001, 0.5000000000000001, // 352 E0
  0.16666666666666669, 0.16666666666666669, // 368 E1
  0.04166666666662413, 0.04166666666662413, // 384 E2
  0.008333333333330062, 0.008333333333330062, // 400 E3
  0.0013888888917213717, 0.0013888888917213717, // 416 E4
  0.00019841269863053618, 0.00019841269863053618, // 432 E5
  2.4801521295954376e-5, 2.4801521295954376e-5, // 448 E6
  2.7557268459997064e-6, 2.7557268459997064e-6, // 464 E7
  2.7620088445409746e-7, 2.7620088445409746e-7, // 480 E8
  2.510038549551032e-8, 2.510038549551032e-8, // 496 E9
  1.0, 1.0, // 512 1
  0.0, 0.0, // 528 0
], 16);
// @ts-ignore: decorator
@inline const BIAS: usize = memory.data<u64>([1023, 1023], 16);
// @ts-ignore: decorator
@inline const SIGN: usize = memory.data<u64>([0x8000000000000000, 0x8000000000000000], 16);

/** Bytes of one option: inverse, shift, deviation, forward, strike. */
// @ts-ignore: decorator
@inline export const OPTION_BYTES: usize = 40;

// @ts-ignore: decorator
@inline function constant(offset: usize): v128 {
  return v128.load(POOL + offset);
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
      const xA = v128.load(x + p); const xB = v128.load(x + p, 16);
      // d1 and d2, held where N is 0 or 1 to the last bit
      const dA = f64x2.add(f64x2.mul(xA, inverse), shift); const dB = f64x2.add(f64x2.mul(xB, inverse), shift);
      const eA = f64x2.sub(dA, deviation); const eB = f64x2.sub(dB, deviation);
      const aA = f64x2.pmin(f64x2.abs(dA), constant(240)); const aB = f64x2.pmin(f64x2.abs(dB), constant(240));
      const bA = f64x2.pmin(f64x2.abs(eA), constant(240)); const bB = f64x2.pmin(f64x2.abs(eB), constant(240));
      const yA = f64x2.mul(aA, aA); const yB = f64x2.mul(aB, aB);
      const zA = f64x2.mul(bA, bA); const zB = f64x2.mul(bB, bB);
      // exp(-d2²/2), as expX2
      const tA = f64x2.pmax(constant(256), f64x2.mul(zA, constant(272))); const tB = f64x2.pmax(constant(256), f64x2.mul(zB, constant(272)));
      const sA = f64x2.add(f64x2.mul(tA, constant(288)), constant(304)); const sB = f64x2.add(f64x2.mul(tB, constant(288)), constant(304));
      const kA = f64x2.sub(sA, constant(304)); const kB = f64x2.sub(sB, constant(304));
      const hA = f64x2.sub(tA, f64x2.mul(kA, constant(320))); const hB = f64x2.sub(tB, f64x2.mul(kB, constant(320)));
      const lA = f64x2.mul(kA, constant(336)); const lB = f64x2.mul(kB, constant(336));
      const rA = f64x2.sub(hA, lA); const rB = f64x2.sub(hB, lB);
      const rrA = f64x2.mul(rA, rA); const rrB = f64x2.mul(rB, rB);
      // Hart's rational N(-|d|) = exp(-d²/2) P(|d|)/Q(|d|), even and odd halves apart
      const paA = f64x2.add(f64x2.add(constant(0), f64x2.mul(yA, f64x2.add(constant(32), f64x2.mul(yA, f64x2.add(constant(64), f64x2.mul(yA, constant(96))))))), f64x2.mul(aA, f64x2.add(constant(16), f64x2.mul(yA, f64x2.add(constant(48), f64x2.mul(yA, constant(80))))))); const paB = f64x2.add(f64x2.add(constant(0), f64x2.mul(yB, f64x2.add(constant(32), f64x2.mul(yB, f64x2.add(constant(64), f64x2.mul(yB, constant(96))))))), f64x2.mul(aB, f64x2.add(constant(16), f64x2.mul(yB, f64x2.add(constant(48), f64x2.mul(yB, constant(80)))))));
      const qaA = f64x2.add(f64x2.add(constant(112), f64x2.mul(yA, f64x2.add(constant(144), f64x2.mul(yA, f64x2.add(constant(176), f64x2.mul(yA, constant(208))))))), f64x2.mul(aA, f64x2.add(constant(128), f64x2.mul(yA, f64x2.add(constant(160), f64x2.mul(yA, f64x2.add(constant(192), f64x2.mul(yA, constant(224))))))))); const qaB = f64x2.add(f64x2.add(constant(112), f64x2.mul(yB, f64x2.add(constant(144), f64x2.mul(yB, f64x2.add(constant(176), f64x2.mul(yB, constant(208))))))), f64x2.mul(aB, f64x2.add(constant(128), f64x2.mul(yB, f64x2.add(constant(160), f64x2.mul(yB, f64x2.add(constant(192), f64x2.mul(yB, constant(224)))))))));
      const e0A = f64x2.add(constant(352), f64x2.mul(constant(368), rA)), e1A = f64x2.add(constant(384), f64x2.mul(constant(400), rA)); const e0B = f64x2.add(constant(352), f64x2.mul(constant(368), rB)), e1B = f64x2.add(constant(384), f64x2.mul(constant(400), rB));
      const e2A = f64x2.add(constant(416), f64x2.mul(constant(432), rA)), e3A = f64x2.add(constant(448), f64x2.mul(constant(464), rA)); const e2B = f64x2.add(constant(416), f64x2.mul(constant(432), rB)), e3B = f64x2.add(constant(448), f64x2.mul(constant(464), rB));
      const e4A = f64x2.add(constant(480), f64x2.mul(constant(496), rA)), r4A = f64x2.mul(rrA, rrA); const e4B = f64x2.add(constant(480), f64x2.mul(constant(496), rB)), r4B = f64x2.mul(rrB, rrB);
      const pbA = f64x2.add(f64x2.add(constant(0), f64x2.mul(zA, f64x2.add(constant(32), f64x2.mul(zA, f64x2.add(constant(64), f64x2.mul(zA, constant(96))))))), f64x2.mul(bA, f64x2.add(constant(16), f64x2.mul(zA, f64x2.add(constant(48), f64x2.mul(zA, constant(80))))))); const pbB = f64x2.add(f64x2.add(constant(0), f64x2.mul(zB, f64x2.add(constant(32), f64x2.mul(zB, f64x2.add(constant(64), f64x2.mul(zB, constant(96))))))), f64x2.mul(bB, f64x2.add(constant(16), f64x2.mul(zB, f64x2.add(constant(48), f64x2.mul(zB, constant(80)))))));
      const qbA = f64x2.add(f64x2.add(constant(112), f64x2.mul(zA, f64x2.add(constant(144), f64x2.mul(zA, f64x2.add(constant(176), f64x2.mul(zA, constant(208))))))), f64x2.mul(bA, f64x2.add(constant(128), f64x2.mul(zA, f64x2.add(constant(160), f64x2.mul(zA, f64x2.add(constant(192), f64x2.mul(zA, constant(224))))))))); const qbB = f64x2.add(f64x2.add(constant(112), f64x2.mul(zB, f64x2.add(constant(144), f64x2.mul(zB, f64x2.add(constant(176), f64x2.mul(zB, constant(208))))))), f64x2.mul(bB, f64x2.add(constant(128), f64x2.mul(zB, f64x2.add(constant(160), f64x2.mul(zB, f64x2.add(constant(192), f64x2.mul(zB, constant(224)))))))));
      const qA = f64x2.add(f64x2.add(e0A, f64x2.mul(e1A, rrA)), f64x2.mul(r4A, f64x2.add(f64x2.add(e2A, f64x2.mul(e3A, rrA)), f64x2.mul(r4A, e4A)))); const qB = f64x2.add(f64x2.add(e0B, f64x2.mul(e1B, rrB)), f64x2.mul(r4B, f64x2.add(f64x2.add(e2B, f64x2.mul(e3B, rrB)), f64x2.mul(r4B, e4B))));
      const gA = f64x2.add(constant(512), f64x2.sub(hA, f64x2.sub(lA, f64x2.mul(rrA, qA)))); const gB = f64x2.add(constant(512), f64x2.sub(hB, f64x2.sub(lB, f64x2.mul(rrB, qB))));
      const powerA = i64x2.shl(i64x2.add(sA, v128.load(BIAS)), 52); const powerB = i64x2.shl(i64x2.add(sB, v128.load(BIAS)), 52);
      // One exponential and one division serve both: A S n(d1) = B n(d2).
      const wA = f64x2.div(f64x2.mul(strike, f64x2.mul(gA, powerA)), f64x2.mul(qaA, qbA)); const wB = f64x2.div(f64x2.mul(strike, f64x2.mul(gB, powerB)), f64x2.mul(qaB, qbB));
      const naA = f64x2.mul(f64x2.mul(paA, qbA), wA); const naB = f64x2.mul(f64x2.mul(paB, qbB), wB);
      const nbA = f64x2.mul(f64x2.mul(pbA, qaA), wA); const nbB = f64x2.mul(f64x2.mul(pbB, qaB), wB);
      const spotA = f64x2.mul(v128.load(spot + p), forward); const spotB = f64x2.mul(v128.load(spot + p, 16), forward);
      const maA = f64x2.gt(dA, constant(528)), mbA = f64x2.gt(eA, constant(528)); const maB = f64x2.gt(dB, constant(528)), mbB = f64x2.gt(eB, constant(528));
      // S N(d1) and K N(d2): the complement where d is positive
      const firstA = f64x2.add(v128.and(spotA, maA), v128.xor(naA, v128.and(maA, v128.load(SIGN)))); const firstB = f64x2.add(v128.and(spotB, maB), v128.xor(naB, v128.and(maB, v128.load(SIGN))));
      const secondA = f64x2.add(v128.and(strike, mbA), v128.xor(nbA, v128.and(mbA, v128.load(SIGN)))); const secondB = f64x2.add(v128.and(strike, mbB), v128.xor(nbB, v128.and(mbB, v128.load(SIGN))));
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
