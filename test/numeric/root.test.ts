// Method: roots that are known.
import { expect, test } from "vitest";
import { rootBetween } from "../../src/numeric/index.ts";

test("rootBetween: finds roots to the last bit, whichever way the function goes", () => {
  expect(rootBetween((x) => x * x - 2, 0, 2)).toBeCloseTo(Math.SQRT2, 15);
  expect(rootBetween((x) => 2 - x * x, 0, 2)).toBeCloseTo(Math.SQRT2, 15);
  expect(rootBetween((x) => x - 1e-300, 0, 1) / 1e-300).toBeCloseTo(1, 14);
  expect(rootBetween((x) => x * x * x, -1, 3)).toBeCloseTo(0, 15);
});

test("rootBetween: an end may be the root, and a tolerance ends the search", () => {
  expect(rootBetween((x) => x, 0, 1)).toBe(0);
  expect(rootBetween((x) => x - 1, 0, 1)).toBe(1);
  let calls = 0;
  const coarse = rootBetween((x) => x - 0.3 + 0 * calls++, 0, 1, 1e-3);
  expect(Math.abs(coarse - 0.3)).toBeLessThan(1e-3);
  expect(calls).toBeLessThan(14);
});

test("rootBetween: without a change of sign there is nothing to find", () => {
  expect(() => rootBetween((x) => x + 1, 0, 1)).toThrow("opposite signs");
});
