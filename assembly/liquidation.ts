/**
 * Liquidation along a path: funding, extremes between steps, accounts over several assets, and
 * what all of it adds to the pool's losses.
 *
 *   barrier  │ last step i32 │ node i32 │ cubics u32 │ pad │
 */
import {
  accountOf, addClosed, entryAt, firstEntry, fundingAt, nextEntry, OPEN, priceAt, recover, startLanes, STATISTICS, visit,
} from "./margin";
import { COLUMN, INDEX_NONE, INDEX_OPTION, INDEX_PRICED, MARGIN_LEG_BYTES } from "./measure";
import { normals } from "./normal";
import {
  ACCOUNT_COUNT, ASSETS, COVER_COUNT, EVENTS, KEYS, MARGIN, M_ACCOUNT_COUNT, M_BLOCK, M_BLOCKS, M_CONTINUOUS, M_EXTREMES,
  M_FUNDING_SUMS, M_LANES, M_NET_FUNDING, M_NET_TIMED, M_OPTIONS, M_PRICED, M_RATES, M_SCREENS, M_SCREEN_COUNT, M_STEP_SUMS, M_SUMS, M_TIMES,
  M_TOUCHED, M_USED, M_VARIANCES, STEPS, TILE, WITH_MOMENTS, address, number, word,
} from "./plan";
import { blockRow, fundingExtremes, SCREEN_BYTES, screenBlock, staysAbove, widen } from "./screen";
import { expColumn } from "./vector-math";
import { scan, startWatches, TOUCH_BYTES } from "./watch";

/** Stream of the extremes between steps. */
// @ts-ignore: decorator
@inline const STREAM_BRIDGE: u32 = 4;

/** Makes everything ready for a tile. */
export function startMargin(plan: usize, count: i32): void {
  const margin = address(plan, MARGIN);
  const assets = word(plan, ASSETS);
  startLanes(margin, assets);
  startWatches(margin, count);
  if (word(margin, M_PRICED)) {
    const prices = priceAt(address(margin, M_LANES), assets, 0);
    for (let p: usize = 0; p < <usize>assets * COLUMN; p += 16) v128.store(prices + p, f64x2.splat(1));
  }
  let screen = address(margin, M_SCREENS);
  for (let s = word(margin, M_SCREEN_COUNT); s > 0; s--) {
    memory.fill(<usize>load<u32>(screen, 12), 0, <usize>TILE >> 3);
    screen += SCREEN_BYTES;
  }
}

/**
 * One step of a tile: funding of the step, hits, and at the end of a block whatever needs a
 * look at every step.
 *
 * shape   x, before [U×TILE] f64: log prices now and a step ago (`before` only where extremes are
 *         sampled); scale [TILE] f64 or 0
 */
export function stepMargin(plan: usize, paths: usize, step: i32, x: usize, before: usize, scale: usize, count: i32): void {
  const margin = address(plan, MARGIN);
  const assets = word(plan, ASSETS);
  if (word(margin, M_PRICED)) addFunding(plan, step, x, count);
  const steps = word(margin, M_BLOCK);
  if (steps) keepBlock(plan, step, x, steps, count);
  if (word(margin, M_CONTINUOUS)) {
    const low = address(margin, M_EXTREMES), high = low + <usize>assets * COLUMN;
    extremes(plan, paths, step, x, before, scale, low, high, count);
    scan(plan, step, x, low, high, before, count);
  } else scan(plan, step, x, x, x, x, count);
  if (steps && (step % steps == steps - 1 || step == word(plan, STEPS) - 1)) {
    const first = step - step % steps;
    const screens = word(margin, M_SCREEN_COUNT);
    if (word(margin, M_PRICED)) fundingExtremes(margin, assets, first, step, count);
    if (screens) screenBlock(plan, first, step, count);
    visitOpen(plan, first, step, count);
  }
}

