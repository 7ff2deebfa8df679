// Method: the rules of liquidation as the documentation states them, followed one account and one
// path at a time, with no levels, blocks or screens. Every look adds in the order in which the
// kernel adds, because equal order means equal bits.
import { exp } from "../../src/numeric/index.ts";
import type { PoolDocument } from "../../src/pool/index.ts";
import type { LiquidationMarket, LiquidationTerms } from "../../src/terms/index.ts";

const MINUTES_PER_YEAR = 365 * 1440;

/** One perpetual; S is the price over the price now. */
interface Leg {
  readonly asset: number;
  /** Worth constant + slope·S - funding·(what its funding has added up to). */
  readonly constant: number;
  readonly slope: number;
  readonly funding: number;
  readonly isInverse: boolean;
  readonly hasFunding: boolean;
  /** Notional: of S if linear, constant if inverse. */
  readonly notional: number;
  readonly maintenance: number;
  readonly halfSpread: number;
  readonly impact: number;
}

/** Positions that are liquidated together. */
export interface WalkAccount {
  readonly id: string;
  readonly participant: string;
  readonly money: number;
  readonly coins: readonly { readonly asset: number; readonly worth: number }[];
  readonly legs: readonly Leg[];
}

/** Prices and funding of one path at every step, [T×U]. */
export interface Trail {
  readonly prices: Float64Array;
  readonly funding: Float64Array;
}

/** What became of one account on one path. */
export interface Outcome {
  /** Step at which it was first at or below maintenance; -1 for never. */
  readonly breached: number;
  /** Step of the first closing; -1 for none. */
  readonly hit: number;
  readonly closings: number;
  /** Share of it that was closed. */
  readonly closed: number;
  readonly notional: number;
  readonly badDebt: number;
  readonly fees: number;
  /** What its closing cost it: slippage and the liquidator's fee. */
  readonly costs: number;
  /** What is left of it at the horizon; coins of a closed account are not in it. */
  readonly remains: number;
  /** The pool's loss from it, now to the horizon. */
  readonly loss: number;
  /** The part of the loss that is there because it was liquidated. */
  readonly change: number;
}

const ordinal = (a: { readonly id: string }, b: { readonly id: string }) =>
  a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

/** The accounts that can be liquidated, isolated positions and cross-margined participants. */
export function walkAccounts(document: PoolDocument): WalkAccount[] {
  const assets = [...document.assets].sort(ordinal);
  const place = new Map(assets.map(({ id }, index) => [id, index]));
  const spotOf = (id: string) => assets[place.get(id)!]!.spot;
  const markets = new Map(document.liquidation!.markets?.map((one) => [one.asset, one]));
  const perpetuals = [...document.perpetuals].sort(ordinal);
  const interest = new Map(
    assets.map(({ id, spot }) => {
      const sides = { long: 0, short: 0 };
      for (const { asset, side, size, settlement } of perpetuals) {
        if (asset === id) sides[side] += settlement === "inverse" ? size : size * spot;
      }
      return [id, Math.max(sides.long, sides.short)];
    }),
  );
  const legOf = (one: PoolDocument["perpetuals"][number]): Leg => {
    const market = markets.get(one.asset);
    const spot = spotOf(one.asset);
    const sign = one.side === "long" ? 1 : -1;
    const isInverse = one.settlement === "inverse";
    const notional = isInverse ? one.size : one.size * spot;
    const rate = market?.fundingRate ?? 0;
    const coins = isInverse ? one.size / spot : one.size;
    return {
      asset: place.get(one.asset)!,
      constant: -sign * (isInverse ? one.size : one.size * one.entry),
      slope: sign * (isInverse ? (one.size / one.entry) * spot : notional),
      funding: sign * notional * (isInverse ? rate : 1),
      isInverse,
      hasFunding: rate !== 0,
      notional,
      maintenance: ratioOf(one.maintenanceRatio, coins, interest.get(one.asset)!, market),
      halfSpread: market?.halfSpread ?? 0,
      impact: market?.impact ? market.impact / Math.sqrt(Number(market.depth)) : 0,
    };
  };
  const holding = (asset: string, amount: string) =>
    asset === document.currency.code
      ? { money: Number(amount), coins: [] }
      : { money: 0, coins: [{ asset: place.get(asset)!, worth: Number(amount) * spotOf(asset) }] };
  const owned = new Map<string, typeof perpetuals>();
  for (const one of perpetuals) {
    const list = owned.get(one.participant);
    if (list) list.push(one);
    else owned.set(one.participant, [one]);
  }
  return [...document.participants].sort(ordinal).flatMap(({ id, margin, collateral }) => {
    const own = owned.get(id) ?? [];
    if (margin === "isolated") {
      return own.map((one) => ({
        id: one.id,
        participant: id,
        ...holding(
          one.settlement === "inverse" ? one.asset : document.currency.code,
          one.collateral ?? "0",
        ),
        legs: [legOf(one)],
      }));
    }
    const answersAtHorizon = document.options.some(({ participant }) => participant === id);
    if (own.length === 0 || answersAtHorizon) return [];
    const parts = (collateral ?? []).map(({ asset, amount }) => holding(asset, amount));
    return {
      id,
      participant: id,
      money: parts.reduce((sum, { money }) => sum + money, 0),
      coins: parts.flatMap(({ coins }) => coins).sort((a, b) => a.asset - b.asset),
      legs: own.map(legOf),
    };
  });
}

