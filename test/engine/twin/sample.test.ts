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

test.each([
  [1, 1],
  [0.4, 2.7],
  [1e-3, 7.5],
])("places: the way back from points, spread %d and stretch %d", (spread, stretch) => {
  expectSameBits((arena, kernels) => {
    const count = 24;
    // Both ends among them, no move and a hair beside it.
    const y = Float64Array.from(column(86, count, 1));
    y.set([1, -1, 0, 1e-17, -1e-17]);
    const [x, spot, back, rate] = [0, 1, 2, 3].map(() => arena.take(count * 8));
    kernels.samplePoints(x!, spot!, arena.put(y), spread, stretch, count);
    kernels.places(back!, rate!, x!, spread, stretch, count);
    const [xs, spots, ys, rates] = [x, spot, back, rate].map((at) => arena.f64(at!, count).slice());
    for (let i = 0; i < count; i++) {
      const move = xs![i]!;
      expect(move).toBeCloseTo(spread * Math.sinh(stretch * y[i]!), 10);
      expect(spots![i]! / Math.exp(move)).toBeCloseTo(1, 14);
      expect(ys![i]).toBeCloseTo(y[i]!, 14);
      expect(Math.abs(ys![i]!)).toBeLessThanOrEqual(1);
      expect(rates![i]! * stretch * Math.hypot(move, spread)).toBeCloseTo(1, 14);
    }
    return [xs!, spots!, ys!, rates!];
  });
});

test("places: held in [-1, 1] beyond the range", () => {
  expectSameBits((arena, kernels) => {
    const x = arena.put([-9, -1.2, 1.2, 9]);
    const [y, rate] = [arena.take(32), arena.take(32)];
    kernels.places(y, rate, x, 1, 1, 4);
    const ys = arena.f64(y, 4);
    expect([...ys]).toEqual([-1, -1, 1, 1]);
    return [ys, arena.f64(rate, 4)];
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

test.each([1, 2, 3, 40, 41])("series: %i polynomials, as cosines", (degrees) => {
  expectSameBits((arena, kernels) => {
    const count = 12;
    const places = column(83, count);
    places.set([1, -1, 0]);
    const rates = column(84, count, 5);
    const factors = column(85, degrees, 100);
    const [values, slopes] = [0, 1].map(() => arena.take(count * 8)) as [number, number];
    const [y, rate] = [arena.put(places), arena.put(rates)] as const;
    kernels.series(values, slopes, arena.put(factors), y, rate, count, degrees, 0);
    const own = [arena.f64(values, count).slice(), arena.f64(slopes, count).slice()];
    for (const [i, place] of places.entries()) {
      const sum = (of: (k: number) => number) => factors.reduce((s, c, k) => s + c * of(k), 0);
      // T_k(cos a) = cos k·a, and its derivative k · sin k·a / sin a.
      const angle = Math.acos(place);
      const slopeOf = (k: number) =>
        Math.abs(place) === 1
          ? k * k * place ** (k + 1)
          : (k * Math.sin(k * angle)) / Math.sin(angle);
      const value = sum((k) => Math.cos(k * angle));
      const slope = rates[i]! * sum(slopeOf);
      expect(Math.abs(own[0]![i]! - value)).toBeLessThan(1e-10);
      expect(Math.abs(own[1]![i]! - slope)).toBeLessThan(1e-10 * (1 + Math.abs(slope)));
    }
    return own;
  });
});

test("series: at mirror images of points, with the bits of these", () => {
  expectSameBits((arena, kernels) => {
    const count = 8;
    const y = arena.put(Float64Array.from({ length: count }, (_, i) => i / 10));
    const back = arena.put(Float64Array.from({ length: count }, (_, i) => -i / 10));
    const rate = arena.put(column(87, count, 5));
    const coefficients = arena.put(column(88, 20, 100));
    const sums = (at: number, mirrored: number) => {
      const [values, slopes] = [0, 1].map(() => arena.take(2 * count * 8)) as [number, number];
      const middle = count * 8;
      kernels.series(values + middle, slopes + middle, coefficients, at, rate, count, 20, mirrored);
      return [arena.f64(values, 2 * count).slice(), arena.f64(slopes, 2 * count).slice()] as const;
    };
    const both = sums(y, 1);
    const there = sums(back, 0);
    for (const [column, numbers] of both.entries()) {
      expect(numbers.slice(count)).toEqual(sums(y, 0)[column]!.slice(count));
      for (let i = 1; i < count; i++) {
        expect(numbers[count - i]).toBe(there[column]![count + i]);
      }
    }
    return [...both];
  });
});