/** G += rate · years · S with the price that the step began with, then the price of its end. */
function addFunding(plan: usize, step: i32, x: usize, count: i32): void {
  const margin = address(plan, MARGIN);
  const assets = word(plan, ASSETS);
  const lanes = address(margin, M_LANES);
  const times = address(margin, M_TIMES) + (<usize>step << 3);
  const years = load<f64>(times) - (step ? load<f64>(times - 8) : 0.0);
  const end = <usize>count << 3;
  for (let u = 0; u < assets; u++) {
    const rate = load<f64>(address(margin, M_RATES) + (<usize>u << 3));
    if (rate == 0) continue;
    const index = fundingAt(lanes, assets, u), price = priceAt(lanes, assets, u);
    const due = f64x2.splat(rate * years);
    for (let p: usize = 0; p < end; p += 16) {
      v128.store(index + p, f64x2.add(v128.load(index + p), f64x2.mul(due, v128.load(price + p))));
    }
    expColumn(price, x + <usize>u * COLUMN, count);
  }
}

/**
 * Least and most log price since the step before, given both ends: a Brownian bridge's minimum is
 * (x0 + x1 - √((x1 - x0)² - 2 v ln u)) / 2, and -2 ln u is the square of two normals. The two
 * extremes are drawn apart; each has its own exact law.
 *
 * source  Glasserman (2003), §6.4
 */
function extremes(
  plan: usize, paths: usize, step: i32, x: usize, before: usize, scale: usize, low: usize, high: usize, count: i32,
): void {
  const margin = address(plan, MARGIN);
  const assets = word(plan, ASSETS);
  const z = high + <usize>assets * COLUMN;
  const end = <usize>count << 3;
  const half = f64x2.splat(0.5);
  for (let u = 0; u < assets; u++) {
    const column = <usize>u * COLUMN;
    normals(z, paths, count, TILE, address(plan, KEYS), STREAM_BRIDGE, step * assets + u, 1);
    const variance = v128.load64_splat(address(margin, M_VARIANCES) + (<usize>(step * assets + u) << 3));
    for (let p: usize = 0; p < end; p += 16) {
      const x0 = v128.load(before + column + p), x1 = v128.load(x + column + p);
      let v = variance;
      if (scale) v = f64x2.mul(v, f64x2.mul(v128.load(scale + p), v128.load(scale + p)));
      const move = f64x2.sub(x1, x0), sum = f64x2.add(x0, x1);
      const square = f64x2.mul(move, move);
      const down = f64x2.sqrt(f64x2.add(square, f64x2.mul(v, squares(z + p))));
      const up = f64x2.sqrt(f64x2.add(square, f64x2.mul(v, squares(z + 2 * COLUMN + p))));
      v128.store(low + column + p, f64x2.mul(half, f64x2.sub(sum, down)));
      v128.store(high + column + p, f64x2.mul(half, f64x2.add(sum, up)));
    }
  }
}

// @ts-ignore: decorator
@inline
function squares(z: usize): v128 {
  const a = v128.load(z), b = v128.load(z + COLUMN);
  return f64x2.add(f64x2.mul(a, a), f64x2.mul(b, b));
}

/** Keeps the prices of a step, of the assets that accounts looked at later hold. */
function keepBlock(plan: usize, step: i32, x: usize, steps: i32, count: i32): void {
  const margin = address(plan, MARGIN);
  const assets = word(plan, ASSETS);
  const blocks = address(margin, M_BLOCKS);
  const lanes = address(margin, M_LANES);
  const prices = blockRow(blocks, assets, step, steps, false), funding = blockRow(blocks, assets, step, steps, true);
  const priced = word(margin, M_PRICED) != 0;
  for (let u = 0; u < assets; u++) {
    if (!load<u8>(address(margin, M_USED) + <usize>u)) continue;
    const column = <usize>u * COLUMN;
    if (load<f64>(address(margin, M_RATES) + (<usize>u << 3)) != 0 && priced) {
      memory.copy(prices + column, priceAt(lanes, assets, u), <usize>count << 3);
    } else expColumn(prices + column, x + column, count);
    widen(prices + column, blocks + column, <usize>assets * COLUMN, step % steps == 0, count);
    if (priced) memory.copy(funding + column, fundingAt(lanes, assets, u), <usize>count << 3);
  }
}

/** Looks at every open entry at every step of the block from its own on. */
function visitOpen(plan: usize, first: i32, last: i32, count: i32): void {
  const margin = address(plan, MARGIN);
  const open = address(margin, M_LANES) + OPEN;
  for (let lane = 0; lane < count; lane++) {
    let link = open + (<usize>lane << 2);
    while (load<i32>(link)) {
      const entry = entryAt(margin, load<i32>(link));
      if (visitBlock(plan, lane, entry, max(first, load<i32>(entry, 12)), last)) store<i32>(link, load<i32>(entry, 4));
      else link = entry + 4;
    }
  }
}

