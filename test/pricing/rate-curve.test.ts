// Method: published points and curves; what holds of any curve; closed forms of the adaptive one.
import { describe, expect, test } from "vitest";
import { MORPHO_CURVE } from "../../src/index.ts";
import {
  type AdaptiveCurve,
  adaptiveRate,
  type KinkedCurve,
  kinkedRate,
  supplyRate,
  type TwoSlopeCurve,
  twoSlopeRate,
  utilisation,
} from "../../src/pricing/index.ts";
import { expectClose, reference, referenceCases } from "../support/reference.ts";
import { refusal, refusals } from "../support/refusal.ts";

const COMPOUND: KinkedCurve = { base: 0.02, slope: 0.1, kink: 0.8, jump: 3 };
const AAVE: TwoSlopeCurve = { base: 0.01, slope1: 0.07, slope2: 3, optimal: 0.45 };
const DAY = 1 / 365;

test("kinkedRate: agrees with the protocol's own tests", () => {
  const { tolerance } = reference("util.compound-jump-rate");
  for (const [[percent], points] of referenceCases<[KinkedCurve], [number, number][]>(
    "util.compound-jump-rate",
  )) {
    const curve = {
      base: percent.base / 100,
      slope: percent.slope / 100,
      kink: percent.kink / 100,
      jump: percent.jump / 100,
    };
    for (const [used, known] of points) {
      expectClose(100 * kinkedRate(used / 100, curve), known, tolerance);
    }
  }
});

test("twoSlopeRate, supplyRate: agree with known curves", () => {
  const { tolerance } = reference("util.aave-v3");
  for (const [[optimal, base, slope1, slope2, reserve, used], known] of referenceCases<
    [number, number, number, number, number, number],
    [number, number]
  >("util.aave-v3")) {
    const borrow = twoSlopeRate(used, { optimal, base, slope1, slope2 });
    expectClose([borrow, supplyRate(borrow, used, reserve)], known, tolerance);
  }
});

test("adaptiveRate: agrees with known periods", () => {
  const { tolerance } = reference("util.morpho-adaptive-curve");
  for (const [[start, used, days], [average, end, rateAtTarget]] of referenceCases<
    [number, number, number],
    [number, number, number]
  >("util.morpho-adaptive-curve")) {
    expectClose(adaptiveRate(start, used, days * DAY), { average, end, rateAtTarget }, tolerance);
  }
});

describe("any curve", () => {
  const curves: readonly [string, number, (used: number) => number][] = [
    ["kinked", 0.8, (used) => kinkedRate(used, COMPOUND)],
    ["two-slope", 0.45, (used) => twoSlopeRate(used, AAVE)],
    ["adaptive", 0.9, (used) => adaptiveRate(0.04, used, 3 * DAY).average],
  ];
  test.each(curves)("%s: never falls and does not jump", (_, bend, rateAt) => {
    const rates = Array.from({ length: 1001 }, (_, i) => rateAt(i / 1000));
    for (let i = 1; i < rates.length; i++) expect(rates[i]!).toBeGreaterThanOrEqual(rates[i - 1]!);
    const at = rateAt(bend);
    for (const step of [1e-6, 1e-9, 1e-12]) {
      expect(Math.abs(rateAt(bend + step) - at)).toBeLessThan(40 * step);
      expect(Math.abs(rateAt(bend - step) - at)).toBeLessThan(40 * step);
    }
  });

  test("rates: the ends and the bend are what the parameters say", () => {
    expect(kinkedRate(0, COMPOUND)).toBe(0.02);
    expect(kinkedRate(0.8, COMPOUND)).toBeCloseTo(0.02 + 0.08, 15);
    expect(kinkedRate(1, COMPOUND)).toBeCloseTo(0.02 + 0.08 + 0.6, 15);
    expect(twoSlopeRate(0, AAVE)).toBe(0.01);
    expect(twoSlopeRate(0.45, AAVE)).toBe(0.01 + 0.07);
    expect(twoSlopeRate(1, AAVE)).toBe(0.01 + 0.07 + 3);
    expect(adaptiveRate(0.04, 0, 0).average).toBeCloseTo(0.04 / 4, 15);
    expect(adaptiveRate(0.04, 0.9, 0).average).toBe(0.04);
    expect(adaptiveRate(0.04, 1, 0).average).toBeCloseTo(0.04 * 4, 15);
  });

  test("supplyRate: with no reserve, suppliers earn all that borrowers pay", () => {
    const [borrowed, supplied] = [300, 800];
    const used = utilisation(borrowed, supplied);
    const borrow = kinkedRate(used, COMPOUND);
    expect(supplyRate(borrow, used, 0) * supplied).toBeCloseTo(borrow * borrowed, 10);
    expect(supplyRate(borrow, used, 1)).toBe(0);
    expect(supplyRate(borrow, 0, 0.1)).toBe(0);
  });
});

