/**
 * Accounts over several positions in plain JavaScript, see assembly/account.ts.
 */
import { ACCOUNT_BYTES, PLAN, TILE } from "../plan.ts";
import type { TwinMemory } from "./memory.ts";
import { addCubic } from "./profile.ts";

const ENTRY_WORDS = 3;

/** Turns equity [count] f64 into shortfall in place: max(0, -equity) - prior. */
export function shortfall(memory: TwinMemory, equity: number, prior: number, count: number): void {
  const { f64 } = memory;
  const from = equity >>> 3;
  for (let p = from; p < from + count; p++) {
    const missing = -f64[p]!;
    f64[p] = (0 < missing ? missing : 0) - prior;
  }
}

/** First and last cell that a tile's paths fell into: [nodes] pairs. */
function findRanges(
  { i32 }: TwinMemory,
  at: number,
  ranges: number,
  nodes: number,
  count: number,
): void {
  for (let node = 0; node < nodes; node++) {
    const from = (at >>> 2) + node * TILE;
    let low = i32[from]!;
    let high = low;
    for (let p = from + 1; p < from + count; p++) {
      low = Math.min(low, i32[p]!);
      high = Math.max(high, i32[p]!);
    }
    i32[(ranges >>> 2) + 2 * node] = low;
    i32[(ranges >>> 2) + 2 * node + 1] = high;
  }
}

/** Whether the worst of every node together leaves an account something. */
function isSafe(
  { f64, i32, u32 }: TwinMemory,
  entry: number,
  entries: number,
  ranges: number,
): boolean {
  let least = 0;
  for (let e = entry; e < entry + entries * ENTRY_WORDS; e += ENTRY_WORDS) {
    const range = (ranges >>> 2) + 2 * i32[e]!;
    const minima = u32[e + 2]!;
    const low = f64[(minima + (i32[range]! >>> 3)) >>> 3]!;
    const high = f64[(minima + (i32[range + 1]! >>> 3)) >>> 3]!;
    least += low < high ? low : high;
  }
  return least >= 0;
}

/** Adds the shortfall of every account to the losses of a tile; sums add in path order. */
export function addShortfalls(
  memory: TwinMemory,
  plan: number,
  at: number,
  t: number,
  equity: number,
  ranges: number,
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
  findRanges(memory, at, ranges, i32[words + PLAN.NODE_COUNT / 4]!, count);
  for (let account = 0; account < accounts; account++) {
    const record = records + account * ACCOUNT_BYTES;
    const entries = i32[record >>> 2]!;
    let entry = u32[(record + 4) >>> 2]! >>> 2;
    const prior = f64[(record + 8) >>> 3]!;
    if (prior === 0 && isSafe(memory, entry, entries, ranges)) continue;
    f64.fill(0, own, own + count);
    for (let e = 0; e < entries; e++) {
      const node = i32[entry]!;
      addCubic(memory, u32[entry + 1]!, at + node * TILE * 4, t + node * TILE * 8, equity, count);
      entry += ENTRY_WORDS;
    }
    shortfall(memory, equity, prior, count);
    let sum = f64[sums + account]!;
    for (let p = 0; p < count; p++) {
      const loss = f64[own + p]!;
      f64[out + p] = f64[out + p]! + loss;
      sum += f64[weight + p]! * loss;
    }
    if (gather) f64[sums + account] = sum;
  }
}
