import { expect, test } from "vitest";
import { readWaterfall } from "../../src/terms/index.ts";
import { copyOf, refusal, refusals } from "../support/refusal.ts";
import { samplePool } from "../support/sample-pool.ts";

const { waterfall, currency } = samplePool();

test("readWaterfall: gives a frozen copy and looks no participant up", () => {
  const terms = readWaterfall(waterfall, currency);
  expect(terms).toEqual(waterfall);
  expect(terms).not.toBe(waterfall);
  expect(Object.isFrozen(terms.layers[1]!.shares![0])).toBe(true);
});

test("readWaterfall: points into the waterfall itself", () => {
  const terms = copyOf(waterfall);
  terms["layers"][0].order = 3;
  terms["layers"][1].size = "1.0000001";
  terms["lastResort"].weights[0].weight = -1;
  expect(refusals(() => readWaterfall(terms, currency))).toEqual([
    "NUMBER_RANGE /lastResort/weights/0/weight",
    "WATERFALL_SENIORITY /layers/0/order",
    "MONEY_TOO_PRECISE /layers/1/size",
    "WATERFALL_ORDER /layers/2/order",
  ]);
});

test("readWaterfall: accepts three shares of 0.333333333 as one whole, and no coarser", () => {
  const thirds = (share: number) => {
    const terms = copyOf(waterfall);
    for (const entry of terms["layers"][1].shares) entry.share = share;
    return () => readWaterfall(terms, currency);
  };
  expect(thirds(0.333333333)().layers[1]!.shares).toHaveLength(3);
  expect(refusal(thirds(0.33333333)).code).toBe("WEIGHTS_SUM");
});

test("readWaterfall: accepts a waterfall without layers, where everyone bears everything", () => {
  const bare = { layers: [], lastResort: waterfall.lastResort };
  expect(readWaterfall(bare, currency)).toEqual(bare);
});
