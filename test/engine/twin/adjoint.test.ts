// Method: the bits of the WebAssembly kernels, on numbers at which arithmetic changes its ways too; and
// edges against the cells to both sides of them.
import { expect, test } from "vitest";
import { column, expectSameBits } from "../../support/twin.ts";

test.each([
  [1, 4],
  [3, 8],
  [70, 52],
])("cellWeights and edgeWeights: %i cells, %i groups", (cells, groups) => {
  expectSameBits((arena, kernels) => {
    const weights = arena.take(4 * cells * groups * 8);
    const values = arena.take((cells + 1) * groups * 8);
    const slopes = arena.take((cells + 1) * groups * 8);
    const own = column(59, cells);
    const widths = arena.put(own);
    const lists = Array.from({ length: groups }, (_, group) =>
      arena.put(column(60 + group, 4 * cells, 1e3, group === 1)),
    );
    const scale = (group: number) => 0.25 + group;
    for (const [group, list] of lists.entries()) {
      kernels.cellWeights(weights, groups, group, list, cells, scale(group));
      if (group % 2 === 1) continue;
      const pair = [list, lists[group + 1]!] as const;
      const scales = [scale(group), scale(group + 1)] as const;
      kernels.edgeWeights(values, slopes, groups, group, ...pair, widths, cells, ...scales);
    }
    // A group without edge cases: every edge has what the cells beside it weigh.
    const [cell, value, slope] = [weights, values, slopes].map((at, i) =>
      arena.f64(at, (i === 0 ? 4 * cells : cells + 1) * groups),
    ) as [Float64Array, Float64Array, Float64Array];
    const weightOf = (c: number, k: number) =>
      c >= 0 && c < cells ? cell[(4 * c + k) * groups + 2]! : 0;
    for (let edge = 0; edge <= cells; edge++) {
      const expected = weightOf(edge - 1, 1) + weightOf(edge, 0);
      expect(value[edge * groups + 2]).toBeCloseTo(expected, 8);
      const rate =
        (own[edge - 1] ?? 0) * weightOf(edge - 1, 3) + (own[edge] ?? 0) * weightOf(edge, 2);
      expect(slope[edge * groups + 2]).toBeCloseTo(rate, 8);
    }
    return [cell, value, slope];
  });
});

test.each([
  [0, 4],
  [1, 2],
  [30, 44],
])("foldRows: %i rows to each side of the middle, %i columns", (reach, columns) => {
  expectSameBits((arena, kernels) => {
    const rows = column(61, (2 * reach + 1) * columns, 1e3, true);
    const size = (reach + 1) * columns;
    const sums = arena.reserve(size * 8);
    const differences = arena.reserve(size * 8);
    kernels.foldRows(sums, differences, arena.put(rows), reach, columns);
    const found = [arena.f64(sums, size), arena.f64(differences, size)] as const;
    for (let k = 1; k <= reach; k++) {
      const after = rows[(reach + k) * columns + 1]!;
      const before = rows[(reach - k) * columns + 1]!;
      expect(found[0][k * columns + 1]).toBe(after + before);
      expect(found[1][k * columns + 1]).toBe(after - before);
    }
    return [...found];
  });
});
