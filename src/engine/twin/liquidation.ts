/**
 * Liquidation along a path in plain JavaScript, see assembly/liquidation.ts.
 */
import {
  MARGIN,
  MARGIN_LEG_BYTES,
  PLAN,
  SCREEN_BYTES,
  STATISTICS,
  TILE,
  TOUCH_BYTES,
} from "../plan.ts";
import {
  accountOf,
  addClosed,
  entryAt,
  fieldOf,
  firstEntry,
  fundingAt,
  nextEntry,
  OPEN,
  priceAt,
  recover,
  STATISTICS_AT,
  startLanes,
  visit,
} from "./margin.ts";
import { INDEX_NONE, INDEX_OPTION, INDEX_PRICED } from "./measure.ts";
import type { TwinMemory } from "./memory.ts";
import { normals } from "./normal.ts";
import {
  assetsOf,
  blockRow,
  fundingExtremes,
  isUsed,
  marginOf,
  screenBlock,
  staysAbove,
  widen,
} from "./screen.ts";
import { expColumn } from "./vector-math.ts";
import { scan, startWatches } from "./watch.ts";

const COLUMN = 8 * TILE;
/** Stream of the extremes between steps. */
const STREAM_BRIDGE = 4;

/** Makes everything ready for a tile. */
export function startMargin(memory: TwinMemory, plan: number, count: number): void {
  const { f64, i32, u32 } = memory;
  const margin = marginOf(memory, plan);
  const assets = assetsOf(memory, plan);
  startLanes(memory, margin, assets);
  startWatches(memory, margin, count);
  if (fieldOf(memory, margin, MARGIN.M_PRICED)) {
    const prices = priceAt(fieldOf(memory, margin, MARGIN.M_LANES), assets, 0) >>> 3;
    f64.fill(1, prices, prices + assets * TILE);
  }
  let screen = fieldOf(memory, margin, MARGIN.M_SCREENS);
  for (let s = fieldOf(memory, margin, MARGIN.M_SCREEN_COUNT); s > 0; s--) {
    const dead = u32[(screen + 12) >>> 2]! >>> 2;
    i32.fill(0, dead, dead + TILE / 32);
    screen += SCREEN_BYTES;
  }
}

/** One step of a tile: funding of the step, hits, and at the end of a block every late look. */
export function stepMargin(
  memory: TwinMemory,
  plan: number,
  paths: number,
  step: number,
  x: number,
  before: number,
  scale: number,
  count: number,
): void {
  const margin = marginOf(memory, plan);
  const assets = assetsOf(memory, plan);
  if (fieldOf(memory, margin, MARGIN.M_PRICED)) addFunding(memory, plan, step, x, count);
  const steps = fieldOf(memory, margin, MARGIN.M_BLOCK);
  if (steps) keepBlock(memory, plan, step, x, steps, count);
  if (fieldOf(memory, margin, MARGIN.M_CONTINUOUS)) {
    const low = fieldOf(memory, margin, MARGIN.M_EXTREMES);
    const high = low + assets * COLUMN;
    extremes(memory, plan, paths, step, x, before, scale, low, high, count);
    scan(memory, plan, step, low, high, before, count);
  } else scan(memory, plan, step, x, x, x, count);
  const last = memory.i32[(plan + PLAN.STEPS) >>> 2]! - 1;
  if (steps && (step % steps === steps - 1 || step === last)) {
    const first = step - (step % steps);
    if (fieldOf(memory, margin, MARGIN.M_PRICED)) {
      fundingExtremes(memory, margin, assets, first, step, count);
    }
    if (fieldOf(memory, margin, MARGIN.M_SCREEN_COUNT)) {
      screenBlock(memory, plan, first, step, count);
    }
    visitOpen(memory, plan, first, step, count);
  }
}

