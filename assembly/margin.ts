/**
 * Margin accounts along a path: what is left when one falls below maintenance, and who bears it.
 *
 *   account │ legs u32 │ leg count i32 │ coins u32 │ coin count i32 │ money f64 │
 *   leg     │ asset i32 │ index i32 │ constant │ slope │ funding │ notional slope │ notional constant │ maintenance │ half spread │ impact │
 *   option  │ asset i32 │ 3 i32 │ ln(spot/strike) │ expiry │ volatility │ spot leg │ carry │ maintenance │ half spread │ impact │
 *           │ strike leg │ discount │ sign │ is a put i32 │ node i32 │ cubics u32 │ levels u32 │
 *   levels  low and high price per block of steps: between them an option needs no look
 *   coin    │ asset i32 │ pad │ worth f64 │
 *   entry   │ next │ open │ item │ step, all i32 │ closed │ pool │ money │ notional │ bad debt │ fee │ start │ freed, all f64 │
 *
 * With S = e^x of its asset and G its funding index, a leg is worth constant + slope·S - funding·G
 * to its owner and has the notional slope·S + constant of its own. Equity is money + coins + legs;
 * an account whose equity is at or below Σ maintenance · notional is liquidated. Closing a share
 * of it costs slippage, min(1, half spread + impact·√closed) of what is closed, and the fee of
 * the liquidator; equity that is then below zero is bad debt of the pool, and the insurance fee
 * is taken only of what is left.
 *
 * The pool's profiles hold every leg as if nobody were ever liquidated. What was closed enters
 * `pool` at the prices of its closing and leaves the profile by what it would have been worth at
 * the horizon (`finish`). Entries of a path form a list in the order of the path's own events, so
 * no sum depends on which paths share a tile.
 *
 * source  paced closing, freed margin and insurance fee: Drift protocol v2, math/liquidation
 */
import {
  M_ACCOUNTS, M_ENTRIES, M_INSURANCE_FEE, M_LANES, M_LIQUIDATOR_FEE, M_PACED, M_PACE_DURATION, M_PACE_INITIAL,
  M_SHORTAGE_SMALL, M_TIMES, address, number, word,
} from "./plan";
import {
  ACCOUNT_BYTES, COLUMN, ENTRY_BYTES, INDEX_NONE, INDEX_OPTION, INDEX_PRICED, MARGIN_LEG_BYTES, MEASURES, RECORD_BYTES, at, measure,
} from "./measure";

// Columns of the lanes: │ cash │ closed timed │ count │ notional │ bad debt │ fee │ heads i32 │ tails i32 │ open i32 │ closed [U] │ closed priced [U] │ G [U] │ S [U] │
// @ts-ignore: decorator
@inline const CLOSED_TIMED: usize = COLUMN;
/** The four statistics of every path: count, notional, bad debt, insurance fee. */
// @ts-ignore: decorator
@inline export const STATISTICS: usize = 2 * COLUMN;
// @ts-ignore: decorator
@inline const HEADS: usize = 6 * COLUMN;
// @ts-ignore: decorator
@inline const TAILS: usize = HEADS + COLUMN / 2;
/** First open entry of every lane, plus one; 0 for none. */
// @ts-ignore: decorator
@inline export const OPEN: usize = TAILS + COLUMN / 2;
// @ts-ignore: decorator
@inline const CLOSED: usize = OPEN + COLUMN / 2;

/** Bytes of the lanes' columns. */
export function laneBytes(assets: i32): usize {
  return CLOSED + COLUMN / 2 + 4 * <usize>assets * COLUMN;
}

// @ts-ignore: decorator
@inline
function closedAt(lanes: usize, asset: i32): usize {
  return lanes + CLOSED + COLUMN / 2 + <usize>asset * COLUMN;
}

/** Share-weighted funding of what was closed, per priced asset. */
// @ts-ignore: decorator
@inline
function closedPricedAt(lanes: usize, assets: i32, asset: i32): usize {
  return closedAt(lanes, assets + asset);
}

/** Column of the funding index of an asset. */
// @ts-ignore: decorator
@inline
export function fundingAt(lanes: usize, assets: i32, asset: i32): usize {
  return closedAt(lanes, 2 * assets + asset);
}

