/**
 * Accounts over several assets, a block of steps at a time, in plain JavaScript: see
 * assembly/liquidation.ts.
 */
import { MARGIN, PLAN, SCREEN_BYTES, SCREEN_ENTRY_BYTES, TILE } from "../plan.ts";
import { accountOf, fieldOf, isBreached, watch } from "./margin.ts";
import type { TwinMemory } from "./memory.ts";

const COLUMN = 8 * TILE;

/** Bytes of the blocks of a program. */
export function blockBytes(assets: number, steps: number): number {
  return assets * COLUMN * (4 + 2 * steps);
}

/** Address of the prices, or of the funding indices, of a step of the block in hand. */
export function blockRow(
  blocks: number,
  assets: number,
  step: number,
  steps: number,
  funding: boolean,
): number {
  return blocks + assets * COLUMN * ((funding ? steps : 0) + (step % steps) + 4);
}

/** The margin program of a plan. */
export function marginOf({ u32 }: TwinMemory, plan: number): number {
  return u32[(plan + PLAN.MARGIN) >>> 2]!;
}

/** Assets of a plan. */
export function assetsOf({ i32 }: TwinMemory, plan: number): number {
  return i32[(plan + PLAN.ASSETS) >>> 2]!;
}

/** Whether the prices of an asset are kept for a block. */
export function isUsed({ u32 }: TwinMemory, used: number, asset: number): boolean {
  return ((u32[(used + asset) >>> 2]! >>> (8 * (asset & 3))) & 0xff) !== 0;
}

/** Least and most of the rows of a block, to the columns in front of them. */
function blockExtremes(
  memory: TwinMemory,
  plan: number,
  first: number,
  last: number,
  count: number,
): void {
  const { f64 } = memory;
  const margin = marginOf(memory, plan);
  const assets = assetsOf(memory, plan);
  const steps = fieldOf(memory, margin, MARGIN.M_BLOCK);
  const blocks = fieldOf(memory, margin, MARGIN.M_BLOCKS);
  const used = fieldOf(memory, margin, MARGIN.M_USED);
  const kinds = fieldOf(memory, margin, MARGIN.M_PRICED) ? [false, true] : [false];
  for (const funding of kinds) {
    const out = (blocks + (funding ? 2 : 0) * assets * COLUMN) >>> 3;
    for (let u = 0; u < assets; u++) {
      if (!isUsed(memory, used, u)) continue;
      for (let p = u * TILE; p < u * TILE + count; p++) {
        let least = f64[(blockRow(blocks, assets, first, steps, funding) >>> 3) + p]!;
        let most = least;
        for (let step = first + 1; step <= last; step++) {
          const value = f64[(blockRow(blocks, assets, step, steps, funding) >>> 3) + p]!;
          if (value < least) least = value;
          if (most < value) most = value;
        }
        f64[out + p] = least;
        f64[out + assets * TILE + p] = most;
      }
    }
  }
}

function isBelow(margin: number): boolean {
  return margin < 0 || (margin === 0 && 1 / margin < 0);
}

/** Bounds the margin of every account over several assets, and walks the block where it fails. */
export function screenBlock(
  memory: TwinMemory,
  plan: number,
  first: number,
  last: number,
  count: number,
): void {
  const { f64, i32, u32 } = memory;
  const margin = marginOf(memory, plan);
  blockExtremes(memory, plan, first, last, count);
  const times = fieldOf(memory, margin, MARGIN.M_TIMES) >>> 3;
  const priced = fieldOf(memory, margin, MARGIN.M_PRICED) !== 0;
  let screen = fieldOf(memory, margin, MARGIN.M_SCREENS);
  for (let s = fieldOf(memory, margin, MARGIN.M_SCREEN_COUNT); s > 0; s--) {
    const timed = f64[(screen + 24) >>> 3]!;
    const most = Math.max(timed * f64[times + first]!, timed * f64[times + last]!);
    const constant = f64[(screen + 16) >>> 3]! - most;
    const entries = u32[(screen + 8) >>> 2]!;
    const entriesEnd = entries + i32[(screen + 4) >>> 2]! * SCREEN_ENTRY_BYTES;
    for (let p = 0; p < count; p++) {
      let bound = constant;
      for (let entry = entries; entry < entriesEnd; entry += SCREEN_ENTRY_BYTES) {
        bound += f64[(entry + 16) >>> 3]! * f64[(u32[entry >>> 2]! >>> 3) + p]!;
        if (priced) bound -= f64[(entry + 24) >>> 3]! * f64[(u32[(entry + 4) >>> 2]! >>> 3) + p]!;
      }
      if (isBelow(bound)) suspect(memory, plan, screen, p, first, last);
    }
    screen += SCREEN_BYTES;
  }
}

/** Looks at every step of the block for a lane whose bound is not positive. */
function suspect(
  memory: TwinMemory,
  plan: number,
  screen: number,
  lane: number,
  first: number,
  last: number,
): void {
  const { f64, i32, u32 } = memory;
  const margin = marginOf(memory, plan);
  const dead = (u32[(screen + 12) >>> 2]! >>> 2) + (lane >>> 5);
  if (i32[dead]! & (1 << (lane & 31))) return;
  const assets = assetsOf(memory, plan);
  const steps = fieldOf(memory, margin, MARGIN.M_BLOCK);
  const blocks = fieldOf(memory, margin, MARGIN.M_BLOCKS);
  const priced = fieldOf(memory, margin, MARGIN.M_PRICED) !== 0;
  const entries = u32[(screen + 8) >>> 2]!;
  const entriesEnd = entries + i32[(screen + 4) >>> 2]! * SCREEN_ENTRY_BYTES;
  const item = i32[screen >>> 2]!;
  const account = accountOf(memory, margin, item);
  for (let step = first; step <= last; step++) {
    const prices = blockRow(blocks, assets, step, steps, false) + 8 * lane;
    const funding = blockRow(blocks, assets, step, steps, true) + 8 * lane;
    const time = f64[(fieldOf(memory, margin, MARGIN.M_TIMES) >>> 3) + step]!;
    let sum = f64[(screen + 16) >>> 3]! - f64[(screen + 24) >>> 3]! * time;
    for (let entry = entries; entry < entriesEnd; entry += SCREEN_ENTRY_BYTES) {
      const column = i32[(entry + 8) >>> 2]! * TILE;
      sum += f64[(entry + 16) >>> 3]! * f64[(prices >>> 3) + column]!;
      if (priced) sum -= f64[(entry + 24) >>> 3]! * f64[(funding >>> 3) + column]!;
    }
    if (!isBelow(sum) || !isBreached(memory, account, prices, funding, time)) continue;
    i32[dead] = i32[dead]! | (1 << (lane & 31));
    watch(memory, margin, lane, item, step);
    return;
  }
}