/** G += rate · years · S with the price that the step began with, then the price of its end. */
function addFunding(
  memory: TwinMemory,
  plan: number,
  step: number,
  x: number,
  count: number,
): void {
  const { f64 } = memory;
  const margin = marginOf(memory, plan);
  const assets = assetsOf(memory, plan);
  const lanes = fieldOf(memory, margin, MARGIN.M_LANES);
  const times = (fieldOf(memory, margin, MARGIN.M_TIMES) >>> 3) + step;
  const years = f64[times]! - (step ? f64[times - 1]! : 0);
  for (let u = 0; u < assets; u++) {
    const rate = f64[(fieldOf(memory, margin, MARGIN.M_RATES) >>> 3) + u]!;
    if (rate === 0) continue;
    const index = fundingAt(lanes, assets, u) >>> 3;
    const price = priceAt(lanes, assets, u);
    const due = rate * years;
    for (let p = 0; p < count; p++) {
      f64[index + p] = f64[index + p]! + due * f64[(price >>> 3) + p]!;
    }
    expColumn(memory, price, x + u * COLUMN, count);
  }
}

/** Least and most log price since the step before, given both ends. */
function extremes(
  memory: TwinMemory,
  plan: number,
  paths: number,
  step: number,
  x: number,
  before: number,
  scale: number,
  low: number,
  high: number,
  count: number,
): void {
  const { f64, u32 } = memory;
  const margin = marginOf(memory, plan);
  const assets = assetsOf(memory, plan);
  const z = high + assets * COLUMN;
  const keys = u32[(plan + PLAN.KEYS) >>> 2]!;
  const row = z >>> 3;
  for (let u = 0; u < assets; u++) {
    const column = (u * COLUMN) >>> 3;
    normals(memory, z, paths, count, TILE, keys, STREAM_BRIDGE, step * assets + u, 1);
    const variance = f64[(fieldOf(memory, margin, MARGIN.M_VARIANCES) >>> 3) + step * assets + u]!;
    for (let p = 0; p < count; p++) {
      const x0 = f64[(before >>> 3) + column + p]!;
      const x1 = f64[(x >>> 3) + column + p]!;
      const wide = scale ? f64[(scale >>> 3) + p]! : 1;
      const v = scale ? variance * (wide * wide) : variance;
      const move = x1 - x0;
      const sum = x0 + x1;
      const square = move * move;
      const a = f64[row + p]!;
      const b = f64[row + TILE + p]!;
      const c = f64[row + 2 * TILE + p]!;
      const d = f64[row + 3 * TILE + p]!;
      f64[(low >>> 3) + column + p] = 0.5 * (sum - Math.sqrt(square + v * (a * a + b * b)));
      f64[(high >>> 3) + column + p] = 0.5 * (sum + Math.sqrt(square + v * (c * c + d * d)));
    }
  }
}

/** Keeps the prices of a step, of the assets that accounts looked at later hold. */
function keepBlock(
  memory: TwinMemory,
  plan: number,
  step: number,
  x: number,
  steps: number,
  count: number,
): void {
  const { f64 } = memory;
  const margin = marginOf(memory, plan);
  const assets = assetsOf(memory, plan);
  const blocks = fieldOf(memory, margin, MARGIN.M_BLOCKS);
  const lanes = fieldOf(memory, margin, MARGIN.M_LANES);
  const prices = blockRow(blocks, assets, step, steps, false);
  const funding = blockRow(blocks, assets, step, steps, true);
  const priced = fieldOf(memory, margin, MARGIN.M_PRICED) !== 0;
  const used = fieldOf(memory, margin, MARGIN.M_USED);
  for (let u = 0; u < assets; u++) {
    if (!isUsed(memory, used, u)) continue;
    const to = (prices + u * COLUMN) >>> 3;
    if (priced && f64[(fieldOf(memory, margin, MARGIN.M_RATES) >>> 3) + u] !== 0) {
      const from = priceAt(lanes, assets, u) >>> 3;
      f64.copyWithin(to, from, from + count);
    } else expColumn(memory, prices + u * COLUMN, x + u * COLUMN, count);
    const column = u * COLUMN;
    widen(memory, prices + column, blocks + column, assets * COLUMN, step % steps === 0, count);
    if (!priced) continue;
    const from = fundingAt(lanes, assets, u) >>> 3;
    f64.copyWithin((funding + u * COLUMN) >>> 3, from, from + count);
  }
}

