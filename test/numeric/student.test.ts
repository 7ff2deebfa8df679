import { expect, test } from "vitest";
import {
  normalQuantile,
  studentCdf,
  studentPdf,
  studentQuantile,
} from "../../src/numeric/index.ts";
import { expectClose, reference, referenceCases } from "../support/reference.ts";

test("studentQuantile: agrees with known values", () => {
  const { tolerance } = reference("sf.student-t-quantile");
  for (const [[n, p], known] of referenceCases<[number, number], number>("sf.student-t-quantile")) {
    expectClose(studentQuantile(p, n), known, tolerance);
    expectClose(studentQuantile(1 - p, n), -known, { rel: 1e-9 });
  }
});

test("studentCdf: agrees with known values far into the tail", () => {
  const { tolerance } = reference("sf.student-t-cdf");
  for (const [[n, x], known] of referenceCases<[number, number], number>("sf.student-t-cdf")) {
    expectClose(studentCdf(x, n), known, tolerance);
  }
});

test("studentQuantile: has its closed form for two degrees of freedom, from 1e-200 to the centre", () => {
  for (const p of [1e-200, 1e-9, 0.01, 0.3, 0.4999999]) {
    const known = -(1 - 2 * p) / Math.sqrt(2 * p * (1 - p));
    expectClose(studentQuantile(p, 2), known, { rel: 1e-12 });
  }
  expect(studentQuantile(0.5, 3)).toBe(0);
});

test("studentQuantile: goes over into the normal quantile", () => {
  const z = normalQuantile(0.001);
  // First term of the expansion in 1/n (Abramowitz & Stegun 26.7.5).
  expectClose(studentQuantile(0.001, 1e6), z + (z * z * z + z) / 4e6, { rel: 1e-10 });
});

test("studentPdf: is the slope of studentCdf and has its closed form for one and two degrees", () => {
  expectClose(studentPdf(2, 1), 1 / (Math.PI * 5), { rel: 1e-14 });
  expectClose(studentPdf(1, 2), 1 / (3 * Math.sqrt(3)), { rel: 1e-14 });
  for (const n of [2.5, 7, 150]) {
    const slope = (studentCdf(-1.3 + 1e-5, n) - studentCdf(-1.3 - 1e-5, n)) / 2e-5;
    expectClose(studentPdf(-1.3, n), slope, { rel: 1e-8 });
  }
});