/**
 * One entry at the steps of a block, until nothing is left of it. That of an option untouched so far
 * is priced only beyond the levels of its block; others are left alone while they surely stay above.
 */
function visitBlock(plan: usize, lane: i32, entry: usize, first: i32, last: i32): bool {
  const margin = address(plan, MARGIN);
  const assets = word(plan, ASSETS), steps = word(margin, M_BLOCK);
  const blocks = address(margin, M_BLOCKS);
  const here = <usize>lane << 3;
  const account = accountOf(margin, load<i32>(entry, 8));
  const leg = <usize>load<u32>(account);
  let levels: usize = 0;
  if (load<i32>(leg, 4) == INDEX_OPTION) levels = <usize>load<u32>(leg, 108) + (<usize>(first / steps) << 4);
  else {
    const times = address(margin, M_TIMES);
    const begin = load<f64>(times + (<usize>first << 3)), until = load<f64>(times + (<usize>last << 3));
    if (staysAbove(account, entry, blocks + here, assets, begin, until)) {
      recover(entry);
      return false;
    }
  }
  const column = <usize>load<i32>(leg) * COLUMN + here;
  for (let step = first; step <= last; step++) {
    const prices = blockRow(blocks, assets, step, steps, false);
    if (levels && load<f64>(entry, 16) == 0 && load<f64>(entry, 64) < 0) {
      const price = load<f64>(prices + column);
      if (price > load<f64>(levels) && price < load<f64>(levels, 8)) continue;
    }
    if (visit(margin, assets, lane, entry, prices + here, blockRow(blocks, assets, step, steps, true) + here, step)) return true;
  }
  return false;
}

/**
 * Adds what liquidation changed to the losses of a tile, once the horizon is reached.
 *
 * shape   x [U×TILE] f64 at the horizon; at, t: places on the nodes, see profile.ts
 * reads   plan, entries   writes  losses, sums, events, statistics
 * bits    entries add lane by lane, each in the order of its path
 */
export function finishMargin(
  plan: usize, paths: usize, x: usize, at: usize, t: usize, weights: usize, losses: usize, out: usize, outStride: usize, count: i32,
): void {
  const margin = address(plan, MARGIN);
  const assets = word(plan, ASSETS);
  const lanes = address(margin, M_LANES);
  const last = load<f64>(address(margin, M_TIMES) + (<usize>(word(plan, STEPS) - 1) << 3));
  const bytes = <usize>count << 3;
  for (let u = 0; u < assets; u++) expColumn(priceAt(lanes, assets, u), x + <usize>u * COLUMN, count);
  addClosed(margin, assets, losses, last, number(margin, M_NET_TIMED), address(margin, M_NET_FUNDING), bytes);
  if (word(plan, WITH_MOMENTS)) addFundingSums(margin, assets, weights, count);
  if (word(plan, WITH_MOMENTS) || address(plan, EVENTS) || address(margin, M_TOUCHED) || word(margin, M_OPTIONS)) {
    for (let lane = 0; lane < count; lane++) finishLane(plan, paths, lane, at, t, weights, losses, last);
  }
  if (!out) return;
  for (let s: usize = 0; s < 4; s++) memory.copy(out + s * outStride, lanes + STATISTICS + s * COLUMN, bytes);
}

function addFundingSums(margin: usize, assets: i32, weights: usize, count: i32): void {
  const sums = address(margin, M_FUNDING_SUMS);
  const lanes = address(margin, M_LANES);
  for (let u = 0; u <= assets; u++) {
    if (u < assets && load<f64>(address(margin, M_RATES) + (<usize>u << 3)) == 0) continue;
    const index = u < assets ? fundingAt(lanes, assets, u) : 0;
    const at = sums + (<usize>u << 3);
    let sum = load<f64>(at);
    for (let p: usize = 0; p < <usize>count << 3; p += 8) {
      sum += load<f64>(weights + p) * (index ? load<f64>(index + p) : 1.0);
    }
    store<f64>(at, sum);
  }
}

