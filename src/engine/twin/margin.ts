/**
 * Closing margin accounts in plain JavaScript, see assembly/margin.ts.
 */
import {
  ENTRY_BYTES,
  MARGIN,
  MARGIN_ACCOUNT_BYTES,
  MARGIN_LEG_BYTES,
  RECORD_BYTES,
  TILE,
} from "../plan.ts";
import { INDEX_NONE, INDEX_OPTION, INDEX_PRICED, MEASURES, measure } from "./measure.ts";
import type { TwinMemory } from "./memory.ts";

const COLUMN = 8 * TILE;
const CLOSED_TIMED = COLUMN;
/** The four statistics of every path: count, notional, bad debt, insurance fee. */
export const STATISTICS_AT: number = 2 * COLUMN;
const HEADS = 6 * COLUMN;
const TAILS: number = HEADS + COLUMN / 2;
/** First open entry of every lane, plus one; 0 for none. */
export const OPEN: number = TAILS + COLUMN / 2;
const CLOSED: number = OPEN + COLUMN;

/** Bytes of the lanes' columns. */
export function laneBytes(assets: number): number {
  return CLOSED + 4 * assets * COLUMN;
}

function closedAt(lanes: number, asset: number): number {
  return lanes + CLOSED + asset * COLUMN;
}

/** Column of the funding index of an asset. */
export function fundingAt(lanes: number, assets: number, asset: number): number {
  return closedAt(lanes, 2 * assets + asset);
}

/** Column of the prices e^x of an asset. */
export function priceAt(lanes: number, assets: number, asset: number): number {
  return closedAt(lanes, 3 * assets + asset);
}

/** A field of a margin program. */
export function fieldOf({ u32 }: TwinMemory, margin: number, field: number): number {
  return u32[(margin + field) >>> 2]!;
}

/** Clears what a tile gathers. */
export function startLanes(memory: TwinMemory, margin: number, assets: number): void {
  const lanes = fieldOf(memory, margin, MARGIN.M_LANES) >>> 3;
  memory.f64.fill(0, lanes, lanes + laneBytes(assets) / 8);
  memory.i32[fieldOf(memory, margin, MARGIN.M_ENTRIES) >>> 2] = 0;
}

function entryOf(entries: number, index: number): number {
  return entries + 16 + (index - 1) * ENTRY_BYTES;
}

/** The entry of a number; numbers start at 1. */
export function entryAt(memory: TwinMemory, margin: number, index: number): number {
  return entryOf(fieldOf(memory, margin, MARGIN.M_ENTRIES), index);
}

/** First entry of a lane, 0 for none. */
export function firstEntry(memory: TwinMemory, margin: number, lane: number): number {
  const lanes = fieldOf(memory, margin, MARGIN.M_LANES);
  const index = memory.i32[(lanes + HEADS + 4 * lane) >>> 2]!;
  return index ? entryAt(memory, margin, index) : 0;
}

/** The next entry of the same lane, 0 for none. */
export function nextEntry(memory: TwinMemory, margin: number, entry: number): number {
  const index = memory.i32[entry >>> 2]!;
  return index ? entryAt(memory, margin, index) : 0;
}

/** Whether a lane has an entry of an item already. */
export function isListed(memory: TwinMemory, margin: number, lane: number, item: number): boolean {
  let entry = firstEntry(memory, margin, lane);
  for (; entry; entry = nextEntry(memory, margin, entry)) {
    if (memory.i32[(entry + 8) >>> 2] === item) return true;
  }
  return false;
}