/** Column of the prices e^x of an asset. */
// @ts-ignore: decorator
@inline
export function priceAt(lanes: usize, assets: i32, asset: i32): usize {
  return closedAt(lanes, 3 * assets + asset);
}

/** Clears what a tile gathers. */
export function startLanes(margin: usize, assets: i32): void {
  memory.fill(address(margin, M_LANES), 0, laneBytes(assets));
  store<i32>(address(margin, M_ENTRIES), 0);
}

/**
 * Appends an entry to the list of a lane; its numbers are left for the caller to fill in.
 *
 * @returns its address
 */
export function append(margin: usize, lane: i32, item: i32, step: i32): usize {
  const entries = address(margin, M_ENTRIES);
  const index = load<i32>(entries) + 1;
  store<i32>(entries, index);
  const entry = entryOf(entries, index);
  store<u64>(entry, 0);
  store<i32>(entry, item, 8);
  store<i32>(entry, step, 12);
  const lanes = address(margin, M_LANES) + (<usize>lane << 2);
  const tail = load<i32>(lanes + TAILS);
  if (tail) store<i32>(entryOf(entries, tail), index);
  else store<i32>(lanes + HEADS, index);
  store<i32>(lanes + TAILS, index);
  return entry;
}

// @ts-ignore: decorator
@inline
function entryOf(entries: usize, index: i32): usize {
  return entries + 16 + <usize>(index - 1) * ENTRY_BYTES;
}

// Instead of the time at which a liquidation began: none is under way, or there never was one.
// @ts-ignore: decorator
@inline const HEALTHY: f64 = -1;
// @ts-ignore: decorator
@inline const UNDATED: f64 = -2;

/** Puts a new entry of an account on the list of those that are looked at in every step. */
export function watch(margin: usize, lane: i32, item: i32, step: i32): void {
  const entry = append(margin, lane, item, step);
  memory.fill(entry + 16, 0, ENTRY_BYTES - 16);
  store<f64>(entry, load<f64>(accountOf(margin, item), 16), 32);
  store<f64>(entry, UNDATED, 64);
  const open = address(margin, M_LANES) + OPEN + (<usize>lane << 2);
  store<i32>(entry, load<i32>(open), 4);
  store<i32>(open, load<i32>(address(margin, M_ENTRIES)));
}

/** Where an account stands. */
// @ts-ignore: decorator
@inline
export function accountOf(margin: usize, item: i32): usize {
  return address(margin, M_ACCOUNTS) + <usize>item * ACCOUNT_BYTES;
}

/** Cost of closing a share of every leg. */
function slippageOf(account: usize, share: f64, prices: usize): f64 {
  let slippage: f64 = 0;
  let leg = <usize>load<u32>(account);
  for (let l = load<i32>(account, 4); l > 0; l--) {
    const isOption = load<i32>(leg, 4) == INDEX_OPTION;
    const closing = share * (load<f64>(leg, 32) * at(prices, load<i32>(leg)) + (isOption ? 0.0 : load<f64>(leg, 40)));
    slippage += closing * min(1.0, load<f64>(leg, 56) + load<f64>(leg, 64) * Math.sqrt(closing));
    leg += MARGIN_LEG_BYTES;
  }
  return slippage;
}

/** What leaves the profiles with a share of every leg; an option leaves them at the end. */
function closeLegs(lanes: usize, assets: i32, lane: i32, account: usize, share: f64): void {
  let leg = <usize>load<u32>(account);
  const here = <usize>lane << 3;
  for (let l = load<i32>(account, 4); l > 0; l--) {
    const asset = load<i32>(leg);
    const index = load<i32>(leg, 4);
    if (index == INDEX_OPTION) return;
    addTo(closedAt(lanes, asset) + here, share * load<f64>(leg, 16));
    if (index != INDEX_NONE) {
      const column = (index == INDEX_PRICED ? closedPricedAt(lanes, assets, asset) : lanes + CLOSED_TIMED) + here;
      addTo(column, share * load<f64>(leg, 24));
    }
    leg += MARGIN_LEG_BYTES;
  }
}

