/**
 * Accounts that answer for several positions together: what is left of them, and what is not.
 *
 *   account   │ entries i32 │ address u32 │ prior f64 │
 *   entry     │ node i32 │ cubics u32 │ minima u32 │    equity on the cells of one node, see profile.ts
 *   minima    [cells] f64: least equity on all cells from the middle one to this
 *
 * Equity is collateral plus positions. Where it is negative the participant walks away and the
 * pool bears the difference; `prior` is the part that is already lost today.
 */
import { ACCOUNTS, ACCOUNT_COUNT, NODE_COUNT, SUMS, TILE, WITH_MOMENTS, address, word } from "./plan";
import { addCubic } from "./profile";

/** Bytes of an account. */
// @ts-ignore: decorator
@inline export const ACCOUNT_BYTES: usize = 16;
// @ts-ignore: decorator
@inline const ENTRY_BYTES: usize = 12;

/**
 * Turns equity into shortfall in place: max(0, -equity) - prior.
 *
 * shape   equity [count] f64; count divides by 2
 */
export function shortfall(equity: usize, prior: f64, count: i32): void {
  const end = <usize>count << 3;
  const before = f64x2.splat(prior);
  const zero = f64x2.splat(0);
  for (let p: usize = 0; p < end; p += 16) {
    v128.store(equity + p, f64x2.sub(f64x2.pmax(zero, f64x2.neg(v128.load(equity + p))), before));
  }
}

/**
 * First and last cell that a tile's paths fell into.
 *
 * shape   at [nodes×TILE] i32 → ranges [nodes] pairs of i32; count divides by 4
 */
function findRanges(at: usize, ranges: usize, nodes: i32, count: i32): void {
  for (let node = 0; node < nodes; node++) {
    let low = v128.load(at), high = low;
    for (let p: usize = 16; p < <usize>count << 2; p += 16) {
      const cells = v128.load(at + p);
      low = i32x4.min_s(low, cells);
      high = i32x4.max_s(high, cells);
    }
    low = i32x4.min_s(low, v128.shuffle<i32>(low, low, 2, 3, 0, 1));
    high = i32x4.max_s(high, v128.shuffle<i32>(high, high, 2, 3, 0, 1));
    store<i32>(ranges, min(i32x4.extract_lane(low, 0), i32x4.extract_lane(low, 1)));
    store<i32>(ranges, max(i32x4.extract_lane(high, 0), i32x4.extract_lane(high, 1)), 4);
    ranges += 8;
    at += TILE << 2;
  }
}

/** Whether the worst of every node together leaves an account something: then no path takes it all. */
function isSafe(entry: usize, entries: i32, ranges: usize): bool {
  let least: f64 = 0;
  for (let e = 0; e < entries; e++) {
    const range = ranges + (<usize>load<i32>(entry) << 3), minima = <usize>load<u32>(entry, 8);
    const low = load<f64>(minima + (<usize>load<i32>(range) >> 3));
    const high = load<f64>(minima + (<usize>load<i32>(range, 4) >> 3));
    least += low < high ? low : high;
    entry += ENTRY_BYTES;
  }
  return least >= 0;
}

/**
 * Adds the shortfall of every account to the losses of a tile. Most accounts are far from theirs on
 * every path of most tiles, which a look at the tile's range tells.
 *
 * shape   at [nodes×TILE] i32, t [nodes×TILE] f64, equity, weights, losses [TILE] f64
 * reads   plan, at, t, weights   writes  equity, ranges [nodes×8] (scratch), losses, the plan's sums
 * bits    sums add in path order
 */
export function addShortfalls(plan: usize, at: usize, t: usize, equity: usize, ranges: usize, weights: usize, losses: usize, count: i32): void {
  const accounts = word(plan, ACCOUNT_COUNT);
  findRanges(at, ranges, word(plan, NODE_COUNT), count);
  const gather = word(plan, WITH_MOMENTS);
  const bytes = <usize>count << 3;
  for (let account = 0; account < accounts; account++) {
    const record = address(plan, ACCOUNTS) + <usize>account * ACCOUNT_BYTES;
    const entries = load<i32>(record);
    let entry = <usize>load<u32>(record, 4);
    // What is lost already comes off on every path.
    if (load<f64>(record, 8) == 0 && isSafe(entry, entries, ranges)) continue;
    memory.fill(equity, 0, bytes);
    for (let e = 0; e < entries; e++) {
      const node = <usize>load<i32>(entry);
      addCubic(<usize>load<u32>(entry, 4), at + node * <usize>(TILE * 4), t + node * <usize>(TILE * 8), equity, count);
      entry += ENTRY_BYTES;
    }
    shortfall(equity, load<f64>(record, 8), count);
    const sumAt = address(plan, SUMS) + (<usize>account << 3);
    let sum = load<f64>(sumAt);
    for (let p: usize = 0; p < bytes; p += 8) {
      const loss = load<f64>(equity + p);
      store<f64>(losses + p, load<f64>(losses + p) + loss);
      sum += load<f64>(weights + p) * loss;
    }
    if (gather) store<f64>(sumAt, sum);
  }
}
