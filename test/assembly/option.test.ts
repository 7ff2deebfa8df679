// Method: the SIMD calls against fifty-digit Black–Scholes values and deltas, and at prices so far
// from the strike that only one leg is left.
import { expect, test } from "vitest";
import { OPTION_BYTES } from "../../src/engine/index.ts";
import { exp, log, normalCdf } from "../../src/numeric/index.ts";
import { freshKernel, seeded } from "../support/kernel.ts";
import { referenceCases } from "../support/reference.ts";

type Option = readonly [
  inverse: number,
  shift: number,
  deviation: number,
  forward: number,
  strike: number,
];

/** Values and slopes of calls at four points of the log return, each added to what was there. */
function calls(options: readonly Option[], x: readonly number[], before = 0) {
  const { kernels, arena } = freshKernel();
  const values = arena.put(x.map(() => before));
  const slopes = arena.put(x.map(() => before));
  const points = arena.put(x);
  const spot = arena.put(x.map(exp));
  const records = arena.put(options.flat());
  kernels.addCallsWithSlopes(values, slopes, points, spot, x.length, records, options.length);
  const withSlopes = arena.f64(values, x.length).slice();
  arena.f64(values, x.length).fill(before);
  kernels.addCalls(values, points, spot, x.length, records, options.length);
  expect(arena.f64(values, x.length)).toEqual(withSlopes);
  return { values: withSlopes, slopes: arena.f64(slopes, x.length).slice() };
}

test("addCalls: legs agree with fifty-digit values within 1e-15 of the larger leg", () => {
  type Row = readonly ["call" | "put", number, number, number, number, number, number];
  for (const [[type, spot, strike, rate, carried, years, volatility], known] of referenceCases<
    Row,
    { price: number; delta: number }
  >("px.bs.highprec")) {
    const deviation = volatility * Math.sqrt(years);
    const forward = spot * exp(-carried * years);
    const debt = strike * exp(-rate * years);
    const shift = log(forward / debt) / deviation + deviation / 2;
    const { values, slopes } = calls(
      [[1 / deviation, shift, deviation, forward, debt]],
      [0, 0, 0, 0],
    );
    const put = type === "put" ? 1 : 0;
    // d itself carries the rounding of its inputs: an ulp of d moves a leg by n(d) of it.
    const tolerance = 1e-15 * Math.max(forward, debt);
    for (const lane of [0, 1, 2, 3]) {
      expect(Math.abs(values[lane]! - put * (forward - debt) - known.price)).toBeLessThan(
        tolerance,
      );
      expect(Math.abs(slopes[lane]! - put * forward - spot * known.delta)).toBeLessThan(tolerance);
    }
  }
});

test("addCalls: legs agree with the host's normal distribution on 4,096 draws", () => {
  const random = seeded(8);
  for (let draw = 0; draw < 4096; draw++) {
    const deviation = 0.1 + random();
    const moneyness = (random() - 0.5) * 10 * deviation;
    const inverse = 1 / deviation;
    const shift = moneyness / deviation + deviation / 2;
    const forward = exp(moneyness);
    const { values, slopes } = calls([[inverse, shift, deviation, forward, 1]], [0, 0, 0, 0]);
    const larger = Math.max(forward, 1);
    const first = forward * normalCdf(shift);
    expect(Math.abs(slopes[1]! - first) / larger).toBeLessThan(1e-15);
    expect(Math.abs(values[2]! - (first - normalCdf(shift - deviation))) / larger).toBeLessThan(
      1e-15,
    );
  }
});

test("addCalls: far from the strike a call is nothing or the difference of its legs, to the bit", () => {
  const near: Option = [1e6, 0, 1e-6, 100, 100];
  const { values, slopes } = calls([near], [-0.5, -1, 0.5, 1]);
  expect([...values]).toEqual([0, 0, 100 * exp(0.5) - 100, 100 * exp(1) - 100]);
  expect([...slopes]).toEqual([0, 0, 100 * exp(0.5), 100 * exp(1)]);
});

test("addCalls: options add in their order to what is there", () => {
  const one: Option = [2, 0.1, 0.5, 120, 100];
  const other: Option = [4, -0.2, 0.25, -30, -31];
  const x = [-0.3, 0, 0.2, 0.7];
  const first = calls([one], x, 5).values;
  const second = calls([other], x).values;
  const both = calls([one, other], x, 5).values;
  both.forEach((value, i) => {
    expect(value).toBe(first[i]! + second[i]!);
  });
  expect(OPTION_BYTES).toBe(8 * one.length);
});
