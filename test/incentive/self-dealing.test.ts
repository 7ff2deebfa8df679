// Method: lognormal prices by equal slices of probability, where the gain of the pair is an option
// value by Black's formula; with a path, scenarios worked out by hand.
import { describe, expect, test } from "vitest";
import {
  bestSelfDealing,
  deterringFee,
  deterringMargin,
  type MarginTerms,
  type SelfDealt,
  selfDealing,
} from "../../src/incentive/index.ts";
import { black76, normalQuantile, rootBetween } from "../../src/numeric/index.ts";
import { refusals } from "../support/refusal.ts";

const VOLATILITY = 0.9;
const YEARS = 14 / 365;
const DEVIATION = VOLATILITY * Math.sqrt(YEARS);
const ENTRY = 250;
const COUNT = 100_000;

/** The middles of equal slices: an integral, not a draw, so the closed form is met to many digits. */
const prices = Float64Array.from({ length: COUNT }, (_, i) => {
  const z = normalQuantile((i + 0.5) / COUNT);
  return ENTRY * Math.exp(DEVIATION * z - DEVIATION ** 2 / 2);
});
const perpetual: SelfDealt = { kind: "perpetual", entry: ENTRY, prices };
const option = (type: "call" | "put", strike: number) =>
  black76({ type, forward: 1, strike, volatility: VOLATILITY, years: YEARS }).value;
const closeTo = (found: number, known: number) => {
  expect(Math.abs(found - known)).toBeLessThan(1e-6);
};

describe("a perpetual in two accounts", () => {
  test.each([0.02, 0.05, 0.1, 0.2, 0.4])(
    "selfDealing: at a margin of %d gains a call and a put beyond the collateral",
    (margin) => {
      const { profit, capital, perCapital, error } = selfDealing(perpetual, { margin, fee: 0 });
      closeTo(profit, option("call", 1 + margin) + option("put", 1 - margin));
      expect(capital).toBe(2 * margin);
      expect(perCapital).toBe(profit / capital);
      expect(error).toBeGreaterThan(0);
    },
  );

  test("selfDealing: with fees, the accounts are options on what is left to close with", () => {
    const [margin, fee] = [0.08, 0.002];
    const { profit, capital } = selfDealing(perpetual, { margin, fee });
    const long = (1 - fee) * option("call", (1 - margin) / (1 - fee));
    const short = (1 + fee) * option("put", (1 + margin) / (1 + fee));
    closeTo(profit, long + short - 2 * margin - 2 * fee);
    expect(capital).toBeCloseTo(2 * margin + 2 * fee, 15);
  });

  test("selfDealing: a haircut keeps back that part of the winner's gain", () => {
    const margin = 0.1;
    const gains = option("call", 1) + option("put", 1);
    const { profit } = selfDealing(perpetual, { margin, fee: 0, haircut: 0.3 });
    closeTo(profit, option("call", 1 + margin) + option("put", 1 - margin) - 0.3 * gains);
  });

  test("selfDealing: the error is that of a mean", () => {
    const few: SelfDealt = { kind: "perpetual", entry: 1, prices: [0.5, 1, 1.5, 2] };
    // Shortfalls beyond 0.25: 0.25, 0, 0.25, 0.75.
    const { profit, error } = selfDealing(few, { margin: 0.25, fee: 0 });
    expect(profit).toBeCloseTo(0.3125, 15);
    expect(error).toBeCloseTo(Math.sqrt(0.296875 / 3 / 4), 14);
  });

  test("deterringMargin: is where the options beyond the collateral cost as much as the fees", () => {
    const fee = 0.001;
    const gain = (margin: number) =>
      (1 - fee) * option("call", (1 - margin) / (1 - fee)) +
      (1 + fee) * option("put", (1 + margin) / (1 + fee)) -
      2 * margin -
      2 * fee;
    const known = rootBetween(gain, 0.02, 0.9);
    const found = deterringMargin(perpetual, { margin: 0.02, fee })!;
    expect(Math.abs(found - known)).toBeLessThan(1e-5);
    expect(selfDealing(perpetual, { margin: found + 1e-6, fee }).profit).toBeLessThan(0);
    expect(selfDealing(perpetual, { margin: found - 1e-6, fee }).profit).toBeGreaterThan(0);
    // Two standard errors ask for more; without fees nothing short of everything is enough.
    expect(deterringMargin(perpetual, { margin: 0.02, fee }, 1, 2)).toBeGreaterThan(found);
    expect(deterringMargin(perpetual, { margin: 0.02, fee: 0 }, 0.5)).toBe(null);
    expect(deterringMargin(perpetual, { margin: 0.6, fee: 0.01 })).toBe(0.6);
  });

  test("deterringFee: is the fee at which nothing is gained", () => {
    const terms: MarginTerms = { margin: 0.1, fee: 0 };
    const fee = deterringFee(perpetual, terms);
    closeTo(selfDealing(perpetual, { ...terms, fee }).profit, 0);
    const long = (1 - fee) * option("call", (1 - 0.1) / (1 - fee));
    const short = (1 + fee) * option("put", (1 + 0.1) / (1 + fee));
    closeTo(long + short - 2 * 0.1 - 2 * fee, 0);
    expect(deterringFee({ ...perpetual, prices: [250, 250] }, terms)).toBe(0);
  });

  test("bestSelfDealing: without liquidation the highest leverage is best", () => {
    for (const fee of [0, 0.002]) {
      const best = bestSelfDealing(perpetual, { margin: 0.01, fee });
      expect(best.margin).toBe(0.01);
      expect(best.perCapital).toBe(selfDealing(perpetual, { margin: 0.01, fee }).perCapital);
    }
  });
});