/** Looks at every open entry at every step of the block from its own on. */
function visitOpen(
  memory: TwinMemory,
  plan: number,
  first: number,
  last: number,
  count: number,
): void {
  const { i32 } = memory;
  const margin = marginOf(memory, plan);
  const open = fieldOf(memory, margin, MARGIN.M_LANES) + OPEN;
  for (let lane = 0; lane < count; lane++) {
    let link = (open + 4 * lane) >>> 2;
    while (i32[link]) {
      const entry = entryAt(memory, margin, i32[link]!);
      const from = Math.max(first, i32[(entry + 12) >>> 2]!);
      if (visitBlock(memory, plan, lane, entry, from, last)) i32[link] = i32[(entry + 4) >>> 2]!;
      else link = (entry + 4) >>> 2;
    }
  }
}

/**
 * One entry at the steps of a block, until nothing is left of it. That of an option untouched so far
 * is priced only beyond the levels of its block; others are left alone while they surely stay above.
 */
function visitBlock(
  memory: TwinMemory,
  plan: number,
  lane: number,
  entry: number,
  first: number,
  last: number,
): boolean {
  const { f64, i32, u32 } = memory;
  const margin = marginOf(memory, plan);
  const assets = assetsOf(memory, plan);
  const steps = fieldOf(memory, margin, MARGIN.M_BLOCK);
  const blocks = fieldOf(memory, margin, MARGIN.M_BLOCKS);
  const here = 8 * lane;
  const account = accountOf(memory, margin, i32[(entry + 8) >>> 2]!);
  const leg = u32[account >>> 2]!;
  let levels = 0;
  if (i32[(leg + 4) >>> 2] === INDEX_OPTION) {
    levels = (u32[(leg + 108) >>> 2]! >>> 3) + 2 * Math.floor(first / steps);
  } else {
    const times = fieldOf(memory, margin, MARGIN.M_TIMES) >>> 3;
    const [begin, until] = [f64[times + first]!, f64[times + last]!];
    if (staysAbove(memory, account, entry, blocks + here, assets, begin, until)) {
      recover(memory, entry);
      return false;
    }
  }
  const column = i32[leg >>> 2]! * COLUMN + here;
  for (let step = first; step <= last; step++) {
    const prices = blockRow(blocks, assets, step, steps, false);
    if (levels && f64[(entry + 16) >>> 3] === 0 && f64[(entry + 64) >>> 3]! < 0) {
      const price = f64[(prices + column) >>> 3]!;
      if (price > f64[levels]! && price < f64[levels + 1]!) continue;
    }
    const funding = blockRow(blocks, assets, step, steps, true);
    if (visit(memory, margin, assets, lane, entry, prices + here, funding + here, step)) {
      return true;
    }
  }
  return false;
}

