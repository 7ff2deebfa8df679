import { expect, test } from "vitest";
import { loadSync, type PoolDocument, type ValueOptions } from "../../src/index.ts";
import {
  FULL,
  isolated,
  liquidationPool,
  marketsOf,
  mixedPool,
  PACED,
} from "../support/liquidation-pool.ts";

const engine = loadSync();
const run: ValueOptions = { scenarios: 4000, levels: [0.95], confidence: 0.95, horizon: 2 };
const warnings = async (document: PoolDocument, more: ValueOptions = {}) =>
  (await engine.value(document, { ...run, ...more })).warnings;

test("warningsOf: names accounts that owe more than they have, whether liquidated or not", async () => {
  const document = liquidationPool(1, FULL, {
    perpetuals: [
      isolated("1", "A", "long", "linear", 10, 1, { entry: 120 }),
      isolated("2", "A", "long", "linear", 10, 1),
    ],
  });
  const { liquidation: _, ...held } = document;
  for (const one of [document, held]) {
    const [notice] = await warnings(one);
    expect(notice!.code).toBe("ACCOUNT_INSOLVENT");
    expect(notice!.detail).toMatch(/^1 accounts owe more/);
  }
});

test("warningsOf: says who is not watched between the steps although all should be", async () => {
  const said = async (document: PoolDocument) =>
    (await warnings(document, { monitoring: "continuous" }))
      .filter(({ code }) => code === "MONITORING_STEPS")
      .map(({ detail }) => detail.split(" accounts")[0]);
  expect(await said(mixedPool(FULL, 9, 0))).toEqual([]);
  expect(await said(mixedPool(FULL, 9, 2))).toEqual(["2 of 11"]);
  expect(await said(mixedPool(PACED, 9, 2))).toEqual(["11 of 11"]);
  const markets = marketsOf(3).map((market, u) =>
    u === 0 ? { ...market, fundingRate: 1 } : market,
  );
  expect(await said(mixedPool({ ...FULL, markets }, 9, 2))).toEqual(["5 of 11"]);
  const discrete = await warnings(mixedPool(PACED, 9, 2));
  expect(discrete.map(({ code }) => code)).not.toContain("MONITORING_STEPS");
});

test("assumptionsOf: says how accounts are looked at and closed", async () => {
  const words = async (document: PoolDocument, more: ValueOptions = {}) =>
    (await engine.value(document, { ...run, ...more })).assumptions.join("\n");
  const { liquidation: _, ...held } = mixedPool(FULL, 4, 0);
  expect(await words(held)).toContain("Nobody is liquidated before the horizon.");
  const plain = await words(mixedPool(FULL, 4, 0));
  expect(plain).toContain("at every step only, and are closed at the price found there");
  expect(plain).toContain("the step is 1 h");
  expect(plain).toContain("closed at once and in full");
  const fine = await words(mixedPool(PACED, 4, 0), { step: "5m", monitoring: "continuous" });
  expect(fine).toContain("Brownian bridge");
  expect(fine).toContain("the step is 5 min");
  expect(fine).toContain("at the agreed pace");
});
