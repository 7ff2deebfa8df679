/**
 * What a margined account is worth at given prices: a walk over its legs. Layouts are in margin.ts.
 */
import { addCalls } from "./option";
import { TILE } from "./plan";
import { expX2, logX2 } from "./vector-math";

// @ts-ignore: decorator
@inline export const COLUMN: usize = <usize>TILE << 3;
// @ts-ignore: decorator
@inline export const ACCOUNT_BYTES: usize = 24;
// @ts-ignore: decorator
@inline export const MARGIN_LEG_BYTES: usize = 112;
// @ts-ignore: decorator
@inline export const COIN_BYTES: usize = 16;
/** What a level needs of its account, see `closeLevels`. */
// @ts-ignore: decorator
@inline export const RECORD_BYTES: usize = 72;
// @ts-ignore: decorator
@inline export const ENTRY_BYTES: usize = 80;

/** Funding indices: none, paid on the price (one per asset), or on time. */
// @ts-ignore: decorator
@inline export const INDEX_NONE: i32 = 0;
// @ts-ignore: decorator
@inline export const INDEX_PRICED: i32 = 1;
/** Not a funding index: a leg that is an option, the only one of its account. */
// @ts-ignore: decorator
@inline export const INDEX_OPTION: i32 = 3;
/** Nor this: barriers, which belong to no account. */
// @ts-ignore: decorator
@inline export const INDEX_TOUCH: i32 = 4;

/** e^x of one number. */
// @ts-ignore: decorator
@inline
export function expOne(x: f64): f64 {
  return f64x2.extract_lane(expX2(f64x2.splat(x)), 0);
}

// @ts-ignore: decorator
@inline
function logOne(x: f64): f64 {
  return f64x2.extract_lane(logX2(f64x2.splat(x)), 0);
}

/** Prices and funding indices of one lane at one step: element `asset` of columns of a stride. */
// @ts-ignore: decorator
@inline
export function at(columns: usize, asset: i32): f64 {
  return load<f64>(columns + <usize>asset * COLUMN);
}

// @ts-ignore: decorator
@inline
function indexOf(leg: usize, funding: usize, time: f64): f64 {
  const index = load<i32>(leg, 4);
  return index == INDEX_NONE ? 0.0 : index == INDEX_PRICED ? at(funding, load<i32>(leg)) : time;
}

/** What a walk over the legs of an account finds, for one lane: written by `measure`. */
// @ts-ignore: decorator
@inline export const MEASURES: usize = memory.data<f64>([0, 0, 0, 0, 0, 0], 16);

/**
 * Writes to MEASURES, for one lane: value of the legs, its part that moves, notional, maintenance,
 * and the worth of the coins that are collateral.
 *
 * shape   prices, funding: element `asset` of columns [U×TILE] f64, at this lane
 */
export function measure(account: usize, prices: usize, funding: usize, time: f64): void {
  if (load<i32>(account, 4) == 1 && load<i32>(<usize>load<u32>(account), 4) == INDEX_OPTION) {
    return measureOption(account, prices, time);
  }
  let value: f64 = 0, moved: f64 = 0, notional: f64 = 0, maintenance: f64 = 0, coins: f64 = 0;
  let leg = <usize>load<u32>(account);
  for (let l = load<i32>(account, 4); l > 0; l--) {
    const price = at(prices, load<i32>(leg));
    const change = load<f64>(leg, 16) * price - load<f64>(leg, 24) * indexOf(leg, funding, time);
    const size = load<f64>(leg, 32) * price + load<f64>(leg, 40);
    value += load<f64>(leg, 8) + change;
    moved += change;
    notional += size;
    maintenance += load<f64>(leg, 48) * size;
    leg += MARGIN_LEG_BYTES;
  }
  let coin = <usize>load<u32>(account, 8);
  for (let c = load<i32>(account, 12); c > 0; c--) {
    coins += load<f64>(coin, 8) * at(prices, load<i32>(coin));
    coin += COIN_BYTES;
  }
  store<f64>(MEASURES, value);
  store<f64>(MEASURES, moved, 8);
  store<f64>(MEASURES, notional, 16);
  store<f64>(MEASURES, maintenance, 24);
  store<f64>(MEASURES, coins, 32);
}

/** The same for an account of one option, whose value has no part that cancels. */
function measureOption(account: usize, prices: usize, time: f64): void {
  const leg = <usize>load<u32>(account);
  const price = at(prices, load<i32>(leg));
  const size = load<f64>(leg, 32) * price;
  const value = optionValue(leg, price, time);
  store<f64>(MEASURES, value);
  store<f64>(MEASURES, value, 8);
  store<f64>(MEASURES, size, 16);
  store<f64>(MEASURES, load<f64>(leg, 48) * size, 24);
  store<f64>(MEASURES, load<i32>(account, 12) ? load<f64>(<usize>load<u32>(account, 8), 8) * price : 0.0, 32);
}

// One call in the form of option.ts, and four points of it.
// @ts-ignore: decorator
@inline const CALL: usize = memory.data<f64>([0, 0, 0, 0, 0], 16);
// @ts-ignore: decorator
@inline const POINTS: usize = memory.data<f64>([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 16);

/** Value of an option to its owner by Black-76 with the time left, or what it pays once that is over. */
function optionValue(leg: usize, price: f64, time: f64): f64 {
  const left = max(0.0, load<f64>(leg, 16) - time);
  const carry = load<f64>(leg, 40), discount = load<f64>(leg, 80);
  const factor = discount == 0 ? 1.0 : expOne(-discount * left);
  const spotLeg = load<f64>(leg, 32) * (carry == 0 ? factor : factor * expOne(carry * left));
  const strikeLeg = load<f64>(leg, 72) * factor;
  const deviation = load<f64>(leg, 24) * Math.sqrt(left);
  let call: f64;
  if (deviation > 0) {
    store<f64>(CALL, 1.0 / deviation);
    store<f64>(CALL, (load<f64>(leg, 8) + carry * left) / deviation + 0.5 * deviation, 8);
    store<f64>(CALL, deviation, 16);
    store<f64>(CALL, spotLeg, 24);
    store<f64>(CALL, strikeLeg, 32);
    const x = logOne(price);
    memory.fill(POINTS, 0, 32);
    for (let i: usize = 0; i < 32; i += 8) {
      store<f64>(POINTS + i, x, 32);
      store<f64>(POINTS + i, price, 64);
    }
    addCalls(POINTS, POINTS + 32, POINTS + 64, 4, CALL, 1);
    call = load<f64>(POINTS);
  } else call = max(0.0, spotLeg * price - strikeLeg);
  const value = load<i32>(leg, 96) ? call - spotLeg * price + strikeLeg : call;
  return load<f64>(leg, 88) * value;
}

