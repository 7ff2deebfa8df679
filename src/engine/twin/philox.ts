/**
 * Philox4x32-10 in plain JavaScript, see assembly/philox.ts.
 *
 * JavaScript has no 32x32 to 64 bit product. The low word is `Math.imul`; the high word is the
 * double product cut to a whole number, which is right unless rounding went up to the next whole
 * number. That asks for a low word of 2^32 - 2^10 or more, and is then done again in 16-bit halves:
 * 6.2 ns per word with two counters side by side, 10.3 in halves throughout.
 *
 * Multipliers and increments stand in each function: bundlers turn constants of a module into
 * variables, which are read again at every use (14 instead of 6 ns per word).
 *
 * Round keys are those of the first round and the Weyl increments, which is what `schedule` wrote.
 */
import type { TwinMemory } from "./memory.ts";

/** Writes the round keys of a seed: [10×2×4] u32. */
export function schedule(
  memory: TwinMemory,
  keys: number,
  seedLow: number,
  seedHigh: number,
): void {
  const { u32 } = memory;
  let k0 = seedLow | 0;
  let k1 = seedHigh | 0;
  for (let at = keys >>> 2, end = at + 80; at < end; at += 8) {
    u32.fill(k0, at, at + 4);
    u32.fill(k1, at + 4, at + 8);
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
}

/** High word of the product of two 32-bit words. */
function highWord(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = (Math.imul(aHigh, bLow) >>> 0) + (Math.imul(aLow, bLow) >>> 16);
  const carry = (Math.imul(aLow, bHigh) >>> 0) + (middle & 0xffff);
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (carry >>> 16)) | 0;
}

/** The four words of one counter: out [4] u32. */
export function philox(
  memory: TwinMemory,
  out: number,
  keys: number,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
): void {
  const m0 = 0xd2511f53;
  const m1 = 0xcd9e8d57;
  const { u32 } = memory;
  let k0 = u32[keys >>> 2]! | 0;
  let k1 = u32[(keys >>> 2) + 4]! | 0;
  let x = c0 | 0;
  let y = c1 | 0;
  let z = c2 | 0;
  let w = c3 | 0;
  for (let round = 0; round < 10; round++) {
    const high0 = highWord(x, m0);
    const low0 = Math.imul(x, m0);
    x = highWord(z, m1) ^ y ^ k0;
    y = Math.imul(z, m1);
    z = high0 ^ w ^ k1;
    w = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  const at = out >>> 2;
  u32[at] = x;
  u32[at + 1] = y;
  u32[at + 2] = z;
  u32[at + 3] = w;
}

/**
 * Words of block `block` of a list of paths.
 *
 * @param words  [4 × count] i32, the four words of a path together; count divides by 2
 * @param paths  address of [count] u32
 */
export function pathWords(
  memory: TwinMemory,
  words: Int32Array,
  paths: number,
  count: number,
  keys: number,
  stream: number,
  block: number,
): void {
  const m0 = 0xd2511f53;
  const m1 = 0xcd9e8d57;
  // Over 2^32, exactly: the product with a word is its high word and a fraction.
  const share0 = m0 / 4294967296;
  const share1 = m1 / 4294967296;
  /** Low words from 2^32 - 2^10 on, seen without their last ten bits. */
  const nearWrap = 0x3fffff;
  const { u32 } = memory;
  const first0 = u32[keys >>> 2]! | 0;
  const first1 = u32[(keys >>> 2) + 4]! | 0;
  let at = paths >>> 2;
  // Two paths side by side, a and b: one alone waits for its own products.
  for (let out = 0; out < 4 * count; out += 8) {
    let a0 = u32[at]! | 0;
    let a1 = block | 0;
    let a2 = stream | 0;
    let a3 = 0;
    let b0 = u32[at + 1]! | 0;
    let b1 = a1;
    let b2 = a2;
    let b3 = 0;
    at += 2;
    let k0 = first0;
    let k1 = first1;
    for (let round = 0; round < 10; round++) {
      const aLow0 = Math.imul(a0, m0);
      const aLow1 = Math.imul(a2, m1);
      const bLow0 = Math.imul(b0, m0);
      const bLow1 = Math.imul(b2, m1);
      let aHigh0 = ((a0 >>> 0) * share0) | 0;
      let aHigh1 = ((a2 >>> 0) * share1) | 0;
      let bHigh0 = ((b0 >>> 0) * share0) | 0;
      let bHigh1 = ((b2 >>> 0) * share1) | 0;
      if (aLow0 >>> 10 === nearWrap) aHigh0 = highWord(a0, m0);
      if (aLow1 >>> 10 === nearWrap) aHigh1 = highWord(a2, m1);
      if (bLow0 >>> 10 === nearWrap) bHigh0 = highWord(b0, m0);
      if (bLow1 >>> 10 === nearWrap) bHigh1 = highWord(b2, m1);
      a0 = aHigh1 ^ a1 ^ k0;
      a1 = aLow1;
      a2 = aHigh0 ^ a3 ^ k1;
      a3 = aLow0;
      b0 = bHigh1 ^ b1 ^ k0;
      b1 = bLow1;
      b2 = bHigh0 ^ b3 ^ k1;
      b3 = bLow0;
      k0 = (k0 + 0x9e3779b9) | 0;
      k1 = (k1 + 0xbb67ae85) | 0;
    }
    words[out] = a0;
    words[out + 1] = a1;
    words[out + 2] = a2;
    words[out + 3] = a3;
    words[out + 4] = b0;
    words[out + 5] = b1;
    words[out + 6] = b2;
    words[out + 7] = b3;
  }
}
