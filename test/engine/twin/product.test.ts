// Method: the bits of the WebAssembly kernel, for numbers of rows that are and are not whole groups
// of four.
import { test } from "vitest";
import { column, expectSameBits } from "../../support/twin.ts";

test.each([
  [1, 1, 4],
  [3, 7, 8],
  [4, 64, 52],
  [5, 2, 52],
  [11, 30, 16],
])("addProduct: %i rows, %i terms, %i columns", (rows, inner, columns) => {
  expectSameBits((arena, kernels) => {
    // Rows lie further apart than they are long, and go to places of their own.
    const stride = inner + 3;
    const a = arena.put(column(70, rows * stride, 1e6, rows > 4));
    const b = arena.put(column(71, inner * columns));
    const out = arena.put(column(72, rows * columns, 10));
    const placed = arena.take(rows * columns * 8);
    const places = arena.take(rows * 4);
    arena.u32(places, rows).set(Uint32Array.from({ length: rows }, (_, i) => Math.floor(i / 2)));
    kernels.addProduct(out, 0, a, stride, b, rows, inner, columns);
    kernels.addProduct(placed, places, a, stride, b, rows, inner, columns);
    return [arena.f64(out, rows * columns), arena.f64(placed, rows * columns)];
  });
});

test("addProduct: no rows and no terms add nothing", () => {
  expectSameBits((arena, kernels) => {
    const out = arena.put([1, 2, 3, 4]);
    kernels.addProduct(out, 0, out, 1, out, 0, 1, 4);
    kernels.addProduct(out, 0, out, 1, out, 1, 0, 4);
    return [arena.f64(out, 4)];
  });
});
