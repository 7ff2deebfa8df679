/**
 * Standard normals by Box–Muller, four per path and Philox block.
 *
 * Words 0 and 1 of a block make normals 0 and 1, words 2 and 3 make normals 2 and 3:
 * sqrt(-2 ln u) times cosine and sine of 2 pi v, with u = (word + 1/2) / 2^32 strictly inside
 * (0, 1). The quadrant of the angle is read off the integer, so there is no range reduction.
 * |z| ≤ 6.76.
 *
 * Words stand in the rows of the result until normals replace them, and radii are put there before the
 * angles are begun: short pieces with memory between them need few registers at once. In one piece, four
 * Box–Mullers spilled more than they computed (Node 20: 14 %, Node 24: 19 % slower).
 *
 * source  Box & Muller (1958); polynomials of fdlibm k_sin.c, k_cos.c, e_log.c
 */
import { highWords, lowWords, multiplyHigh, multiplyLow } from "./philox";

// @ts-ignore: decorator
@inline const POOL: usize = memory.data<f64>([
  4503599627371551.0, 4503599627371551.0, // 0 2^52 + 1023 + 32: the exponent of u, whose 2^-32 is taken off here
  4503599627370495.5, 4503599627370495.5, // 16 2^52 - 1/2: makes (word + 1/2) of a word
  1.0, 1.0, // 32
  -4.0, -4.0, // 48 -2 · 2
  -1.333333333333347026, -1.333333333333347026, // 64 -2 Lg1
  -7.999999999881883816e-1, -7.999999999881883816e-1, // 80 -2 Lg2
  -5.714285748732478298e-1, -5.714285748732478298e-1, // 96 -2 Lg3
  -4.444439686429956792e-1, -4.444439686429956792e-1, // 112 -2 Lg4
  -3.636714432323610024e-1, -3.636714432323610024e-1, // 128 -2 Lg5
  -3.062767539841874664e-1, -3.062767539841874664e-1, // 144 -2 Lg6
  -2.959639721023317182e-1, -2.959639721023317182e-1, // 160 -2 Lg7
  -1.38629436111989057245, -1.38629436111989057245, // 176 -2 ln 2
  4503600701112319.0, 4503600701112319.0, // 192 2^52 + 2^30 - 1
  7.314590396335798e-10, 7.314590396335798e-10, // 208 2 pi / 2^33
  -1.66666666666666324348e-1, -1.66666666666666324348e-1, // 224 S1
  8.33333333332248946124e-3, 8.33333333332248946124e-3, // 240 S2
  -1.98412698298579493134e-4, -1.98412698298579493134e-4, // 256 S3
  2.75573137070700676789e-6, 2.75573137070700676789e-6, // 272 S4
  -2.50507602534068634195e-8, -2.50507602534068634195e-8, // 288 S5
  1.58969099521155010221e-10, 1.58969099521155010221e-10, // 304 S6
  -0.5, -0.5, // 320
  4.16666666666666019037e-2, 4.16666666666666019037e-2, // 336 C1
  -1.38888888888741095749e-3, -1.38888888888741095749e-3, // 352 C2
  2.48015872894767294178e-5, 2.48015872894767294178e-5, // 368 C3
  -2.75573143513906633035e-7, -2.75573143513906633035e-7, // 384 C4
  2.08757232129817482790e-9, 2.08757232129817482790e-9, // 400 C5
  -1.13596475577881948265e-11, -1.13596475577881948265e-11, // 416 C6
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
  0x7ffffffe, 0x7ffffffe, 0x7ffffffe, 0x7ffffffe, // 32 twice the position inside a quadrant
  0x80000000, 0x80000000, 0x80000000, 0x80000000, // 48 sign
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
// A mask of words 0 and 1 (or 2 and 3), made as wide as doubles.
// @ts-ignore: decorator
@inline function spreadLow(x: v128): v128 {
  return v128.shuffle<i32>(x, x, 0, 0, 1, 1);
}
// @ts-ignore: decorator
@inline function spreadHigh(x: v128): v128 {
  return v128.shuffle<i32>(x, x, 2, 2, 3, 3);
}
// Words 0 and 1 (or 2 and 3) as high words of doubles, with nothing below.
// @ts-ignore: decorator
@inline function raiseLow(zero: v128, x: v128): v128 {
  return v128.shuffle<i32>(zero, x, 0, 4, 1, 5);
}
// @ts-ignore: decorator
@inline function raiseHigh(zero: v128, x: v128): v128 {
  return v128.shuffle<i32>(zero, x, 2, 6, 3, 7);
}

/**
 * Standard normals of a list of paths.
 *
 * shape   paths [count] u32; out [4·blocks × stride] f64, factor-major; count divides by 8
 * lanes   eight paths per step
 * reads   paths, keys   writes  out   allocates nothing
 * bits    normal f of a path depends on seed, path, stream and firstBlock + f/4 only
 */
export function normals(
  out: usize, paths: usize, count: i32, stride: i32, keys: usize, stream: u32, firstBlock: i32, blocks: i32,
): void {
  const row = <usize>stride << 3;
  const end = <usize>count << 3;
  const purpose = i32x4.splat(stream);
  for (let block = 0; block < blocks; block++) {
    const rows = out + <usize>(block << 2) * row;
    const counter = i32x4.splat(firstBlock + block);
    for (let p: usize = 0; p < end; p += 64) draw(rows + p, row, paths + (p >> 1), counter, purpose, keys);
    for (let pair = rows; pair < rows + 4 * row; pair += 2 * row) {
      for (let p: usize = 0; p < end; p += 64) boxMuller(pair + p, row);
    }
  }
}

// The words of eight paths, in four rows, where each four stand at the beginning of the 32 bytes of their
// normals. Two groups of four side by side, because one alone would wait for its own multiplications.
// @ts-ignore: decorator
@inline
function draw(at: usize, row: usize, paths: usize, counter: v128, purpose: v128, keys: usize): void {
  let a0 = v128.load(paths), a1 = counter, a2 = purpose, a3 = v128.xor(a0, a0);
  let b0 = v128.load(paths, 16), b1 = counter, b2 = purpose, b3 = a3;
  for (let round = keys; round < keys + 320; round += 32) {
    const aP = multiplyLow(a0, 0), aQ = multiplyHigh(a0, 0), aR = multiplyLow(a2, 16), aS = multiplyHigh(a2, 16);
    const bP = multiplyLow(b0, 0), bQ = multiplyHigh(b0, 0), bR = multiplyLow(b2, 16), bS = multiplyHigh(b2, 16);
    a0 = v128.xor(v128.xor(highWords(aR, aS), a1), v128.load(round));
    b0 = v128.xor(v128.xor(highWords(bR, bS), b1), v128.load(round));
    a2 = v128.xor(v128.xor(highWords(aP, aQ), a3), v128.load(round, 16));
    b2 = v128.xor(v128.xor(highWords(bP, bQ), b3), v128.load(round, 16));
    a1 = lowWords(aR, aS); a3 = lowWords(aP, aQ);
    b1 = lowWords(bR, bS); b3 = lowWords(bP, bQ);
  }
  v128.store(at, a0); v128.store(at, b0, 32);
  v128.store(at + row, a1); v128.store(at + row, b1, 32);
  v128.store(at + 2 * row, a2); v128.store(at + 2 * row, b2, 32);
  v128.store(at + 3 * row, a3); v128.store(at + 3 * row, b3, 32);
}

// The words of eight paths to pairs of normals, in the same two rows.
// @ts-ignore: decorator
@inline
function boxMuller(at: usize, row: usize): void {
  const u0 = v128.load(at), u1 = v128.load(at, 32);
  const radiusA = radius(widenLow(u0)), radiusB = radius(widenHigh(u0));
  const radiusC = radius(widenLow(u1)), radiusD = radius(widenHigh(u1));
  v128.store(at, radiusA); v128.store(at, radiusB, 16);
  v128.store(at, radiusC, 32); v128.store(at, radiusD, 48);

  // The angle's word: its top two bits, after rounding, are the quadrant. Odd quadrants are run through
  // backwards and take cosine for sine, so that both normals change sign together.
  const q0 = i32x4.add(v128.load(at + row), words(16)), q1 = i32x4.add(v128.load(at + row, 32), words(16));
  const twice0 = i32x4.shl(q0, 1), twice1 = i32x4.shl(q1, 1);
  const odd0 = i32x4.shr_s(twice0, 31), odd1 = i32x4.shr_s(twice1, 31);
  const in0 = v128.and(v128.xor(twice0, odd0), words(32)), in1 = v128.and(v128.xor(twice1, odd1), words(32));
  const tA = angle(widenLow(in0)), tB = angle(widenHigh(in0)), tC = angle(widenLow(in1)), tD = angle(widenHigh(in1));
  const sA = sine(tA), sB = sine(tB), sC = sine(tC), sD = sine(tD);
  const cA = cosine(tA), cB = cosine(tB), cC = cosine(tC), cD = cosine(tD);
  const swapA = v128.and(v128.xor(cA, sA), spreadLow(odd0)), swapB = v128.and(v128.xor(cB, sB), spreadHigh(odd0));
  const swapC = v128.and(v128.xor(cC, sC), spreadLow(odd1)), swapD = v128.and(v128.xor(cD, sD), spreadHigh(odd1));
  const sign0 = v128.and(q0, words(48)), sign1 = v128.and(q1, words(48));
  const zero = v128.xor(q0, q0);
  const rA = v128.xor(v128.load(at), raiseLow(zero, sign0)), rB = v128.xor(v128.load(at, 16), raiseHigh(zero, sign0));
  const rC = v128.xor(v128.load(at, 32), raiseLow(zero, sign1)), rD = v128.xor(v128.load(at, 48), raiseHigh(zero, sign1));
  v128.store(at, f64x2.mul(rA, v128.xor(cA, swapA)));
  v128.store(at, f64x2.mul(rB, v128.xor(cB, swapB)), 16);
  v128.store(at, f64x2.mul(rC, v128.xor(cC, swapC)), 32);
  v128.store(at, f64x2.mul(rD, v128.xor(cD, swapD)), 48);
  v128.store(at + row, f64x2.mul(rA, v128.xor(sA, swapA)));
  v128.store(at + row, f64x2.mul(rB, v128.xor(sB, swapB)), 16);
  v128.store(at + row, f64x2.mul(rC, v128.xor(sC, swapC)), 32);
  v128.store(at + row, f64x2.mul(rD, v128.xor(sD, swapD)), 48);
}

// sqrt(-2 ln u) of 2^52 + word: -2 ln u = -2 k ln 2 - 2 ln f with f in [sqrt(1/2), sqrt(2)), s = (f - 1)/(f + 1).
// @ts-ignore: decorator
@inline
function radius(y: v128): v128 {
  const m = i64x2.add(f64x2.sub(y, constant(16)), bits(0));
  const f = i64x2.add(v128.and(m, bits(16)), bits(32));
  const s = f64x2.div(f64x2.sub(f, constant(32)), f64x2.add(f, constant(32)));
  const k = f64x2.sub(v128.or(i64x2.shr_u(m, 52), bits(48)), constant(0));
  const z = f64x2.mul(s, s);
  const w = f64x2.mul(z, z);
  const l = f64x2.add(constant(64), f64x2.mul(z, constant(80)));
  const n = f64x2.add(constant(96), f64x2.mul(z, constant(112)));
  const o = f64x2.add(constant(128), f64x2.mul(z, constant(144)));
  const upper = f64x2.mul(f64x2.mul(w, w), f64x2.add(o, f64x2.mul(w, constant(160))));
  const p = f64x2.mul(z, f64x2.add(f64x2.add(l, f64x2.mul(w, n)), upper));
  return f64x2.sqrt(f64x2.add(f64x2.mul(k, constant(176)), f64x2.mul(s, f64x2.add(constant(48), p))));
}

// 2^52 + twice the position in a quadrant to the angle, in [-pi/4, pi/4].
// @ts-ignore: decorator
@inline
function angle(y: v128): v128 {
  return f64x2.mul(f64x2.sub(y, constant(192)), constant(208));
}

// @ts-ignore: decorator
@inline
function sine(t: v128): v128 {
  const x = f64x2.mul(t, t);
  const v = f64x2.mul(x, x);
  const b = f64x2.add(constant(224), f64x2.mul(x, constant(240)));
  const c = f64x2.add(constant(256), f64x2.mul(x, constant(272)));
  const d = f64x2.add(constant(288), f64x2.mul(x, constant(304)));
  return f64x2.add(t, f64x2.mul(f64x2.mul(t, x), f64x2.add(b, f64x2.mul(v, f64x2.add(c, f64x2.mul(v, d))))));
}

// @ts-ignore: decorator
@inline
function cosine(t: v128): v128 {
  const x = f64x2.mul(t, t);
  const v = f64x2.mul(x, x);
  const g = f64x2.add(constant(336), f64x2.mul(x, constant(352)));
  const h = f64x2.add(constant(368), f64x2.mul(x, constant(384)));
  const i = f64x2.add(constant(400), f64x2.mul(x, constant(416)));
  const tail = f64x2.add(g, f64x2.mul(v, f64x2.add(h, f64x2.mul(v, i))));
  return f64x2.add(constant(32), f64x2.mul(x, f64x2.add(constant(320), f64x2.mul(x, tail))));
}
