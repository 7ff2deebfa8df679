import { expect, test } from "vitest";
import { binomialCdf, orderStatisticInterval } from "../../src/numeric/index.ts";
import { expectClose, reference, referenceCases } from "../support/reference.ts";

type Case = readonly [number, number, number];

test("orderStatisticInterval: gives the known ranks and their exact coverage", () => {
  const id = "risk.order-statistic-ci";
  const { tolerance } = reference(id);
  for (const [[n, level, confidence], [l, u, coverage]] of referenceCases<Case, Case>(id)) {
    const ranks = orderStatisticInterval(level, n, confidence);
    expect(ranks).toEqual({ lower: l, upper: u });
    const covered = binomialCdf(u - 1, n, level) - binomialCdf(l - 1, n, level);
    expectClose(covered, coverage, { rel: tolerance["rel_cov"] as number });
  }
});

test("orderStatisticInterval: has no upper end when the sample is too small to have one", () => {
  // Beyond the 99 % quantile lie none of 100 points with chance 0.366.
  expect(orderStatisticInterval(0.99, 100, 0.95).upper).toBeNull();
  expect(orderStatisticInterval(0.01, 100, 0.95).lower).toBe(0);
});
