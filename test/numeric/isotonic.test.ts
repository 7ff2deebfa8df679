// Method: SciPy's fits, and what a projection onto the non-decreasing sequences has to fulfil.
import { expect, test } from "vitest";
import { isotonicFit } from "../../src/numeric/index.ts";
import { uniforms } from "../support/member-losses.ts";
import { expectClose, reference, referenceCases } from "../support/reference.ts";

test.each(referenceCases<[number[], number[]], number[]>("num.isotonic-regression"))(
  "isotonicFit: SciPy's fit of %j",
  ([values, weights], fit) => {
    const { tolerance } = reference("num.isotonic-regression");
    const own = isotonicFit(Float64Array.from(values), Float64Array.from(weights));
    expectClose([...own], fit, tolerance);
  },
);

test("isotonicFit: rises, keeps the mean, and nothing that rises is nearer", () => {
  const random = uniforms(1);
  for (let round = 0; round < 50; round++) {
    const count = 1 + (round % 30);
    const values = Float64Array.from({ length: count }, () => random() - 0.02 * round);
    const weights = Float64Array.from({ length: count }, () => 0.1 + random());
    const fit = isotonicFit(values, weights);
    const dot = (other: ArrayLike<number>) =>
      values.reduce((sum, value, i) => sum + weights[i]! * (value - fit[i]!) * other[i]!, 0);
    for (let i = 1; i < count; i++) expect(fit[i]!).toBeGreaterThanOrEqual(fit[i - 1]!);
    // The rest is at right angles to the fit, and points away from every step up.
    expectClose(dot(fit), 0, { abs: 1e-12 });
    expectClose(dot(new Float64Array(count).fill(1)), 0, { abs: 1e-12 });
    for (let from = 0; from < count; from++) {
      expect(dot(Float64Array.from({ length: count }, (_, i) => Number(i >= from)))).toBeLessThan(
        1e-12,
      );
    }
  }
});

test("isotonicFit: nothing has nothing to fit", () => {
  expect(isotonicFit(new Float64Array(0), new Float64Array(0))).toEqual(new Float64Array(0));
});
