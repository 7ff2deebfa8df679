/**
 * First passages by sorted levels: a path pays for its steps and its hits, not for the accounts.
 *
 *   watch   │ asset i32 │ index i32 │ down levels u32 │ down items u32 │ up levels u32 │ up items u32 │ state u32 │ pad │
 *           │ down least f64 │ down most f64 │ up least f64 │ up most f64 │
 *   state   next down [TILE] f64 │ next up [TILE] f64 │ place down [TILE] i32 │ place up [TILE] i32
 *
 * Levels of one asset are sorted from the nearest on, down for those that are passed by falling,
 * up for the others, and end with one that no path reaches. Every lane remembers the next one in
 * either direction, so a step costs one comparison with each.
 *
 * Without funding the levels are log prices. With funding a level moves by its own ratio of
 * funding to slope times the index; the price is then compared after the largest such move, which
 * finds every account in time, and each found one is looked at exactly from there on.
 */
import { append, closeIsolated, COLUMN, expOne, fundingAt, INDEX_NONE, INDEX_PRICED, priceAt, watch } from "./margin";
import {
  ASSETS, EVENTS, MARGIN, M_ACCOUNT_COUNT, M_CONTINUOUS, M_LANES, M_PACED, M_TIMES, M_TOUCHED, M_WATCHES, M_WATCH_COUNT, TILE,
  WITH_MOMENTS, address, word,
} from "./plan";

// @ts-ignore: decorator
@inline export const WATCH_BYTES: usize = 64;
/** Bytes of the state of one watch. */
// @ts-ignore: decorator
@inline export const WATCH_STATE_BYTES: usize = 3 * COLUMN;
/** Bytes of a barrier in the list of what may be touched. */
// @ts-ignore: decorator
@inline export const TOUCH_BYTES: usize = 16;

/** Puts every lane before its first levels. */
export function startWatches(margin: usize, count: i32): void {
  let record = address(margin, M_WATCHES);
  const end = <usize>count << 3;
  for (let w = word(margin, M_WATCH_COUNT); w > 0; w--) {
    const state = <usize>load<u32>(record, 24);
    const down = v128.load64_splat(<usize>load<u32>(record, 8)), up = v128.load64_splat(<usize>load<u32>(record, 16));
    for (let p: usize = 0; p < end; p += 16) {
      v128.store(state + p, down);
      v128.store(state + COLUMN + p, up);
    }
    memory.fill(state + 2 * COLUMN, 0, COLUMN);
    record += WATCH_BYTES;
  }
}

/**
 * Compares one step of a tile with the next levels of every watch.
 *
 * shape   x, low, high [U×TILE] f64: log prices now and their extremes since the step before,
 *         which are x itself where only the steps count
 * lanes   two paths per vector, four vectors per branch; count divides by 8
 * reads   plan, watches   writes  states, and what hits lead to
 */
export function scan(plan: usize, step: i32, x: usize, low: usize, high: usize, before: usize, count: i32): void {
  const margin = address(plan, MARGIN);
  let record = address(margin, M_WATCHES);
  for (let w = word(margin, M_WATCH_COUNT); w > 0; w--) {
    const column = <usize>load<i32>(record) * COLUMN;
    if (load<i32>(record, 4) == INDEX_NONE) {
      scanLogs(plan, record, step, low + column, high + column, before + column, count);
    } else {
      scanPrices(plan, record, step, count);
    }
    record += WATCH_BYTES;
  }
}

