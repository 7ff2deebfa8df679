// Method: published portfolios; what the model must do in its limits; broken records.
import { describe, expect, test } from "vitest";
import { claimFrequency, credibility, type OwnRecord } from "../../src/pricing/index.ts";
import { seeded } from "../support/kernel.ts";
import { expectClose, reference, referenceCases } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";
import { sharedReference } from "../support/shared-reference.ts";

const recordsOf = (ratios: readonly number[][], weights?: readonly number[][]): OwnRecord[] =>
  ratios.map((own, i) => ({
    id: `state-${i + 1}`,
    periods: own.map((ratio, t) => ({ ratio, weight: weights ? weights[i]![t]! : 1 })),
  }));

const hachemeister = sharedReference<
  { ratios: number[][]; weights: number[][] },
  {
    within_s2: number;
    between_a: number;
    collective: number;
    z: number[];
    individual_means: number[];
    premiums: number[];
  }
>("cred.hachemeister.unbiased");

test.skipIf(!hachemeister)(
  "credibility: Hachemeister's bodily injury claims to twelve digits",
  () => {
    const { inputs, expected } = hachemeister!;
    const digits = { rel: 1e-12 };
    const found = credibility(recordsOf(inputs.ratios, inputs.weights));
    expectClose(found.within, expected.within_s2, digits);
    expectClose(found.between, expected.between_a, digits);
    expectClose(found.collective, expected.collective, digits);
    found.rows.forEach(({ mean, credibility: z, premium }, i) => {
      expectClose(mean, expected.individual_means[i]!, digits);
      expectClose(z, expected.z[i]!, digits);
      expectClose(premium, expected.premiums[i]!, digits);
    });
  },
);

test("credibility: Bühlmann's model is the one of equal weights", () => {
  const { inputs, expected, tolerance } = reference<
    { claims: number[][] },
    { s2: number; a: number; Z: number; premiums: number[] }
  >("cred.buhlmann.equal");
  const found = credibility(recordsOf(inputs.claims));
  expectClose(found.within, expected.s2, tolerance);
  expectClose(found.between, expected.a, tolerance);
  found.rows.forEach(({ credibility: z, premium }, i) => {
    expectClose(z, expected.Z, tolerance);
    expectClose(premium, expected.premiums[i]!, tolerance);
  });
});

describe("what the model must do", () => {
  const random = seeded(21);
  const portfolios = Array.from({ length: 200 }, () =>
    Array.from({ length: 2 + Math.floor(5 * random()) }, (_, i): OwnRecord => {
      const level = 100 * random();
      return {
        id: `p${i}`,
        periods: Array.from({ length: 2 + Math.floor(4 * random()) }, () => ({
          ratio: level + 30 * (random() - 0.5),
          weight: 0.5 + random(),
        })),
      };
    }),
  );

  test("credibility: premiums lie between the own mean and the collective, and cost the same in all", () => {
    for (const records of portfolios) {
      const { rows, collective, between } = credibility(records);
      for (const { mean, premium, credibility: z } of rows) {
        expect(z).toBeGreaterThanOrEqual(0);
        expect(z).toBeLessThan(1);
        expect((premium - collective) * (mean - collective)).toBeGreaterThanOrEqual(0);
        expect(Math.abs(premium - collective)).toBeLessThanOrEqual(
          Math.abs(mean - collective) + 1e-9,
        );
      }
      // With the weighted mean as collective the portfolio collects what it paid.
      const paid = rows.reduce((sum, { weight, mean }) => sum + weight * mean, 0);
      const charged = rows.reduce((sum, { weight, premium }) => sum + weight * premium, 0);
      if (between > 0) expect(charged / paid).toBeCloseTo(1, 10);
    }
  });

  test("credibility: scaling ratios scales premiums; scaling weights changes no premium", () => {
    for (const records of portfolios.slice(0, 50)) {
      const by = (ratios: number, weights: number) =>
        credibility(
          records.map(({ id, periods }) => ({
            id,
            periods: periods.map(({ ratio, weight }) => ({
              ratio: ratios * ratio,
              weight: weights * weight,
            })),
          })),
        ).rows.map(({ premium }) => premium);
      const plain = by(1, 1);
      by(3, 1).forEach((premium, i) => {
        expect(premium / plain[i]!).toBeCloseTo(3, 9);
      });
      by(1, 1000).forEach((premium, i) => {
        expect(premium / plain[i]!).toBeCloseTo(1, 9);
      });
    }
  });

  test("credibility: where all differ by chance only, everyone pays the mean", () => {
    const found = credibility(
      recordsOf([
        [90, 110],
        [110, 90],
        [95, 105],
      ]),
    );
    expect(found.between).toBe(0);
    for (const { premium, credibility: z } of found.rows) {
      expect(premium).toBeCloseTo(100, 12);
      expect(z).toBe(0);
    }
  });
});

test("claimFrequency: agrees with the mean of the posterior law", () => {
  for (const [[shape, rate, exposure, claims], known] of referenceCases<
    [number, number, number, number],
    number
  >("cred.poisson-gamma")) {
    expect(claimFrequency({ shape, rate }, exposure, claims)).toBeCloseTo(known, 14);
  }
  expect(claimFrequency({ shape: 2, rate: 4 }, 0, 0)).toBe(0.5);
});

describe("refusals", () => {
  const period = { ratio: 1, weight: 1 };
  test.each<[string, () => unknown, string[]]>([
    ["nobody", () => credibility([]), ["RECORDS_TOO_FEW "]],
    [
      "one record",
      () => credibility([{ id: "a", periods: [period, period] }]),
      ["RECORDS_TOO_FEW "],
    ],
    ["records of one period each", () => credibility(recordsOf([[1], [2]])), ["RECORDS_TOO_FEW "]],
    [
      "everything at once",
      () =>
        credibility([
          { id: "a", periods: [{ ratio: Number.NaN, weight: 0 }] },
          { id: "b", periods: [] },
        ]),
      [
        "RECORDS_TOO_FEW ",
        "NUMBER_NOT_FINITE /0/periods/0/ratio",
        "NUMBER_RANGE /0/periods/0/weight",
      ],
    ],
    [
      "a frequency of nothing",
      () => claimFrequency({ shape: 0, rate: Number.POSITIVE_INFINITY }, -1, 0.5),
      [
        "NUMBER_RANGE /claims",
        "NUMBER_RANGE /exposure",
        "NUMBER_RANGE /prior/rate",
        "NUMBER_RANGE /prior/shape",
      ],
    ],
  ])("credibility: refuses %s", (_, run, codes) => {
    expect(refusals(run)).toEqual(codes);
  });
});
