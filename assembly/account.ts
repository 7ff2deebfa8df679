/**
 * Accounts that answer for several positions together: what is left of them, and what is not.
 *
 *   account   │ entries i32 │ address u32 │ prior f64 │
 *   entry     │ node i32 │ cubics u32 │        equity on the cells of one node, see profile.ts
 *
 * Equity is collateral plus positions. Where it is negative the participant walks away and the
 * pool bears the difference; `prior` is the part that is already lost today.
 */
import { ACCOUNTS, ACCOUNT_COUNT, SUMS, TILE, WITH_MOMENTS, address, word } from "./plan";
import { addCubic } from "./profile";

/** Bytes of an account. */
// @ts-ignore: decorator
@inline export const ACCOUNT_BYTES: usize = 16;

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
 * Adds the shortfall of every account to the losses of a tile.
 *
 * shape   at [nodes×TILE] i32, t [nodes×TILE] f64, equity, weights, losses [TILE] f64
 * reads   plan, at, t, weights   writes  equity (scratch), losses, the plan's sums
 * bits    sums add in path order
 */
export function addShortfalls(plan: usize, at: usize, t: usize, equity: usize, weights: usize, losses: usize, count: i32): void {
  const accounts = word(plan, ACCOUNT_COUNT);
  const gather = word(plan, WITH_MOMENTS);
  const bytes = <usize>count << 3;
  for (let account = 0; account < accounts; account++) {
    const record = address(plan, ACCOUNTS) + <usize>account * ACCOUNT_BYTES;
    const entries = load<i32>(record);
    let entry = <usize>load<u32>(record, 4);
    memory.fill(equity, 0, bytes);
    for (let e = 0; e < entries; e++) {
      const node = <usize>load<i32>(entry);
      addCubic(<usize>load<u32>(entry, 4), at + node * <usize>(TILE * 4), t + node * <usize>(TILE * 8), equity, count);
      entry += 8;
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
