// Method: the rules of liquidation as the documentation states them, followed for one short option
// and one path at a time. Nothing here comes from the valuation: Black's formula is written out,
// the put not by parity, and the prices are plain numbers of the pool's currency.
import type { PoolDocument } from "../../src/pool/index.ts";
import type { LiquidationMarket, LiquidationTerms } from "../../src/terms/index.ts";
import { normalCdf } from "./normal-cdf.ts";

const MINUTES_PER_YEAR = 365 * 1440;
const YEAR_MS = MINUTES_PER_YEAR * 60_000;
/** What Drift keeps back of the room that is left for the insurance fee. */
const FEE_PART = 0.95;

/** One short option with collateral of its own. */
export interface ShortOption {
  readonly id: string;
  readonly participant: string;
  readonly asset: string;
  readonly isPut: boolean;
  readonly isInverse: boolean;
  readonly coins: number;
  readonly strike: number;
  readonly volatility: number;
  /** Years from now. */
  readonly expiry: number;
  /** Per year. */
  readonly rate: number;
  /** Growth of the forward over the spot, per year. */
  readonly carry: number;
  readonly spot: number;
  /** Money if linear, coins if inverse. */
  readonly collateral: number;
  /** Part of the underlying's price. */
  readonly maintenance: number;
  readonly halfSpread: number;
  readonly impact: number;
  readonly depth: number;
}

/** The options of a pool that are margined: short, isolated, of an asset that says how. */
export function shortOptionsOf(document: PoolDocument): ShortOption[] {
  return document.options
    .filter(({ side, participant, asset }) => {
      const owner = document.participants.find(({ id }) => id === participant)!;
      const ratio = marketOf(document, asset)?.optionMaintenanceRatio;
      return side === "short" && owner.margin === "isolated" && ratio !== undefined;
    })
    .map((one) => optionOf(document, one));
}

function marketOf(document: PoolDocument, id: string): LiquidationMarket | undefined {
  return document.liquidation!.markets?.find(({ asset }) => asset === id);
}

/** An option of a pool as the walk sees it, whoever holds it. */
export function optionOf(
  document: PoolDocument,
  one: PoolDocument["options"][number],
): ShortOption {
  const market = marketOf(document, one.asset);
  const { spot } = document.assets.find(({ id }) => id === one.asset)!;
  const expiry = (Date.parse(one.expiry) - Date.parse(document.asOf)) / YEAR_MS;
  return {
    id: one.id,
    participant: one.participant,
    asset: one.asset,
    isPut: one.type === "put",
    isInverse: one.settlement === "inverse",
    coins: one.quantityUnit === "contract" ? one.quantity * one.multiplier! : one.quantity,
    strike: one.strike,
    volatility: one.impliedVolatility,
    expiry,
    rate: document.market?.discountRate ?? 0,
    carry: Math.log((one.forward ?? spot) / spot) / expiry,
    spot,
    collateral: Number(one.collateral ?? "0"),
    maintenance: market?.optionMaintenanceRatio ?? 0,
    halfSpread: market?.halfSpread ?? 0,
    impact: market?.impact ?? 0,
    depth: Number(market?.depth ?? "1"),
  };
}

/** What a buyer pays for the option, in the pool's currency. */
export function optionWorth(option: ShortOption, time: number, price: number): number {
  const { isPut, isInverse, strike, coins } = option;
  const left = option.expiry - time;
  if (left <= 0) return coins * Math.max(0, isPut ? strike - price : price - strike);
  const forward = price * Math.exp(option.carry * left);
  const deviation = option.volatility * Math.sqrt(left);
  const d1 = Math.log(forward / strike) / deviation + deviation / 2;
  const d2 = d1 - deviation;
  const undiscounted = isPut
    ? strike * normalCdf(-d2) - forward * normalCdf(-d1)
    : forward * normalCdf(d1) - strike * normalCdf(d2);
  // An inverse option is worth a number of coins: its value in the forward's terms.
  const discount = isInverse ? price / forward : Math.exp(-option.rate * left);
  return coins * discount * undiscounted;
}

/** What became of one short option on one path. */
export interface OptionOutcome {
  /** Step at which it was first at or below maintenance; -1 for never. */
  readonly breached: number;
  /** Step of the first closing, or at which it ended with a debt; -1 for none. */
  readonly hit: number;
  readonly closings: number;
  readonly closed: number;
  readonly notional: number;
  readonly badDebt: number;
  readonly fees: number;
  /** Slippage and the liquidator's fee. */
  readonly costs: number;
  /** Whether it ended with a debt at its own expiry. */
  readonly isSettledShort: boolean;
  /** Money that is left to its owner at the horizon; coins put up are not in it. */
  readonly remains: number;
  /** The pool's loss from it, now to the horizon. */
  readonly loss: number;
  /** The part of the loss that is there because it was closed, or settled with a debt. */
  readonly change: number;
}

