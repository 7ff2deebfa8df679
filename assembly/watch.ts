/**
 * First passages by sorted levels: a path pays for its steps and its hits, not for the accounts.
 *
 *   watch   │ asset i32 │ index i32 │ down levels u32 │ down records u32 │ up levels u32 │ up records u32 │ state u32 │ pad │
 *           │ down least f64 │ down most f64 │ up least f64 │ up most f64 │
 *   state   next down [TILE] f64 │ next up [TILE] f64 │ place down [TILE] i32 │ place up [TILE] i32
 *
 * Levels of one asset are sorted from the nearest on, down for those that are passed by falling,
 * up for the others, and end with one that no path reaches. Every lane remembers the next one in
 * either direction, so a step costs one comparison with each.
 *
 * Without funding the levels are log prices. With funding a level moves by its own ratio of
 * funding to slope times the index; the price is then compared after the largest such move, which
 * finds every account in time, and each found one is looked at exactly from there on. Barriers are
 * levels too, in lists of their own: they would keep an asset's accounts off the short way.
 */
import { append, closeLevels, fundingAt, isListed, priceAt, watch } from "./margin";
import { COLUMN, expOne, INDEX_NONE, INDEX_OPTION, INDEX_PRICED, RECORD_BYTES } from "./measure";
import {
  ASSETS, EVENTS, MARGIN, M_ACCOUNT_COUNT, M_CONTINUOUS, M_HITS, M_LANES, M_PACED, M_TIMES, M_TOUCHED, M_WATCHES, M_WATCH_COUNT, TILE,
  WITH_MOMENTS, address, word,
} from "./plan";
import { expX2 } from "./vector-math";

// @ts-ignore: decorator
@inline export const WATCH_BYTES: usize = 64;
/** Bytes of the state of one watch. */
// @ts-ignore: decorator
@inline export const WATCH_STATE_BYTES: usize = 3 * COLUMN;
// Hits of one step and asset: │ down [TILE] u32 │ up [TILE] u32 │ prices [TILE+1] f64 │
// @ts-ignore: decorator
@inline const HITS_UP: usize = COLUMN / 2;
// @ts-ignore: decorator
@inline const HITS_PRICES: usize = COLUMN;
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
    const index = load<i32>(record, 4);
    if (index == INDEX_NONE || index >= INDEX_OPTION) {
      scanLogs(plan, record, step, low + column, high + column, before + column, count);
    } else {
      scanPrices(plan, record, step, count);
    }
    record += WATCH_BYTES;
  }
}

function scanLogs(plan: usize, record: usize, step: i32, low: usize, high: usize, before: usize, count: i32): void {
  const margin = address(plan, MARGIN);
  const state = <usize>load<u32>(record, 24);
  const found = address(margin, M_HITS);
  const end = <usize>count << 3;
  let downs = found, ups = found + HITS_UP;
  for (let p: usize = 0; p < end; p += 64) {
    const d0 = passed(low + p, state + p), d1 = passed(low + p + 16, state + p + 16);
    const d2 = passed(low + p + 32, state + p + 32), d3 = passed(low + p + 48, state + p + 48);
    const next = state + COLUMN + p;
    const u0 = passed(next, high + p), u1 = passed(next + 16, high + p + 16);
    const u2 = passed(next + 32, high + p + 32), u3 = passed(next + 48, high + p + 48);
    const any = v128.or(v128.or(v128.or(d0, d1), v128.or(d2, d3)), v128.or(v128.or(u0, u1), v128.or(u2, u3)));
    if (!v128.any_true(any)) continue;
    downs = collect(downs, p, d0, d1, d2, d3);
    ups = collect(ups, p, u0, u1, u2, u3);
  }
  if (downs != found) handle(plan, record, step, found, downs, low, before, true);
  if (ups != found + HITS_UP) handle(plan, record, step, found + HITS_UP, ups, high, before, false);
}

// @ts-ignore: decorator
@inline
function passed(below: usize, above: usize): v128 {
  return f64x2.le(v128.load(below), v128.load(above));
}

/** Appends the column offsets of the lanes whose bit is set. */
// @ts-ignore: decorator
@inline
function collect(list: usize, p: usize, a: v128, b: v128, c: v128, d: v128): usize {
  let bits = i64x2.bitmask(a) | (i64x2.bitmask(b) << 2) | (i64x2.bitmask(c) << 4) | (i64x2.bitmask(d) << 6);
  while (bits) {
    store<u32>(list, <u32>p + (<u32>ctz(bits) << 3));
    list += 4;
    bits &= bits - 1;
  }
  return list;
}