describe("the adaptive curve", () => {
  test("adaptiveRate: two periods are as one", () => {
    for (const used of [0, 0.3, 0.85, 0.9, 0.93, 1]) {
      const first = adaptiveRate(0.04, used, 2 * DAY).rateAtTarget;
      const apart = adaptiveRate(first, used, 5 * DAY);
      const whole = adaptiveRate(0.04, used, 7 * DAY);
      expectClose(apart.rateAtTarget, whole.rateAtTarget, { rel: 1e-14 });
      expectClose(apart.end, whole.end, { rel: 1e-14 });
    }
  });

  test("adaptiveRate: the average is above the true mean by (h/2)·coth(h/2)", () => {
    for (const [used, days] of [
      [1, 1],
      [1, 5],
      [0, 5],
      [0.45, 30],
      [0.97, 9],
    ] as const) {
      const error = (used - 0.9) / (used > 0.9 ? 0.1 : 0.9);
      const growth = 50 * error * days * DAY;
      const height = error > 0 ? 3 * error + 1 : 0.75 * error + 1;
      const mean = (height * 0.04 * Math.expm1(growth)) / growth;
      const excess = growth / 4 / Math.tanh(growth / 4);
      const { average } = adaptiveRate(0.04, used, days * DAY);
      expectClose(average, mean * excess, { rel: 1e-13 });
      if (days <= 5) expect(excess).toBeLessThan(1.01);
    }
  });

  test("adaptiveRate: stays at the target, and between its bounds for ever", () => {
    expect(adaptiveRate(0.07, 0.9, 1e300)).toEqual({
      average: 0.07,
      end: 0.07,
      rateAtTarget: 0.07,
    });
    expect(adaptiveRate(0.04, 1, 1e300)).toEqual({
      average: (4 * (0.04 + 3 * 2)) / 4,
      end: 8,
      rateAtTarget: 2,
    });
    expect(adaptiveRate(0.04, 0, 1e300).rateAtTarget).toBe(0.001);
    expect(adaptiveRate(0.04, 0, 1e300).end).toBe(0.00025);
    // The bound is met between the middle and the end, and only the end is cut.
    const cut = adaptiveRate(1, 1, 1 / 50);
    expect(cut.average).toBeCloseTo(1 + 2 * Math.exp(0.5) + 2, 12);
  });

  test("adaptiveRate: a flat curve without speed is one rate", () => {
    const flat: AdaptiveCurve = { target: 0.5, steepness: 1, speed: 0, lowest: 0, highest: 1 };
    for (const used of [0, 0.2, 0.5, 1]) {
      expect(adaptiveRate(0.05, used, 1, flat)).toEqual({
        average: 0.05,
        end: 0.05,
        rateAtTarget: 0.05,
      });
    }
  });

  test("MORPHO_CURVE: is the one that is used when none is given", () => {
    expect(adaptiveRate(0.04, 0.95, DAY)).toEqual(adaptiveRate(0.04, 0.95, DAY, MORPHO_CURVE));
    expect(Object.isFrozen(MORPHO_CURVE)).toBe(true);
  });
});

test("utilisation: an empty pool is not used, a lent-out one in full", () => {
  expect(utilisation(0, 0)).toBe(0);
  expect(utilisation(0, 5)).toBe(0);
  expect(utilisation(3, 4)).toBe(0.75);
  expect(utilisation(7, 7)).toBe(1);
  expect(utilisation(1e308, 1.5e308)).toBeCloseTo(2 / 3, 15);
});

describe("refusals", () => {
  test.each<[string, () => unknown, string[]]>([
    ["more than there is", () => utilisation(5, 4), ["OVERBORROWED /borrowed"]],
    ["a loan from nothing", () => utilisation(1, 0), ["OVERBORROWED /borrowed"]],
    [
      "amounts that are none",
      () => utilisation(Number.NaN, -1),
      ["NUMBER_NOT_FINITE /borrowed", "NUMBER_RANGE /supplied"],
    ],
    [
      "a bad kinked curve",
      () => kinkedRate(1.01, { base: -1, slope: Number.NaN, kink: -0.1, jump: 1e7 }),
      [
        "NUMBER_RANGE /curve/base",
        "NUMBER_RANGE /curve/jump",
        "NUMBER_RANGE /curve/kink",
        "NUMBER_NOT_FINITE /curve/slope",
        "NUMBER_RANGE /utilisation",
      ],
    ],
    [
      "optima at the ends",
      () => twoSlopeRate(-0.1, { base: 0, slope1: 0, slope2: 0, optimal: 1 }),
      ["NUMBER_RANGE /curve/optimal", "NUMBER_RANGE /utilisation"],
    ],
    [
      "a reserve above all",
      () => supplyRate(-1, 2, 1.5),
      ["NUMBER_RANGE /borrowRate", "NUMBER_RANGE /reserveFactor", "NUMBER_RANGE /utilisation"],
    ],
    [
      "a bad adaptive curve",
      () =>
        adaptiveRate(-1, 2, -1, { target: 0, steepness: 0.5, speed: -1, lowest: -1, highest: 1 }),
      [
        "NUMBER_RANGE /curve/lowest",
        "NUMBER_RANGE /curve/speed",
        "NUMBER_RANGE /curve/steepness",
        "NUMBER_RANGE /curve/target",
        "NUMBER_RANGE /rateAtTarget",
        "NUMBER_RANGE /utilisation",
        "NUMBER_RANGE /years",
      ],
    ],
    [
      "bounds the wrong way round",
      () => adaptiveRate(0.04, 0.5, 1, { ...MORPHO_CURVE, lowest: 3 }),
      ["NUMBER_RANGE /curve/lowest"],
    ],
    ["a start out of bounds", () => adaptiveRate(3, 0.5, 1), ["NUMBER_RANGE /rateAtTarget"]],
  ])("rates: refuse %s", (_, run, codes) => {
    expect(refusals(run)).toEqual(codes);
  });

  test("rates: a refusal names the unit and the bounds", () => {
    const [issue] = refusal(() => kinkedRate(80, COMPOUND)).issues;
    expect(issue!.expected).toBe("number >= 0 and <= 1 (borrowed over supplied, 1 = 100 %)");
    expect(issue!.received).toBe("number 80");
  });
});
