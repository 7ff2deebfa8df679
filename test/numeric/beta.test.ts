import { expect, test } from "vitest";
import {
  betaQuantile,
  binomialCdf,
  binomialQuantile,
  incompleteBeta,
} from "../../src/numeric/index.ts";
import { expectClose, reference, referenceCases } from "../support/reference.ts";

test("incompleteBeta: agrees with known values", () => {
  const { tolerance } = reference("sf.betainc-reg");
  for (const [[a, b, x], known] of referenceCases<[number, number, number], number>(
    "sf.betainc-reg",
  )) {
    expectClose(incompleteBeta(a, b, x).lower, known, tolerance);
  }
});

test("incompleteBeta: is x^a for b = 1 and 1−(1−x)^b for a = 1, in both tails", () => {
  for (const x of [1e-10, 0.25, 0.5, 0.999]) {
    expectClose(incompleteBeta(3, 1, x).lower, x * x * x, { rel: 1e-14 });
    expectClose(incompleteBeta(1, 2, x).upper, (1 - x) * (1 - x), { rel: 1e-14 });
  }
});

test("betaQuantile: is undone by incompleteBeta, from either end", () => {
  for (const [a, b] of [
    [0.5, 0.5],
    [2, 5],
    [50, 0.5],
    [990, 11],
    [9.9e5, 1e4],
  ] as const) {
    for (const p of [1e-12, 1e-3, 0.3, 0.5]) {
      const low = betaQuantile(a, b, p);
      expectClose(incompleteBeta(a, b, low.x, low.y).lower, p, { rel: 1e-9 });
      const high = betaQuantile(a, b, 1 - p, p);
      expectClose(incompleteBeta(a, b, high.x, high.y).upper, p, { rel: 1e-9 });
    }
  }
});

/** Distribution function by adding up, from Pascal's triangle of probabilities: independent. */
function binomialTable(n: number, chance: number): number[] {
  let row = [1];
  for (let trial = 0; trial < n; trial++) {
    const next = new Array<number>(row.length + 1).fill(0);
    row.forEach((p, k) => {
      next[k]! += p * (1 - chance);
      next[k + 1]! += p * chance;
    });
    row = next;
  }
  let sum = 0;
  return row.map((p) => {
    sum += p;
    return sum;
  });
}

test("binomialCdf and binomialQuantile: agree with the recursion over trials", () => {
  for (const [n, chance] of [
    [1, 0.5],
    [20, 0.3],
    [150, 0.99],
    [400, 0.975],
  ] as const) {
    const table = binomialTable(n, chance);
    table.forEach((known, k) => {
      expectClose(binomialCdf(k, n, chance), known, { rel: 1e-12, abs: 1e-300 });
    });
    for (const p of [1e-6, 0.025, 0.37, 0.5001, 0.975, 0.9999]) {
      expect(binomialQuantile(p, n, chance)).toBe(table.findIndex((known) => known >= p));
    }
  }
});

test("binomialQuantile: a probability that is reached exactly counts as reached", () => {
  expect(binomialQuantile(0.5, 1, 0.5)).toBe(0);
  expect(binomialQuantile(0.25, 2, 0.5)).toBe(0);
  expect([binomialQuantile(0, 9, 0.3), binomialQuantile(1, 9, 0.3)]).toEqual([0, 9]);
});

test("binomialQuantile: is the smallest that reaches p for ten million trials", () => {
  for (const p of [0.005, 0.5, 0.995]) {
    const k = binomialQuantile(p, 1e7, 0.99);
    expect(binomialCdf(k, 1e7, 0.99)).toBeGreaterThanOrEqual(p);
    expect(binomialCdf(k - 1, 1e7, 0.99)).toBeLessThan(p);
    // Normal approximation with the skewness term, good to one unit at this size.
    const z = p === 0.5 ? 0 : p < 0.5 ? -2.5758293035489 : 2.5758293035489;
    const expansion = 9.9e6 + z * 314.6426544510455 - (0.98 * (z * z - 1)) / 6 - 0.5;
    expect(Math.abs(k - expansion)).toBeLessThan(1.01);
  }
});

test("betaQuantile: is 0 or 1 where it is nearer to them than any number", () => {
  // For small a the distribution function is u = x^a: the median is 2^-1000000 here.
  expect(betaQuantile(1e-6, 5, 0.6).x).toBe(0);
  expect(betaQuantile(1e-6, 5, 0.4).x).toBe(0);
  expect(betaQuantile(5, 1e-6, 0.6).x).toBe(1);
  expect(betaQuantile(5, 1e-6, 0.4).x).toBe(1);
  expect(betaQuantile(5, 1e-6, 0.4).y).toBe(0);
});
