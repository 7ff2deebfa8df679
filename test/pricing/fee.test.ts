// Method: closed cases by hand; paths of trades that must cost what they cost together.
import { describe, expect, test } from "vitest";
import {
  adaptiveFunding,
  borrowingCurve,
  type FundingTerms,
  type ImpactCurve,
  type Inventory,
  inventoryFee,
  kinkedRate,
  priceImpact,
  stressMultiplier,
} from "../../src/pricing/index.ts";
import { seeded } from "../support/kernel.ts";
import { expectClose } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

describe("inventory", () => {
  const pool = (exposure: readonly number[]): Inventory => ({
    exposure,
    covariance: [
      [0.04, 0.018],
      [0.018, 0.09],
    ],
    riskAversion: 3,
    assetsManaged: 1000,
  });

  test("inventoryFee: is half the risk aversion times what the variance of the return grows by", () => {
    // One asset: ½ · 3 · 0.04 · (150² − 100²) / 1000.
    expectClose(inventoryFee([50, 0], pool([100, 0])), 0.75, { rel: 1e-14 });
    // Two: the variance of (150, −20) is 0.04·22500 − 2·0.018·3000 + 0.09·400 = 828, of
    // (100, −20) 364.
    expectClose(inventoryFee([50, 0], pool([100, -20])), (1.5 * (828 - 364)) / 1000, {
      rel: 1e-14,
    });
  });

  test("inventoryFee: pays back for what takes risk off, a hedge included", () => {
    expect(inventoryFee([-50, 0], pool([100, 0]))).toBeLessThan(0);
    expect(inventoryFee([0, -10], pool([100, 0]))).toBeLessThan(0);
    expect(inventoryFee([0, 10], pool([100, 0]))).toBeGreaterThan(0);
  });

  test("inventoryFee: trades in a row cost what they cost together, and a round trip nothing", () => {
    const random = seeded(3);
    for (let round = 0; round < 50; round++) {
      let at = [100 * random() - 50, 100 * random() - 50];
      const start = at;
      let sum = 0;
      for (let trade = 0; trade < 5; trade++) {
        const step = [100 * random() - 50, 100 * random() - 50];
        sum += inventoryFee(step, pool(at));
        at = at.map((x, i) => x + step[i]!);
      }
      const whole = at.map((x, i) => x - start[i]!);
      expectClose(sum, inventoryFee(whole, pool(start)), { rel: 1e-11, abs: 1e-13 });
      sum += inventoryFee(
        whole.map((x) => -x),
        pool(at),
      );
      expectClose(sum, 0, { abs: 1e-12 });
    }
  });
});

describe("price impact", () => {
  const curve: ImpactCurve = { exponent: 2, charge: 0.003, rebate: 0.001 };
  const fee = (before: number, after: number, change: Partial<ImpactCurve> = {}) =>
    priceImpact(before, after, { ...curve, ...change }, 1e9);

  test.each<[string, number, number, number]>([
    ["away from the balance", 10, 30, 0.003 * 800],
    ["towards it", -30, -10, -0.001 * 800],
    ["across it", 20, -10, 0.003 * 100 - 0.001 * 400],
    ["from it", 0, -10, 0.003 * 100],
    ["to it", 10, 0, -0.001 * 100],
    ["nowhere", 7, 7, 0],
  ])("priceImpact: %s", (_, before, after, known) => {
    expectClose(fee(before, after), known, { rel: 1e-14 });
  });

  test("priceImpact: a rebate ends where there is nothing to pay it from", () => {
    expect(priceImpact(100, 0, curve, 4)).toBe(-4);
    expect(priceImpact(100, 0, curve, 40)).toBe(-10);
    expect(priceImpact(0, 100, curve, 0)).toBe(30);
  });

  test.each([1, 1.5, 2, 2.7])("priceImpact: no trip ends with a profit (power %f)", (exponent) => {
    const random = seeded(9);
    for (let round = 0; round < 100; round++) {
      const [a, b, c] = [random() - 0.5, random() - 0.5, random() - 0.5];
      const trip = fee(a, b, { exponent }) + fee(b, c, { exponent }) + fee(c, a, { exponent });
      expect(trip).toBeGreaterThanOrEqual(-1e-15);
      const free = { exponent, rebate: 0.003 };
      expectClose(fee(a, b, free) + fee(b, c, free) + fee(c, a, free), 0, { abs: 1e-15 });
    }
  });

  test("priceImpact: other powers are those of the logarithm, and meet 1 and 2", () => {
    expectClose(fee(0, 4, { exponent: 1.5 }), 0.003 * 8, { rel: 1e-14 });
    expectClose(fee(3, 5, { exponent: 1 }), 0.003 * 2, { rel: 1e-14 });
    expectClose(fee(3, 5, { exponent: 2 + 1e-12 }), fee(3, 5), { rel: 1e-10 });
  });
});

