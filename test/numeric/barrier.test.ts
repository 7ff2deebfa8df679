import { expect, test } from "vitest";
import {
  barrierOption,
  digitalBarrier,
  digitalOption,
  discreteBarrier,
  exp,
  firstPassageProbability,
  log,
  touchOption,
  untouchedClaim,
} from "../../src/numeric/index.ts";
import { expectClose, reference, referenceCases } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

type Type = "call" | "put";
type Barrier = "DownIn" | "DownOut" | "UpIn" | "UpOut";

const TERMS = {
  DownIn: { direction: "down", kind: "knock-in" },
  DownOut: { direction: "down", kind: "knock-out" },
  UpIn: { direction: "up", kind: "knock-in" },
  UpOut: { direction: "up", kind: "knock-out" },
} as const;

test("barrierOption: agrees with Haug's table and with fifty digits of the formula", () => {
  const id = "px.barrier.haug";
  type Case = readonly [
    Barrier,
    number,
    number,
    Type,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const { tolerance } = reference(id);
  let cases = 0;
  for (const [one, [printed, full]] of referenceCases<Case, readonly [number, number]>(id)) {
    const [terms, barrier, rebate, type, strike, spot, carried, rate, years, volatility] = one;
    const value = barrierOption({
      ...TERMS[terms],
      ...{ barrier, rebate, type, strike, spot, rate, years, volatility },
      carry: rate - carried,
    });
    expectClose(value, printed, { abs: tolerance["abs_vs_table"] as number });
    expectClose(value, full, { rel: tolerance["rel_vs_second_value"] as number });
    cases++;
  }
  expect(cases).toBe(43);
});

test("digitalBarrier: agrees with Haug's table", () => {
  const id = "px.binary-barrier.haug";
  type Case = readonly [
    "cash" | "asset",
    Barrier,
    number,
    number,
    Type,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  for (const [one, known] of referenceCases<Case, number>(id)) {
    const [pays, terms, barrier, cash, type, strike, spot, carried, rate, years, volatility] = one;
    const value = digitalBarrier({
      ...TERMS[terms],
      ...{ barrier, type, strike, spot, rate, years, volatility },
      carry: rate - carried,
      ...(pays === "cash" ? { cash } : { asset: 1 }),
    });
    expectClose(value, known, reference(id).tolerance);
  }
});

test("digitalOption and touchOption: agree with Haug's table", () => {
  const id = "px.digital.haug";
  type Case = readonly [string, Type, number, number, number, number, number, number, number];
  const [cash, gap, up, down] = referenceCases<Case, number>(id);
  const market = ([, , , spot, carried, rate, years, volatility]: Case) => ({
    ...{ spot, rate, years, volatility },
    carry: rate - carried,
  });
  const digital = digitalOption({ ...market(cash![0]), type: "put", strike: 80, cash: 10 });
  expectClose(digital, cash![1], reference(id).tolerance);
  const gapped = { type: "call", strike: 50, asset: 1, cash: -57 } as const;
  expectClose(digitalOption({ ...market(gap![0]), ...gapped }), gap![1], reference(id).tolerance);
  for (const [[, type, barrier, ...rest], known] of [up!, down!]) {
    const value = touchOption({
      ...market(["", type, barrier, ...rest]),
      direction: type === "call" ? "up" : "down",
      ...{ barrier, kind: "one-touch", cash: rest[5], paid: "touch" },
    });
    expectClose(value, known, reference(id).tolerance);
  }
});

test("firstPassageProbability: agrees with the reflection principle", () => {
  const id = "px.first-passage.down";
  type Case = readonly [number, number, number, number, number];
  for (const [[spot, barrier, carry, volatility, years], known] of referenceCases<Case, number>(
    id,
  )) {
    const input = { spot, barrier, carry, volatility, years, direction: "down" } as const;
    expectClose(firstPassageProbability(input), known, reference(id).tolerance);
  }
});

test("discreteBarrier: shifts a barrier as Broadie, Glasserman and Kou did", () => {
  const id = "px.barrier.discrete-bgk";
  const { tolerance } = reference(id);
  for (const [[H], [continuous, shifted, discrete]] of referenceCases<
    readonly [number],
    readonly [number, number, number]
  >(id)) {
    const direction = "down" as const;
    const option = { kind: "knock-out", type: "call", spot: 100, strike: 100, direction } as const;
    const market = { volatility: 0.3, rate: 0.1, carry: 0.1, years: 0.2 };
    const closed = barrierOption({ ...option, ...market, barrier: H });
    expectClose(closed, continuous, { abs: tolerance["abs_continuous"] as number });
    const barrier = discreteBarrier({ direction, barrier: H, volatility: 0.3, interval: 0.2 / 50 });
    const corrected = barrierOption({ ...option, ...market, barrier });
    expectClose(corrected, shifted, { abs: tolerance["abs_bgk"] as number });
    // What the correction is for: the value of fifty looks, but for a spot 1 % from the barrier.
    expectClose(corrected, discrete, { abs: H === 99 ? 0.07 : 0.0005 });
  }
  const up = discreteBarrier({ direction: "up", barrier: 100, volatility: 0.3, interval: 0.004 });
  const down = discreteBarrier({
    ...{ direction: "down", barrier: 100, volatility: 0.3, interval: 0.004 },
  });
  expectClose(up * down, 10_000, { rel: 1e-15 });
  expect(up).toBeGreaterThan(100);
});

const market = { spot: 100, volatility: 0.4, years: 0.3, rate: 0.07, carry: 0.02 };

// Method: identities that hold whatever the numbers; they reach the cases that no table has.
test("barrierOption: in and out are the whole option, on both sides of the strike", () => {
  for (const [direction, barrier] of [
    ["up", 101],
    ["up", 130],
    ["down", 99],
    ["down", 60],
  ] as const) {
    for (const strike of [50, 80, 100, 125, 140]) {
      for (const type of ["call", "put"] as const) {
        const option = { ...market, direction, barrier, strike, type };
        const whole = digitalOption({
          ...market,
          ...{ type, strike, asset: type === "call" ? 1 : -1 },
          cash: type === "call" ? -strike : strike,
        });
        const sum =
          barrierOption({ ...option, kind: "knock-in" }) +
          barrierOption({ ...option, kind: "knock-out" });
        expectClose(sum, whole, { rel: 1e-13, abs: 1e-13 });
      }
    }
    const touch = { ...market, direction, barrier, cash: 3 };
    const both =
      touchOption({ ...touch, kind: "one-touch" }) + touchOption({ ...touch, kind: "no-touch" });
    expectClose(both, 3 * exp(-0.07 * 0.3), { rel: 1e-14 });
    // Without discounting, the moment of payment does not matter.
    const free = { ...touch, rate: 0, kind: "one-touch" } as const;
    expectClose(touchOption({ ...free, paid: "touch" }), touchOption(free), { rel: 1e-13 });
  }
});

// Method: sixty digits of the reflection principle (mpmath 1.3), the second and third also by
// integrating the density of the first passage. The weight of the mirrored paths is e^732 in the
// first two, beyond the range of f64.
test("firstPassageProbability: keeps its digits where the mirrored paths' weight overflows", () => {
  const up = { spot: 100, volatility: 0.02, barrier: 105, direction: "up" } as const;
  for (const [carry, years, known] of [
    [3, 0.005, 2.7080969797641046199e-126],
    [3, 0.012, 3.0330349536213624054e-9],
    [0.05, 1, 0.5979790834467540035],
    [-0.5, 1, 1.012891731958306623e-53],
  ] as const) {
    expectClose(firstPassageProbability({ ...up, carry, years }), known, { rel: 1e-12 });
  }
});

// Method: the payoff integrated with fifty digits (mpmath 1.3) over the density of the price times
// the chance that a Brownian bridge stays below the barrier; the slope is its difference quotient.
// The first is deep in a tail, the others have mirrored paths of weight e^732.
test("untouchedClaim: agrees with the integral, value and slope, in a tail and in a strong drift", () => {
  for (const [strike, barrier, volatility, carry, years, value, slope] of [
    [170, 200, 0.2, 0, 0.25, 1.28843166644655171e-7, 7.343538164195943e-6],
    [101, 105, 0.02, 3, 0.012, 2.66558463686448456, 103.6655512481902],
    [101, 105, 0.02, 3, 0.0155, 2.99319157416763336, -343.719372395908],
  ] as const) {
    const mean = (carry - 0.5 * volatility * volatility) * years;
    const motion = { mean, deviation: volatility * Math.sqrt(years) };
    const level = { direction: "up", at: log(barrier / 100) } as const;
    const to = Number.POSITIVE_INFINITY;
    const claim = { asset: 100, cash: -strike, from: log(strike / 100), to };
    expectClose(untouchedClaim(motion, level, claim, 0), { value, slope }, { rel: 1e-11 });
  }
});

test("barrierOption: without volatility or time the price follows its forward", () => {
  const still = { ...market, volatility: 0, carry: 1, years: 0.2, rate: 0 };
  const rising = 100 * exp(0.2);
  const option = { ...still, type: "call", strike: 110, direction: "up" } as const;
  expectClose(barrierOption({ ...option, kind: "knock-in", barrier: 120 }), rising - 110, {
    rel: 1e-14,
  });
  expect(barrierOption({ ...option, kind: "knock-out", barrier: 120 })).toBe(0);
  expect(barrierOption({ ...option, kind: "knock-in", barrier: 125 })).toBe(0);
  const hit = { ...still, rate: 0.5, kind: "one-touch", direction: "up", barrier: 110 } as const;
  // At e^t = 1.1, discounted at 0.5: 1.1^-0.5.
  expectClose(touchOption({ ...hit, cash: 1, paid: "touch" }), 1 / Math.sqrt(1.1), { rel: 1e-14 });
  expect(touchOption({ ...hit, carry: 0, cash: 1, paid: "touch" })).toBe(0);
  const now = { ...market, years: 0, type: "put", strike: 110, direction: "down" } as const;
  expect(barrierOption({ ...now, kind: "knock-out", barrier: 90 })).toBe(10);
  expect(barrierOption({ ...now, kind: "knock-in", barrier: 90 })).toBe(0);
  expect(barrierOption({ ...now, kind: "knock-in", barrier: 100 })).toBe(10);
});

test("barrierOption: names every number out of range at once", () => {
  const wrong = {
    ...{ spot: 0, strike: 1, barrier: Number.NaN, volatility: -1, years: 1 },
    ...{ rate: Number.POSITIVE_INFINITY, rebate: Number.NaN },
    kind: "knock-in",
    direction: "up",
    type: "call",
  } as const;
  expect(refusals(() => barrierOption(wrong))).toEqual([
    "NUMBER_NOT_FINITE /barrier",
    "NUMBER_NOT_FINITE /rate",
    "NUMBER_NOT_FINITE /rebate",
    "NUMBER_RANGE /spot",
    "NUMBER_RANGE /volatility",
  ]);
  const paid = { ...market, rate: -0.9, kind: "one-touch", direction: "up", barrier: 110 } as const;
  expect(refusals(() => touchOption({ ...paid, cash: 1, paid: "touch" }))).toEqual([
    "NUMBER_RANGE /rate",
  ]);
});
