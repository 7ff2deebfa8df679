import { expect, test } from "vitest";
import { binomialCdf, binomialProbabilities } from "../../src/numeric/index.ts";
import { expectClose } from "../support/reference.ts";

test.each([
  [0, 0.3],
  [1, 0.5],
  [12, 0.02],
  [50, 0.97],
  [5000, 0.4],
  [9, 0],
  [9, 1],
])("binomialProbabilities: add up to the distribution function (%i, %f)", (trials, chance) => {
  const law = binomialProbabilities(trials, chance);
  let sum = 0;
  for (let k = 0; k < trials; k++) {
    sum += law[k]!;
    expectClose(sum, binomialCdf(k, trials, chance), { abs: 1e-12 });
  }
  expect(law.length).toBe(trials + 1);
});