/** Appends an entry to the list of a lane; its numbers are left for the caller to fill in. */
export function append(
  memory: TwinMemory,
  margin: number,
  lane: number,
  item: number,
  step: number,
): number {
  const { i32 } = memory;
  const entries = fieldOf(memory, margin, MARGIN.M_ENTRIES);
  const index = i32[entries >>> 2]! + 1;
  i32[entries >>> 2] = index;
  const entry = entryOf(entries, index);
  i32[entry >>> 2] = 0;
  i32[(entry + 4) >>> 2] = 0;
  i32[(entry + 8) >>> 2] = item;
  i32[(entry + 12) >>> 2] = step;
  const lanes = fieldOf(memory, margin, MARGIN.M_LANES) + 4 * lane;
  const tail = i32[(lanes + TAILS) >>> 2]!;
  if (tail) i32[entryOf(entries, tail) >>> 2] = index;
  else i32[(lanes + HEADS) >>> 2] = index;
  i32[(lanes + TAILS) >>> 2] = index;
  return entry;
}

/** Where an account stands. */
export function accountOf(memory: TwinMemory, margin: number, item: number): number {
  return fieldOf(memory, margin, MARGIN.M_ACCOUNTS) + item * MARGIN_ACCOUNT_BYTES;
}

// Instead of the time at which a liquidation began: none is under way, or there never was one.
const HEALTHY = -1;
const UNDATED = -2;

/** Puts a new entry of an account on the list of those that are looked at in every step. */
export function watch(
  memory: TwinMemory,
  margin: number,
  lane: number,
  item: number,
  step: number,
): void {
  const { f64, i32 } = memory;
  const entry = append(memory, margin, lane, item, step);
  f64.fill(0, (entry + 16) >>> 3, (entry + ENTRY_BYTES) >>> 3);
  f64[(entry + 32) >>> 3] = f64[(accountOf(memory, margin, item) + 16) >>> 3]!;
  f64[(entry + 64) >>> 3] = UNDATED;
  const open = (fieldOf(memory, margin, MARGIN.M_LANES) + OPEN + 4 * lane) >>> 2;
  i32[(entry + 4) >>> 2] = i32[open]!;
  i32[open] = i32[fieldOf(memory, margin, MARGIN.M_ENTRIES) >>> 2]!;
}

/** Cost of closing a share of every leg. */
function slippageOf(
  { f64, i32, u32 }: TwinMemory,
  account: number,
  share: number,
  prices: number,
): number {
  let slippage = 0;
  let leg = u32[account >>> 2]!;
  for (let l = i32[(account + 4) >>> 2]!; l > 0; l--) {
    const at = leg >>> 3;
    const size = f64[at + 4]! * f64[(prices >>> 3) + i32[leg >>> 2]! * TILE]!;
    const closing = share * (size + (i32[(leg + 4) >>> 2] === INDEX_OPTION ? 0 : f64[at + 5]!));
    slippage += closing * Math.min(1, f64[at + 7]! + f64[at + 8]! * Math.sqrt(closing));
    leg += MARGIN_LEG_BYTES;
  }
  return slippage;
}

/** What leaves the profiles with a share of every leg; an option leaves them at the end. */
function closeLegs(
  { f64, i32, u32 }: TwinMemory,
  lanes: number,
  assets: number,
  lane: number,
  account: number,
  share: number,
): void {
  let leg = u32[account >>> 2]!;
  const here = 8 * lane;
  for (let l = i32[(account + 4) >>> 2]!; l > 0; l--) {
    const asset = i32[leg >>> 2]!;
    const index = i32[(leg + 4) >>> 2]!;
    const at = leg >>> 3;
    if (index === INDEX_OPTION) return;
    const slopes = (closedAt(lanes, asset) + here) >>> 3;
    f64[slopes] = f64[slopes]! + share * f64[at + 2]!;
    if (index !== INDEX_NONE) {
      const priced = closedAt(lanes, assets + asset);
      const column = ((index === INDEX_PRICED ? priced : lanes + CLOSED_TIMED) + here) >>> 3;
      f64[column] = f64[column]! + share * f64[at + 3]!;
    }
    leg += MARGIN_LEG_BYTES;
  }
}

