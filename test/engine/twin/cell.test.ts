// Method: the bits of the WebAssembly kernel; what is laid against what the record's words mean.
import { expect, test } from "vitest";
import { CELL_BYTES } from "../../../src/engine/index.ts";
import { exp } from "../../../src/numeric/index.ts";
import { column, expectSameBits } from "../../support/twin.ts";

const CELLS = 13;
const edges = column(90, CELLS + 1).sort();
const values = column(91, CELLS + 1, 50);
const slopes = column(92, CELLS + 1, 9);

test.each([
  [0, 0],
  [-3.5, 40],
])("hermite: values and slopes at the edges, and %d·S + %d", (slope, constant) => {
  expectSameBits((arena, kernels) => {
    const x = arena.put(edges);
    const spot = arena.put(edges.map(exp));
    const cells = [0, 1].map((withValues) => {
      const out = arena.take(4 * CELLS * 8);
      const at = [values, slopes].map((numbers) => (withValues ? arena.put(numbers) : 0));
      kernels.hermite(out, x, spot, at[0]!, at[1]!, slope, constant, CELLS);
      return arena.f64(out, 4 * CELLS).slice();
    });
    for (let c = 0; c < CELLS; c++) {
      for (const side of [0, 1]) {
        const linear = slope * exp(edges[c + side]!);
        const width = edges[c + 1]! - edges[c]!;
        for (const withValues of [0, 1]) {
          const value = withValues * values[c + side]! + linear + constant;
          const rise = width * (withValues * slopes[c + side]! + linear);
          expect(cells[withValues]![4 * c + side]).toBeCloseTo(value, 11);
          expect(cells[withValues]![4 * c + 2 + side]).toBeCloseTo(rise, 11);
        }
      }
    }
    return cells;
  });
});

test("layCells: a cubic through value and slope at both ends of every cell", () => {
  expectSameBits((arena, kernels) => {
    const hermite = column(93, 4 * CELLS, 20);
    const laid = arena.take(CELLS * CELL_BYTES);
    arena.f64(laid, CELLS * 8).fill(Number.NaN);
    kernels.layCells(laid, arena.put(edges), arena.put(hermite), CELLS);
    const words = arena.f64(laid, CELLS * 8);
    for (let c = 0; c < CELLS; c++) {
      const [start, perUnit, c0, c2, c1, c3, end, unused] = words.subarray(8 * c, 8 * c + 8);
      expect([start, unused]).toEqual([edges[c], 0]);
      expect(end).toBe(c === CELLS - 1 ? Number.POSITIVE_INFINITY : edges[c + 1]);
      expect(perUnit! * (edges[c + 1]! - edges[c]!)).toBeCloseTo(1, 14);
      const [left, right, riseLeft, riseRight] = hermite.subarray(4 * c, 4 * c + 4);
      expect([c0, c1]).toEqual([left, riseLeft]);
      expect(c0! + c1! + c2! + c3!).toBeCloseTo(right!, 11);
      expect(c1! + 2 * c2! + 3 * c3!).toBeCloseTo(riseRight!, 11);
    }
    return [words];
  });
});

test.each([0.37, 0.05, 2])(
  "layBuckets: no path of a bucket of %d falls left of its cell",
  (width) => {
    expectSameBits((arena, kernels) => {
      const half = Math.ceil(1 / width) + 1;
      const first = arena.take(2 * half * 4);
      kernels.layBuckets(first, arena.put(edges), CELLS, half, width);
      const laid = arena.u32(first, 2 * half);
      for (const [b, offset] of laid.entries()) {
        const cell = offset / CELL_BYTES;
        const start = (b - half) * width;
        expect(cell === 0 || edges[cell]! <= start + 2e-9 * width).toBe(true);
        // Nor further left than it must.
        expect(cell === CELLS - 1 || edges[cell + 1]! > start).toBe(true);
      }
      return [laid];
    });
  },
);

test("layBuckets: an edge at a bucket's own start is inside it", () => {
  expectSameBits((arena, kernels) => {
    const first = arena.take(6 * 4);
    // 0.1 + 0.2 is not 0.3: the middle edge is a hair to the right of the bucket's start.
    kernels.layBuckets(first, arena.put([-0.9, 0.1 + 0.2, 0.9]), 2, 3, 0.3);
    const laid = arena.u32(first, 6);
    expect([...laid]).toEqual([0, 0, 0, 0, CELL_BYTES, CELL_BYTES]);
    return [laid];
  });
});
