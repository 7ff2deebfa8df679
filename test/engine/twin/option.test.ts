// Method: the bits of the WebAssembly kernel on ordinary options and on absurd ones.
import { expect, test } from "vitest";
import { column, EDGES, expectSameBits } from "../../support/twin.ts";

/** inverse, shift, deviation, forward, strike of each option. */
const books: Readonly<Record<string, number[]>> = {
  "ordinary calls, long and short": Array.from({ length: 60 }, (_, i) => {
    const [deviation, strike, quantity] = column(100 + i, 3, 0.5).map(Math.abs);
    const signed = (i % 2 ? -1 : 1) * quantity!;
    const [width, at] = [deviation! + 0.01, strike! + 0.75];
    return [1 / width, width / 2 + (1 - at) / width, width, signed, signed * at];
  }).flat(),
  "calls about to expire": [1e8, 3, 1e-8, 1, 1, 1e15, -1e15, 1e-15, -2, -2],
  "nothing at all": [0, 0, 0, 0, 0],
  "nothing at all, from below": [0, 0, 0, -0, -0],
  "amounts at the ends of the range": [3, 0.1, 0.3, 1e300, 1e300, 3, 0.1, 0.3, -1e-300, -1e-300],
  "strikes at the edges": EDGES.flatMap((strike) => [2, 0.5, 0.5, 1, strike]),
  "widths at the edges": EDGES.flatMap((width) => [width, 0.5, width, 1, 1]),
};

// The edges come first; some give NaN (0 · ∞), which must be one in both.
const points = [
  ...EDGES,
  ...column(20, 300, 0.6),
  ...column(21, 300, 5),
  38.9,
  39,
  39.1,
  -39,
  37.6,
  -37.7,
];

test.each(Object.keys(books))("addCalls, addCallsWithSlopes: %s", (name) => {
  const book = books[name]!;
  const count = points.length - (points.length % 4);
  expectSameBits((arena, kernels) => {
    const x = arena.put(points);
    const spot = arena.put(points);
    kernels.expColumn(spot, x, count);
    const options = arena.put(book);
    // Sums that begin at -0 show the sign of a zero that is added.
    const start = column(22, count, 1e-3).fill(-0, 0, 200);
    const values = arena.put(start);
    const both = arena.put(start);
    const slopes = arena.put(start);
    kernels.addCalls(values, x, spot, count, options, book.length / 5);
    kernels.addCallsWithSlopes(both, slopes, x, spot, count, options, book.length / 5);
    return [values, both, slopes].map((at) => arena.f64(at, count));
  });
});

test("addCalls: no options leave the column as it is", () => {
  expectSameBits((arena, kernels) => {
    const values = arena.put(points);
    kernels.addCalls(values, values, values, 8, values, 0);
    const left = arena.f64(values, points.length);
    expect(left).toEqual(Float64Array.from(points));
    return [left];
  });
});
