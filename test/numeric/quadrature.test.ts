import { expect, test } from "vitest";
import { gaussLegendre } from "../../src/numeric/index.ts";
import { expectClose } from "../support/reference.ts";

test("gaussLegendre: is exact for polynomials up to degree 39, and no further", () => {
  for (const degree of [0, 1, 7, 38, 39]) {
    const known = (2 ** (degree + 1) - 0.5 ** (degree + 1)) / (degree + 1);
    expectClose(
      gaussLegendre((x) => x ** degree, 0.5, 2),
      known,
      { rel: 1e-14 },
    );
  }
  const error = gaussLegendre((x) => x ** 40, -1, 1) - 2 / 41;
  expect(Math.abs(error)).toBeGreaterThan(1e-13);
});