function finishLane(plan: usize, paths: usize, lane: i32, at: usize, t: usize, weights: usize, losses: usize, time: f64): void {
  const margin = address(plan, MARGIN);
  const assets = word(plan, ASSETS);
  const lanes = address(margin, M_LANES);
  const here = <usize>lane << 3;
  const prices = priceAt(lanes, assets, 0) + here, funding = fundingAt(lanes, assets, 0) + here;
  const accounts = word(margin, M_ACCOUNT_COUNT);
  const weight = load<f64>(weights + here);
  const gather = word(plan, WITH_MOMENTS) != 0;
  for (let entry = firstEntry(margin, lane); entry; entry = nextEntry(margin, entry)) {
    const item = load<i32>(entry, 8);
    let amount: f64;
    if (item < accounts) {
      const closed = load<f64>(entry, 16);
      if (closed == 0) continue;
      const account = accountOf(margin, item);
      const leg = <usize>load<u32>(account);
      if (load<i32>(account, 4) == 1 && load<i32>(leg, 4) == INDEX_OPTION) {
        // Its value at its own date is no multiple of the price: it leaves the profile here.
        const kept = closed * atNode(load<i32>(leg, 100), <usize>load<u32>(leg, 104), at, t, lane);
        store<f64>(losses + here, load<f64>(losses + here) - kept);
        amount = load<f64>(entry, 24) - kept;
      } else amount = load<f64>(entry, 24) - closed * keptValue(account, prices, funding, time);
      if (gather) addStepSums(plan, entry, weight);
    } else {
      const barrier = address(margin, M_TOUCHED) + <usize>(item - accounts) * TOUCH_BYTES;
      amount = atNode(load<i32>(barrier, 4), <usize>load<u32>(barrier, 8), at, t, lane);
      store<f64>(losses + here, load<f64>(losses + here) + amount);
    }
    if (gather) {
      const sum = address(margin, M_SUMS) + (<usize>item << 3);
      store<f64>(sum, load<f64>(sum) + weight * amount);
    }
    const events = address(plan, EVENTS);
    if (events) note(events, load<u32>(paths + (<usize>lane << 2)), word(plan, COVER_COUNT) + item, amount);
  }
}

/** What the legs of an account would have moved by at the horizon. */
function keptValue(account: usize, prices: usize, funding: usize, time: f64): f64 {
  let sum: f64 = 0;
  let leg = <usize>load<u32>(account);
  for (let l = load<i32>(account, 4); l > 0; l--) {
    const column = <usize>load<i32>(leg) * COLUMN;
    const index = load<i32>(leg, 4);
    const paid = index == INDEX_NONE ? 0.0 : index == INDEX_PRICED ? load<f64>(funding + column) : time;
    sum += load<f64>(leg, 16) * load<f64>(prices + column) - load<f64>(leg, 24) * paid;
    leg += MARGIN_LEG_BYTES;
  }
  return sum;
}

function addStepSums(plan: usize, entry: usize, weight: f64): void {
  const steps = word(plan, STEPS);
  let sum = address(address(plan, MARGIN), M_STEP_SUMS) + (<usize>load<i32>(entry, 12) << 3);
  const row = <usize>steps << 3;
  store<f64>(sum, load<f64>(sum) + weight);
  sum += row;
  store<f64>(sum, load<f64>(sum) + weight * load<f64>(entry, 40));
  sum += row;
  store<f64>(sum, load<f64>(sum) + weight * load<f64>(entry, 48));
}

/** A table of cubics at the place where a lane fell on a node, see profile.ts. */
function atNode(node: i32, cubics: usize, at: usize, t: usize, lane: i32): f64 {
  const place = load<f64>(t + <usize>node * COLUMN + (<usize>lane << 3));
  const cell = cubics + (<usize>load<i32>(at + <usize>node * (COLUMN / 2) + (<usize>lane << 2)) >> 1);
  const a = load<f64>(cell) + place * load<f64>(cell, 16);
  const b = load<f64>(cell, 8) + place * load<f64>(cell, 24);
  return a + place * place * b;
}

/** Appends to the log of events, see cover.ts. */
function note(events: usize, path: u32, item: i32, amount: f64): void {
  const n = load<i32>(events);
  const at = events + 16 + (<usize>n << 4);
  store<u32>(at, path);
  store<i32>(at, item, 4);
  store<f64>(at, amount, 8);
  store<i32>(events, n + 1);
}
