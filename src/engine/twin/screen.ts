/**
 * Accounts that are looked at a block of steps at a time, in plain JavaScript: see
 * assembly/screen.ts.
 */
import {
  COIN_BYTES,
  MARGIN,
  MARGIN_LEG_BYTES,
  PLAN,
  SCREEN_BYTES,
  SCREEN_ENTRY_BYTES,
  TILE,
} from "../plan.ts";
import { accountOf, fieldOf, isBreached, watch } from "./margin.ts";
import { INDEX_NONE, INDEX_PRICED } from "./measure.ts";
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

/** Takes the prices of one step into the extremes of its block. */
export function widen(
  { f64 }: TwinMemory,
  price: number,
  extremes: number,
  bytes: number,
  isFirst: boolean,
  count: number,
): void {
  const from = price >>> 3;
  const least = extremes >>> 3;
  const most = (extremes + bytes) >>> 3;
  for (let p = 0; p < count; p++) {
    const s = f64[from + p]!;
    if (isFirst || s < f64[least + p]!) f64[least + p] = s;
    if (isFirst || f64[most + p]! < s) f64[most + p] = s;
  }
}

/** Extremes of the funding indices of a block: an index runs one way and has them at the ends. */
export function fundingExtremes(
  memory: TwinMemory,
  margin: number,
  assets: number,
  first: number,
  last: number,
  count: number,
): void {
  const { f64 } = memory;
  const steps = fieldOf(memory, margin, MARGIN.M_BLOCK);
  const blocks = fieldOf(memory, margin, MARGIN.M_BLOCKS);
  const used = fieldOf(memory, margin, MARGIN.M_USED);
  const begin = blockRow(blocks, assets, first, steps, true) >>> 3;
  const until = blockRow(blocks, assets, last, steps, true) >>> 3;
  const out = (blocks + 2 * assets * COLUMN) >>> 3;
  for (let u = 0; u < assets; u++) {
    if (!isUsed(memory, used, u)) continue;
    for (let p = u * TILE; p < u * TILE + count; p++) {
      const a = f64[begin + p]!;
      const b = f64[until + p]!;
      f64[out + p] = b < a ? b : a;
      f64[out + assets * TILE + p] = a < b ? b : a;
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

/** A bound that is positive by less than this part of what it is made of may be rounding. */
const ROUNDING = 1e-9;

/** Whether what is left of an account surely stays above maintenance through a block. */
export function staysAbove(
  { f64, i32, u32 }: TwinMemory,
  account: number,
  entry: number,
  extremes: number,
  assets: number,
  begin: number,
  until: number,
): boolean {
  const row = assets * TILE;
  const left = 1 - f64[(entry + 16) >>> 3]!;
  let sum = f64[(entry + 32) >>> 3]!;
  let size = Math.abs(sum);
  let leg = u32[account >>> 2]!;
  for (let l = i32[(account + 4) >>> 2]!; l > 0; l--) {
    const at = leg >>> 3;
    const column = (extremes >>> 3) + i32[leg >>> 2]! * TILE;
    const index = i32[(leg + 4) >>> 2]!;
    const ratio = f64[at + 6]!;
    const constant = left * (f64[at + 1]! - ratio * f64[at + 5]!);
    const weight = left * (f64[at + 2]! - ratio * f64[at + 4]!);
    const worth = weight * f64[column + (weight > 0 ? 0 : row)]!;
    sum += constant + worth;
    size += Math.abs(constant) + Math.abs(worth);
    if (index !== INDEX_NONE) {
      const due = left * f64[at + 3]!;
      const time = due > 0 ? until : begin;
      const paid = due * (index === INDEX_PRICED ? f64[column + (due > 0 ? 3 : 2) * row]! : time);
      sum -= paid;
      size += Math.abs(paid);
    }
    leg += MARGIN_LEG_BYTES;
  }
  let coin = u32[(account + 8) >>> 2]!;
  for (let c = i32[(account + 12) >>> 2]!; c > 0; c--) {
    const column = (extremes >>> 3) + i32[coin >>> 2]! * TILE;
    const weight = f64[(coin + 8) >>> 3]!;
    const worth = weight * f64[column + (weight > 0 ? 0 : row)]!;
    sum += worth;
    size += Math.abs(worth);
    coin += COIN_BYTES;
  }
  return sum > ROUNDING * size;
}