/** The step of an entry is that of the first fall below maintenance, not of the first look. */
function date({ f64, i32 }: TwinMemory, entry: number, step: number): void {
  if (f64[(entry + 64) >>> 3] !== UNDATED) return;
  i32[(entry + 12) >>> 2] = step;
  f64[(entry + 64) >>> 3] = HEALTHY;
}

/** Ends the liquidation that is under way, if one is. */
export function recover({ f64 }: TwinMemory, entry: number): void {
  if (f64[(entry + 64) >>> 3]! >= 0) f64[(entry + 64) >>> 3] = HEALTHY;
}

/** Share of the account to close now, by the pace that was agreed; `MEASURES` are up to date. */
function pacedShare(
  { f64 }: TwinMemory,
  margin: number,
  entry: number,
  left: number,
  equity: number,
  shortage: number,
  feeRate: number,
  time: number,
): number {
  const start = (entry + 64) >>> 3;
  const terms = margin >>> 3;
  if (f64[start]! < 0) {
    f64[start] = time;
    f64[start + 1] = 0;
  }
  if (equity <= 0) return left;
  const notional = MEASURES[2]!;
  const rate = MEASURES[3]! / notional - f64[terms + MARGIN.M_LIQUIDATOR_FEE / 8]! - feeRate;
  if (!(rate > 0)) return left;
  const freed = f64[start + 1]!;
  const elapsed = time - f64[start]!;
  const pace =
    f64[terms + MARGIN.M_PACE_INITIAL / 8]! + elapsed / f64[terms + MARGIN.M_PACE_DURATION / 8]!;
  const allowed = shortage < f64[terms + MARGIN.M_SHORTAGE_SMALL / 8]! ? 1 : Math.min(1, pace);
  const freeable = Math.max(0, allowed * (shortage + freed) - freed);
  const share = Math.min(left, freeable / (notional * rate));
  f64[start + 1] = freed + share * notional * rate;
  return share;
}

/**
 * Looks at an account of one lane at one step and closes what must be closed.
 *
 * @returns whether nothing is left of it
 */
export function visit(
  memory: TwinMemory,
  margin: number,
  assets: number,
  lane: number,
  entry: number,
  prices: number,
  funding: number,
  step: number,
): boolean {
  const { f64, i32, u32 } = memory;
  const account = accountOf(memory, margin, i32[(entry + 8) >>> 2]!);
  const time = f64[(fieldOf(memory, margin, MARGIN.M_TIMES) >>> 3) + step]!;
  const leg = u32[account >>> 2]!;
  const at = entry >>> 3;
  const isOption = i32[(account + 4) >>> 2] === 1 && i32[(leg + 4) >>> 2] === INDEX_OPTION;
  if (isOption && time >= f64[(leg + 16) >>> 3]!) {
    if (time === f64[(leg + 16) >>> 3]) {
      date(memory, entry, step);
      settleOption(memory, margin, lane, entry, account, prices, funding, time);
    }
    return true;
  }
  const left = 1 - f64[at + 2]!;
  measure(memory, account, prices, funding, time);
  const value = MEASURES[0]!;
  const notional = MEASURES[2]!;
  const money = f64[at + 4]!;
  const equity = money + MEASURES[4]! + left * value;
  const shortage = left * MEASURES[3]! - equity;
  if (!(shortage >= 0)) {
    recover(memory, entry);
    return false;
  }
  date(memory, entry, step);
  const liquidatorFee = f64[(margin + MARGIN.M_LIQUIDATOR_FEE) >>> 3]!;
  let feeRate = f64[(margin + MARGIN.M_INSURANCE_FEE) >>> 3]!;
  let share = left;
  if (i32[(margin + MARGIN.M_PACED) >>> 2]) {
    const room = MEASURES[3]! / notional - liquidatorFee - shortage / (left * notional);
    feeRate = Math.min(feeRate, 0.95 * Math.max(0, room));
    share = pacedShare(memory, margin, entry, left, equity, shortage, feeRate, time);
  }
  if (share === 0) return false;
  return close(memory, margin, assets, lane, entry, prices, share, equity, feeRate);
}