function scanLogs(plan: usize, record: usize, step: i32, low: usize, high: usize, before: usize, count: i32): void {
  const state = <usize>load<u32>(record, 24);
  const end = <usize>count << 3;
  for (let p: usize = 0; p < end; p += 64) {
    const down = v128.or(
      v128.or(passed(low + p, state + p), passed(low + p + 16, state + p + 16)),
      v128.or(passed(low + p + 32, state + p + 32), passed(low + p + 48, state + p + 48)),
    );
    const next = state + COLUMN + p;
    const up = v128.or(
      v128.or(passed(next, high + p), passed(next + 16, high + p + 16)),
      v128.or(passed(next + 32, high + p + 32), passed(next + 48, high + p + 48)),
    );
    if (!v128.any_true(v128.or(down, up))) continue;
    for (let at = p; at < p + 64; at += 8) {
      if (load<f64>(low + at) <= load<f64>(state + at)) {
        hits(plan, record, step, at, load<f64>(low + at), load<f64>(before + at), true);
      }
      if (load<f64>(high + at) >= load<f64>(state + COLUMN + at)) {
        hits(plan, record, step, at, load<f64>(high + at), load<f64>(before + at), false);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function passed(below: usize, above: usize): v128 {
  return f64x2.le(v128.load(below), v128.load(above));
}

/** Handles every level between the next one and x, and moves the lane on. */
function hits(plan: usize, record: usize, step: i32, at: usize, x: f64, before: f64, falling: bool): void {
  const margin = address(plan, MARGIN);
  const state = <usize>load<u32>(record, 24);
  const side = record + (falling ? 8 : 16);
  const levels = <usize>load<u32>(side), items = <usize>load<u32>(side, 4);
  const nextAt = state + at + (falling ? 0 : COLUMN);
  const placeAt = state + 2 * COLUMN + (at >> 1) + (falling ? 0 : COLUMN / 2);
  const lane = <i32>(at >> 3);
  const continuous = word(margin, M_CONTINUOUS) != 0;
  const accounts = word(margin, M_ACCOUNT_COUNT);
  const later = word(margin, M_PACED) != 0 || load<i32>(record, 4) != INDEX_NONE;
  const gather = word(plan, WITH_MOMENTS) != 0 || address(plan, EVENTS) != 0;
  let price: f64 = continuous || later ? 0.0 : expOne(x);
  let place = load<i32>(placeAt);
  let level = load<f64>(levels + (<usize>place << 3));
  while (falling ? x <= level : x >= level) {
    const item = load<i32>(items + (<usize>place << 2));
    if (item >= accounts) touch(margin, lane, item, step);
    else if (later) watch(margin, lane, item, step);
    else {
      // Between two steps the path meets the level itself, unless it began beyond it.
      if (continuous) price = expOne(falling ? min(level, before) : max(level, before));
      closeIsolated(margin, lane, item, step, price, gather);
    }
    place++;
    level = load<f64>(levels + (<usize>place << 3));
  }
  store<i32>(placeAt, place);
  store<f64>(nextAt, level);
}

/** Notes a barrier as touched, unless its position has ended. */
function touch(margin: usize, lane: i32, item: i32, step: i32): void {
  const barrier = address(margin, M_TOUCHED) + <usize>(item - word(margin, M_ACCOUNT_COUNT)) * TOUCH_BYTES;
  if (step <= load<i32>(barrier)) append(margin, lane, item, step);
}

function scanPrices(plan: usize, record: usize, step: i32, count: i32): void {
  const margin = address(plan, MARGIN);
  const asset = load<i32>(record);
  const lanes = address(margin, M_LANES);
  const assets = word(plan, ASSETS);
  const priced = load<i32>(record, 4) == INDEX_PRICED;
  const index = fundingAt(lanes, assets, asset);
  const price = priceAt(lanes, assets, asset);
  const time = v128.load64_splat(address(margin, M_TIMES) + (<usize>step << 3));
  const state = <usize>load<u32>(record, 24);
  const downLeast = v128.load64_splat(record, 32), downMost = v128.load64_splat(record, 40);
  const upLeast = v128.load64_splat(record, 48), upMost = v128.load64_splat(record, 56);
  const end = <usize>count << 3;
  for (let p: usize = 0; p < end; p += 16) {
    const g = priced ? v128.load(index + p) : time;
    const s = v128.load(price + p);
    const bottom = f64x2.sub(s, f64x2.pmax(f64x2.mul(downLeast, g), f64x2.mul(downMost, g)));
    const top = f64x2.sub(s, f64x2.pmin(f64x2.mul(upLeast, g), f64x2.mul(upMost, g)));
    const down = f64x2.le(bottom, v128.load(state + p)), up = f64x2.ge(top, v128.load(state + COLUMN + p));
    if (!v128.any_true(v128.or(down, up))) continue;
    const downs = i64x2.bitmask(down), ups = i64x2.bitmask(up);
    if (downs & 1) hits(plan, record, step, p, f64x2.extract_lane(bottom, 0), 0, true);
    if (downs & 2) hits(plan, record, step, p + 8, f64x2.extract_lane(bottom, 1), 0, true);
    if (ups & 1) hits(plan, record, step, p, f64x2.extract_lane(top, 0), 0, false);
    if (ups & 2) hits(plan, record, step, p + 8, f64x2.extract_lane(top, 1), 0, false);
  }
}
