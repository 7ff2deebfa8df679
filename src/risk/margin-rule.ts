import type { LiquidationMarket } from "../terms/index.ts";

/**
 * Initial margin ratio at an open interest: base up to `lower`, 1 from `upper` on, linear between.
 *
 * @param base          fraction of notional at low open interest, in (0, 1]
 * @param openInterest  in the units of the bounds
 * @source dYdX v4, x/perpetuals/types/liquidity_tier.go
 */
export function scaledInitialRatio(
  base: number,
  openInterest: number,
  lower: number,
  upper: number,
): number {
  const excess = Math.max(0, (openInterest - lower) / (upper - lower));
  return Math.min(1, base + excess * (1 - base));
}

/**
 * Maintenance ratio of a position: the agreed one, grown with its size and with open interest.
 *
 * @param ratio         fraction of notional as agreed
 * @param coins         size of the position
 * @param openInterest  larger side of the asset's open interest, pool currency
 * @returns             fraction of notional; below 1 unless the agreed one is not
 * @source              size: Drift protocol v2, math/margin; open interest: dYdX v4, where
 *                      maintenance keeps its share of the initial ratio
 */
export function maintenanceRatio(
  ratio: number,
  coins: number,
  openInterest: number,
  market: LiquidationMarket | undefined,
): number {
  let result = ratio;
  if (market?.sizeFactor !== undefined) {
    result = Math.max(result, 0.8 * ratio + market.sizeFactor * Math.sqrt(coins));
  }
  if (market?.openInterest) {
    const { initialRatio, lower, upper } = market.openInterest;
    const scaled = scaledInitialRatio(initialRatio, openInterest, Number(lower), Number(upper));
    result = Math.max(result, (ratio * scaled) / initialRatio);
  }
  return Math.min(result, Math.max(ratio, 0.999));
}

/**
 * Coins of a perpetual to close so that a missing margin is freed.
 *
 * @param shortage         margin missing, quote currency
 * @param marginRatio      maintenance, fraction of notional
 * @param liquidatorFee    fraction of notional
 * @param insuranceFee     fraction of notional
 * @param price            quote currency per coin
 * @param quotePrice       value of the quote currency in the account's currency
 * @returns                coins; infinite where fees eat what closing frees
 * @source                 Drift protocol v2, math/liquidation: calculate_base_asset_amount_to_cover_margin_shortage
 */
export function baseToCover(
  shortage: number,
  marginRatio: number,
  liquidatorFee: number,
  insuranceFee: number,
  price: number,
  quotePrice: number,
): number {
  const freed = price * quotePrice * (marginRatio - liquidatorFee) - price * insuranceFee;
  return freed > 0 ? shortage / freed : Number.POSITIVE_INFINITY;
}

/**
 * Units of a borrowed asset to hand over with collateral so that a missing margin is freed.
 *
 * @param assetWeight          fraction of its value that collateral counts for
 * @param assetMultiplier      price at which the collateral goes to the liquidator, relative to the oracle
 * @param liabilityWeight      fraction of its value that the liability counts for, ≥ 1
 * @param liabilityMultiplier  the same multiplier of the liability
 * @returns                    units of the liability; infinite where handing over frees nothing
 * @source                     Drift protocol v2, math/liquidation: calculate_liability_transfer_to_cover_margin_shortage
 */
export function liabilityToCover(
  shortage: number,
  assetWeight: number,
  assetMultiplier: number,
  liabilityWeight: number,
  liabilityMultiplier: number,
  liabilityPrice: number,
  insuranceFee: number,
): number {
  const freed =
    liabilityPrice *
    (liabilityWeight -
      (assetWeight * assetMultiplier) / liabilityMultiplier -
      insuranceFee * liabilityWeight);
  return freed > 0 ? shortage / freed : Number.POSITIVE_INFINITY;
}

/**
 * Insurance fee that still leaves the missing margin to be freed.
 *
 * @param shortage  margin missing, currency of the notional
 * @param notional  of the position, > 0
 * @returns         fraction of notional, at most `most`
 * @source          Drift protocol v2, math/liquidation: calculate_perp_if_fee
 */
export function insuranceFeeRate(
  shortage: number,
  notional: number,
  marginRatio: number,
  liquidatorFee: number,
  most: number,
): number {
  return Math.min(most, 0.95 * Math.max(0, marginRatio - liquidatorFee - shortage / notional));
}
