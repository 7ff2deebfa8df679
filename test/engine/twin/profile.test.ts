// Method: the bits of the WebAssembly kernel on random cubics.
import { test } from "vitest";
import { column, expectSameBits, wordsOf } from "../../support/twin.ts";

test.each([2, 128, 1000])("addCubic: %i points on random cells", (count) => {
  expectSameBits((arena, kernels) => {
    const cubics = arena.put(column(30, 4 * 50, 1e6, true));
    const at = arena.take(count * 4);
    // Offsets of cells of 64 bytes, as the look-up leaves them.
    arena.i32(at, count).set(wordsOf(31, count).map((word) => (word % 50) * 64));
    const t = arena.put(column(32, count, 1, count > 100));
    const out = arena.put(column(33, count, 1e3));
    kernels.addCubic(cubics, at, t, out, count);
    return [arena.f64(out, count)];
  });
});