// @ts-ignore: decorator
@inline
function addTo(place: usize, amount: f64): void {
  store<f64>(place, load<f64>(place) + amount);
}

/** Share of the account to close now, by the pace that was agreed; `MEASURES` are up to date. */
function pacedShare(margin: usize, entry: usize, left: f64, equity: f64, shortage: f64, feeRate: f64, time: f64): f64 {
  if (load<f64>(entry, 64) < 0) {
    store<f64>(entry, time, 64);
    store<f64>(entry, 0, 72);
  }
  if (equity <= 0) return left;
  const notional = load<f64>(MEASURES, 16);
  const rate = load<f64>(MEASURES, 24) / notional - number(margin, M_LIQUIDATOR_FEE) - feeRate;
  if (!(rate > 0)) return left;
  const freed = load<f64>(entry, 72);
  const elapsed = time - load<f64>(entry, 64);
  const allowed = shortage < number(margin, M_SHORTAGE_SMALL)
    ? 1.0
    : min(1.0, number(margin, M_PACE_INITIAL) + elapsed / number(margin, M_PACE_DURATION));
  const freeable = max(0.0, allowed * (shortage + freed) - freed);
  const share = min(left, freeable / (notional * rate));
  store<f64>(entry, freed + share * notional * rate, 72);
  return share;
}

/** The step of an entry is that of the first fall below maintenance, not of the first look. */
// @ts-ignore: decorator
@inline
function date(entry: usize, step: i32): void {
  if (load<f64>(entry, 64) != UNDATED) return;
  store<i32>(entry, step, 12);
  store<f64>(entry, HEALTHY, 64);
}

/** Ends the liquidation that is under way, if one is. */
// @ts-ignore: decorator
@inline
export function recover(entry: usize): void {
  if (load<f64>(entry, 64) >= 0) store<f64>(entry, HEALTHY, 64);
}

/**
 * Looks at an account of one lane at one step and closes what must be closed.
 *
 * shape   prices, funding: element `asset` of columns [U×TILE] f64, at this lane
 * reads   account, entry   writes  entry, the lane's columns
 *
 * @returns whether nothing is left of it
 */
export function visit(
  margin: usize, assets: i32, lane: i32, entry: usize, prices: usize, funding: usize, step: i32,
): bool {
  const account = accountOf(margin, load<i32>(entry, 8));
  const time = load<f64>(address(margin, M_TIMES) + (<usize>step << 3));
  const leg = <usize>load<u32>(account);
  const isOption = load<i32>(account, 4) == 1 && load<i32>(leg, 4) == INDEX_OPTION;
  if (isOption && time >= load<f64>(leg, 16)) {
    if (time == load<f64>(leg, 16)) {
      date(entry, step);
      settleOption(margin, lane, entry, account, prices, funding, time);
    }
    return true;
  }
  const left = 1.0 - load<f64>(entry, 16);
  measure(account, prices, funding, time);
  const coins = load<f64>(MEASURES, 32), value = load<f64>(MEASURES), notional = load<f64>(MEASURES, 16);
  const money = load<f64>(entry, 32);
  const equity = money + coins + left * value;
  const shortage = left * load<f64>(MEASURES, 24) - equity;
  if (!(shortage >= 0)) {
    recover(entry);
    return false;
  }
  date(entry, step);
  let feeRate = number(margin, M_INSURANCE_FEE);
  let share = left;
  if (word(margin, M_PACED)) {
    const ratio = load<f64>(MEASURES, 24) / notional;
    feeRate = min(feeRate, 0.95 * max(0.0, ratio - number(margin, M_LIQUIDATOR_FEE) - shortage / (left * notional)));
    share = pacedShare(margin, entry, left, equity, shortage, feeRate, time);
  }
  if (share == 0) return false;
  let closing = share * notional;
  let slippage = slippageOf(account, share, prices);
  let after = equity - slippage - number(margin, M_LIQUIDATOR_FEE) * closing;
  if (after < 0 && share < left) {
    // The costs of a part would leave less than nothing: then all of it is closed, or a debt at the
    // horizon would be nobody's.
    share = left;
    closing = share * notional;
    slippage = slippageOf(account, share, prices);
    after = equity - slippage - number(margin, M_LIQUIDATOR_FEE) * closing;
  }
  const lanes = address(margin, M_LANES);
  closeLegs(lanes, assets, lane, account, share);
  const fee = min(feeRate * closing, max(0.0, after));
  store<f64>(entry, money + share * value - slippage - number(margin, M_LIQUIDATOR_FEE) * closing - fee, 32);
  const done = share == left;
  const badDebt = done ? max(0.0, -after) : 0.0;
  const pool = share * load<f64>(MEASURES, 8) + badDebt - fee;
  record(lanes, lane, entry, share, pool, closing, badDebt, fee);
  return done;
}

