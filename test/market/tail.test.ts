import { expect, test } from "vitest";
import { fitDegreesOfFreedom } from "../../src/market/index.ts";
import { log, studentPdf } from "../../src/numeric/index.ts";
import { expectClose } from "../support/reference.ts";
import { seededPairs } from "./seeded-history.ts";

const pairMatrix = (r: number): Float64Array => Float64Array.of(1, r, r, 1);

/** Log-likelihood of one series of unit variance, from the one-dimensional density. */
function likelihood(series: Float64Array, n: number): number {
  const stretch = Math.sqrt(n / (n - 2));
  return series.reduce((sum, z) => sum + log(stretch * studentPdf(stretch * z, n)), 0);
}

test("fitDegreesOfFreedom: finds the degrees of freedom that made the returns", () => {
  for (const [made, seed] of [
    [3, 11],
    [4, 12],
    [8, 13],
  ] as const) {
    const fit = fitDegreesOfFreedom(seededPairs(4000, 0.6, seed, made), pairMatrix(0.6), 2);
    expect(Math.abs(fit.degreesOfFreedom - made)).toBeLessThan(3 * fit.standardError!);
    expect(fit.standardError!).toBeLessThan(made * 0.1);
  }
});

test("fitDegreesOfFreedom: is the top of the likelihood made from the one-dimensional density", () => {
  const series = seededPairs(3000, 0, 5, 5).filter((_, index) => index % 2 === 0);
  const fit = fitDegreesOfFreedom(series, Float64Array.of(1), 1);
  const { degreesOfFreedom: n, standardError: se, logLikelihood: top } = fit;
  expectClose(top, likelihood(series, n), { rel: 1e-12 });
  expect(likelihood(series, n * 1.02)).toBeLessThan(top);
  expect(likelihood(series, n / 1.02)).toBeLessThan(top);
  // One standard error away the log-likelihood of a normal error law is ½ lower.
  const drop = top - 0.5 * (likelihood(series, n + se!) + likelihood(series, n - se!));
  expectClose(drop, 0.5, { abs: 0.06 });
});

test("fitDegreesOfFreedom: correlated returns have the likelihood of the plain ones over √|R|", () => {
  const plain = fitDegreesOfFreedom(seededPairs(900, 0, 9, 5), pairMatrix(0), 2);
  const mixed = fitDegreesOfFreedom(seededPairs(900, 0.8, 9, 5), pairMatrix(0.8), 2);
  expectClose(mixed.degreesOfFreedom, plain.degreesOfFreedom, { rel: 1e-5 });
  expectClose(mixed.logLikelihood, plain.logLikelihood - 450 * log(0.36), { rel: 1e-11 });
});

test("fitDegreesOfFreedom: normal returns end near or at the upper bound", () => {
  const fit = fitDegreesOfFreedom(seededPairs(4000, 0.3, 3), pairMatrix(0.3), 2);
  expect(fit.degreesOfFreedom).toBeGreaterThan(50);
  if (fit.atBound) expect([fit.degreesOfFreedom, fit.standardError]).toEqual([200, null]);
});

test("fitDegreesOfFreedom: an asset that stands twice adds nothing", () => {
  const single = seededPairs(1000, 0, 7, 4).filter((_, index) => index % 2 === 0);
  const twice = Float64Array.from({ length: 2000 }, (_, index) => single[index >> 1]!);
  const alone = fitDegreesOfFreedom(single, Float64Array.of(1), 1);
  expect(fitDegreesOfFreedom(twice, pairMatrix(1), 2)).toEqual(alone);
});