/** Adds what liquidation changed to the losses of a tile, once the horizon is reached. */
export function finishMargin(
  memory: TwinMemory,
  plan: number,
  paths: number,
  x: number,
  at: number,
  t: number,
  weights: number,
  losses: number,
  done: number,
  count: number,
): void {
  const { f64, i32, u32 } = memory;
  const margin = marginOf(memory, plan);
  const assets = assetsOf(memory, plan);
  const lanes = fieldOf(memory, margin, MARGIN.M_LANES);
  const steps = i32[(plan + PLAN.STEPS) >>> 2]!;
  const last = f64[(fieldOf(memory, margin, MARGIN.M_TIMES) >>> 3) + steps - 1]!;
  for (let u = 0; u < assets; u++) {
    expColumn(memory, priceAt(lanes, assets, u), x + u * COLUMN, count);
  }
  const netTimed = f64[(margin + MARGIN.M_NET_TIMED) >>> 3]!;
  const net = fieldOf(memory, margin, MARGIN.M_NET_FUNDING);
  addClosed(memory, lanes, assets, losses, last, netTimed, net, count);
  const gather = i32[(plan + PLAN.WITH_MOMENTS) >>> 2] !== 0;
  if (gather) addFundingSums(memory, margin, assets, weights, count);
  if (
    gather ||
    i32[(plan + PLAN.EVENTS) >>> 2] ||
    fieldOf(memory, margin, MARGIN.M_TOUCHED) ||
    fieldOf(memory, margin, MARGIN.M_OPTIONS)
  ) {
    for (let lane = 0; lane < count; lane++) {
      finishLane(memory, plan, paths, lane, at, t, weights, losses, last);
    }
  }
  const out = u32[(plan + PLAN.STATISTICS_OUT) >>> 2]!;
  if (!out) return;
  for (let s = 0; s < STATISTICS.length; s++) {
    const from = (lanes + STATISTICS_AT + s * COLUMN) >>> 3;
    f64.copyWithin((out + 8 * done + s * PLAN.STATISTICS_STRIDE) >>> 3, from, from + count);
  }
}

function addFundingSums(
  memory: TwinMemory,
  margin: number,
  assets: number,
  weights: number,
  count: number,
): void {
  const { f64 } = memory;
  const sums = fieldOf(memory, margin, MARGIN.M_FUNDING_SUMS) >>> 3;
  const lanes = fieldOf(memory, margin, MARGIN.M_LANES);
  for (let u = 0; u <= assets; u++) {
    if (u < assets && f64[(fieldOf(memory, margin, MARGIN.M_RATES) >>> 3) + u] === 0) continue;
    const index = u < assets ? fundingAt(lanes, assets, u) >>> 3 : 0;
    let sum = f64[sums + u]!;
    for (let p = 0; p < count; p++) {
      sum += f64[(weights >>> 3) + p]! * (index ? f64[index + p]! : 1);
    }
    f64[sums + u] = sum;
  }
}

function finishLane(
  memory: TwinMemory,
  plan: number,
  paths: number,
  lane: number,
  at: number,
  t: number,
  weights: number,
  losses: number,
  time: number,
): void {
  const { f64, i32, u32 } = memory;
  const margin = marginOf(memory, plan);
  const assets = assetsOf(memory, plan);
  const lanes = fieldOf(memory, margin, MARGIN.M_LANES);
  const prices = priceAt(lanes, assets, 0) + 8 * lane;
  const funding = fundingAt(lanes, assets, 0) + 8 * lane;
  const accounts = fieldOf(memory, margin, MARGIN.M_ACCOUNT_COUNT);
  const weight = f64[(weights >>> 3) + lane]!;
  const gather = i32[(plan + PLAN.WITH_MOMENTS) >>> 2] !== 0;
  const events = u32[(plan + PLAN.EVENTS) >>> 2]!;
  const loss = (losses >>> 3) + lane;
  let entry = firstEntry(memory, margin, lane);
  for (; entry; entry = nextEntry(memory, margin, entry)) {
    const item = i32[(entry + 8) >>> 2]!;
    let amount: number;
    if (item < accounts) {
      const closed = f64[(entry + 16) >>> 3]!;
      if (closed === 0) continue;
      const account = accountOf(memory, margin, item);
      const leg = u32[account >>> 2]!;
      if (i32[(account + 4) >>> 2] === 1 && i32[(leg + 4) >>> 2] === INDEX_OPTION) {
        // Its value at its own date is no multiple of the price: it leaves the profile here.
        const node = i32[(leg + 100) >>> 2]!;
        const kept = closed * atNode(memory, node, u32[(leg + 104) >>> 2]!, at, t, lane);
        f64[loss] = f64[loss]! - kept;
        amount = f64[(entry + 24) >>> 3]! - kept;
      } else {
        const kept = keptValue(memory, account, prices, funding, time);
        amount = f64[(entry + 24) >>> 3]! - closed * kept;
      }
      if (gather) addStepSums(memory, plan, entry, weight);
    } else {
      const barrier = fieldOf(memory, margin, MARGIN.M_TOUCHED) + (item - accounts) * TOUCH_BYTES;
      const node = i32[(barrier + 4) >>> 2]!;
      amount = atNode(memory, node, u32[(barrier + 8) >>> 2]!, at, t, lane);
      f64[loss] = f64[loss]! + amount;
    }
    if (gather) {
      const sum = (fieldOf(memory, margin, MARGIN.M_SUMS) >>> 3) + item;
      f64[sum] = f64[sum]! + weight * amount;
    }
    if (events) {
      const covers = i32[(plan + PLAN.COVER_COUNT) >>> 2]!;
      note(memory, events, u32[(paths >>> 2) + lane]!, covers + item, amount);
    }
  }
}

