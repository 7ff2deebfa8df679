// Method: without liquidation the pair is a call and a put beyond the collateral, which Black's formula
// prices; with it, what must be: less gain, and margins and fees that end it do.
import { beforeAll, expect, test } from "vitest";
import { type Engine, load } from "../../src/index.ts";
import { black76 } from "../../src/numeric/index.ts";
import type { PoolDocument } from "../../src/pool/index.ts";
import { refusal } from "../support/refusal.ts";
import { samplePool } from "../support/sample-pool.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await load();
});

const OPTIONS = { scenarios: 20_000, horizon: 10, seed: 6 };
// The median stays where it is, so the forward is e^(σ²t/2) above.
const DEVIATION = 0.75 * Math.sqrt(10 / 365);

test("selfDealing: on the simulated paths the pair is a call and a put beyond the collateral", async () => {
  const margin = 0.1;
  const { atMargin, scenarios } = await engine.selfDealing(
    samplePool(),
    { asset: "ETH", margin },
    OPTIONS,
  );
  const option = (type: "call" | "put", strike: number) =>
    black76({
      ...{ type, strike, discount: 1, years: 10 / 365, volatility: 0.75 },
      forward: Math.exp(DEVIATION ** 2 / 2),
    }).value;
  const wanted = option("call", 1 + margin) + option("put", 1 - margin);
  expect(scenarios).toBe(10_000);
  expect(Math.abs(atMargin.profit - wanted) / atMargin.error).toBeLessThan(4);
  expect(atMargin.error).toBeLessThan(0.03 * wanted);
  expect(atMargin.perCapital).toBeCloseTo(atMargin.profit / (2 * margin), 12);
});

test("selfDealing: liquidation on the way leaves less, and what should deter does", async () => {
  const pool: PoolDocument = {
    ...samplePool(),
    liquidation: {
      mode: "full",
      liquidatorFee: 0.01,
      insuranceFee: 0.005,
      markets: [{ asset: "ETH", halfSpread: 0.002 }],
    },
  };
  const options = { ...OPTIONS, step: "6h" };
  const insider = { asset: "ETH", margin: 0.05, maintenance: 0.01 };
  const open = await engine.selfDealing(pool, { asset: "ETH", margin: 0.05 }, options);
  const closed = await engine.selfDealing(pool, insider, options);
  expect(closed.steps).toBe(40);
  expect(closed.atMargin.profit).toBeLessThan(open.atMargin.profit);
  expect(closed.best.perCapital).toBeGreaterThanOrEqual(closed.atMargin.perCapital);
  const fee = await engine.selfDealing(
    pool,
    { ...insider, fee: closed.deterringFee * 1.001 },
    options,
  );
  expect(fee.atMargin.profit + 2 * fee.atMargin.error).toBeLessThanOrEqual(1e-9);
  const { deterringMargin } = open;
  const safe = await engine.selfDealing(pool, { asset: "ETH", margin: deterringMargin! }, options);
  expect(safe.atMargin.profit + 2 * safe.atMargin.error).toBeLessThan(1e-9);
});

test("selfDealing: on a fair walk, closing in time without cost leaves next to nothing", async () => {
  const { market } = samplePool();
  const pool: PoolDocument = {
    ...samplePool(),
    // The price is expected to stay where it is.
    market: { ...market!, drift: [0, -(0.75 ** 2) / 2] },
    liquidation: { mode: "full", liquidatorFee: 0, insuranceFee: 0 },
  };
  const insider = { asset: "ETH", margin: 0.05 };
  const options = { ...OPTIONS, scenarios: 10_000, step: "1h" };
  const open = await engine.selfDealing(pool, insider, options);
  const closed = await engine.selfDealing(pool, { ...insider, maintenance: 0.001 }, options);
  // What is left is the way between two looks, on which an account may fall through its level.
  const { profit, error } = closed.atMargin;
  expect(Math.abs(profit)).toBeLessThan(4 * error + 0.2 * open.atMargin.profit);
  expect(open.atMargin.profit).toBeGreaterThan(20 * open.atMargin.error);
});

test("selfDealing: every problem of the terms is reported at once", async () => {
  const insider = { asset: "DOGE", margin: 5, fee: -1, leverage: 10 };
  const error: unknown = await engine
    .selfDealing(samplePool(), insider as never, OPTIONS)
    .catch((reason: unknown) => reason);
  const { issues } = refusal(() => {
    throw error;
  });
  expect(issues.map(({ code, pointer }) => `${code} ${pointer}`).sort()).toEqual([
    "KEY_UNKNOWN /insider/leverage",
    "NUMBER_RANGE /insider/fee",
    "REFERENCE_UNKNOWN /insider/asset",
    "UNIT_SUSPECT /insider/margin",
  ]);
});
