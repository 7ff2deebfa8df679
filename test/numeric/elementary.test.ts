import { expect, test } from "vitest";
import { exp, expm1, log, log1p } from "../../src/numeric/index.ts";
import { expectClose, reference, referenceCases } from "../support/reference.ts";

test.each([
  ["exp", "sf.exp", exp],
  ["log", "sf.log", log],
  ["expm1", "sf.expm1", expm1],
  ["log1p", "sf.log1p", log1p],
] as const)("%s: is within one unit in the last place of the true value", (_, id, f) => {
  for (const [x, known] of referenceCases<number, number>(id)) {
    expectClose(f(x), known, reference(id).tolerance);
  }
});

test("expm1 and log1p: undo each other over the whole range", () => {
  for (let x = -30; x < 700; x += 0.37) {
    // d log1p(y) = dy / (1+y): what expm1 rounds near -1 comes back magnified by e^-x.
    expectClose(log1p(expm1(x)), x, { rel: 1e-15, abs: 3e-16 * Math.max(1, exp(-x)) });
    const small = x * 1e-9;
    expectClose(expm1(log1p(small)), small, { rel: 4e-16 });
  }
});

test("log1p: puts back what rounding 1 + x lost", () => {
  // 1 + x rounds to 1.5; the slope of ln there is 1/1.5.
  const lost = 2 ** -53;
  expectClose(log1p(0.5 + lost) - log1p(0.5), lost / 1.5, { abs: 2.8e-17 });
});

test("expm1 and log1p: keep their limits", () => {
  expect([expm1(0), expm1(-800), expm1(800), log1p(0), log1p(-1)]).toEqual([
    0,
    -1,
    Number.POSITIVE_INFINITY,
    0,
    Number.NEGATIVE_INFINITY,
  ]);
  expect([expm1(Number.NaN), log1p(-1.5)]).toEqual([Number.NaN, Number.NaN]);
});
