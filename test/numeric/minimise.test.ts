import { expect, test } from "vitest";
import { minimise } from "../../src/numeric/index.ts";
import { expectClose } from "../support/reference.ts";

test("minimise: finds the bottom of a parabola and its value", () => {
  const found = minimise((x) => (x - 1.25) * (x - 1.25) + 3, -4, 9, 1e-9);
  expectClose(found, { x: 1.25, value: 3 }, { abs: 3e-8 });
});

test("minimise: returns the very end when the function only falls or only rises", () => {
  expect(minimise((x) => x, 2, 5, 1e-6)).toEqual({ x: 2, value: 2 });
  expect(minimise((x) => -x, 2, 5, 1e-6)).toEqual({ x: 5, value: -5 });
});
