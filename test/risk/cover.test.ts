// Method: events and payments of simulated covers against probabilities and integrals worked out
// without the kernel.
import { describe, expect, test } from "vitest";
import type { Cover, Severity } from "../../src/book/index.ts";
import { normalCdf, normalPdf, normalQuantile } from "../../src/numeric/index.ts";
import { severityQuantile, severityTable } from "../../src/risk/severity.ts";
import { coverLosses, coverOf, deviations } from "../support/cover.ts";
import { freshKernel } from "../support/kernel.ts";
import { samplePool } from "../support/sample-pool.ts";

const SCENARIOS = 200_704;
const HORIZON_YEARS = 90 / 365;

/** Losses of a pool with nothing but covers. */
function losses(covers: readonly Cover[], systemicLoading = 0): Float64Array {
  return coverLosses(covers, SCENARIOS, { systemicLoading, horizonYears: HORIZON_YEARS });
}

const cover = (change: Partial<Cover>): Cover => coverOf({ sumInsured: "1000.00", ...change });

/** Mean of a function of the severity: the midpoint rule over its quantile. */
function severityMean(severity: Severity, of: (ratio: number) => number): number {
  const points = 4000;
  let sum = 0;
  for (let i = 0; i < points; i++) {
    const u = (i + 0.5) / points;
    sum += of(Math.min(1, Math.max(0, severityQuantile(severity, u, 1 - u))));
  }
  return sum / points;
}

describe("covers", () => {
  const probability = 1 - 0.7 ** HORIZON_YEARS;

  test("cover: its event is as frequent as its annual probability says", () => {
    const events = losses([cover({})]).map((loss) => (loss > 0 ? 1 : 0));
    expect(deviations(events, probability)).toBeLessThan(4.9);
  });

  test("cover: one that ends inside the horizon is exposed until then only", () => {
    const days = 30;
    const end = new Date(Date.parse(samplePool().asOf) + days * 86_400_000);
    const ended = cover({ end: end.toISOString().replace(".000", "") });
    const events = losses([ended]).map((loss) => (loss > 0 ? 1 : 0));
    expect(deviations(events, 1 - 0.7 ** (days / 365))).toBeLessThan(4.9);
  });

  test.each<Severity>([
    { kind: "beta", alpha: 2, beta: 3 },
    { kind: "uniform", min: 0.1, max: 0.9 },
    { kind: "pareto", scale: 0.2, shape: 0.3 },
    { kind: "pareto", scale: 0.5, shape: -0.4 },
    { kind: "constant", value: 0.6 },
  ])("cover: its mean payment is the limited expected value ($kind)", (severity) => {
    const terms = { deductible: "100.00", coinsurance: 0.2, limit: "400.00" };
    const paid = losses([cover({ severity, ...terms })]);
    const mean = severityMean(severity, (x) => Math.min(400, 0.8 * Math.max(0, 1000 * x - 100)));
    expect(deviations(paid, probability * mean)).toBeLessThan(4.9);
    expect(Math.max(...paid.subarray(0, 50_000))).toBeLessThanOrEqual(400);
  });

  test.each([
    [0.4, 0.4, 0],
    [0.7, 0.3, 0.5],
    [0, 0.6, -1],
  ])("cover: two fail together as in the one-factor copula (%f, %f)", (first, second, loading) => {
    const covers = [
      cover({ id: "a", systemicLoading: first, sumInsured: "1.00" }),
      cover({ id: "b", systemicLoading: second, sumInsured: "100.00" }),
    ];
    const joint = losses(covers, loading).map((x) => (x > 100.5 ? 1 : 0));
    // Given the factor the two are independent; integrate over the factor by the midpoint rule.
    const threshold = normalQuantile(probability);
    const given = (rho: number, m: number) =>
      normalCdf((threshold - Math.sqrt(rho) * m) / Math.sqrt(1 - rho));
    let known = 0;
    for (let m = -8; m < 8; m += 0.01) {
      const middle = m + 0.005;
      known += 0.01 * normalPdf(middle) * given(first, middle) * given(second, middle);
    }
    expect(deviations(joint, known)).toBeLessThan(4.9);
  });
});

test("cover: severities are drawn apart, whichever covers share a block of words", () => {
  // Eight certain events of uniform severity: the sum has eight times the variance of one, which
  // two covers on the same word would raise to ten.
  const covers = Array.from({ length: 8 }, (_, i) =>
    cover({
      id: `c${i}`,
      annualProbability: 0.999_999_999_999,
      severity: { kind: "uniform", min: 0, max: 1 },
      systemicLoading: 0,
    }),
  );
  const sums = losses(covers);
  const mean = sums.reduce((sum, value) => sum + value, 0) / sums.length;
  const variance = sums.reduce((sum, value) => sum + (value - mean) ** 2, 0) / sums.length;
  expect(deviations(sums, 4000 * (1 - 1e-12 ** HORIZON_YEARS))).toBeLessThan(4.9);
  const chance = 1 - 1e-12 ** HORIZON_YEARS;
  const known = 8 * 1e6 * (chance / 3 - chance ** 2 / 4);
  // The variance of a variance of near-normal sums is 2/n of its square.
  expect(Math.abs(variance / known - 1)).toBeLessThan(4.9 * Math.sqrt(2 / SCENARIOS));
});

describe("severity tables", () => {
  test.each<[Severity, number]>([
    [{ kind: "beta", alpha: 2, beta: 3 }, 2e-8],
    [{ kind: "beta", alpha: 0.5, beta: 0.5 }, 2e-8],
    [{ kind: "uniform", min: 0.2, max: 0.7 }, 2e-8],
    [{ kind: "pareto", scale: 0.2, shape: -0.5 }, 2e-8],
    [{ kind: "pareto", scale: 0.05, shape: 1e-11 }, 2e-8],
    [{ kind: "pareto", scale: 0.2, shape: 0.3 }, 2e-8],
    [{ kind: "constant", value: 0.35 }, 1e-15],
  ])("severityTable: gives the quantile of every uniform word (%o)", (severity, tolerance) => {
    const { kernels, arena } = freshKernel();
    const table = arena.put(severityTable(severity));
    for (let i = 0; i < 2000; i++) {
      const word = (Math.imul(i, 2_654_435_761) >>> 0) + 0;
      const u = (word + 0.5) / 2 ** 32;
      const direct = severityQuantile(severity, u, 1 - u);
      const clamped = Math.min(1, Math.max(0, kernels.quantile(table, word)));
      expect(Math.abs(clamped - direct)).toBeLessThanOrEqual(tolerance);
    }
  });

  test("severityQuantile: a Pareto of almost no shape keeps the digits of the exponential", () => {
    const severity = (shape: number): Severity => ({ kind: "pareto", scale: 0.1, shape });
    for (const shape of [1e-13, 2e-12, -2e-12, 1e-10]) {
      const x = severityQuantile(severity(shape), 0.5, 0.5);
      expect(Math.abs(x / (0.1 * Math.LN2 * (1 + (shape * Math.LN2) / 2)) - 1)).toBeLessThan(1e-14);
    }
  });
});
