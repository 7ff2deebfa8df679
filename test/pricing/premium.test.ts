// Method: closed forms of gamma, normal and lognormal losses on the nodes of a quadrature; what a
// principle must do on any losses; standard errors against the spread of many samples.
import { describe, expect, test } from "vitest";
import { exp, gammaQuantile, normalQuantile } from "../../src/numeric/index.ts";
import { type PremiumPrinciple, premium } from "../../src/pricing/index.ts";
import { seeded } from "../support/kernel.ts";
import { type Cases, expectClose, reference, type Values } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

/** A law as scenarios: the nodes of a tanh-sinh quadrature of its quantile function. */
function scenariosOf(quantile: (u: number) => number, step: number) {
  const losses: number[] = [];
  const weights: number[] = [];
  for (let k = Math.ceil(-3.2 / step); k * step <= 3.2; k++) {
    const s = (Math.PI / 2) * Math.sinh(k * step);
    const u = 1 / (1 + Math.exp(-2 * s));
    const weight = (Math.cosh(k * step) * step) / Math.cosh(s) ** 2;
    if (u < 1e-15 || 1 - u < 1e-15) continue;
    losses.push(quantile(u));
    weights.push(weight);
  }
  return { losses, weights };
}

const PRINCIPLES: readonly [string, PremiumPrinciple][] = [
  ["expected_value(theta=.2)", { kind: "expected-value", loading: 0.2 }],
  ["variance(a=.5)", { kind: "variance", loading: 0.5 }],
  ["std(a=.5)", { kind: "standard-deviation", loading: 0.5 }],
  ["exponential(h=.3)", { kind: "exponential", riskAversion: 0.3 }],
  ["esscher(h=.3)", { kind: "esscher", riskAversion: 0.3 }],
  ["wang(lambda=.25)", { kind: "wang", shift: 0.25 }],
  ["prop_hazard(rho=.8)", { kind: "proportional-hazard", exponent: 0.8 }],
];

describe("closed forms", () => {
  const { expected, tolerance } = reference<Cases<string[]>, Values<Record<string, number>>>(
    "prem.principles",
  );
  const laws = [
    ["gamma", (u: number) => gammaQuantile(3, u) / 2],
    ["normal", (u: number) => 10 + 2 * normalQuantile(u)],
  ] as const;
  const cases = laws.flatMap(([name, quantile], law) =>
    PRINCIPLES.flatMap(([key, principle]) => {
      const known = expected.values[law]![key];
      return known === undefined
        ? []
        : [[`${principle.kind} of a ${name} loss`, quantile, principle, known] as const];
    }),
  );

  test.each(cases)("premium: %s", (_, quantile, principle, known) => {
    const isDistortion = principle.kind === "wang" || principle.kind === "proportional-hazard";
    // A distortion sees steps where the law has none: its error falls with the square of the step.
    const { losses, weights } = scenariosOf(quantile, isDistortion ? 1 / 4000 : 1 / 40);
    const found = premium(losses, principle, weights).value;
    expectClose(found, known, isDistortion ? { rel: 3e-6 } : tolerance);
  });

  test("premium: Wang's transform with minus the price of risk is Black and Scholes", () => {
    const { inputs, expected: known } = reference<
      Record<"S0" | "r" | "mu" | "sigma" | "T" | "K", number>,
      { call: number }
    >("prem.wang-black-scholes");
    const { S0, r, mu, sigma, T, K } = inputs;
    const drift = (mu - 0.5 * sigma * sigma) * T;
    const payoff = (u: number) =>
      Math.max(0, S0 * exp(drift + sigma * Math.sqrt(T) * normalQuantile(u)) - K);
    const { losses, weights } = scenariosOf(payoff, 1 / 4000);
    const shift = (-(mu - r) * Math.sqrt(T)) / sigma;
    const call = exp(-r * T) * premium(losses, { kind: "wang", shift }, weights).value;
    expectClose(call, known.call, { rel: 1e-5 });
  });
});

