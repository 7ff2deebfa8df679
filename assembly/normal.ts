/**
 * Standard normals by Box–Muller, four per path and Philox block.
 *
 * Words 0 and 1 of a block make normals 0 and 1, words 2 and 3 make normals 2 and 3:
 * sqrt(-2 ln u) times cosine and sine of 2 pi v, with u = (word + 1/2) / 2^32 strictly inside
 * (0, 1). The quadrant of the angle is read off the integer, so there is no range reduction.
 * |z| ≤ 6.76. Four vectors go side by side through every statement, because one alone would
 * wait for its own results most of the time.
 *
 * source  Box & Muller (1958); polynomials of fdlibm k_sin.c, k_cos.c, e_log.c
 */
import { highWords, lowWords, multiplyHigh, multiplyLow } from "./philox";

// @ts-ignore: decorator
@inline const POOL: usize = memory.data<f64>([
  4503599627371551.0, 4503599627371551.0, // 0 2^52 + 1023 + 32: the exponent of u, whose 2^-32 is taken off here
  1.0, 1.0, // 16
  2.0, 2.0, // 32
  6.666666666666735130e-1, 6.666666666666735130e-1, // 48 Lg1
  3.999999999940941908e-1, 3.999999999940941908e-1, // 64 Lg2
  2.857142874366239149e-1, 2.857142874366239149e-1, // 80 Lg3
  2.222219843214978396e-1, 2.222219843214978396e-1, // 96 Lg4
  1.818357216161805012e-1, 1.818357216161805012e-1, // 112 Lg5
  1.531383769920937332e-1, 1.531383769920937332e-1, // 128 Lg6
  1.479819860511658591e-1, 1.479819860511658591e-1, // 144 Lg7
  6.93147180559945286227e-1, 6.93147180559945286227e-1, // 160 ln 2
  -2.0, -2.0, // 176
  1.4629180792671596e-9, 1.4629180792671596e-9, // 192 2 pi / 2^32
  -1.66666666666666324348e-1, -1.66666666666666324348e-1, // 208 S1
  8.33333333332248946124e-3, 8.33333333332248946124e-3, // 224 S2
  -1.98412698298579493134e-4, -1.98412698298579493134e-4, // 240 S3
  2.75573137070700676789e-6, 2.75573137070700676789e-6, // 256 S4
  -2.50507602534068634195e-8, -2.50507602534068634195e-8, // 272 S5
  1.58969099521155010221e-10, 1.58969099521155010221e-10, // 288 S6
  4.16666666666666019037e-2, 4.16666666666666019037e-2, // 304 C1
  -1.38888888888741095749e-3, -1.38888888888741095749e-3, // 320 C2
  2.48015872894767294178e-5, 2.48015872894767294178e-5, // 336 C3
  -2.75573143513906633035e-7, -2.75573143513906633035e-7, // 352 C4
  2.08757232129817482790e-9, 2.08757232129817482790e-9, // 368 C5
  -1.13596475577881948265e-11, -1.13596475577881948265e-11, // 384 C6
  -0.5, -0.5, // 400
  4503599627370495.5, 4503599627370495.5, // 416 2^52 - 1/2: makes (word + 1/2) of a word
  4503601774854144.0, 4503601774854144.0, // 432 2^52 + 2^31: a signed word; its 1/2 has no room beside them
  0.5, 0.5, // 448
], 16);
// @ts-ignore: decorator
@inline const BITS: usize = memory.data<u64>([
  0x00095f6200000000, 0x00095f6200000000, // 0 moves the mantissa's split to sqrt(1/2)
  0x000fffffffffffff, 0x000fffffffffffff, // 16
  0x3fe6a09e00000000, 0x3fe6a09e00000000, // 32 high word of sqrt(1/2)
  0x4330000000000000, 0x4330000000000000, // 48 2^52
], 16);
// @ts-ignore: decorator
@inline const WORDS: usize = memory.data<u32>([
  0x43300000, 0x43300000, 0x43300000, 0x43300000, // 0 high word of 2^52
  0x20000000, 0x20000000, 0x20000000, 0x20000000, // 16 half a quadrant
  0x3fffffff, 0x3fffffff, 0x3fffffff, 0x3fffffff, // 32 position inside a quadrant
  0x60000000, 0x60000000, 0x60000000, 0x60000000, // 48 2^31 - half a quadrant
  0x80000000, 0x80000000, 0x80000000, 0x80000000, // 64 sign
], 16);

