/**
 * Accounts over several positions in plain JavaScript, see assembly/account.ts.
 */
import { ACCOUNT_BYTES, PLAN, TILE } from "../plan.ts";
import type { TwinMemory } from "./memory.ts";
import { addCubic } from "./profile.ts";

/** Turns equity [count] f64 into shortfall in place: max(0, -equity) - prior. */
export function shortfall(memory: TwinMemory, equity: number, prior: number, count: number): void {
  const { f64 } = memory;
  const from = equity >>> 3;
  for (let p = from; p < from + count; p++) {
    const missing = -f64[p]!;
    f64[p] = (0 < missing ? missing : 0) - prior;
  }
}

/** Adds the shortfall of every account to the losses of a tile; sums add in path order. */
export function addShortfalls(
  memory: TwinMemory,
  plan: number,
  at: number,
  t: number,
  equity: number,
  weights: number,
  losses: number,
  count: number,
): void {
  const { f64, i32, u32 } = memory;
  const words = plan >>> 2;
  const accounts = i32[words + PLAN.ACCOUNT_COUNT / 4]!;
  const gather = i32[words + PLAN.WITH_MOMENTS / 4]!;
  const records = u32[words + PLAN.ACCOUNTS / 4]!;
  const sums = u32[words + PLAN.SUMS / 4]! >>> 3;
  const own = equity >>> 3;
  const weight = weights >>> 3;
  const out = losses >>> 3;
  for (let account = 0; account < accounts; account++) {
    const record = records + account * ACCOUNT_BYTES;
    const entries = i32[record >>> 2]!;
    let entry = u32[(record + 4) >>> 2]! >>> 2;
    f64.fill(0, own, own + count);
    for (let e = 0; e < entries; e++) {
      const node = i32[entry]!;
      addCubic(memory, u32[entry + 1]!, at + node * TILE * 4, t + node * TILE * 8, equity, count);
      entry += 2;
    }
    shortfall(memory, equity, f64[(record + 8) >>> 3]!, count);
    let sum = f64[sums + account]!;
    for (let p = 0; p < count; p++) {
      const loss = f64[own + p]!;
      f64[out + p] = f64[out + p]! + loss;
      sum += f64[weight + p]! * loss;
    }
    if (gather) f64[sums + account] = sum;
  }
}
