// Method: known values, and what holds of any pair: symmetry, margins, the quadrant probability.
import { describe, expect, test } from "vitest";
import { bivariateNormalCdf, normalCdf } from "../../src/numeric/index.ts";
import { expectClose, reference, referenceCases } from "../support/reference.ts";

const CORRELATIONS = [-1, -0.999, -0.9, -0.3, 0, 0.2, 0.5, 0.9, 0.99, 0.999_999, 1];

describe("bivariateNormalCdf", () => {
  test("bivariateNormalCdf: agrees with known values", () => {
    const { tolerance } = reference("sf.bivariate-normal-cdf");
    for (const [[a, b, r], known] of referenceCases<[number, number, number], number>(
      "sf.bivariate-normal-cdf",
    )) {
      expectClose(bivariateNormalCdf(a, b, r), known, tolerance);
      expectClose(bivariateNormalCdf(a, b, r), known, { rel: 1e-12 });
    }
  });

  test.each(CORRELATIONS)("bivariateNormalCdf: a quadrant is 1/4 + arcsine / 2π (%f)", (r) => {
    const known = 0.25 + Math.asin(r) / (2 * Math.PI);
    expectClose(bivariateNormalCdf(0, 0, r), known, { abs: 4e-16 });
  });

  test.each(CORRELATIONS)("bivariateNormalCdf: is symmetric and has normal margins (%f)", (r) => {
    for (const a of [-3, -0.7, 0, 1e-9, 0.4, 2.5]) {
      expectClose(bivariateNormalCdf(a, Number.POSITIVE_INFINITY, r), normalCdf(a), { abs: 0 });
      for (const b of [-2, -0.7, 0.4, 1]) {
        const both = bivariateNormalCdf(a, b, r);
        expectClose(both, bivariateNormalCdf(b, a, r), { abs: 2e-15 });
        expectClose(both + bivariateNormalCdf(a, -b, -r), normalCdf(a), { abs: 2e-15 });
        expect(both).toBeGreaterThanOrEqual(0);
      }
    }
  });

  test("bivariateNormalCdf: says nothing of what is no correlation", () => {
    expect(bivariateNormalCdf(0, 0, 1.1)).toBeNaN();
    expect(bivariateNormalCdf(Number.NaN, 0, 0.1)).toBeNaN();
  });
});
