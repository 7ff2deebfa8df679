// Method: known limited values; costs by quadrature of payments under the survival function; samples
// against the law that they are drawn from.
import { describe, expect, test } from "vitest";
import {
  type CoverTerms,
  coverCost,
  indicatedDeductible,
  type LossLaw,
  limitedValue,
  waitingPeriod,
} from "../../src/pricing/index.ts";
import { seeded } from "../support/kernel.ts";
import { integral } from "../support/quadrature.ts";
import { expectClose, reference, referenceCases } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

const LAWS: { readonly [name: string]: LossLaw } = {
  "lognormal(.1,.8)": { kind: "lognormal", logMean: 0.1, logDeviation: 0.8 },
  "pareto-II(shape 2.5,scale 3)": { kind: "pareto", shape: 2.5, scale: 3 },
  "gamma(3,scale .5)": { kind: "gamma", shape: 3, scale: 0.5 },
  "exponential(rate .7)": { kind: "exponential", rate: 0.7 },
  "weibull(1.5, scale 2)": { kind: "weibull", shape: 1.5, scale: 2 },
};
const PARETO: LossLaw = { kind: "pareto", shape: 2.5, scale: 3 };
const EXPONENTIAL: LossLaw = { kind: "exponential", rate: 0.7 };

test("limitedValue: agrees with known values of every law", () => {
  const { tolerance } = reference("agg.limited-expected-value");
  for (const [[name, limit], known] of referenceCases<[string, number], number>(
    "agg.limited-expected-value",
  )) {
    expectClose(limitedValue(LAWS[name]!, limit).value, known, tolerance);
  }
});

describe("laws", () => {
  test.each(Object.entries(LAWS))(
    "limitedValue: of %s starts at 0 with slope 1 and ends at the mean",
    (_, law) => {
      expect(limitedValue(law, 0).value).toBe(0);
      expectClose(limitedValue(law, 1e-9).value, 1e-9, { rel: 1e-7 });
      const { eliminated } = coverCost(law, { deductible: 0.8 });
      const mean = coverCost(law, {}).cost.value;
      expectClose(eliminated, limitedValue(law, 0.8).value / mean, { rel: 1e-12 });
      expect(limitedValue(law, 1e7).value / mean).toBeCloseTo(1, 9);
    },
  );

  test("limitedValue: of a Pareto law is smooth through the shape 1, where there is no mean", () => {
    const at = (shape: number) => limitedValue({ kind: "pareto", shape, scale: 2 }, 5).value;
    expectClose(at(1), 2 * Math.log(3.5), { rel: 1e-14 });
    expectClose(at(1 + 1e-12), at(1), { rel: 1e-11 });
    expectClose(at(0.5), 4 * (Math.sqrt(3.5) - 1), { rel: 1e-14 });
  });
});

describe("cover terms", () => {
  // P[X > x] by hand; the payment is integrated against it.
  const survival: [string, LossLaw, (x: number) => number][] = [
    ["pareto", PARETO, (x) => (3 / (3 + x)) ** 2.5],
    ["exponential", EXPONENTIAL, (x) => Math.exp(-0.7 * x)],
  ];
  test.each(survival)(
    "coverCost: is the integral of what is paid of a %s loss",
    (_, law, beyond) => {
      const [d, c, limit] = [0.5, 0.2, 1.6];
      const paid = 0.8 * integral(beyond, [d, d + limit / (1 - c)], 8);
      const { cost } = coverCost(law, { deductible: d, coinsurance: c, limit });
      expectClose(cost, { value: paid, standardError: 0 }, { rel: 1e-13 });

      const [f, above] = [0.9, 2];
      const whole = 0.8 * (f * beyond(f) + integral(beyond, [f, above], 8));
      expectClose(
        coverCost(law, { franchise: f, coinsurance: c, limit: 0.8 * above }).cost.value,
        whole,
        { rel: 1e-13 },
      );
      // A limit below the franchise is paid whenever anything is.
      expectClose(coverCost(law, { franchise: f, limit: 0.3 }).cost.value, 0.3 * beyond(f), {
        rel: 1e-13,
      });
    },
  );

  test("coverCost: layers on top of one another cost what the whole costs", () => {
    const layer = (from: number, to: number) =>
      coverCost(PARETO, { deductible: from, limit: to - from }).cost.value;
    expectClose(layer(0, 1) + layer(1, 3) + layer(3, 40), layer(0, 40), { rel: 1e-14 });
  });

  test.each<CoverTerms>([
    { deductible: 0.5 },
    { deductible: 0.5, coinsurance: 0.2, limit: 1 },
    { franchise: 0.7, limit: 2 },
    {},
  ])("coverCost: a sample agrees with its law within its error (%o)", (terms) => {
    const random = seeded(5);
    const losses = Float64Array.from({ length: 40_000 }, () => -Math.log(1 - random()) / 0.7);
    const known = coverCost(EXPONENTIAL, terms);
    const { cost, eliminated } = coverCost(losses, terms);
    expect(Math.abs(cost.value - known.cost.value)).toBeLessThan(4 * cost.standardError);
    expect(cost.standardError).toBeGreaterThan(0.1 / 200);
    expect(eliminated).toBeCloseTo(known.eliminated, 1);
    const limited = limitedValue(losses, 1);
    expect(Math.abs(limited.value - limitedValue(EXPONENTIAL, 1).value)).toBeLessThan(
      4 * limited.standardError,
    );
  });

  test("coverCost: a sample is paid loss by loss, and its error is that of the payments", () => {
    // Payments 0, 0.5, 2, 2 of the losses 1, 2, 5, 9: mean 1.125, squared deviations 3.1875.
    const { cost, eliminated } = coverCost([1, 2, 5, 9], {
      deductible: 1,
      coinsurance: 0.5,
      limit: 2,
    });
    expectClose(cost, { value: 1.125, standardError: Math.sqrt(3.1875 / 12) }, { rel: 1e-15 });
    expectClose(eliminated, 1 - 1.125 / 4.25, { rel: 1e-15 });
    expect(coverCost([1, 2, 5, 9], { franchise: 2 }).cost.value).toBe(3.5);
    expect(coverCost([0, 0], {}).eliminated).toBe(0);
  });

  test("indicatedDeductible: brings the cost to the amount, and closed forms give it", () => {
    // An exponential loss above d costs e^(-rate d) / rate.
    const found = indicatedDeductible(EXPONENTIAL, {}, 0.4);
    expectClose(found, -Math.log(0.7 * 0.4) / 0.7, { rel: 1e-13 });
    const terms = { coinsurance: 0.1, limit: 2 };
    for (const law of [...Object.values(LAWS), [0.5, 3, 4, 9]]) {
      const deductible = indicatedDeductible(law, terms, 0.2);
      expectClose(coverCost(law, { ...terms, deductible }).cost.value, 0.2, { rel: 1e-11 });
    }
    expect(indicatedDeductible(EXPONENTIAL, {}, 1 / 0.7)).toBe(0);
    expect(indicatedDeductible([3, 3], {}, 1)).toBeCloseTo(2, 12);
  });
});

