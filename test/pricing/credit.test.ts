// Method: published and closed values; limits that are known without any formula.
import { describe, expect, test } from "vitest";
import {
  largePoolTail,
  latticeMeasure,
  nthDefaultSpreads,
  poolDefaults,
  riskWeight,
  tailDependence,
} from "../../src/pricing/index.ts";
import { expectClose, reference, referenceCases } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

test("largePoolTail: agrees with known values", () => {
  const { tolerance } = reference("credit.vasicek-lhp");
  for (const [[probability, systemicLoading, level], known] of referenceCases<
    [number, number, number],
    [number, number]
  >("credit.vasicek-lhp")) {
    const { valueAtRisk, expectedShortfall } = largePoolTail(
      { probability, systemicLoading },
      level,
    );
    expectClose([valueAtRisk, expectedShortfall], known, tolerance);
  }
});

test("largePoolTail: without a common factor nothing is uncertain", () => {
  const { valueAtRisk, expectedShortfall } = largePoolTail(
    { probability: 0.03, systemicLoading: 0 },
    0.99,
  );
  expectClose([valueAtRisk, expectedShortfall], [0.03, 0.03], { rel: 1e-14 });
});

describe("pools of n covers", () => {
  interface Known {
    readonly "P0..P5": readonly number[];
    readonly VaR_ES: { readonly [level: string]: readonly [number, number] };
    readonly var: number;
  }

  test("poolDefaults: agrees with known laws", () => {
    const { tolerance } = reference("credit.one-factor-binomial-pool");
    for (const [[covers, probability, systemicLoading], known] of referenceCases<
      [number, number, number],
      Known
    >("credit.one-factor-binomial-pool")) {
      const law = poolDefaults(covers, { probability, systemicLoading });
      const { probabilities } = law;
      expectClose(Array.from(probabilities.subarray(0, 6)), known["P0..P5"], tolerance);
      for (const [level, tail] of Object.entries(known.VaR_ES)) {
        const { valueAtRisk, expectedShortfall } = latticeMeasure(law, Number(level));
        expectClose([valueAtRisk, expectedShortfall], tail, tolerance);
      }
      const { mean } = latticeMeasure(law, 0.5);
      const variance = probabilities.reduce((sum, p, k) => sum + p * (k - mean) ** 2, 0);
      expectClose(mean, covers * probability, { rel: 1e-12 });
      expectClose(variance, known.var, tolerance);
    }
  });

  test.each([
    [1, 0.3, 0.5],
    [3, 0.01, 0.999],
    [200, 0.05, 0.9],
    [4000, 0.02, 0.2],
  ])("poolDefaults: keeps the mean and the sum (%i, %f, %f)", (covers, probability, rho) => {
    const law = poolDefaults(covers, { probability, systemicLoading: rho });
    expectClose(
      law.probabilities.reduce((sum, p) => sum + p, 0),
      1,
      { rel: 1e-12 },
    );
    expectClose(latticeMeasure(law, 0.5).mean, covers * probability, { rel: 1e-10 });
  });

  test("poolDefaults: of two covers both fail as the bivariate normal says", () => {
    // Φ₂(0, 0; ½) = 1/3.
    const { probabilities } = poolDefaults(2, { probability: 0.5, systemicLoading: 0.5 });
    expectClose(Array.from(probabilities), [1 / 3, 1 / 3, 1 / 3], { rel: 1e-13 });
  });

  test("poolDefaults: many covers come near the large pool", () => {
    const pool = { probability: 0.05, systemicLoading: 0.3 };
    const limit = largePoolTail(pool, 0.975);
    const gap = (covers: number) =>
      latticeMeasure(poolDefaults(covers, pool), 0.975).expectedShortfall / covers -
      limit.expectedShortfall;
    // What is left of the own chance falls with the number of covers.
    expect(gap(100)).toBeGreaterThan(0);
    expect(gap(1600) * 16).toBeCloseTo(gap(100), 3);
    expect(gap(1600)).toBeLessThan(0.001);
  });
});

test("tailDependence: agrees with the table and its full digits", () => {
  for (const [[n, correlation], [printed, full]] of referenceCases<
    [number, number],
    [number, number]
  >("credit.t-copula-tail-dependence")) {
    expectClose(tailDependence(n, correlation), printed, { abs: 0.006 });
    expectClose(tailDependence(n, correlation), full, { rel: 1e-10 });
  }
  expect(tailDependence(4, 1)).toBe(1);
  expect(tailDependence(4, -1)).toBe(0);
});

