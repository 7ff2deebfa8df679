// Method: thousands of real positions, where they are present, from the tables to the figures: the
// import is the same every time, and the figures hang together. `npm run real` does it in full.
import { describe, expect, test } from "vitest";
import { loadSync, readPool } from "../../src/index.ts";
import { freshKernel } from "../support/kernel.ts";
import { columnsOf, layMarginRun, returnsOf } from "../support/margin-run.ts";
import { ratesOf, trailOf, walk, walkAccounts } from "../support/margin-walk.ts";
import { hasRealPositions, realPositions } from "../support/real-positions.ts";

describe.skipIf(!hasRealPositions)("12,103 real accounts in BTC and SOL", () => {
  test("importPositions: makes one valid pool of the tables, and the same one again", () => {
    const { document } = realPositions();
    const pool = readPool(document);
    expect(pool.digest).toBe(readPool(realPositions().document).digest);
    expect(document.participants.length).toBe(12_103);
    expect(document.perpetuals.length).toBe(13_031);
    const cross = document.participants.filter(({ margin }) => margin === "cross");
    expect(cross.length).toBe(928);
    const worth = document.perpetuals.map(
      ({ size, asset }) => size * document.assets.find(({ id }) => id === asset)!.spot,
    );
    // What had not been closed is in the table itself: 1.369 bn USD without the dust.
    expect(worth.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(1.3e9);
    expect(Math.min(...worth)).toBeGreaterThanOrEqual(1);
  });

  test.each(["full", "paced"] as const)(
    "simulate: a walk of every account gives the pool's bad debt and loss, closed in mode %s",
    (mode) => {
      const { document, market } = realPositions({ mode, fundingRate: 0.11 });
      const way = { days: 0.25, stepDays: 1 / 144 };
      // Four times the fitted volatility, so that a quarter of a day holds a crash.
      const volatility = market.volatility.map((one) => 4 * one);
      const stressed = { ...document, market: { ...market, volatility } };
      const run = layMarginRun(freshKernel().kernels, stressed, way);
      const paths = 24;
      const [losses, counts, , badDebts] = columnsOf(run, paths);
      const x = returnsOf(run, paths);
      const accounts = walkAccounts(stressed);
      const rates = ratesOf(stressed);
      let liquidations = 0;
      for (let p = 0; p < paths; p++) {
        const trail = trailOf(x, p * run.times.length * run.assets, run.times, rates);
        let [loss, hits, badDebt] = [0, 0, 0];
        for (const account of accounts) {
          const own = walk(account, stressed.liquidation!, run.times, trail);
          loss += own.loss;
          badDebt += own.badDebt;
          if (own.closed > 0) hits++;
        }
        expect(counts![p]).toBe(hits);
        expect(Math.abs(badDebts![p]! - badDebt)).toBeLessThanOrEqual(1e-9 * badDebt);
        // Open interest is 4.8 bn USD.
        expect(Math.abs(losses![p]! - loss)).toBeLessThan(1e-9 * 4.8e9);
        liquidations += hits;
      }
      expect(liquidations / paths).toBeGreaterThan(300);
      expect(Math.max(...badDebts!)).toBeGreaterThan(1e5);
    },
  );

  test("value: the figures of an hour by the minute hang together", async () => {
    const { document, market } = realPositions({ fundingRate: 0.11 });
    const { liquidation, contributions, risk, warnings } = await loadSync().value(document, {
      market,
      scenarios: 2000,
      horizon: "1h",
      step: "1m",
      levels: [0.95],
      confidence: 0.95,
    });
    expect(liquidation!.steps).toBe(60);
    expect(liquidation!.accounts).toBe(12_103);
    expect(liquidation!.crossAccounts).toBe(928);
    expect(liquidation!.liquidations.value).toBeGreaterThan(5);
    const dated = liquidation!.profile.reduce((sum, one) => sum + one.liquidations, 0);
    expect(dated / liquidation!.liquidations.value).toBeCloseTo(1, 9);
    const shared = contributions.rows.reduce((sum, row) => sum + row.contribution.value, 0);
    expect(shared / contributions.total.value).toBeCloseTo(1, 9);
    const expected = contributions.rows.reduce((sum, row) => sum + row.expectedLoss!.value, 0);
    expect(Math.abs(expected - risk.expectedLoss.value)).toBeLessThan(1e-9 * 4.8e9);
    expect(warnings).toEqual([]);
  });
});