describe("waiting period", () => {
  test("waitingPeriod: removes its part of the term from what comes again and again", () => {
    const { claims, paid, removed } = waitingPeriod(
      { kind: "repeated", annualProbability: 0.3 },
      2,
      0.5,
    );
    expectClose(removed, 0.25, { rel: 1e-15 });
    expectClose(claims, -2 * Math.log(0.7), { rel: 1e-15 });
    expectClose(paid, 0.75 * claims, { rel: 1e-15 });
  });

  test("waitingPeriod: removes more of what comes once", () => {
    const found = waitingPeriod({ kind: "once", annualProbability: 0.36 }, 1, 0.5);
    // e^(-λ/2) = 0.8: 0.2 of 0.36.
    expectClose(found, { claims: 0.36, paid: 0.16, removed: 0.2 / 0.36 }, { rel: 1e-14 });
    const rare = waitingPeriod({ kind: "once", annualProbability: 1e-9 }, 1, 0.25).removed;
    expectClose(rare, 0.25, { rel: 1e-9 });
    expect(waitingPeriod({ kind: "once", annualProbability: 0.2 }, 1, 0).removed).toBe(0);
    expect(waitingPeriod({ kind: "once", annualProbability: 0.2 }, 3, 3).removed).toBe(1);
  });
});

test.each<[string, () => unknown, string[]]>([
  ["a law of no kind", () => limitedValue({ kind: "cauchy" } as never, 1), ["ENUM /losses/kind"]],
  [
    "a bad law and a bad limit",
    () => limitedValue({ kind: "gamma", shape: 0, scale: Number.NaN }, -1),
    ["NUMBER_RANGE /limit", "NUMBER_NOT_FINITE /losses/scale", "NUMBER_RANGE /losses/shape"],
  ],
  ["one loss", () => limitedValue([1], 1), ["NUMBER_RANGE /losses"]],
  ["a negative loss", () => coverCost([1, -1, 2], {}), ["NUMBER_RANGE /losses/1"]],
  [
    "terms that are none",
    () => coverCost(PARETO, { deductible: -1, coinsurance: 1, limit: 0 }),
    [
      "NUMBER_RANGE /terms/coinsurance",
      "NUMBER_RANGE /terms/deductible",
      "NUMBER_RANGE /terms/limit",
    ],
  ],
  [
    "a franchise beside a deductible",
    () => coverCost(PARETO, { deductible: 1, franchise: 1 }),
    ["TERMS_CONFLICT /terms/franchise"],
  ],
  [
    "a loss without a mean",
    () => coverCost({ kind: "pareto", shape: 1, scale: 1 }, { deductible: 1 }),
    ["MEAN_INFINITE /terms/limit"],
  ],
  ["a deductible for nothing", () => indicatedDeductible(PARETO, {}, 0), ["NUMBER_RANGE /cost"]],
  [
    "a wait beyond the term",
    () => waitingPeriod({ kind: "once", annualProbability: 0.1 }, 1, 1.5),
    ["NUMBER_RANGE /wait"],
  ],
  [
    "a hazard that is certain",
    () => waitingPeriod({ kind: "twice" as "once", annualProbability: 1 }, 0, -1),
    [
      "NUMBER_RANGE /hazard/annualProbability",
      "ENUM /hazard/kind",
      "NUMBER_RANGE /term",
      "NUMBER_RANGE /wait",
    ],
  ],
])("limited values: refuse %s", (_, run, codes) => {
  expect(refusals(run)).toEqual(codes);
});
