import { expect, test } from "vitest";
import {
  erfc,
  erfcx,
  normalCdf,
  normalLogCdf,
  normalPdf,
  normalQuantile,
} from "../../src/numeric/index.ts";
import { expectClose, reference, referenceCases } from "../support/reference.ts";

test.each([
  ["normalQuantile", "sf.norm-inv", normalQuantile],
  ["normalCdf", "sf.norm-cdf", normalCdf],
  ["normalLogCdf", "sf.norm-logcdf", normalLogCdf],
  ["erfc", "sf.erfc", erfc],
  ["erfcx", "sf.erfcx", erfcx],
] as const)("%s: agrees with fifty-digit values in the centre and both tails", (_, id, f) => {
  for (const [x, known] of referenceCases<number, number>(id)) {
    expectClose(f(x), known, reference(id).tolerance);
  }
});

test("normalCdf: is undone by normalQuantile down to the smallest normal numbers", () => {
  for (let z = -37; z < 0; z += 0.173) expectClose(normalQuantile(normalCdf(z)), z, { rel: 5e-15 });
});

test("normalPdf: is the slope of normalCdf", () => {
  const h = 1e-5;
  for (let z = -6; z <= 0; z += 0.25) {
    const slope = (normalCdf(z + h) - normalCdf(z - h)) / (2 * h);
    expectClose(normalPdf(z), slope, { rel: 1e-8 });
  }
});

test("normalQuantile: meets its limits and refuses what is no probability", () => {
  expect([0, 1, 0.5, -0.1, 1.1, Number.NaN].map(normalQuantile)).toEqual([
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    0,
    Number.NaN,
    Number.NaN,
    Number.NaN,
  ]);
});
