/**
 * What a margined account is worth in plain JavaScript, see assembly/measure.ts.
 */
import { MARGIN_LEG_BYTES, OPTION_BYTES, TILE } from "../plan.ts";
import type { TwinMemory } from "./memory.ts";
import { callValue } from "./option.ts";
import { expOne, logarithm } from "./vector-math.ts";

/** Funding indices: none, paid on the price (one per asset), or on time. */
export const INDEX_NONE = 0;
export const INDEX_PRICED = 1;
/** Not a funding index: a leg that is an option, the only one of its account. */
export const INDEX_OPTION = 3;

/** What `measure` found: value, its part that moves, notional, maintenance, coins. */
export const MEASURES: Float64Array = new Float64Array(5);

/**
 * Walks over the legs of an account, for one lane.
 *
 * @param prices, funding  addresses of columns [U×TILE] f64, at this lane
 */
export function measure(
  memory: TwinMemory,
  account: number,
  prices: number,
  funding: number,
  time: number,
): void {
  const { f64, i32, u32 } = memory;
  let leg = u32[account >>> 2]!;
  if (i32[(account + 4) >>> 2] === 1 && i32[(leg + 4) >>> 2] === INDEX_OPTION) {
    measureOption(memory, account, prices, time);
    return;
  }
  const s = prices >>> 3;
  const g = funding >>> 3;
  let value = 0;
  let moved = 0;
  let notional = 0;
  let maintenance = 0;
  let coins = 0;
  for (let l = i32[(account + 4) >>> 2]!; l > 0; l--) {
    const asset = i32[leg >>> 2]!;
    const index = i32[(leg + 4) >>> 2]!;
    const at = leg >>> 3;
    const price = f64[s + asset * TILE]!;
    const paid = index === INDEX_NONE ? 0 : index === INDEX_PRICED ? f64[g + asset * TILE]! : time;
    const change = f64[at + 2]! * price - f64[at + 3]! * paid;
    const size = f64[at + 4]! * price + f64[at + 5]!;
    value += f64[at + 1]! + change;
    moved += change;
    notional += size;
    maintenance += f64[at + 6]! * size;
    leg += MARGIN_LEG_BYTES;
  }
  let coin = u32[(account + 8) >>> 2]!;
  for (let c = i32[(account + 12) >>> 2]!; c > 0; c--) {
    coins += f64[(coin + 8) >>> 3]! * f64[s + i32[coin >>> 2]! * TILE]!;
    coin += 16;
  }
  MEASURES[0] = value;
  MEASURES[1] = moved;
  MEASURES[2] = notional;
  MEASURES[3] = maintenance;
  MEASURES[4] = coins;
}

/** The same for an account of one option, whose value has no part that cancels. */
function measureOption(memory: TwinMemory, account: number, prices: number, time: number): void {
  const { f64, i32, u32 } = memory;
  const leg = u32[account >>> 2]!;
  const price = f64[(prices >>> 3) + i32[leg >>> 2]! * TILE]!;
  const size = f64[(leg + 32) >>> 3]! * price;
  const value = optionValue(memory, leg, price, time);
  MEASURES[0] = value;
  MEASURES[1] = value;
  MEASURES[2] = size;
  MEASURES[3] = f64[(leg + 48) >>> 3]! * size;
  MEASURES[4] = i32[(account + 12) >>> 2] ? f64[(u32[(account + 8) >>> 2]! + 8) >>> 3]! * price : 0;
}

const call: Float64Array = new Float64Array(OPTION_BYTES / 8);

/** Value of an option to its owner by Black-76 with the time left, or what it pays once that is over. */
function optionValue(memory: TwinMemory, leg: number, price: number, time: number): number {
  const { f64, i32 } = memory;
  const at = leg >>> 3;
  const left = Math.max(0, f64[at + 2]! - time);
  const carry = f64[at + 5]!;
  const discount = f64[at + 10]!;
  const factor = discount === 0 ? 1 : expOne(-discount * left);
  const spotLeg = f64[at + 4]! * (carry === 0 ? factor : factor * expOne(carry * left));
  const strikeLeg = f64[at + 9]! * factor;
  const deviation = f64[at + 3]! * Math.sqrt(left);
  let value: number;
  if (deviation > 0) {
    call[0] = 1 / deviation;
    call[1] = (f64[at + 1]! + carry * left) / deviation + 0.5 * deviation;
    call[2] = deviation;
    call[3] = spotLeg;
    call[4] = strikeLeg;
    value = callValue(call, logarithm(price), price);
  } else value = Math.max(0, spotLeg * price - strikeLeg);
  if (i32[(leg + 96) >>> 2]) value = value - spotLeg * price + strikeLeg;
  return f64[at + 11]! * value;
}
