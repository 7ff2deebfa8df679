const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** High word of the product of two 32-bit words. */
function highWord(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle % 65_536);
  return (aHigh * bHigh + Math.floor(middle / 65_536) + Math.floor(carry / 65_536)) >>> 0;
}

/**
 * Philox4x32-10: four random words of a counter. The kernels have their own, for many at a time.
 *
 * @param key      two words: the seed
 * @param counter  four words
 * @source Salmon, Moraes, Dror & Shaw, Parallel random numbers: as easy as 1, 2, 3 (2011)
 */
export function philox4x32(
  key: readonly [number, number],
  counter: readonly [number, number, number, number],
): [number, number, number, number] {
  let [k0, k1] = key;
  let [x0, x1, x2, x3] = counter;
  for (let round = 0; round < 10; round++) {
    const high0 = highWord(M0, x0);
    const low0 = Math.imul(M0, x0) >>> 0;
    const high1 = highWord(M1, x2);
    const low1 = Math.imul(M1, x2) >>> 0;
    x0 = (high1 ^ x1 ^ k0) >>> 0;
    x1 = low1;
    x2 = (high0 ^ x3 ^ k1) >>> 0;
    x3 = low0;
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  return [x0, x1, x2, x3];
}

/**
 * The uniform number of a place in a stream, in [0, 1) with 53 bits: a function of its arguments.
 *
 * @param seed    whole, 0 … 2^53 - 1
 * @param stream  whole, 0 … 2^32 - 1
 * @param place   whole, 0 … 2^32 - 1
 */
export function uniformAt(seed: number, stream: number, place: number): number {
  const key = [seed >>> 0, Math.floor(seed / 2 ** 32)] as const;
  const [a, b] = philox4x32(key, [place, stream, 0, 0]);
  return ((a >>> 5) * 67_108_864 + (b >>> 6)) / 9_007_199_254_740_992;
}
