import { assert, refuse } from "../basics/index.ts";

/** A loss that open positions must bear, in whole units. */
export interface SocialisedLoss {
  /** Minor units of the currency, ≥ 0. */
  readonly loss: bigint;
  /** Open longs and open shorts, each ≥ 0, in the smallest unit of the coin. */
  readonly long: bigint;
  readonly short: bigint;
  /** Smallest units that make one coin, > 0: 10n ** 9n where coins have nine decimals. */
  readonly unitsPerCoin: bigint;
}

/**
 * What every coin of open interest pays, long and short alike, for a loss that nothing else bears:
 * loss / (long + short), rounded up, so that what is collected is never less than the loss.
 *
 * @returns minor units per coin: longs' cumulative funding rises by it, shorts' falls by it
 * @throws  PoolError NUMBER_RANGE, WEIGHTS_ZERO where nobody has an open position
 * @source  Drift protocol v2, math/liquidation: calculate_funding_rate_deltas_to_resolve_bankruptcy
 */
export function socialisedLossPerCoin(given: SocialisedLoss): bigint {
  const { loss, long, short, unitsPerCoin } = given;
  for (const [name, value] of Object.entries({ loss, long, short })) {
    if (!(value >= 0n)) outOfRange(name, "0 or more", value);
  }
  if (!(unitsPerCoin > 0n)) outOfRange("unitsPerCoin", "above 0", unitsPerCoin);
  const open = long + short;
  if (open === 0n) {
    refuse({
      code: "WEIGHTS_ZERO",
      pointer: "",
      detail: "nobody has an open position, so nobody can bear the loss",
      expected: "open interest above 0",
    });
  }
  const scaled = loss * unitsPerCoin;
  const perCoin = (scaled + open - 1n) / open;
  assert(
    perCoin * open >= scaled && (perCoin - 1n) * open < scaled,
    "rounded up, by less than one",
  );
  return perCoin;
}

function outOfRange(name: string, expected: string, value: bigint): never {
  refuse({
    code: "NUMBER_RANGE",
    pointer: `/${name}`,
    detail: `${name} must be ${expected}, in whole units`,
    expected: `whole number, ${expected}`,
    received: `bigint ${value}`,
  });
}