describe("stress", () => {
  const curve = { slope: 0.5, kink: 0.6, jump: 5, highest: 3 };
  test.each([
    [0, 100, 1],
    [30, 100, 1.15],
    [60, 100, 1.3],
    [80, 100, 2.3],
    [94, 100, 3],
    [500, 100, 3],
    [1, 0, 3],
    [0, 0, 1],
  ])("stressMultiplier: %f of %f is %f times the fee", (shortfall, capital, known) => {
    expectClose(stressMultiplier(shortfall, capital, curve), known, { rel: 1e-14 });
  });
});

test("borrowingCurve: gives the rates of the two formulas on either side of the bend", () => {
  const curve = borrowingCurve({ optimal: 0.75, base: 0.5, above: 1.1 });
  for (const used of [0, 0.3, 0.75])
    expectClose(kinkedRate(used, curve), 0.5 * used, { abs: 1e-15 });
  expectClose(kinkedRate(0.9, curve), 0.5 * 0.9 + (0.6 * 0.15) / 0.25, { rel: 1e-14 });
  expectClose(kinkedRate(1, curve), 1.1, { rel: 1e-14 });
});

describe("funding", () => {
  const terms: FundingTerms = {
    growAbove: 0.05,
    fallBelow: 0.02,
    growthPerDay: 0.4,
    fallPerDay: 0.1,
    highest: 0.9,
  };
  test.each<[string, number, number, number, number]>([
    ["grows while longs are many", 0.1, 0.5, 1, 0.3],
    ["grows the other way while shorts are", -0.1, -0.5, 0.5, -0.2],
    ["turns against the larger side, however small the skew", -0.1, 0.01, 1, -0.096],
    ["holds in between", 0.3, 0.03, 9, 0.3],
    ["falls while sides are even", 0.3, 0.01, 1, 0.2],
    ["falls to nothing and no further", -0.3, 0, 9, 0],
    ["ends at the highest", 0.8, 1, 9, 0.9],
    ["ends at the lowest", -0.8, -1, 9, -0.9],
  ])("adaptiveFunding: %s", (_, rate, skew, days, known) => {
    expectClose(adaptiveFunding(rate, skew, days, terms), known, { rel: 1e-13, abs: 0 });
  });
});

test.each<[string, () => unknown, string[]]>([
  [
    "a trade of other assets",
    () =>
      inventoryFee([1], {
        exposure: [1, 2],
        covariance: [[1, 0], [0]],
        riskAversion: -1,
        assetsManaged: 0,
      }),
    [
      "NUMBER_RANGE /inventory/assetsManaged",
      "TOO_FEW_ITEMS /inventory/covariance/1",
      "NUMBER_RANGE /inventory/riskAversion",
      "TOO_FEW_ITEMS /trade",
    ],
  ],
  [
    "a matrix that is none of covariances",
    () =>
      inventoryFee([1, 1], {
        exposure: [1, 2],
        covariance: [
          [1, 2],
          [2, 1],
        ],
        riskAversion: 1,
        assetsManaged: 1,
      }),
    ["MATRIX_NOT_PSD /inventory/covariance"],
  ],
  [
    "a matrix with two sides",
    () =>
      inventoryFee([1, 1], {
        exposure: [1, 2],
        covariance: [
          [1, 0.1],
          [0.2, 1],
        ],
        riskAversion: 1,
        assetsManaged: 1,
      }),
    ["MATRIX_NOT_PSD /inventory/covariance"],
  ],
  [
    "a rebate above the charge",
    () => priceImpact(1, 2, { exponent: 2, charge: 1, rebate: 2 }, 0),
    ["NUMBER_RANGE /curve/rebate"],
  ],
  [
    "a bad impact",
    () => priceImpact(Number.NaN, 2, { exponent: 0, charge: 1, rebate: 2 }, -1),
    ["NUMBER_NOT_FINITE /before", "NUMBER_RANGE /curve/exponent", "NUMBER_RANGE /rebateMax"],
  ],
  [
    "a multiplier below one",
    () => stressMultiplier(-1, -1, { slope: 0, kink: 0, jump: 0, highest: 0.5 }),
    ["NUMBER_RANGE /capital", "NUMBER_RANGE /curve/highest", "NUMBER_RANGE /shortfall"],
  ],
  [
    "a bend downwards",
    () => borrowingCurve({ optimal: 1, base: 0.5, above: 0.4 }),
    ["NUMBER_RANGE /terms/above", "NUMBER_RANGE /terms/optimal"],
  ],
  [
    "thresholds the wrong way round, and a rate out of bounds",
    () =>
      adaptiveFunding(2, 1.5, -1, {
        growAbove: 0.1,
        fallBelow: 0.2,
        growthPerDay: 1,
        fallPerDay: 1,
        highest: 1,
      }),
    [
      "NUMBER_RANGE /days",
      "NUMBER_RANGE /rate",
      "NUMBER_RANGE /skew",
      "NUMBER_RANGE /terms/fallBelow",
    ],
  ],
])("fees: refuse %s", (_, run, codes) => {
  expect(refusals(run)).toEqual(codes);
});