/** Maintenance as agreed, grown with size (Drift) and with the asset's open interest. */
function ratioOf(
  agreed: number,
  coins: number,
  interest: number,
  market: LiquidationMarket | undefined,
): number {
  let ratio = agreed;
  if (market?.sizeFactor !== undefined) {
    ratio = Math.max(ratio, 0.8 * agreed + market.sizeFactor * Math.sqrt(coins));
  }
  if (market?.openInterest) {
    const { initialRatio, lower, upper } = market.openInterest;
    const beyond = Math.max(0, (interest - Number(lower)) / (Number(upper) - Number(lower)));
    const initial = Math.min(1, initialRatio + beyond * (1 - initialRatio));
    ratio = Math.max(ratio, (agreed * initial) / initialRatio);
  }
  return Math.min(ratio, Math.max(agreed, 0.999));
}

/**
 * Prices of one path and what a coin's funding has added up to: at every step, the rate times the
 * step's length times the price that the step began with.
 *
 * @param x      [T×U] log returns since now, from `at` on
 * @param rates  per year and asset
 */
export function trailOf(
  x: Float64Array,
  at: number,
  times: readonly number[],
  rates: readonly number[],
): Trail {
  const width = rates.length;
  const prices = new Float64Array(times.length * width);
  const funding = new Float64Array(times.length * width);
  for (let t = 0; t < times.length; t++) {
    const years = times[t]! - (t === 0 ? 0 : times[t - 1]!);
    for (let u = 0; u < width; u++) {
      const here = t * width + u;
      const before = t === 0 ? 1 : prices[here - width]!;
      prices[here] = exp(x[at + here]!);
      funding[here] = (t === 0 ? 0 : funding[here - width]!) + rates[u]! * years * before;
    }
  }
  return { prices, funding };
}

/** Rates of funding by asset, in the order of asset ids. */
export function ratesOf(document: PoolDocument): number[] {
  return [...document.assets].sort(ordinal).map(({ id }) => {
    const market = document.liquidation!.markets?.find(({ asset }) => asset === id);
    return market?.fundingRate ?? 0;
  });
}

/** What an account shows when it is looked at; the share that is still open is 1 here. */
interface Look {
  readonly value: number;
  /** The part of the value that is not constant. */
  readonly moved: number;
  readonly notional: number;
  readonly maintenance: number;
  readonly coins: number;
}

/** @param row  first number of the step in the trail */
function lookAt(account: WalkAccount, trail: Trail, row: number, time: number): Look {
  let [value, moved, notional, maintenance, coins] = [0, 0, 0, 0, 0];
  for (const leg of account.legs) {
    const price = trail.prices[row + leg.asset]!;
    const due = !leg.hasFunding ? 0 : leg.isInverse ? time : trail.funding[row + leg.asset]!;
    const change = leg.slope * price - leg.funding * due;
    const size = leg.isInverse ? leg.notional : leg.notional * price;
    value += leg.constant + change;
    moved += change;
    notional += size;
    maintenance += leg.maintenance * size;
  }
  for (const { asset, worth } of account.coins) coins += worth * trail.prices[row + asset]!;
  return { value, moved, notional, maintenance, coins };
}