/** Handles the hits of one step, asset and direction: the prices of all first, then one by one. */
function handle(
  plan: usize, record: usize, step: i32, from: usize, to: usize, x: usize, before: usize, falling: bool,
): void {
  const margin = address(plan, MARGIN);
  const isPlain = load<i32>(record, 4) == INDEX_NONE;
  if (!isPlain || word(margin, M_PACED) || word(margin, M_CONTINUOUS)) {
    for (; from < to; from += 4) {
      const at = <usize>load<u32>(from);
      hits(plan, record, step, at, load<f64>(x + at), load<f64>(before + at), falling);
    }
    return;
  }
  const prices = address(margin, M_HITS) + HITS_PRICES;
  const count = (to - from) >> 2;
  for (let i: usize = 0; i < count; i++) {
    store<f64>(prices + (i << 3), load<f64>(x + <usize>load<u32>(from + (i << 2))));
  }
  // The last pair may be half a pair; the columns have room for it.
  for (let p: usize = 0; p < count << 3; p += 16) v128.store(prices + p, expX2(v128.load(prices + p)));
  const gather = word(plan, WITH_MOMENTS) != 0 || address(plan, EVENTS) != 0;
  const state = <usize>load<u32>(record, 24) + (falling ? 0 : COLUMN);
  const places = <usize>load<u32>(record, 24) + 2 * COLUMN + (falling ? 0 : COLUMN / 2);
  const side = record + (falling ? 8 : 16);
  const levels = <usize>load<u32>(side), records = <usize>load<u32>(side, 4);
  const asset = load<i32>(record);
  for (let i: usize = 0; i < count; i++) {
    const at = <usize>load<u32>(from + (i << 2));
    let place = load<i32>(places + (at >> 1));
    const passedTo = closeLevels(
      margin, at, step, asset, load<f64>(prices + (i << 3)), load<f64>(x + at), levels, records, place, falling, gather,
    );
    store<i32>(places + (at >> 1), passedTo);
    store<f64>(state + at, load<f64>(levels + (<usize>passedTo << 3)));
  }
}

/** Handles every level between the next one and x, and moves the lane on. */
function hits(plan: usize, record: usize, step: i32, at: usize, x: f64, before: f64, falling: bool): void {
  const margin = address(plan, MARGIN);
  const state = <usize>load<u32>(record, 24);
  const side = record + (falling ? 8 : 16);
  const levels = <usize>load<u32>(side), records = <usize>load<u32>(side, 4);
  const nextAt = state + at + (falling ? 0 : COLUMN);
  const placeAt = state + 2 * COLUMN + (at >> 1) + (falling ? 0 : COLUMN / 2);
  const lane = <i32>(at >> 3);
  const continuous = word(margin, M_CONTINUOUS) != 0;
  const accounts = word(margin, M_ACCOUNT_COUNT);
  const later = word(margin, M_PACED) != 0 || load<i32>(record, 4) != INDEX_NONE;
  const gather = word(plan, WITH_MOMENTS) != 0 || address(plan, EVENTS) != 0;
  let place = load<i32>(placeAt);
  let level = load<f64>(levels + (<usize>place << 3));
  while (falling ? x <= level : x >= level) {
    const item = load<i32>(records + <usize>place * RECORD_BYTES);
    if (item >= accounts) touch(margin, lane, item, step);
    else if (later) {
      // An option waits on either side, and is watched once.
      if (load<i32>(record, 4) != INDEX_OPTION || !isListed(margin, lane, item)) watch(margin, lane, item, step);
    }
    else {
      // Between two steps the path meets the level itself, unless it began beyond it.
      const met = !continuous ? x : falling ? min(level, before) : max(level, before);
      const only = place + 1;
      closeLevels(margin, at, step, load<i32>(record), expOne(met), met, levels, records, place, falling, gather, only);
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
  for (let p: usize = 0; p < end; p += 64) {
    let any = f64x2.splat(0);
    for (let k = p; k < p + 64; k += 16) {
      const g = priced ? v128.load(index + k) : time;
      const s = v128.load(price + k);
      const down = f64x2.le(bottomAt(s, g, downLeast, downMost), v128.load(state + k));
      const up = f64x2.ge(topAt(s, g, upLeast, upMost), v128.load(state + COLUMN + k));
      any = v128.or(any, v128.or(down, up));
    }
    if (!v128.any_true(any)) continue;
    for (let k = p; k < p + 64; k += 16) {
      const g = priced ? v128.load(index + k) : time;
      const s = v128.load(price + k);
      const bottom = bottomAt(s, g, downLeast, downMost), top = topAt(s, g, upLeast, upMost);
      const downs = i64x2.bitmask(f64x2.le(bottom, v128.load(state + k)));
      const ups = i64x2.bitmask(f64x2.ge(top, v128.load(state + COLUMN + k)));
      if (downs & 1) hits(plan, record, step, k, f64x2.extract_lane(bottom, 0), 0, true);
      if (downs & 2) hits(plan, record, step, k + 8, f64x2.extract_lane(bottom, 1), 0, true);
      if (ups & 1) hits(plan, record, step, k, f64x2.extract_lane(top, 0), 0, false);
      if (ups & 2) hits(plan, record, step, k + 8, f64x2.extract_lane(top, 1), 0, false);
    }
  }
}

// @ts-ignore: decorator
@inline
function bottomAt(price: v128, index: v128, least: v128, most: v128): v128 {
  return f64x2.sub(price, f64x2.pmax(f64x2.mul(least, index), f64x2.mul(most, index)));
}

// @ts-ignore: decorator
@inline
function topAt(price: v128, index: v128, least: v128, most: v128): v128 {
  return f64x2.sub(price, f64x2.pmin(f64x2.mul(least, index), f64x2.mul(most, index)));
}
