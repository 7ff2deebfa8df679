import { expect, test } from "vitest";
import { linear, log10, logarithmic, tickPrinter, ticks } from "../../../src/edge/report/chart.ts";

test("log10: agrees with the engine's own to 1e-13 over the float range", () => {
  for (let power = -300; power <= 300; power += 7) {
    const value = 1.2345 * Number(`1e${power}`);
    expect(Math.abs(log10(value) - Math.log10(value))).toBeLessThan(1e-13);
  }
  expect(log10(1000)).toBe(3);
  expect(log10(2)).toBeCloseTo(0.30102999566398, 13);
});

test("ticks: are multiples of 1, 2 or 5 times a power of ten inside the domain", () => {
  expect(ticks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10]);
  expect(ticks(-1.16, 2.8, 8)).toEqual([-1, -0.5, 0, 0.5, 1, 1.5, 2, 2.5]);
  expect(ticks(0, 0.3, 3)).toEqual([0, 0.1, 0.2, 0.3]);
});

test("linear: maps ends to ends and survives a domain without width", () => {
  const scale = linear([10, 20], [0, 100]);
  expect([scale(10), scale(15), scale(20)]).toEqual([0, 50, 100]);
  expect(linear([5, 5], [0, 100])(5)).toBe(50);
  expect(linear([0, 0], [0, 100])(0)).toBe(50);
});

test("logarithmic: gives each factor of ten the same length", () => {
  const scale = logarithmic([1_000, 100_000], [0, 200]);
  expect(scale(10_000)).toBeCloseTo(100, 10);
  expect(scale.ticks).toEqual([1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5]);
  expect(Number.isFinite(logarithmic([1_000, 1_000], [0, 200])(1_000))).toBe(true);
});

test("tickPrinter: gives all ticks of an axis the same decimals", () => {
  const marks = [0, 0.5, 1];
  expect(marks.map(tickPrinter(marks))).toEqual(["0.0", "0.5", "1.0"]);
  expect([-200_000, 0].map(tickPrinter([-200_000, 0]))).toEqual(["\u2212200,000", "0"]);
});
