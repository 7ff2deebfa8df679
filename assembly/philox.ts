/**
 * Philox4x32-10: four 32-bit words that depend on key and counter only.
 *
 * The counter is (path, block, stream, 0) and the key is the seed, so any number of any path can
 * be had alone, in any order, on any machine.
 *
 * lanes   four paths at once, one in each 32-bit lane
 * source  Salmon, Moraes, Dror & Shaw, Parallel random numbers: as easy as 1, 2, 3 (SC 2011)
 */

/** Bytes of the round keys that `schedule` writes: ten rounds of two splatted words. */
// @ts-ignore: decorator
@inline export const KEYS_BYTES: usize = 320;

const M0: u32 = 0xd2511f53;
const M1: u32 = 0xcd9e8d57;
const W0: u32 = 0x9e3779b9;
const W1: u32 = 0xbb67ae85;

// The multipliers live in memory: a v128 constant is rebuilt from immediates at every use.
// @ts-ignore: decorator
@inline const MULTIPLIERS: usize = memory.data<u32>(
  [0xd2511f53, 0xd2511f53, 0xd2511f53, 0xd2511f53, 0xcd9e8d57, 0xcd9e8d57, 0xcd9e8d57, 0xcd9e8d57],
  16,
);

/**
 * Writes the round keys of a seed.
 *
 * shape   keys [10×2×4] u32
 * writes  keys   allocates nothing
 */
export function schedule(keys: usize, seedLow: u32, seedHigh: u32): void {
  let k0 = seedLow;
  let k1 = seedHigh;
  for (let round: usize = 0; round < 10; round++) {
    v128.store(keys + (round << 5), i32x4.splat(k0));
    v128.store(keys + (round << 5), i32x4.splat(k1), 16);
    k0 += W0;
    k1 += W1;
  }
}

/** One Philox round for four counters; results go to the four words of the caller's locals. */
// @ts-ignore: decorator
@inline
export function multiplyLow(a: v128, which: usize): v128 {
  return i64x2.extmul_low_i32x4_u(a, v128.load(MULTIPLIERS + which));
}

// @ts-ignore: decorator
@inline
export function multiplyHigh(a: v128, which: usize): v128 {
  return i64x2.extmul_high_i32x4_u(a, v128.load(MULTIPLIERS + which));
}

// @ts-ignore: decorator
@inline
export function highWords(low: v128, high: v128): v128 {
  return v128.shuffle<i32>(low, high, 1, 3, 5, 7);
}

// @ts-ignore: decorator
@inline
export function lowWords(low: v128, high: v128): v128 {
  return v128.shuffle<i32>(low, high, 0, 2, 4, 6);
}

/**
 * The four words of one counter, for draws that few paths need.
 *
 * shape   out [4] u32
 * reads   keys   writes  out   allocates nothing
 */
export function philox(out: usize, keys: usize, c0: u32, c1: u32, c2: u32, c3: u32): void {
  for (let round: usize = 0; round < 10; round++) {
    const p0 = <u64>M0 * <u64>c0;
    const p1 = <u64>M1 * <u64>c2;
    const k0 = load<u32>(keys + (round << 5));
    const k1 = load<u32>(keys + (round << 5), 16);
    c0 = <u32>(p1 >> 32) ^ c1 ^ k0;
    c1 = <u32>p1;
    c2 = <u32>(p0 >> 32) ^ c3 ^ k1;
    c3 = <u32>p0;
  }
  store<u32>(out, c0);
  store<u32>(out, c1, 4);
  store<u32>(out, c2, 8);
  store<u32>(out, c3, 12);
}
