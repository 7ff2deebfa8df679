// Method: the bits of the WebAssembly kernel, whose sums depend on the lane that a term falls in.
import { expect, test } from "vitest";
import { column, expectSameBits } from "../../support/twin.ts";

test.each([
  [2, 1],
  [4, 3],
  [6, 3],
  [130, 24],
  [4096, 2],
  [4098, 2],
])("addDots: %i terms for each of %i groups", (count, groups) => {
  expectSameBits((arena, kernels) => {
    const values = arena.put(column(50, count, 1e6, count > 4000));
    const weights = arena.put(column(51, count * groups));
    const sums = arena.put(column(52, groups, 10));
    kernels.addDots(values, weights, sums, count, groups);
    return [arena.f64(sums, groups)];
  });
});

test("addDots: nothing is added for no terms and no groups", () => {
  expectSameBits((arena, kernels) => {
    const sums = arena.put([1, 2]);
    kernels.addDots(sums, sums, sums, 0, 2);
    kernels.addDots(sums, sums, sums, 2, 0);
    const left = arena.f64(sums, 2);
    expect([...left]).toEqual([1, 2]);
    return [left];
  });
});
