// Method: the bits of the WebAssembly kernel, on numbers at which arithmetic changes its ways too.
import { test } from "vitest";
import { column, expectSameBits } from "../../support/twin.ts";

test.each([
  [1, 4],
  [3, 8],
  [70, 52],
])("cellWeights and edgeWeights: %i cells, %i groups", (cells, groups) => {
  expectSameBits((arena, kernels) => {
    const weights = arena.take(4 * cells * groups * 8);
    for (let group = 0; group < groups; group++) {
      const moments = arena.put(column(60 + group, 4 * cells, 1e3, group === 1));
      kernels.cellWeights(weights, groups, group, moments, cells, 0.25 + group);
    }
    const widths = arena.put(column(59, cells));
    const values = arena.take((cells + 1) * groups * 8);
    const slopes = arena.take((cells + 1) * groups * 8);
    kernels.edgeWeights(values, slopes, weights, widths, cells, groups);
    return [weights, values, slopes].map((at, i) =>
      arena.f64(at, (i === 0 ? 4 * cells : cells + 1) * groups),
    );
  });
});
