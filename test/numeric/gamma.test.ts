import { expect, test } from "vitest";
import {
  chiSquareCdf,
  chiSquareQuantile,
  exp,
  gammaQuantile,
  incompleteGamma,
  lgamma,
  log,
} from "../../src/numeric/index.ts";
import { expectClose, reference, referenceCases } from "../support/reference.ts";

test("lgamma: agrees with known values, and with the logarithms of factorials", () => {
  const { tolerance } = reference("sf.lgamma");
  for (const [x, known] of referenceCases<number, number>("sf.lgamma")) {
    expectClose(lgamma(x), known, tolerance);
  }
  let factorial = 0;
  for (let n = 1; n <= 200; n++) {
    expectClose(lgamma(n), factorial, { rel: 2e-15, abs: 5e-15 });
    factorial += log(n);
  }
});

test("incompleteGamma: agrees with known values of P", () => {
  const { tolerance } = reference("sf.gammainc-lower-reg");
  for (const [[a, x], known] of referenceCases<[number, number], number>("sf.gammainc-lower-reg")) {
    expectClose(incompleteGamma(a, x).lower, known, tolerance);
  }
});

test("incompleteGamma: is a sum of Poisson terms for whole shapes, in both tails", () => {
  for (const [a, x] of [
    [3, 0.01],
    [3, 4],
    [3, 80],
    [30, 31],
    [30, 200],
  ] as const) {
    let term = exp(-x);
    let upper = 0;
    for (let k = 0; k < a; k++) {
      upper += term;
      term *= x / (k + 1);
    }
    let lower = 0;
    for (let k = a; term > 0 && k < 2000; k++) {
      lower += term;
      term *= x / (k + 1);
    }
    expectClose(incompleteGamma(a, x).upper, upper, { rel: 2e-14 });
    expectClose(incompleteGamma(a, x).lower, lower, { rel: 2e-14 });
  }
});

test("chiSquareQuantile: agrees with known values", () => {
  const { tolerance } = reference("sf.chi2-quantile");
  for (const [[n, p], known] of referenceCases<[number, number], number>("sf.chi2-quantile")) {
    expectClose(chiSquareQuantile(n, p), known, tolerance);
  }
});

test("chiSquareQuantile: is −2·ln(1−p) for two degrees of freedom, at either end", () => {
  for (const tail of [1e-300, 1e-30, 1e-10, 1e-3, 0.3]) {
    expectClose(chiSquareQuantile(2, 1 - tail, tail), -2 * log(tail), { rel: 1e-13 });
  }
  // For small p the quantile is 2p + p² + ….
  expectClose(chiSquareQuantile(2, 1e-30), 2e-30, { rel: 1e-13 });
});

test("gammaQuantile: is undone by incompleteGamma for shapes from 0.05 to 500 000", () => {
  for (const a of [0.05, 0.5, 1.05, 2, 10, 100, 5e5]) {
    for (const p of [1e-10, 1e-4, 0.1, 0.5]) {
      expectClose(incompleteGamma(a, gammaQuantile(a, p)).lower, p, { rel: 1e-9 });
      expectClose(incompleteGamma(a, gammaQuantile(a, 1 - p, p)).upper, p, { rel: 1e-9 });
    }
  }
  expectClose(chiSquareCdf(5, chiSquareQuantile(5, 0.9)), 0.9, { rel: 1e-13 });
  expect([gammaQuantile(2, 0), gammaQuantile(2, 1)]).toEqual([0, Number.POSITIVE_INFINITY]);
});
