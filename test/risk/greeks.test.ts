// Method: sensitivities of the example's book against Black's formulas written out, position by
// position: N(d1), the density over S·σ·√t, S·√t times the density.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadSync, type PoolDocument, readPool } from "../../src/index.ts";
import { normalCdf } from "../support/normal-cdf.ts";

const text = (name: string) =>
  readFileSync(new URL(`../../examples/${name}`, import.meta.url), "utf8");
const YEAR_MS = 365 * 86_400_000;
const RATE = 0.04;
const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/** Delta in coins, gamma per unit of price, vega per unit of volatility, of the pool. */
function known(document: PoolDocument, asset: string) {
  const { spot } = document.assets.find(({ id }) => id === asset)!;
  const sum = { delta: 0, gamma: 0, vega: 0 };
  for (const option of document.options) {
    if (option.asset !== asset) continue;
    const years = (Date.parse(option.expiry) - Date.parse(document.asOf)) / YEAR_MS;
    const forward = option.forward ?? spot;
    const deviation = option.impliedVolatility * Math.sqrt(years);
    const d1 = Math.log(forward / option.strike) / deviation + deviation / 2;
    // The forward moves with the spot; an inverse option is discounted at its carry.
    const growth = forward / spot;
    const discount = option.settlement === "inverse" ? 1 / growth : Math.exp(-RATE * years);
    const coins = option.quantity * (option.quantityUnit === "contract" ? option.multiplier! : 1);
    const factor = (option.side === "long" ? -1 : 1) * coins * discount;
    const slope = option.type === "call" ? normalCdf(d1) : normalCdf(d1) - 1;
    sum.delta += factor * growth * slope;
    sum.gamma += (factor * growth * growth * density(d1)) / (forward * deviation);
    sum.vega += factor * forward * density(d1) * Math.sqrt(years);
  }
  for (const { asset: of, size, entry, side, settlement } of document.perpetuals) {
    if (of !== asset) continue;
    sum.delta -= (side === "long" ? 1 : -1) * (settlement === "inverse" ? size / entry : size);
  }
  for (const { asset: of, amount } of document.holdings) {
    if (of === asset) sum.delta += Number(amount);
  }
  return { ...sum, spot };
}

test.each(["small-pool.json", "pool.json"])(
  "greeks: those of Black's formulas, %s",
  async (name) => {
    const { document } = readPool(text(name));
    const ids = document.assets.map(({ id }) => id);
    const market = {
      model: "gbm" as const,
      assets: ids,
      volatility: ids.map(() => 0.6),
      correlation: ids.map((_, i) => ids.map((__, j) => (i === j ? 1 : 0.5))),
      discountRate: RATE,
    };
    const { liquidation, ...straight } = document;
    const options = { market, scenarios: 1000, levels: [0.9], confidence: 0.9 };
    const { exposures } = await loadSync().value(straight, options);
    expect(exposures.map(({ asset }) => asset)).toEqual([...ids].sort());
    for (const { asset, deltaCoins, gammaPerPercent, vegaPerPoint } of exposures) {
      const { delta, gamma, vega, spot } = known(document, asset);
      const near = (found: number, expected: number) =>
        expect(Math.abs(found - expected)).toBeLessThan(1e-9 * Math.max(1, Math.abs(expected)));
      near(deltaCoins, delta);
      near(gammaPerPercent, gamma * spot * spot * 0.01);
      near(vegaPerPoint, vega * 0.01);
      expect(vega).not.toBe(0);
    }
  },
);
