// Method: the bits of the WebAssembly kernel.
import { expect, test } from "vitest";
import { column, expectSameBits } from "../../support/twin.ts";

test("addCallsToRows: several options to a row and rows without any", () => {
  expectSameBits((arena, kernels) => {
    const points = 16;
    const x = arena.put(column(80, points));
    const spot = arena.take(points * 8);
    kernels.expColumn(spot, x, points);
    const options = [0, 1, 2, 3, 4].flatMap((i) => {
      const deviation = (i % 2 ? 1 : -1) * (0.05 + 0.2 * i);
      return [1 / deviation, 0.3 * i, deviation, 100 - 50 * i, 90 - 40 * i];
    });
    const rows = arena.take(4 * points * 8);
    const rowOf = arena.take(5 * 4);
    arena.u32(rowOf, 5).set([0, 0, 3, 1, 0]);
    kernels.addCallsToRows(rows, rowOf, x, spot, points, arena.put(options), 5);
    return [arena.f64(rows, 4 * points)];
  });
});

test.each([2, 3, 40])("chebyshev: %i polynomials", (degrees) => {
  expectSameBits((arena, kernels) => {
    const count = 12;
    const y = arena.put(column(81, count, 1, true));
    const rate = arena.put(column(82, count, 5));
    const values = arena.take(degrees * count * 8);
    const slopes = arena.take(degrees * count * 8);
    kernels.chebyshev(values, slopes, y, rate, count, degrees);
    return [arena.f64(values, degrees * count), arena.f64(slopes, degrees * count)];
  });
});

test.each([1, 2, 3, 40])(
  "series: %i polynomials, as their product with the coefficients",
  (degrees) => {
    expectSameBits((arena, kernels) => {
      const count = 12;
      const y = arena.put(column(83, count, 1, true));
      const rate = arena.put(column(84, count, 5));
      const coefficients = arena.put(column(85, degrees, 100));
      const [values, slopes, products, productSlopes] = [0, 1, 2, 3].map(() =>
        arena.take(count * 8),
      );
      kernels.series(values!, slopes!, coefficients, y, rate, count, degrees);
      const own = [arena.f64(values!, count).slice(), arena.f64(slopes!, count).slice()];
      if (degrees > 1) {
        const basis = arena.take(degrees * count * 8);
        const basisSlopes = arena.take(degrees * count * 8);
        kernels.chebyshev(basis, basisSlopes, y, rate, count, degrees);
        kernels.addProduct(products!, 0, coefficients, degrees, basis, 1, degrees, count);
        kernels.addProduct(
          productSlopes!,
          0,
          coefficients,
          degrees,
          basisSlopes,
          1,
          degrees,
          count,
        );
        expect(own[0]).toEqual(arena.f64(products!, count));
        expect(own[1]).toEqual(arena.f64(productSlopes!, count));
      }
      return own;
    });
  },
);