describe("liquidation on the way", () => {
  // Margin 10 %, maintenance 5 %: the long is closed at 0.9 / 0.95, the short at 1.1 / 1.05.
  const terms: MarginTerms = { margin: 0.1, fee: 0, maintenance: 0.05, closingCost: 0 };
  const long = 0.9 / 0.95;
  const short = 1.1 / 1.05;

  test("selfDealing: who is closed at maintenance leaves no loss behind", () => {
    const dealt: SelfDealt = {
      kind: "perpetual",
      entry: 1,
      prices: [0.6, 1.7, 1.2, 1],
      lows: [0.6, 1, 0.9, 0.99],
      highs: [1, 1.7, 1.3, 1.01],
    };
    const gains = [
      long - 1 + 0.4,
      1 - short + 0.7,
      // Both are closed, each at its own level.
      long - 1 + 1 - short,
      0,
    ];
    const mean = gains.reduce((sum, gain) => sum + gain, 0) / 4;
    expect(selfDealing(dealt, terms).profit).toBeCloseTo(mean, 14);
  });

  test("selfDealing: a close that costs more than maintenance leaves a loss to the pool", () => {
    const dealt: SelfDealt = {
      kind: "perpetual",
      entry: 1,
      prices: [0.6, 1.4],
      lows: [0.6, 1],
      highs: [1, 1.4],
    };
    const { profit } = selfDealing(dealt, { ...terms, closingCost: 0.2 });
    // The collateral is all that is lost: 0.1 each time, against 0.4 gained.
    expect(profit).toBeCloseTo(0.3, 14);
    const mild = selfDealing(dealt, { ...terms, closingCost: 0.01 }).profit;
    const lost = (1 - long * 0.99 + (short * 1.01 - 1)) / 2;
    expect(mild).toBeCloseTo(0.4 - lost, 14);
  });

  test("selfDealing: on a fair walk, closing at maintenance without cost gains nothing", () => {
    // Every path of 14 steps of 1 % up or down. Levels of 0.94 and 1.05 are prices on the way.
    const steps = 14;
    const [lows, highs, ends]: [number[], number[], number[]] = [[], [], []];
    for (let bits = 0; bits < 2 ** steps; bits++) {
      let [place, low, high] = [0, 0, 0];
      for (let step = 0; step < steps; step++) {
        place += (bits >> step) & 1 ? 1 : -1;
        low = Math.min(low, place);
        high = Math.max(high, place);
      }
      ends.push(1 + place / 100);
      lows.push(1 + low / 100 - 1e-9);
      highs.push(1 + high / 100 + 1e-9);
    }
    const dealt: SelfDealt = { kind: "perpetual", entry: 1, prices: ends, lows, highs };
    const fair: MarginTerms = { margin: 8 / 55, maintenance: 1 / 11, fee: 0 };
    expect(selfDealing(dealt, fair).profit).toBeCloseTo(0, 12);
    // Each close costs half a per cent of its level, and these collaterals can pay for it.
    const touches = lows.filter((low) => low <= 0.94).length * 0.94;
    const lifts = highs.filter((high) => high >= 1.05).length * 1.05;
    const cost = (0.005 * (touches + lifts)) / 2 ** steps;
    expect(selfDealing(dealt, { ...fair, closingCost: 0.005 }).profit).toBeCloseTo(-cost, 12);
  });

  test("bestSelfDealing: a margin so thin that the winner is closed on the way is not the best", () => {
    // Both ways the price first moves 3 %: below some 4 % of margin both accounts are closed there.
    const dealt: SelfDealt = {
      kind: "perpetual",
      entry: 1,
      prices: [0.6, 1.4],
      lows: [0.6, 0.97],
      highs: [1.03, 1.4],
    };
    const thin: MarginTerms = { margin: 0.02, maintenance: 0.01, fee: 0, closingCost: 0.3 };
    const survives = 1.03 * 1.01 - 1;
    const best = bestSelfDealing(dealt, thin);
    expect(selfDealing(dealt, thin).profit).toBeCloseTo(-0.04, 12);
    expect(best.margin).toBeGreaterThan(survives);
    expect(best.margin).toBeLessThan(survives * 1.07);
    expect(best.profit).toBeCloseTo(0.4 - best.margin, 12);
    // From above: the margins between 2 % and 4 % do not pay, yet they are not the answer.
    expect(deterringMargin(dealt, thin)).toBeCloseTo(0.4, 9);
  });
});