/** Closes a share of an account, or all of it where its costs would leave less than nothing. */
function close(
  memory: TwinMemory,
  margin: number,
  assets: number,
  lane: number,
  entry: number,
  prices: number,
  wanted: number,
  equity: number,
  feeRate: number,
): boolean {
  const { f64, i32 } = memory;
  const account = accountOf(memory, margin, i32[(entry + 8) >>> 2]!);
  const at = entry >>> 3;
  const left = 1 - f64[at + 2]!;
  const value = MEASURES[0]!;
  const notional = MEASURES[2]!;
  const money = f64[at + 4]!;
  const liquidatorFee = f64[(margin + MARGIN.M_LIQUIDATOR_FEE) >>> 3]!;
  let share = wanted;
  let closing = share * notional;
  let slippage = slippageOf(memory, account, share, prices);
  let after = equity - slippage - liquidatorFee * closing;
  if (after < 0 && share < left) {
    share = left;
    closing = share * notional;
    slippage = slippageOf(memory, account, share, prices);
    after = equity - slippage - liquidatorFee * closing;
  }
  const lanes = fieldOf(memory, margin, MARGIN.M_LANES);
  closeLegs(memory, lanes, assets, lane, account, share);
  const fee = Math.min(feeRate * closing, Math.max(0, after));
  f64[at + 4] = money + share * value - slippage - liquidatorFee * closing - fee;
  const done = share === left;
  const badDebt = done ? Math.max(0, -after) : 0;
  record(
    memory,
    lanes,
    lane,
    entry,
    share,
    share * MEASURES[1]! + badDebt - fee,
    closing,
    badDebt,
    fee,
  );
  return done;
}

/** The last look at an option: it pays what it pays, without a market, and leaves a debt or none. */
function settleOption(
  memory: TwinMemory,
  margin: number,
  lane: number,
  entry: number,
  account: number,
  prices: number,
  funding: number,
  time: number,
): void {
  const { f64 } = memory;
  measure(memory, account, prices, funding, time);
  const left = 1 - f64[(entry + 16) >>> 3]!;
  const value = MEASURES[0]!;
  const badDebt = Math.max(0, -(f64[(entry + 32) >>> 3]! + MEASURES[4]! + left * value));
  if (badDebt > 0) {
    const lanes = fieldOf(memory, margin, MARGIN.M_LANES);
    record(memory, lanes, lane, entry, left, left * value + badDebt, 0, badDebt, 0);
  }
}

/** Adds one closing to its entry and to the columns of its lane. */
function record(
  { f64 }: TwinMemory,
  lanes: number,
  lane: number,
  entry: number,
  share: number,
  pool: number,
  notional: number,
  badDebt: number,
  fee: number,
): void {
  const column = (lanes >>> 3) + lane;
  const statistics = column + STATISTICS_AT / 8;
  const at = entry >>> 3;
  f64[column] = f64[column]! + pool;
  if (f64[at + 2] === 0) f64[statistics] = f64[statistics]! + 1;
  f64[statistics + TILE] = f64[statistics + TILE]! + notional;
  f64[statistics + 2 * TILE] = f64[statistics + 2 * TILE]! + badDebt;
  f64[statistics + 3 * TILE] = f64[statistics + 3 * TILE]! + fee;
  f64[at + 2] = f64[at + 2]! + share;
  f64[at + 3] = f64[at + 3]! + pool;
  f64[at + 5] = f64[at + 5]! + notional;
  f64[at + 6] = f64[at + 6]! + badDebt;
  f64[at + 7] = f64[at + 7]! + fee;
}

/**
 * Closes what the levels of one lane, asset and direction say, at once and in full.
 *
 * @param at    offset of the lane in a column
 * @param most  place to stop before, whatever x says
 * @returns     the first place that was not passed
 */
