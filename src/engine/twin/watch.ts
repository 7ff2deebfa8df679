/**
 * First passages by sorted levels in plain JavaScript, see assembly/watch.ts.
 */
import { MARGIN, PLAN, RECORD_BYTES, TILE, TOUCH_BYTES, WATCH_BYTES } from "../plan.ts";
import { append, closeLevels, fieldOf, fundingAt, isListed, priceAt, watch } from "./margin.ts";
import { INDEX_NONE, INDEX_OPTION, INDEX_PRICED } from "./measure.ts";
import type { TwinMemory } from "./memory.ts";
import { expOne } from "./vector-math.ts";

const COLUMN = 8 * TILE;
const ALL = 0x7fffffff;

/** Puts every lane before its first levels. */
export function startWatches(memory: TwinMemory, margin: number, count: number): void {
  const { f64, i32, u32 } = memory;
  let record = fieldOf(memory, margin, MARGIN.M_WATCHES);
  for (let w = fieldOf(memory, margin, MARGIN.M_WATCH_COUNT); w > 0; w--) {
    const state = u32[(record + 24) >>> 2]!;
    f64.fill(f64[u32[(record + 8) >>> 2]! >>> 3]!, state >>> 3, (state >>> 3) + count);
    const up = (state + COLUMN) >>> 3;
    f64.fill(f64[u32[(record + 16) >>> 2]! >>> 3]!, up, up + count);
    i32.fill(0, (state + 2 * COLUMN) >>> 2, (state + 3 * COLUMN) >>> 2);
    record += WATCH_BYTES;
  }
}

/** Compares one step of a tile with the next levels of every watch. */
export function scan(
  memory: TwinMemory,
  plan: number,
  step: number,
  low: number,
  high: number,
  before: number,
  count: number,
): void {
  const { i32, u32 } = memory;
  const margin = u32[(plan + PLAN.MARGIN) >>> 2]!;
  let record = fieldOf(memory, margin, MARGIN.M_WATCHES);
  for (let w = fieldOf(memory, margin, MARGIN.M_WATCH_COUNT); w > 0; w--) {
    const column = i32[record >>> 2]! * COLUMN;
    const index = i32[(record + 4) >>> 2]!;
    if (index === INDEX_PRICED || index === 2) scanPrices(memory, plan, record, step, count);
    else {
      scanLogs(memory, plan, record, step, low + column, before + column, count, true);
      scanLogs(memory, plan, record, step, high + column, before + column, count, false);
    }
    record += WATCH_BYTES;
  }
}

function scanLogs(
  memory: TwinMemory,
  plan: number,
  record: number,
  step: number,
  column: number,
  before: number,
  count: number,
  falling: boolean,
): void {
  const { f64, u32 } = memory;
  const next = (u32[(record + 24) >>> 2]! + (falling ? 0 : COLUMN)) >>> 3;
  const x = column >>> 3;
  const prior = before >>> 3;
  for (let p = 0; p < count; p++) {
    const here = f64[x + p]!;
    if (falling ? here <= f64[next + p]! : here >= f64[next + p]!) {
      hits(memory, plan, record, step, 8 * p, here, f64[prior + p]!, falling);
    }
  }
}