/** The last look at an option: it pays what it pays, without a market, and leaves a debt or none. */
function settleOption(margin: usize, lane: i32, entry: usize, account: usize, prices: usize, funding: usize, time: f64): void {
  measure(account, prices, funding, time);
  const left = 1.0 - load<f64>(entry, 16);
  const value = load<f64>(MEASURES);
  const badDebt = max(0.0, -(load<f64>(entry, 32) + load<f64>(MEASURES, 32) + left * value));
  if (badDebt > 0) {
    record(address(margin, M_LANES), lane, entry, left, left * value + badDebt, 0, badDebt, 0);
  }
}

/** Adds one closing to its entry and to the columns of its lane. */
function record(
  lanes: usize, lane: i32, entry: usize, share: f64, pool: f64, notional: f64, badDebt: f64, fee: f64,
): void {
  const column = lanes + (<usize>lane << 3);
  addTo(column, pool);
  if (load<f64>(entry, 16) == 0) addTo(column + STATISTICS, 1);
  addTo(column + STATISTICS + COLUMN, notional);
  addTo(column + STATISTICS + 2 * COLUMN, badDebt);
  addTo(column + STATISTICS + 3 * COLUMN, fee);
  addTo(entry + 16, share);
  addTo(entry + 24, pool);
  addTo(entry + 40, notional);
  addTo(entry + 48, badDebt);
  addTo(entry + 56, fee);
}

/**
 * Closes what the levels of one lane, asset and direction say, at once and in full: accounts of one
 * leg without funding. `visit` in the same arithmetic, without entries unless they are wanted.
 *
 *   record  │ item i32 │ pad │ money │ coins │ constant │ slope │ notional slope │ notional constant │ half spread │ impact │
 *
 * @param at      offset of the lane in a column
 * @param price   e^x
 * @param place   first level to look at
 * @param most    place to stop before, whatever x says
 * @returns       the first place that was not passed
 */
export function closeLevels(
  margin: usize, at: usize, step: i32, asset: i32, price: f64, x: f64,
  levels: usize, records: usize, place: i32, falling: bool, gather: bool, most: i32 = i32.MAX_VALUE,
): i32 {
  const column = address(margin, M_LANES) + at;
  const statistics = column + STATISTICS;
  const closedSlope = closedAt(address(margin, M_LANES), asset) + at;
  const liquidatorFee = number(margin, M_LIQUIDATOR_FEE), insuranceFee = number(margin, M_INSURANCE_FEE);
  let cash = load<f64>(column), slopes = load<f64>(closedSlope);
  let count = load<f64>(statistics), notional = load<f64>(statistics, COLUMN);
  let badDebts = load<f64>(statistics, 2 * COLUMN), fees = load<f64>(statistics, 3 * COLUMN);
  let record = records + <usize>place * RECORD_BYTES;
  let level = load<f64>(levels + (<usize>place << 3));
  do {
    const slope = load<f64>(record, 32);
    const change = slope * price;
    const closing = load<f64>(record, 40) * price + load<f64>(record, 48);
    const equity = load<f64>(record, 8) + load<f64>(record, 16) * price + (load<f64>(record, 24) + change);
    const slippage = closing * min(1.0, load<f64>(record, 56) + load<f64>(record, 64) * Math.sqrt(closing));
    const after = equity - slippage - liquidatorFee * closing;
    const fee = min(insuranceFee * closing, max(0.0, after));
    const badDebt = max(0.0, -after);
    const pool = change + badDebt - fee;
    cash += pool;
    slopes += slope;
    count += 1;
    notional += closing;
    badDebts += badDebt;
    fees += fee;
    if (gather) {
      const entry = append(margin, <i32>(at >> 3), load<i32>(record), step);
      store<f64>(entry, 1, 16);
      store<f64>(entry, pool, 24);
      store<f64>(entry, closing, 40);
      store<f64>(entry, badDebt, 48);
      store<f64>(entry, fee, 56);
    }
    place++;
    record += RECORD_BYTES;
    level = load<f64>(levels + (<usize>place << 3));
  } while (place < most && (falling ? x <= level : x >= level));
  store<f64>(column, cash);
  store<f64>(closedSlope, slopes);
  store<f64>(statistics, count);
  store<f64>(statistics, notional, COLUMN);
  store<f64>(statistics, badDebts, 2 * COLUMN);
  store<f64>(statistics, fees, 3 * COLUMN);
  return place;
}