/**
 * Follows one short option along one path.
 *
 * At every step before its expiry its owner's equity, collateral less the option's worth, is held
 * against a part of the underlying. At or below that, all of it is bought back, or at a pace only
 * what frees the allowed part of what is missing. At its expiry it pays what it pays, and what the
 * collateral does not cover is bad debt.
 *
 * @param prices  [T] of its asset
 */
export function walkOption(
  option: ShortOption,
  terms: LiquidationTerms,
  times: readonly number[],
  prices: readonly number[],
): OptionOutcome {
  const { coins, isInverse, collateral, spot } = option;
  const money = isInverse ? 0 : collateral;
  const backing = (price: number) => (isInverse ? collateral * price : 0);
  const worthNow = optionWorth(option, 0, spot);
  // The pool owns the option, and a debt of today with it.
  const owedNow = Math.max(0, worthNow - money - backing(spot));
  let received = 0;
  let cash = money;
  let [open, closings, notional, badDebt, fees, costs] = [1, 0, 0, 0, 0, 0];
  let [breached, hit, start, freed] = [-1, -1, -1, 0];
  let isSettledShort = false;
  let lastWorth = worthNow;
  for (let t = 0; t < times.length && times[t]! <= option.expiry; t++) {
    const time = times[t]!;
    const price = prices[t]!;
    const worth = optionWorth(option, time, price);
    lastWorth = worth;
    if (open === 0) continue;
    const equity = cash + backing(price) - open * worth;
    if (time === option.expiry) {
      if (breached < 0) breached = t;
      if (equity >= 0) break;
      if (hit < 0) hit = t;
      isSettledShort = true;
      received += open * worth + equity;
      badDebt -= equity;
      cash -= open * worth + equity;
      open = 0;
      break;
    }
    const underlying = coins * price;
    const missing = open * option.maintenance * underlying - equity;
    if (missing < 0) {
      start = -1;
      continue;
    }
    if (breached < 0) breached = t;
    let [feeRate, share] = [terms.insuranceFee, open];
    if (terms.mode === "paced") {
      if (start < 0) [start, freed] = [time, 0];
      const spare = option.maintenance - terms.liquidatorFee - missing / (open * underlying);
      feeRate = Math.min(feeRate, FEE_PART * Math.max(0, spare));
      const freeing = (option.maintenance - terms.liquidatorFee - feeRate) * underlying;
      if (equity > 0 && freeing > 0) {
        const wanted = allowedPart(terms, missing, time - start) * (missing + freed) - freed;
        share = Math.min(open, Math.max(0, wanted) / freeing);
        freed += share * freeing;
      }
    }
    if (share === 0) continue;
    if (equity < costOf(option, terms, share * underlying)) share = open;
    const bought = share * underlying;
    const cost = costOf(option, terms, bought);
    const fee = Math.max(0, Math.min(feeRate * bought, equity - cost));
    const debt = share === open ? Math.max(0, cost - equity) : 0;
    open = share === open ? 0 : open - share;
    cash += debt - share * worth - cost - fee;
    received += share * worth - debt + fee;
    if (hit < 0) hit = t;
    closings++;
    notional += bought;
    badDebt += debt;
    fees += fee;
    costs += cost;
  }
  return {
    breached,
    hit,
    closings,
    closed: 1 - open,
    notional,
    badDebt,
    fees,
    costs,
    isSettledShort,
    remains: cash - open * lastWorth,
    loss: worthNow - owedNow - received - open * lastWorth,
    change: (1 - open) * lastWorth - received,
  };
}

function costOf(option: ShortOption, { liquidatorFee }: LiquidationTerms, notional: number) {
  const { halfSpread, impact, depth } = option;
  return (
    notional * (liquidatorFee + Math.min(1, halfSpread + impact * Math.sqrt(notional / depth)))
  );
}

function allowedPart({ pace }: LiquidationTerms, missing: number, elapsed: number): number {
  const { initialShare, minutes, smallShortage = "0" } = pace!;
  if (missing < Number(smallShortage)) return 1;
  return Math.min(1, initialShare + (elapsed * MINUTES_PER_YEAR) / minutes);
}