test("riskWeight: agrees with the table of the rules and its full digits", () => {
  for (const [[probability], [printed, full]] of referenceCases<[number], [number, number]>(
    "credit.basel-irb-rw",
  )) {
    const found = riskWeight({ probability, lossGivenDefault: 0.45, maturityYears: 2.5 });
    expectClose(100 * found.riskWeight, printed, { abs: 0.011 });
    expectClose(100 * found.riskWeight, full, { rel: 1e-10 });
    expectClose(found.riskWeight, 12.5 * found.capital, { rel: 1e-15 });
  }
});

test("riskWeight: longer loans need more, and what is recovered in full nothing", () => {
  const at = (maturityYears: number, lossGivenDefault: number) =>
    riskWeight({ probability: 0.01, lossGivenDefault, maturityYears }).riskWeight;
  expect(at(5, 0.45)).toBeGreaterThan(at(2.5, 0.45));
  expect(at(1, 0.45)).toBeLessThan(at(2.5, 0.45));
  expect(at(2.5, 0)).toBe(0);
  // At one year the adjustment is 1 by construction: 12.5 · LGD · (VaR − PD).
  const { correlation } = riskWeight({ probability: 0.01, lossGivenDefault: 1, maturityYears: 1 });
  const pool = { probability: 0.01, systemicLoading: correlation };
  expectClose(at(1, 1), 12.5 * (largePoolTail(pool, 0.999).valueAtRisk - 0.01), { rel: 1e-12 });
});

describe("nth default", () => {
  test.each([0, 0.6])("nthDefaultSpreads: agree with Hull and White (ρ %f)", (systemicLoading) => {
    const id = `credit.nth-to-default.hw.rho${systemicLoading.toFixed(1)}`;
    const { inputs, expected, tolerance } = reference<
      { names: number; hazard: number; maturity: number; r: number; recovery: number },
      { "spread_bp_rank1..10": number[] }
    >(id);
    const { names, hazard, maturity, r, recovery } = inputs;
    const spreads = nthDefaultSpreads({
      names,
      hazard,
      systemicLoading,
      recovery,
      rate: r,
      maturityYears: maturity,
    });
    const points = Array.from(spreads, (spread) => 1e4 * spread);
    const { rel } = tolerance;
    expectClose(points, expected["spread_bp_rank1..10"], {
      rel: rel!,
      abs: tolerance["or_abs_bp"] as number,
    });
  });

  test("nthDefaultSpreads: of one name pay its hazard times what is lost", () => {
    // Paid without a break the premium is exactly (1 − R)·λ; quarterly it differs by order λ·¼.
    const [spread] = nthDefaultSpreads({
      names: 1,
      hazard: 0.02,
      systemicLoading: 0.3,
      recovery: 0.4,
      rate: 0.05,
      maturityYears: 5,
    });
    // Paid in arrears it is larger by the interest of half a quarter.
    expectClose(spread, 0.6 * 0.02 * Math.exp(0.05 / 8), { rel: 2e-4 });
  });
});

test.each<[string, () => unknown, string[]]>([
  [
    "a pool without uncertainty",
    () => largePoolTail({ probability: 0, systemicLoading: 1 }, 0.99),
    ["NUMBER_RANGE /pool/probability", "NUMBER_RANGE /pool/systemicLoading"],
  ],
  [
    "percent for a level",
    () => largePoolTail({ probability: 0.1, systemicLoading: 0.1 }, 99),
    ["UNIT_SUSPECT /confidence"],
  ],
  [
    "half a cover",
    () => poolDefaults(1.5, { probability: 0.1, systemicLoading: 0 }),
    ["INTEGER /covers"],
  ],
  [
    "no correlation",
    () => tailDependence(0, 1.1),
    ["NUMBER_RANGE /correlation", "NUMBER_RANGE /degreesOfFreedom"],
  ],
  [
    "a loan for ever",
    () => riskWeight({ probability: 1, lossGivenDefault: 2, maturityYears: 50 }),
    [
      "NUMBER_RANGE /exposure/lossGivenDefault",
      "NUMBER_RANGE /exposure/maturityYears",
      "NUMBER_RANGE /exposure/probability",
    ],
  ],
  [
    "a broken quarter",
    () =>
      nthDefaultSpreads({
        names: 2,
        hazard: 0.1,
        systemicLoading: 0.1,
        recovery: 0,
        rate: 0,
        maturityYears: 1.1,
      }),
    ["INTEGER /quarters"],
  ],
])("credit: refuses %s", (_, run, codes) => {
  expect(refusals(run)).toEqual(codes);
});