// @ts-ignore: decorator
@inline function constant(offset: usize): v128 {
  return v128.load(POOL + offset);
}
// @ts-ignore: decorator
@inline function bits(offset: usize): v128 {
  return v128.load(BITS + offset);
}
// @ts-ignore: decorator
@inline function words(offset: usize): v128 {
  return v128.load(WORDS + offset);
}

// Puts words 0 and 1 (or 2 and 3) below the exponent of 2^52: doubles 2^52 + word.
// @ts-ignore: decorator
@inline function widenLow(x: v128): v128 {
  return v128.shuffle<i32>(x, words(0), 0, 4, 1, 5);
}
// @ts-ignore: decorator
@inline function widenHigh(x: v128): v128 {
  return v128.shuffle<i32>(x, words(0), 2, 6, 3, 7);
}

/**
 * Standard normals of a list of paths.
 *
 * shape   paths [count] u32; out [4·blocks × stride] f64, factor-major; count divides by 4
 * lanes   four paths per step
 * reads   paths, keys   writes  out   allocates nothing
 * bits    normal f of a path depends on seed, path, stream and firstBlock + f/4 only
 */
export function normals(
  out: usize, paths: usize, count: i32, stride: i32, keys: usize, stream: u32, firstBlock: i32, blocks: i32,
): void {
  const row = <usize>stride << 3;
  const c2Start = i32x4.splat(stream);
  for (let block = 0; block < blocks; block++) {
    const counter = i32x4.splat(firstBlock + block);
    const rows = out + <usize>(block << 2) * row;
    for (let p = 0; p < count; p += 4) {
      let c0 = v128.load(paths + (<usize>p << 2));
      let c1 = counter;
      let c2 = c2Start;
      let c3 = v128.xor(c0, c0);
      let p0: v128, p1: v128, p2: v128, p3: v128;
      // Ten rounds, written out: a loop costs a branch and keeps the words from being renamed.
      p0 = multiplyLow(c0, 0); p1 = multiplyHigh(c0, 0); p2 = multiplyLow(c2, 16); p3 = multiplyHigh(c2, 16);
      c0 = v128.xor(v128.xor(highWords(p2, p3), c1), v128.load(keys, 0));
      c2 = v128.xor(v128.xor(highWords(p0, p1), c3), v128.load(keys, 16));
      c1 = lowWords(p2, p3); c3 = lowWords(p0, p1);
      p0 = multiplyLow(c0, 0); p1 = multiplyHigh(c0, 0); p2 = multiplyLow(c2, 16); p3 = multiplyHigh(c2, 16);
      c0 = v128.xor(v128.xor(highWords(p2, p3), c1), v128.load(keys, 32));
      c2 = v128.xor(v128.xor(highWords(p0, p1), c3), v128.load(keys, 48));
      c1 = lowWords(p2, p3); c3 = lowWords(p0, p1);
      p0 = multiplyLow(c0, 0); p1 = multiplyHigh(c0, 0); p2 = multiplyLow(c2, 16); p3 = multiplyHigh(c2, 16);
      c0 = v128.xor(v128.xor(highWords(p2, p3), c1), v128.load(keys, 64));
      c2 = v128.xor(v128.xor(highWords(p0, p1), c3), v128.load(keys, 80));
      c1 = lowWords(p2, p3); c3 = lowWords(p0, p1);
      p0 = multiplyLow(c0, 0); p1 = multiplyHigh(c0, 0); p2 = multiplyLow(c2, 16); p3 = multiplyHigh(c2, 16);
      c0 = v128.xor(v128.xor(highWords(p2, p3), c1), v128.load(keys, 96));
      c2 = v128.xor(v128.xor(highWords(p0, p1), c3), v128.load(keys, 112));
      c1 = lowWords(p2, p3); c3 = lowWords(p0, p1);
      p0 = multiplyLow(c0, 0); p1 = multiplyHigh(c0, 0); p2 = multiplyLow(c2, 16); p3 = multiplyHigh(c2, 16);
      c0 = v128.xor(v128.xor(highWords(p2, p3), c1), v128.load(keys, 128));
      c2 = v128.xor(v128.xor(highWords(p0, p1), c3), v128.load(keys, 144));
      c1 = lowWords(p2, p3); c3 = lowWords(p0, p1);
      p0 = multiplyLow(c0, 0); p1 = multiplyHigh(c0, 0); p2 = multiplyLow(c2, 16); p3 = multiplyHigh(c2, 16);
      c0 = v128.xor(v128.xor(highWords(p2, p3), c1), v128.load(keys, 160));
      c2 = v128.xor(v128.xor(highWords(p0, p1), c3), v128.load(keys, 176));
      c1 = lowWords(p2, p3); c3 = lowWords(p0, p1);
      p0 = multiplyLow(c0, 0); p1 = multiplyHigh(c0, 0); p2 = multiplyLow(c2, 16); p3 = multiplyHigh(c2, 16);
      c0 = v128.xor(v128.xor(highWords(p2, p3), c1), v128.load(keys, 192));
      c2 = v128.xor(v128.xor(highWords(p0, p1), c3), v128.load(keys, 208));
      c1 = lowWords(p2, p3); c3 = lowWords(p0, p1);
      p0 = multiplyLow(c0, 0); p1 = multiplyHigh(c0, 0); p2 = multiplyLow(c2, 16); p3 = multiplyHigh(c2, 16);
      c0 = v128.xor(v128.xor(highWords(p2, p3), c1), v128.load(keys, 224));
      c2 = v128.xor(v128.xor(highWords(p0, p1), c3), v128.load(keys, 240));
      c1 = lowWords(p2, p3); c3 = lowWords(p0, p1);
      p0 = multiplyLow(c0, 0); p1 = multiplyHigh(c0, 0); p2 = multiplyLow(c2, 16); p3 = multiplyHigh(c2, 16);
      c0 = v128.xor(v128.xor(highWords(p2, p3), c1), v128.load(keys, 256));
      c2 = v128.xor(v128.xor(highWords(p0, p1), c3), v128.load(keys, 272));
      c1 = lowWords(p2, p3); c3 = lowWords(p0, p1);
      p0 = multiplyLow(c0, 0); p1 = multiplyHigh(c0, 0); p2 = multiplyLow(c2, 16); p3 = multiplyHigh(c2, 16);
      c0 = v128.xor(v128.xor(highWords(p2, p3), c1), v128.load(keys, 288));
      c2 = v128.xor(v128.xor(highWords(p0, p1), c3), v128.load(keys, 304));
      c1 = lowWords(p2, p3); c3 = lowWords(p0, p1);

      const yA = f64x2.sub(widenLow(c0), constant(416)), yB = f64x2.sub(widenHigh(c0), constant(416));
      const yC = f64x2.sub(widenLow(c2), constant(416)), yD = f64x2.sub(widenHigh(c2), constant(416));
      // The angle's word: its top two bits, after rounding, are the quadrant.
      const q1 = i32x4.add(c1, words(16)), q3 = i32x4.add(c3, words(16));
      const in1 = i32x4.add(v128.and(q1, words(32)), words(48)), in3 = i32x4.add(v128.and(q3, words(32)), words(48));
      const aA = f64x2.sub(widenLow(in1), constant(432)), aB = f64x2.sub(widenHigh(in1), constant(432));
      const aC = f64x2.sub(widenLow(in3), constant(432)), aD = f64x2.sub(widenHigh(in3), constant(432));
      const twice1 = i32x4.shl(q1, 1), twice3 = i32x4.shl(q3, 1);
      const mask1 = i32x4.shr_s(twice1, 31), mask3 = i32x4.shr_s(twice3, 31);
      const oddA = v128.shuffle<i32>(mask1, mask1, 0, 0, 1, 1), oddB = v128.shuffle<i32>(mask1, mask1, 2, 2, 3, 3);
      const oddC = v128.shuffle<i32>(mask3, mask3, 0, 0, 1, 1), oddD = v128.shuffle<i32>(mask3, mask3, 2, 2, 3, 3);
      const sign1 = v128.and(q1, words(64)), sign3 = v128.and(q3, words(64));
      const turn1 = v128.and(v128.xor(q1, twice1), words(64)), turn3 = v128.and(v128.xor(q3, twice3), words(64));
      const zero = v128.xor(c0, c0);
      const minusSineA = v128.shuffle<i32>(zero, sign1, 0, 4, 1, 5), minusSineB = v128.shuffle<i32>(zero, sign1, 0, 6, 1, 7);
      const minusSineC = v128.shuffle<i32>(zero, sign3, 0, 4, 1, 5), minusSineD = v128.shuffle<i32>(zero, sign3, 0, 6, 1, 7);
      const minusCosineA = v128.shuffle<i32>(zero, turn1, 0, 4, 1, 5), minusCosineB = v128.shuffle<i32>(zero, turn1, 0, 6, 1, 7);
      const minusCosineC = v128.shuffle<i32>(zero, turn3, 0, 4, 1, 5), minusCosineD = v128.shuffle<i32>(zero, turn3, 0, 6, 1, 7);
      // ln u = k ln 2 + ln m with m in [sqrt(1/2), sqrt(2)).
      const mA = i64x2.add(yA, bits(0)); const mB = i64x2.add(yB, bits(0));
      const mC = i64x2.add(yC, bits(0)); const mD = i64x2.add(yD, bits(0));
      const fA = f64x2.sub(i64x2.add(v128.and(mA, bits(16)), bits(32)), constant(16)); const fB = f64x2.sub(i64x2.add(v128.and(mB, bits(16)), bits(32)), constant(16));
      const fC = f64x2.sub(i64x2.add(v128.and(mC, bits(16)), bits(32)), constant(16)); const fD = f64x2.sub(i64x2.add(v128.and(mD, bits(16)), bits(32)), constant(16));
      const kA = f64x2.sub(v128.or(i64x2.shr_u(mA, 52), bits(48)), constant(0)); const kB = f64x2.sub(v128.or(i64x2.shr_u(mB, 52), bits(48)), constant(0));
      const kC = f64x2.sub(v128.or(i64x2.shr_u(mC, 52), bits(48)), constant(0)); const kD = f64x2.sub(v128.or(i64x2.shr_u(mD, 52), bits(48)), constant(0));
      const sA = f64x2.div(fA, f64x2.add(constant(32), fA)); const sB = f64x2.div(fB, f64x2.add(constant(32), fB));
      const sC = f64x2.div(fC, f64x2.add(constant(32), fC)); const sD = f64x2.div(fD, f64x2.add(constant(32), fD));
      // The angle, in [-pi/4, pi/4].
      const tA = f64x2.mul(f64x2.add(aA, constant(448)), constant(192)); const tB = f64x2.mul(f64x2.add(aB, constant(448)), constant(192));
      const tC = f64x2.mul(f64x2.add(aC, constant(448)), constant(192)); const tD = f64x2.mul(f64x2.add(aD, constant(448)), constant(192));
      const xA = f64x2.mul(tA, tA); const xB = f64x2.mul(tB, tB);
      const xC = f64x2.mul(tC, tC); const xD = f64x2.mul(tD, tD);
      const zA = f64x2.mul(sA, sA); const zB = f64x2.mul(sB, sB);
      const zC = f64x2.mul(sC, sC); const zD = f64x2.mul(sD, sD);
      // Polynomials in Estrin pairs: sine, cosine, logarithm.
      const bA = f64x2.add(constant(208), f64x2.mul(xA, constant(224))); const bB = f64x2.add(constant(208), f64x2.mul(xB, constant(224)));
      const bC = f64x2.add(constant(208), f64x2.mul(xC, constant(224))); const bD = f64x2.add(constant(208), f64x2.mul(xD, constant(224)));
      const cA = f64x2.add(constant(240), f64x2.mul(xA, constant(256))); const cB = f64x2.add(constant(240), f64x2.mul(xB, constant(256)));
      const cC = f64x2.add(constant(240), f64x2.mul(xC, constant(256))); const cD = f64x2.add(constant(240), f64x2.mul(xD, constant(256)));
      const dA = f64x2.add(constant(272), f64x2.mul(xA, constant(288))); const dB = f64x2.add(constant(272), f64x2.mul(xB, constant(288)));
      const dC = f64x2.add(constant(272), f64x2.mul(xC, constant(288))); const dD = f64x2.add(constant(272), f64x2.mul(xD, constant(288)));
      const vA = f64x2.mul(xA, xA); const vB = f64x2.mul(xB, xB);
      const vC = f64x2.mul(xC, xC); const vD = f64x2.mul(xD, xD);
      const sineA = f64x2.add(tA, f64x2.mul(f64x2.mul(tA, xA), f64x2.add(bA, f64x2.mul(vA, f64x2.add(cA, f64x2.mul(vA, dA)))))); const sineB = f64x2.add(tB, f64x2.mul(f64x2.mul(tB, xB), f64x2.add(bB, f64x2.mul(vB, f64x2.add(cB, f64x2.mul(vB, dB))))));
      const sineC = f64x2.add(tC, f64x2.mul(f64x2.mul(tC, xC), f64x2.add(bC, f64x2.mul(vC, f64x2.add(cC, f64x2.mul(vC, dC)))))); const sineD = f64x2.add(tD, f64x2.mul(f64x2.mul(tD, xD), f64x2.add(bD, f64x2.mul(vD, f64x2.add(cD, f64x2.mul(vD, dD))))));
      const gA = f64x2.add(constant(304), f64x2.mul(xA, constant(320))); const gB = f64x2.add(constant(304), f64x2.mul(xB, constant(320)));
      const gC = f64x2.add(constant(304), f64x2.mul(xC, constant(320))); const gD = f64x2.add(constant(304), f64x2.mul(xD, constant(320)));
      const hA = f64x2.add(constant(336), f64x2.mul(xA, constant(352))); const hB = f64x2.add(constant(336), f64x2.mul(xB, constant(352)));
      const hC = f64x2.add(constant(336), f64x2.mul(xC, constant(352))); const hD = f64x2.add(constant(336), f64x2.mul(xD, constant(352)));
      const iA = f64x2.add(constant(368), f64x2.mul(xA, constant(384))); const iB = f64x2.add(constant(368), f64x2.mul(xB, constant(384)));
      const iC = f64x2.add(constant(368), f64x2.mul(xC, constant(384))); const iD = f64x2.add(constant(368), f64x2.mul(xD, constant(384)));
      const cosineA = f64x2.add(constant(16), f64x2.mul(xA, f64x2.add(constant(400), f64x2.mul(xA, f64x2.add(gA, f64x2.mul(vA, f64x2.add(hA, f64x2.mul(vA, iA)))))))); const cosineB = f64x2.add(constant(16), f64x2.mul(xB, f64x2.add(constant(400), f64x2.mul(xB, f64x2.add(gB, f64x2.mul(vB, f64x2.add(hB, f64x2.mul(vB, iB))))))));
      const cosineC = f64x2.add(constant(16), f64x2.mul(xC, f64x2.add(constant(400), f64x2.mul(xC, f64x2.add(gC, f64x2.mul(vC, f64x2.add(hC, f64x2.mul(vC, iC)))))))); const cosineD = f64x2.add(constant(16), f64x2.mul(xD, f64x2.add(constant(400), f64x2.mul(xD, f64x2.add(gD, f64x2.mul(vD, f64x2.add(hD, f64x2.mul(vD, iD))))))));
      const lA = f64x2.add(constant(48), f64x2.mul(zA, constant(64))); const lB = f64x2.add(constant(48), f64x2.mul(zB, constant(64)));
      const lC = f64x2.add(constant(48), f64x2.mul(zC, constant(64))); const lD = f64x2.add(constant(48), f64x2.mul(zD, constant(64)));
      const nA = f64x2.add(constant(80), f64x2.mul(zA, constant(96))); const nB = f64x2.add(constant(80), f64x2.mul(zB, constant(96)));
      const nC = f64x2.add(constant(80), f64x2.mul(zC, constant(96))); const nD = f64x2.add(constant(80), f64x2.mul(zD, constant(96)));
      const oA = f64x2.add(constant(112), f64x2.mul(zA, constant(128))); const oB = f64x2.add(constant(112), f64x2.mul(zB, constant(128)));
      const oC = f64x2.add(constant(112), f64x2.mul(zC, constant(128))); const oD = f64x2.add(constant(112), f64x2.mul(zD, constant(128)));
      const wA = f64x2.mul(zA, zA); const wB = f64x2.mul(zB, zB);
      const wC = f64x2.mul(zC, zC); const wD = f64x2.mul(zD, zD);
      const pA = f64x2.mul(zA, f64x2.add(f64x2.add(lA, f64x2.mul(wA, nA)), f64x2.mul(f64x2.mul(wA, wA), f64x2.add(oA, f64x2.mul(wA, constant(144)))))); const pB = f64x2.mul(zB, f64x2.add(f64x2.add(lB, f64x2.mul(wB, nB)), f64x2.mul(f64x2.mul(wB, wB), f64x2.add(oB, f64x2.mul(wB, constant(144))))));
      const pC = f64x2.mul(zC, f64x2.add(f64x2.add(lC, f64x2.mul(wC, nC)), f64x2.mul(f64x2.mul(wC, wC), f64x2.add(oC, f64x2.mul(wC, constant(144)))))); const pD = f64x2.mul(zD, f64x2.add(f64x2.add(lD, f64x2.mul(wD, nD)), f64x2.mul(f64x2.mul(wD, wD), f64x2.add(oD, f64x2.mul(wD, constant(144))))));
      const logA = f64x2.add(f64x2.mul(kA, constant(160)), f64x2.mul(sA, f64x2.add(constant(32), pA))); const logB = f64x2.add(f64x2.mul(kB, constant(160)), f64x2.mul(sB, f64x2.add(constant(32), pB)));
      const logC = f64x2.add(f64x2.mul(kC, constant(160)), f64x2.mul(sC, f64x2.add(constant(32), pC))); const logD = f64x2.add(f64x2.mul(kD, constant(160)), f64x2.mul(sD, f64x2.add(constant(32), pD)));
      const rA = f64x2.sqrt(f64x2.mul(logA, constant(176))); const rB = f64x2.sqrt(f64x2.mul(logB, constant(176)));
      const rC = f64x2.sqrt(f64x2.mul(logC, constant(176))); const rD = f64x2.sqrt(f64x2.mul(logD, constant(176)));
      // Quadrant: odd ones swap cosine and sine, then the signs.
      const swapA = v128.and(v128.xor(cosineA, sineA), oddA); const swapB = v128.and(v128.xor(cosineB, sineB), oddB);
      const swapC = v128.and(v128.xor(cosineC, sineC), oddC); const swapD = v128.and(v128.xor(cosineD, sineD), oddD);
      const firstA = f64x2.mul(rA, v128.xor(v128.xor(cosineA, swapA), minusCosineA)); const firstB = f64x2.mul(rB, v128.xor(v128.xor(cosineB, swapB), minusCosineB));
      const firstC = f64x2.mul(rC, v128.xor(v128.xor(cosineC, swapC), minusCosineC)); const firstD = f64x2.mul(rD, v128.xor(v128.xor(cosineD, swapD), minusCosineD));
      const secondA = f64x2.mul(rA, v128.xor(v128.xor(sineA, swapA), minusSineA)); const secondB = f64x2.mul(rB, v128.xor(v128.xor(sineB, swapB), minusSineB));
      const secondC = f64x2.mul(rC, v128.xor(v128.xor(sineC, swapC), minusSineC)); const secondD = f64x2.mul(rD, v128.xor(v128.xor(sineD, swapD), minusSineD));
      const at = rows + (<usize>p << 3);
      v128.store(at, firstA); v128.store(at, firstB, 16);
      v128.store(at + row, secondA); v128.store(at + row, secondB, 16);
      v128.store(at + 2 * row, firstC); v128.store(at + 2 * row, firstD, 16);
      v128.store(at + 3 * row, secondC); v128.store(at + 3 * row, secondD, 16);
    }
  }
}