export function closeLevels(
  memory: TwinMemory,
  margin: number,
  at: number,
  step: number,
  asset: number,
  price: number,
  x: number,
  levels: number,
  records: number,
  place: number,
  falling: boolean,
  gather: boolean,
  most: number,
): number {
  const { f64, i32 } = memory;
  const lanes = fieldOf(memory, margin, MARGIN.M_LANES);
  const column = (lanes + at) >>> 3;
  const statistics = column + STATISTICS_AT / 8;
  const closedSlope = (closedAt(lanes, asset) + at) >>> 3;
  const liquidatorFee = f64[(margin + MARGIN.M_LIQUIDATOR_FEE) >>> 3]!;
  const insuranceFee = f64[(margin + MARGIN.M_INSURANCE_FEE) >>> 3]!;
  const steps = levels >>> 3;
  for (;;) {
    const from = (records + place * RECORD_BYTES) >>> 3;
    const slope = f64[from + 4]!;
    const change = slope * price;
    const closing = f64[from + 5]! * price + f64[from + 6]!;
    const equity = f64[from + 1]! + f64[from + 2]! * price + (f64[from + 3]! + change);
    const slippage = closing * Math.min(1, f64[from + 7]! + f64[from + 8]! * Math.sqrt(closing));
    const after = equity - slippage - liquidatorFee * closing;
    const fee = Math.min(insuranceFee * closing, Math.max(0, after));
    const badDebt = Math.max(0, -after);
    const pool = change + badDebt - fee;
    f64[column] = f64[column]! + pool;
    f64[closedSlope] = f64[closedSlope]! + slope;
    f64[statistics] = f64[statistics]! + 1;
    f64[statistics + TILE] = f64[statistics + TILE]! + closing;
    f64[statistics + 2 * TILE] = f64[statistics + 2 * TILE]! + badDebt;
    f64[statistics + 3 * TILE] = f64[statistics + 3 * TILE]! + fee;
    if (gather) {
      const entry = append(memory, margin, at >>> 3, i32[2 * from]!, step) >>> 3;
      f64[entry + 2] = 1;
      f64[entry + 3] = pool;
      f64[entry + 5] = closing;
      f64[entry + 6] = badDebt;
      f64[entry + 7] = fee;
    }
    place++;
    const level = f64[steps + place]!;
    if (place >= most || !(falling ? x <= level : x >= level)) return place;
  }
}

/** Whether the equity of an untouched account is at or below its maintenance margin. */
export function isBreached(
  memory: TwinMemory,
  account: number,
  prices: number,
  funding: number,
  time: number,
): boolean {
  measure(memory, account, prices, funding, time);
  const equity = memory.f64[(account + 16) >>> 3]! + MEASURES[4]! + MEASURES[0]!;
  return MEASURES[3]! - equity >= 0;
}

/** Adds to the losses what closing changed and takes off the funding that the pool received. */
export function addClosed(
  { f64 }: TwinMemory,
  lanes: number,
  assets: number,
  losses: number,
  time: number,
  netTimed: number,
  net: number,
  count: number,
): void {
  const cash = lanes >>> 3;
  const timed = (lanes + CLOSED_TIMED) >>> 3;
  const out = losses >>> 3;
  for (let p = 0; p < count; p++) {
    let sum = f64[cash + p]! + time * (f64[timed + p]! - netTimed);
    for (let u = 0; u < assets; u++) {
      const closed =
        f64[(closedAt(lanes, u) >>> 3) + p]! * f64[(priceAt(lanes, assets, u) >>> 3) + p]!;
      const due = f64[(closedAt(lanes, assets + u) >>> 3) + p]! - f64[(net >>> 3) + u]!;
      sum = sum - closed + due * f64[(fundingAt(lanes, assets, u) >>> 3) + p]!;
    }
    f64[out + p] = f64[out + p]! + sum;
  }
}
