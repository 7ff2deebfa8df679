import { expect, test } from "vitest";
import { annualise, ewmaVariance, sampleVolatility } from "../../src/market/index.ts";
import { dataset, expectClose, reference } from "../support/reference.ts";
import { DAY_MS, HOUR_MS } from "./seeded-history.ts";

test("ewmaVariance: agrees with the known last variances of the mark against the pound", () => {
  const entry = reference<{ lambda: number[] }, { final_variance: number[] }>("calib.ewma");
  const returns = dataset("dem2gbp");
  entry.inputs.lambda.forEach((lambda, index) => {
    const last = ewmaVariance(returns, lambda).at(-1);
    expectClose(last, entry.expected.final_variance[index], entry.tolerance);
  });
});

test("ewmaVariance: begins where it is told and forgets it at the rate λ", () => {
  const still = ewmaVariance(new Float64Array(3), 0.5, 8);
  expect([...still]).toEqual([4, 2, 1]);
});

test("sampleVolatility: is the standard deviation about the mean with divisor n − 1", () => {
  // Columns 1 2 3 4 and 5 5 5 9: sums of squares 5 and 12 over 3.
  const returns = Float64Array.of(1, 5, 2, 5, 3, 5, 4, 9);
  expectClose([...sampleVolatility(returns, 2)], [Math.sqrt(5 / 3), 2], { rel: 1e-15 });
});

test("annualise: a year has 365 days of 24 hours", () => {
  expectClose(annualise(0.02, DAY_MS), 0.02 * Math.sqrt(365), { rel: 1e-15 });
  expectClose(annualise(0.02, HOUR_MS), 0.02 * Math.sqrt(8760), { rel: 1e-15 });
});