/** What the legs of an account would have moved by at the horizon. */
function keptValue(
  { f64, i32, u32 }: TwinMemory,
  account: number,
  prices: number,
  funding: number,
  time: number,
): number {
  let sum = 0;
  let leg = u32[account >>> 2]!;
  for (let l = i32[(account + 4) >>> 2]!; l > 0; l--) {
    const column = i32[leg >>> 2]! * TILE;
    const index = i32[(leg + 4) >>> 2]!;
    const paid =
      index === INDEX_NONE ? 0 : index === INDEX_PRICED ? f64[(funding >>> 3) + column]! : time;
    sum += f64[(leg + 16) >>> 3]! * f64[(prices >>> 3) + column]! - f64[(leg + 24) >>> 3]! * paid;
    leg += MARGIN_LEG_BYTES;
  }
  return sum;
}

function addStepSums(memory: TwinMemory, plan: number, entry: number, weight: number): void {
  const { f64, i32 } = memory;
  const steps = i32[(plan + PLAN.STEPS) >>> 2]!;
  const step = i32[(entry + 12) >>> 2]!;
  const sum = (fieldOf(memory, marginOf(memory, plan), MARGIN.M_STEP_SUMS) >>> 3) + step;
  f64[sum] = f64[sum]! + weight;
  f64[sum + steps] = f64[sum + steps]! + weight * f64[(entry + 40) >>> 3]!;
  f64[sum + 2 * steps] = f64[sum + 2 * steps]! + weight * f64[(entry + 48) >>> 3]!;
}

/** A table of cubics at the place where a lane fell on a node, see profile.ts. */
function atNode(
  { f64, i32 }: TwinMemory,
  node: number,
  cubics: number,
  at: number,
  t: number,
  lane: number,
): number {
  const place = f64[((t + node * COLUMN) >>> 3) + lane]!;
  const offset = i32[((at + node * (COLUMN / 2)) >>> 2) + lane]! >> 1;
  const cell = (cubics + offset) >>> 3;
  const a = f64[cell]! + place * f64[cell + 2]!;
  const b = f64[cell + 1]! + place * f64[cell + 3]!;
  return a + place * place * b;
}

/** Appends to the log of events, see cover.ts. */
function note(
  { f64, i32, u32 }: TwinMemory,
  events: number,
  path: number,
  item: number,
  amount: number,
): void {
  const n = i32[events >>> 2]!;
  const at = events + 16 + 16 * n;
  u32[at >>> 2] = path;
  i32[(at + 4) >>> 2] = item;
  f64[(at + 8) >>> 3] = amount;
  i32[events >>> 2] = n + 1;
}