/** Whether the equity of an untouched account is at or below its maintenance margin. */
export function isBreached(account: usize, prices: usize, funding: usize, time: f64): bool {
  measure(account, prices, funding, time);
  const equity = load<f64>(account, 16) + load<f64>(MEASURES, 32) + load<f64>(MEASURES);
  return load<f64>(MEASURES, 24) - equity >= 0;
}

/** First entry of a lane, 0 for none. */
// @ts-ignore: decorator
@inline
export function firstEntry(margin: usize, lane: i32): usize {
  const index = load<i32>(address(margin, M_LANES) + HEADS + (<usize>lane << 2));
  return index ? entryOf(address(margin, M_ENTRIES), index) : 0;
}

/** The next entry of the same lane, 0 for none. */
// @ts-ignore: decorator
@inline
export function nextEntry(margin: usize, entry: usize): usize {
  const index = load<i32>(entry);
  return index ? entryOf(address(margin, M_ENTRIES), index) : 0;
}

/** The entry of a number; numbers start at 1. */
// @ts-ignore: decorator
@inline
export function entryAt(margin: usize, index: i32): usize {
  return entryOf(address(margin, M_ENTRIES), index);
}

/**
 * Adds to the losses what was paid for closed positions, takes off what these would have been
 * worth at the horizon, and takes off the funding that the pool received.
 *
 * shape   losses [TILE] f64; net [U] f64 funding of all legs per priced index
 */
export function addClosed(margin: usize, assets: i32, losses: usize, time: f64, netTimed: f64, net: usize, bytes: usize): void {
  const lanes = address(margin, M_LANES);
  const years = f64x2.splat(time), dueTimed = f64x2.splat(netTimed);
  for (let p: usize = 0; p < bytes; p += 16) {
    let sum = f64x2.add(v128.load(lanes + p), f64x2.mul(years, f64x2.sub(v128.load(lanes + CLOSED_TIMED + p), dueTimed)));
    for (let u = 0; u < assets; u++) {
      const closed = f64x2.mul(v128.load(closedAt(lanes, u) + p), v128.load(priceAt(lanes, assets, u) + p));
      const due = f64x2.sub(v128.load(closedPricedAt(lanes, assets, u) + p), v128.load64_splat(net + (<usize>u << 3)));
      sum = f64x2.add(f64x2.sub(sum, closed), f64x2.mul(due, v128.load(fundingAt(lanes, assets, u) + p)));
    }
    v128.store(losses + p, f64x2.add(v128.load(losses + p), sum));
  }
}

/** Where the funding index of an asset stands, for the host. */
export function fundingColumn(lanes: usize, assets: i32, asset: i32): usize {
  return fundingAt(lanes, assets, asset);
}

/** Whether a lane has an entry of an item already. */
export function isListed(margin: usize, lane: i32, item: i32): bool {
  for (let entry = firstEntry(margin, lane); entry; entry = nextEntry(margin, entry)) {
    if (load<i32>(entry, 8) == item) return true;
  }
  return false;
}