describe("any losses", () => {
  const random = seeded(17);
  const sample = (n: number) => Float64Array.from({ length: n }, () => -Math.log(1 - random()));

  test.each(PRINCIPLES)(
    "premium: %s is at least the mean, and no order of the losses matters",
    (_, principle) => {
      for (let round = 0; round < 30; round++) {
        const losses = sample(50);
        const mean = losses.reduce((a, b) => a + b) / 50;
        const { value } = premium(losses, principle);
        expect(value).toBeGreaterThanOrEqual(mean);
        expect(premium(losses.slice().reverse(), principle).value).toBeCloseTo(value, 12);
        const twice = premium([...losses, ...losses], principle).value;
        expect(twice).toBeCloseTo(value, 12);
        expect(premium(losses, principle, new Array<number>(50).fill(7)).value).toBeCloseTo(
          value,
          12,
        );
      }
    },
  );

  test.each(PRINCIPLES.filter(([, { kind }]) => kind !== "expected-value"))(
    "premium: %s of a certain loss is that loss, and a sum that is added is added",
    (_, principle) => {
      expect(premium([7, 7, 7], principle).value).toBeCloseTo(7, 12);
      expect(premium([7, 7, 7], principle).standardError).toBeCloseTo(0, 12);
      const losses = sample(40);
      const more = losses.map((loss) => loss + 100);
      expect(premium(more, principle).value).toBeCloseTo(premium(losses, principle).value + 100, 9);
    },
  );

  test("premium: the expected value principle loads certain losses as well, which the others do not", () => {
    expect(premium([7, 7], { kind: "expected-value", loading: 0.2 }).value).toBeCloseTo(8.4, 12);
  });

  test.each([
    ["wang", { kind: "wang", shift: 0.5 }],
    ["proportional-hazard", { kind: "proportional-hazard", exponent: 0.7 }],
  ] as const)("premium: %s is subadditive and adds what moves together", (_, principle) => {
    for (let round = 0; round < 50; round++) {
      const a = sample(60);
      const b = sample(60);
      const of = (losses: Float64Array) => premium(losses, principle).value;
      const sum = a.map((loss, i) => loss + b[i]!);
      expect(of(sum)).toBeLessThanOrEqual(of(a) + of(b) + 1e-9);
      a.sort();
      b.sort();
      expect(of(a.map((loss, i) => loss + b[i]!))).toBeCloseTo(of(a) + of(b), 9);
    }
  });

  test("premium: the variance principle is not subadditive", () => {
    const losses = sample(100);
    const principle = { kind: "variance", loading: 1 } as const;
    const both = premium(
      losses.map((loss) => 2 * loss),
      principle,
    ).value;
    expect(both).toBeGreaterThan(2 * premium(losses, principle).value);
  });

  test.each(PRINCIPLES)(
    "premium: the standard error of %s is the spread of many samples",
    (_, principle) => {
      const runs = Array.from({ length: 400 }, () => premium(sample(2000), principle));
      const mean = runs.reduce((sum, { value }) => sum + value, 0) / runs.length;
      const spread = Math.sqrt(
        runs.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (runs.length - 1),
      );
      const said = runs.reduce((sum, { standardError }) => sum + standardError, 0) / runs.length;
      // Four standard errors of a spread of 400 are 14 %; heavier influences need some more.
      expect(Math.abs(said / spread - 1)).toBeLessThan(0.2);
    },
  );

  test("premium: large losses and aversions lead to no infinity", () => {
    const { value, standardError } = premium([1e9, 2e9], { kind: "exponential", riskAversion: 1 });
    expect(value).toBeCloseTo(2e9, -1);
    expect(Number.isFinite(standardError)).toBe(true);
  });
});

test.each<[string, () => unknown, string[]]>([
  [
    "everything at once",
    () => premium([Number.NaN], { kind: "wang", shift: 11 }, [0, 1]),
    [
      "NUMBER_RANGE /losses",
      "NUMBER_NOT_FINITE /losses/0",
      "NUMBER_RANGE /principle/shift",
      "NUMBER_RANGE /weights",
      "NUMBER_RANGE /weights/0",
    ],
  ],
  [
    "a negative loading",
    () => premium([1, 2], { kind: "variance", loading: -1 }),
    ["NUMBER_RANGE /principle/loading"],
  ],
  [
    "no aversion",
    () => premium([1, 2], { kind: "esscher", riskAversion: 0 }),
    ["NUMBER_RANGE /principle/riskAversion"],
  ],
  [
    "an exponent above one",
    () => premium([1, 2], { kind: "proportional-hazard", exponent: 1.2 }),
    ["NUMBER_RANGE /principle/exponent"],
  ],
  [
    "an unknown principle",
    () => premium([1, 2], { kind: "gut" } as unknown as PremiumPrinciple),
    ["ENUM /principle/kind"],
  ],
])("premium: refuses %s", (_, run, codes) => {
  expect(refusals(run)).toEqual(codes);
});
