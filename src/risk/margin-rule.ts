import { received, refuse } from "../basics/index.ts";
import type { LiquidationMarket } from "../terms/index.ts";

/** Part of the fee ceiling that is kept back, so that rounding cannot leave the margin short. */
const FEE_PART = 0.95;
/** Maintenance that grows stays below the whole notional. */
const RATIO_MAX = 0.999;

/** Initial margin that grows with open interest. */
export interface ScaledInitialRatio {
  /** Fraction of notional at low open interest, in (0, 1]. */
  readonly base: number;
  /** In the units of the bounds. */
  readonly openInterest: number;
  readonly lower: number;
  /** Above `lower`. */
  readonly upper: number;
}

/**
 * Initial margin ratio at an open interest: base up to `lower`, 1 from `upper` on, linear between.
 *
 * @throws PoolError NUMBER_NOT_FINITE, NUMBER_RANGE
 * @source dYdX v4, x/perpetuals/types/liquidity_tier.go
 */
export function scaledInitialRatio(given: ScaledInitialRatio): number {
  checkFinite(given);
  const { base, openInterest, lower, upper } = given;
  if (!(upper > lower)) {
    refuse({
      code: "NUMBER_RANGE",
      pointer: "/upper",
      detail: "the margin grows from lower to upper, so upper must lie above",
      expected: `> ${lower}`,
      received: received(upper),
    });
  }
  const excess = Math.max(0, (openInterest - lower) / (upper - lower));
  return Math.min(1, base + excess * (1 - base));
}

/** A position and the terms that its maintenance ratio follows from. */
export interface MaintenanceRatio {
  /** Fraction of notional as agreed, in (0, 1). */
  readonly ratio: number;
  /** Size of the position. */
  readonly coins: number;
  /** Larger side of the asset's open interest, pool currency. */
  readonly openInterest: number;
  readonly market?: LiquidationMarket | undefined;
}

/**
 * Maintenance ratio of a position: the agreed one, grown with its size and with open interest.
 *
 * @returns fraction of notional; below 1 unless the agreed one is not
 * @throws  PoolError NUMBER_NOT_FINITE, NUMBER_RANGE
 * @source  size: Drift protocol v2, math/margin; open interest: own, so that maintenance keeps its
 *          share of the initial ratio of dYdX v4 (which itself scales the initial ratio only)
 */
export function maintenanceRatio(given: MaintenanceRatio): number {
  const { ratio, coins, openInterest, market } = given;
  checkFinite({ ratio, coins, openInterest });
  let result = ratio;
  if (market?.sizeFactor !== undefined) {
    result = Math.max(result, 0.8 * ratio + market.sizeFactor * Math.sqrt(coins));
  }
  if (market?.openInterest) {
    const { initialRatio, lower, upper } = market.openInterest;
    const bounds = { lower: Number(lower), upper: Number(upper) };
    const scaled = scaledInitialRatio({ base: initialRatio, openInterest, ...bounds });
    result = Math.max(result, (ratio * scaled) / initialRatio);
  }
  return Math.min(result, Math.max(ratio, RATIO_MAX));
}

/** A perpetual below its maintenance margin. Fees and ratios are fractions of notional. */
export interface MarginShortage {
  /** Margin missing, quote currency of the account. */
  readonly shortage: number;
  /** Maintenance. */
  readonly marginRatio: number;
  readonly liquidatorFee: number;
  readonly insuranceFee: number;
  /** Quote currency of the market per coin. */
  readonly price: number;
  /** Value of the market's quote currency in the account's; 1 when left out. */
  readonly quotePrice?: number;
}

/**
 * Coins of a perpetual to close so that a missing margin is freed.
 *
 * @returns coins; infinite where fees eat what closing frees
 * @throws  PoolError NUMBER_NOT_FINITE
 * @source  Drift protocol v2, math/liquidation: calculate_base_asset_amount_to_cover_margin_shortage
 */
export function baseToCover(given: MarginShortage): number {
  const { shortage, marginRatio, liquidatorFee, insuranceFee, price, quotePrice = 1 } = given;
  checkFinite({ shortage, marginRatio, liquidatorFee, insuranceFee, price, quotePrice });
  const freed = price * quotePrice * (marginRatio - liquidatorFee) - price * insuranceFee;
  return freed > 0 ? shortage / freed : Number.POSITIVE_INFINITY;
}

/** A loan whose collateral is worth too little. Weights and fees are fractions of value. */
export interface LiabilityShortage {
  /** Margin missing. */
  readonly shortage: number;
  /** Fraction of its value that collateral counts for. */
  readonly assetWeight: number;
  /** Price at which the collateral goes to the liquidator, relative to the oracle. */
  readonly assetMultiplier: number;
  /** Fraction of its value that the liability counts for, ≥ 1. */
  readonly liabilityWeight: number;
  readonly liabilityMultiplier: number;
  readonly liabilityPrice: number;
  readonly insuranceFee: number;
}

/**
 * Units of a borrowed asset to hand over with collateral so that a missing margin is freed.
 *
 * @returns units of the liability; infinite where handing over frees nothing
 * @throws  PoolError NUMBER_NOT_FINITE
 * @source  Drift protocol v2, math/liquidation: calculate_liability_transfer_to_cover_margin_shortage
 */
export function liabilityToCover(given: LiabilityShortage): number {
  checkFinite(given);
  const { shortage, assetWeight, assetMultiplier, liabilityWeight } = given;
  const { liabilityMultiplier, liabilityPrice, insuranceFee } = given;
  const taken = (assetWeight * assetMultiplier) / liabilityMultiplier;
  const freed = liabilityPrice * (liabilityWeight - taken - insuranceFee * liabilityWeight);
  return freed > 0 ? shortage / freed : Number.POSITIVE_INFINITY;
}

/** What bounds the insurance fee of a closing. */
export interface InsuranceFeeRoom {
  /** Margin missing, currency of the notional. */
  readonly shortage: number;
  /** Of the position, > 0. */
  readonly notional: number;
  /** Maintenance, fraction of notional. */
  readonly marginRatio: number;
  /** Fraction of notional. */
  readonly liquidatorFee: number;
  /** Fraction of notional that was agreed at most. */
  readonly most: number;
}

/**
 * Insurance fee that still leaves the missing margin to be freed.
 *
 * @returns fraction of notional, at most `most`
 * @throws  PoolError NUMBER_NOT_FINITE
 * @source  Drift protocol v2, math/liquidation: calculate_perp_if_fee
 */
export function insuranceFeeRate(given: InsuranceFeeRoom): number {
  checkFinite(given);
  const { shortage, notional, marginRatio, liquidatorFee, most } = given;
  const room = Math.max(0, marginRatio - liquidatorFee - shortage / notional);
  return Math.min(most, FEE_PART * room);
}

function checkFinite(numbers: object): void {
  for (const [name, value] of Object.entries(numbers)) {
    if (Number.isFinite(value)) continue;
    refuse({
      code: "NUMBER_NOT_FINITE",
      pointer: `/${name}`,
      detail: `${name} must be a finite number`,
      expected: "a finite number",
      received: received(value),
    });
  }
}