/** Price of closing a share of every leg: half the spread and an impact of the square root. */
function slippageOf(account: WalkAccount, trail: Trail, row: number, share: number): number {
  let slippage = 0;
  for (const leg of account.legs) {
    const price = trail.prices[row + leg.asset]!;
    const closing = share * (leg.isInverse ? leg.notional : leg.notional * price);
    slippage += closing * Math.min(1, leg.halfSpread + leg.impact * Math.sqrt(closing));
  }
  return slippage;
}

/**
 * Follows one account along one path.
 *
 * It is looked at on every step. Equity at or below maintenance opens a liquidation, equity above
 * ends it. In full mode everything is closed at once. At a pace, no more is closed than frees the
 * allowed part of the missing margin, and everything where nothing is left, where closing frees
 * nothing or where the costs of the part would leave less than nothing. A last closing that leaves
 * less than nothing leaves bad debt.
 */
export function walk(
  account: WalkAccount,
  terms: LiquidationTerms,
  times: readonly number[],
  trail: Trail,
): Outcome {
  const width = trail.prices.length / times.length;
  const first = valueNow(account);
  const prior = Math.max(0, -first.equity);
  let [money, closed, notional, badDebt, fees, closings] = [account.money, 0, 0, 0, 0, 0];
  let [breached, hit, start, freed, pool, costs] = [-1, -1, -1, 0, 0, 0];
  let done = false;
  for (let t = 0; t < times.length && !done; t++) {
    const row = t * width;
    const look = lookAt(account, trail, row, times[t]!);
    const left = 1 - closed;
    const equity = money + look.coins + left * look.value;
    const shortage = left * look.maintenance - equity;
    if (shortage < 0) {
      start = -1;
      continue;
    }
    if (breached < 0) breached = t;
    let fee = terms.insuranceFee;
    let share = left;
    if (terms.mode === "paced") {
      if (start < 0) [start, freed] = [times[t]!, 0];
      const ratio = look.maintenance / look.notional;
      const spare = ratio - terms.liquidatorFee - shortage / (left * look.notional);
      fee = Math.min(fee, 0.95 * Math.max(0, spare));
      const rate = ratio - terms.liquidatorFee - fee;
      if (equity > 0 && rate > 0) {
        const allowed = allowedShare(terms, shortage, times[t]! - start);
        const wanted = Math.max(0, allowed * (shortage + freed) - freed);
        share = Math.min(left, wanted / (look.notional * rate));
        freed += share * look.notional * rate;
      }
    }
    if (share === 0) continue;
    const costsOf = (part: number) => {
      const slippage = slippageOf(account, trail, row, part);
      return { slippage, after: equity - slippage - terms.liquidatorFee * (part * look.notional) };
    };
    if (costsOf(share).after < 0) share = left;
    const closing = share * look.notional;
    const { slippage, after } = costsOf(share);
    const taken = Math.min(fee * closing, Math.max(0, after));
    money = money + share * look.value - slippage - terms.liquidatorFee * closing - taken;
    costs += slippage + terms.liquidatorFee * closing;
    done = share === left;
    const debt = done ? Math.max(0, -after) : 0;
    pool += share * look.moved + debt - taken;
    if (hit < 0) hit = t;
    closings++;
    closed += share;
    notional += closing;
    badDebt += debt;
    fees += taken;
  }
  const last = times.length - 1;
  const end = lookAt(account, trail, last * width, times[last]!);
  const change = pool - closed * end.moved;
  const loss = end.value - first.value - prior + change;
  const remains = done ? money + badDebt : money + end.coins + (1 - closed) * end.value;
  return { breached, hit, closings, closed, notional, badDebt, fees, costs, remains, loss, change };
}

function allowedShare(terms: LiquidationTerms, shortage: number, elapsed: number): number {
  const { initialShare, minutes, smallShortage = "0" } = terms.pace!;
  if (shortage < Number(smallShortage)) return 1;
  return Math.min(1, initialShare + elapsed / (minutes / MINUTES_PER_YEAR));
}

/** Value and equity before anything has moved. */
export function valueNow({ legs, coins, money }: WalkAccount): { value: number; equity: number } {
  const value = legs.reduce((sum, { constant, slope }) => sum + constant + slope, 0);
  return { value, equity: coins.reduce((sum, { worth }) => sum + worth, money + value) };
}
