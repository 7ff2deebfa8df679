import type { PoolDocument } from "../../src/pool/index.ts";

/** A price at which a move of one hundred-thousandth is one unit of money. */
const SPOT = 100_000;

/**
 * A pool whose members' losses over one day are jointly normal: each has one long perpetual on an
 * asset of its own that hardly moves, so that e^x - 1 is x to five digits, and more collateral than
 * it can lose.
 *
 * @param means       [members] of the losses to the pool
 * @param covariance  [members × members]
 */
export function normalPool(
  means: readonly number[],
  covariance: readonly (readonly number[])[],
): PoolDocument {
  const assets = means.map((_, i) => `A${i}`);
  const deviations = covariance.map((row, i) => Math.sqrt(row[i]!));
  return {
    format: "riskpool",
    version: 1,
    name: "Normal losses",
    asOf: "2026-02-05T00:00:00Z",
    currency: { code: "USD", decimals: 2 },
    assets: assets.map((id) => ({ id, spot: SPOT })),
    participants: means.map((_, i) => ({
      id: `m${i}`,
      margin: "cross",
      collateral: [{ asset: "USD", amount: "1000000.00" }],
    })),
    options: [],
    perpetuals: means.map((_, i) => ({
      id: `p${i}`,
      participant: `m${i}`,
      asset: `A${i}`,
      side: "long",
      size: 1,
      entry: SPOT,
      maintenanceRatio: 0.01,
      settlement: "linear",
    })),
    holdings: [],
    covers: [],
    waterfall: {
      layers: [],
      lastResort: { kind: "socialised", weights: [{ participant: "m0", weight: 1 }] },
    },
    market: {
      model: "gbm",
      assets,
      volatility: deviations.map((deviation) => (deviation / SPOT) * Math.sqrt(365)),
      correlation: covariance.map((row, i) =>
        row.map((value, j) => (i === j ? 1 : value / (deviations[i]! * deviations[j]!))),
      ),
      drift: means.map((mean) => (mean / SPOT) * 365),
    },
  };
}
