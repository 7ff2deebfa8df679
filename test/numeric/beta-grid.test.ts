// Method: every eighth quantile, the median among them, of a grid against Newton's method for it alone, and closed forms.
import { expect, test } from "vitest";
import { betaQuantile, betaQuantileGrid, exp } from "../../src/numeric/index.ts";

const REACH = 23;
const COUNT = 3072;

/** u and 1 - u of knot i. */
function chance(i: number): { u: number; rest: number } {
  const y = REACH * ((2 * i) / COUNT - 1);
  const e = exp(-Math.abs(y));
  const [small, large] = [e / (1 + e), 1 / (1 + e)];
  return y < 0 ? { u: small, rest: large } : { u: large, rest: small };
}

test.each([
  [2, 3, 1e-14],
  [0.5, 0.5, 1e-14],
  [8, 2, 1e-14],
  [50, 0.5, 1e-14],
  [990, 11, 1e-13],
  [0.3, 200, 1e-14],
  [0.1, 0.1, 1e-13],
  [0.01, 5, 1e-12],
  [5, 0.01, 1e-12],
  [0.001, 0.001, 1e-11],
  [1e6, 1e6, 1e-12],
  [1e6, 0.5, 1e-13],
  [1e-6, 1e6, 1e-12],
])("betaQuantileGrid: has the quantiles of betaQuantile (%f, %f)", (a, b, tolerance) => {
  const x = betaQuantileGrid(a, b, REACH, COUNT);
  expect(x.length).toBe(COUNT + 1);
  let worst = 0;
  for (let i = 0; i <= COUNT; i += 8) {
    const { u, rest } = chance(i);
    worst = Math.max(worst, Math.abs(x[i]! - betaQuantile(a, b, u, rest).x));
  }
  expect(worst).toBeLessThan(tolerance);
});

test("betaQuantileGrid: is a power of u for b = 1, of 1 - u for a = 1", () => {
  const [squares, rests] = [
    betaQuantileGrid(0.5, 1, REACH, COUNT),
    betaQuantileGrid(1, 2, REACH, COUNT),
  ];
  for (let i = 0; i <= COUNT; i++) {
    const { u, rest } = chance(i);
    expect(Math.abs(squares[i]! - u * u)).toBeLessThan(1e-14);
    expect(Math.abs(rests[i]! - (1 - Math.sqrt(rest)))).toBeLessThan(1e-14);
  }
});

test("betaQuantileGrid: ascends, for shapes so small that it leaps from 0 to 1 as well", () => {
  for (const [a, b] of [
    [1e-6, 1e-6],
    [1e-3, 2e-3],
    [3, 4],
  ] as const) {
    const x = betaQuantileGrid(a, b, REACH, COUNT);
    expect(x.every((value, i) => value >= 0 && value <= 1 && (i === 0 || value >= x[i - 1]!))).toBe(
      true,
    );
  }
});