/** Handles every level between the next one and x, and moves the lane on. */
function hits(
  memory: TwinMemory,
  plan: number,
  record: number,
  step: number,
  at: number,
  x: number,
  before: number,
  falling: boolean,
): void {
  const { f64, i32, u32 } = memory;
  const margin = u32[(plan + PLAN.MARGIN) >>> 2]!;
  const state = u32[(record + 24) >>> 2]!;
  const side = record + (falling ? 8 : 16);
  const levels = u32[side >>> 2]!;
  const records = u32[(side + 4) >>> 2]!;
  const placeAt = (state + 2 * COLUMN + (at >>> 1) + (falling ? 0 : COLUMN / 2)) >>> 2;
  const continuous = fieldOf(memory, margin, MARGIN.M_CONTINUOUS) !== 0;
  const accounts = fieldOf(memory, margin, MARGIN.M_ACCOUNT_COUNT);
  const index = i32[(record + 4) >>> 2]!;
  const later = fieldOf(memory, margin, MARGIN.M_PACED) !== 0 || index !== INDEX_NONE;
  const gather =
    i32[(plan + PLAN.WITH_MOMENTS) >>> 2] !== 0 || i32[(plan + PLAN.EVENTS) >>> 2] !== 0;
  let place = i32[placeAt]!;
  let level = f64[(levels >>> 3) + place]!;
  while (falling ? x <= level : x >= level) {
    const item = i32[(records + place * RECORD_BYTES) >>> 2]!;
    if (item >= accounts) touch(memory, margin, at >>> 3, item, step);
    else if (later) {
      // An option waits on either side, and is watched once.
      if (index !== INDEX_OPTION || !isListed(memory, margin, at >>> 3, item)) {
        watch(memory, margin, at >>> 3, item, step);
      }
    } else {
      // Between two steps the path meets the level itself, unless it began beyond it.
      const met = !continuous ? x : falling ? Math.min(level, before) : Math.max(level, before);
      const asset = i32[record >>> 2]!;
      const only = continuous ? place + 1 : ALL;
      place =
        closeLevels(
          memory,
          margin,
          at,
          step,
          asset,
          expOne(met),
          met,
          levels,
          records,
          place,
          falling,
          gather,
          only,
        ) - 1;
    }
    place++;
    level = f64[(levels >>> 3) + place]!;
  }
  i32[placeAt] = place;
  f64[(state + at + (falling ? 0 : COLUMN)) >>> 3] = level;
}

/** Notes a barrier as touched, unless its position has ended. */
function touch(memory: TwinMemory, margin: number, lane: number, item: number, step: number): void {
  const b = item - fieldOf(memory, margin, MARGIN.M_ACCOUNT_COUNT);
  const barrier = fieldOf(memory, margin, MARGIN.M_TOUCHED) + b * TOUCH_BYTES;
  if (step <= memory.i32[barrier >>> 2]!) append(memory, margin, lane, item, step);
}

function scanPrices(
  memory: TwinMemory,
  plan: number,
  record: number,
  step: number,
  count: number,
): void {
  const { f64, i32, u32 } = memory;
  const margin = u32[(plan + PLAN.MARGIN) >>> 2]!;
  const asset = i32[record >>> 2]!;
  const lanes = fieldOf(memory, margin, MARGIN.M_LANES);
  const assets = i32[(plan + PLAN.ASSETS) >>> 2]!;
  const priced = i32[(record + 4) >>> 2] === INDEX_PRICED;
  const index = fundingAt(lanes, assets, asset) >>> 3;
  const price = priceAt(lanes, assets, asset) >>> 3;
  const time = f64[(fieldOf(memory, margin, MARGIN.M_TIMES) >>> 3) + step]!;
  const state = u32[(record + 24) >>> 2]! >>> 3;
  const [downLeast, downMost, upLeast, upMost] = [4, 5, 6, 7].map((i) => f64[(record >>> 3) + i]!);
  for (let p = 0; p < count; p++) {
    const g = priced ? f64[index + p]! : time;
    const s = f64[price + p]!;
    const bottom = s - pmax(downLeast! * g, downMost! * g);
    const top = s - pmin(upLeast! * g, upMost! * g);
    const falls = bottom <= f64[state + p]!;
    const rises = top >= f64[state + TILE + p]!;
    if (falls) hits(memory, plan, record, step, 8 * p, bottom, 0, true);
    if (rises) hits(memory, plan, record, step, 8 * p, top, 0, false);
  }
}

function pmax(a: number, b: number): number {
  return a < b ? b : a;
}

function pmin(a: number, b: number): number {
  return b < a ? b : a;
}