describe("an option in two accounts", () => {
  const strike = 1.05;
  const values = prices.map((price) => Math.max(0, price - strike * ENTRY));
  const call: SelfDealt = {
    kind: "option",
    entry: ENTRY,
    premium: ENTRY * option("call", strike),
    values,
  };

  test.each([0.05, 0.2])(
    "selfDealing: a call sold on a collateral of %d gains a call that much higher",
    (margin) => {
      const { profit, capital } = selfDealing(call, { margin, fee: 0.001 });
      closeTo(profit, option("call", strike + margin) - 0.002);
      expect(capital).toBeCloseTo(margin + 0.002, 15);
    },
  );

  test("selfDealing: a put sold on a collateral gains a put that much lower", () => {
    const put: SelfDealt = { ...call, values: prices.map((p) => Math.max(0, 0.95 * ENTRY - p)) };
    closeTo(selfDealing(put, { margin: 0.1, fee: 0 }).profit, option("put", 0.85));
    // At the strike's distance from nothing the seller can always pay.
    expect(selfDealing(put, { margin: 0.95, fee: 0 }).profit).toBe(0);
  });

  test("selfDealing: a haircut falls on what the option gained beyond its premium", () => {
    const { profit } = selfDealing(call, { margin: 0.1, fee: 0, haircut: 0.5 });
    const gain = option("call", strike + option("call", strike));
    closeTo(profit, option("call", strike + 0.1) - 0.5 * gain);
  });

  test("deterringMargin: of an option is where a higher strike is worth the fees", () => {
    const fee = 0.0005;
    const known = rootBetween((margin) => option("call", strike + margin) - 2 * fee, 0.01, 1);
    const found = deterringMargin(call, { margin: 0.01, fee })!;
    expect(Math.abs(found - known)).toBeLessThan(1e-4);
  });
});

test("selfDealing: refuses what cannot be, all at once", () => {
  const bad = { kind: "perpetual", entry: 0, prices: [1], lows: [1, -1] } as const;
  expect(refusals(() => selfDealing(bad, { margin: 0, fee: 1, haircut: Number.NaN }))).toEqual(
    [
      "KEY_MISSING /terms/maintenance",
      "SCENARIOS_TOO_FEW /dealt",
      "NUMBER_RANGE /dealt/entry",
      "ARRAY_LENGTH /dealt/lows",
      "NUMBER_RANGE /dealt/lows/1",
      "NUMBER_RANGE /terms/fee",
      "NUMBER_NOT_FINITE /terms/haircut",
      "NUMBER_RANGE /terms/margin",
    ].sort((a, b) => (a.split(" ")[1]! < b.split(" ")[1]! ? -1 : 1)),
  );
  const terms = { margin: 0.2, fee: 0 };
  const infinite = { ...perpetual, prices: [1, Infinity] } as const;
  expect(refusals(() => selfDealing(infinite, terms))).toEqual([
    "NUMBER_NOT_FINITE /dealt/prices/1",
  ]);
  expect(
    refusals(() => selfDealing({ kind: "option", entry: 1, premium: -1, values: [0, -1] }, terms)),
  ).toEqual(["NUMBER_RANGE /dealt/premium", "NUMBER_RANGE /dealt/values/1"]);
  expect(refusals(() => deterringFee(perpetual, terms, -1))).toEqual(["NUMBER_RANGE /errors"]);
  expect(refusals(() => deterringMargin(perpetual, terms, 0.1))).toEqual(["NUMBER_RANGE /most"]);
});
