// Method: the example of the documentation; covers in a row; what no order of covers may change.
import { expect, test } from "vitest";
import {
  type CapacityOrder,
  type CapacityTerms,
  capacityQuote,
  NEXUS_CAPACITY_PRICE,
} from "../../src/pricing/index.ts";
import { expectClose } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

const TERMS: CapacityTerms = { ...NEXUS_CAPACITY_PRICE, target: 0.025 };
const order = (change: Partial<CapacityOrder>): CapacityOrder => ({
  cover: 15,
  capacity: 100,
  used: 0,
  periodDays: 365,
  elapsedDays: 0,
  ...change,
});

test("capacityQuote: gives the example of the documentation", () => {
  const { price, premium, next } = capacityQuote({ bumped: 0.025 }, order({}), TERMS);
  expect(price).toBe(0.025);
  expectClose(premium, 15 * 0.025, { rel: 1e-15 });
  expectClose(next.bumped, 0.0325, { rel: 1e-15 });
});

test("capacityQuote: the rise falls back by two points a day, to the target and no further", () => {
  const state = { bumped: 0.0725 };
  const at = (elapsedDays: number) => capacityQuote(state, order({ elapsedDays }), TERMS).price;
  expectClose([at(0), at(1), at(2), at(3), at(400)], [0.0725, 0.0525, 0.0325, 0.025, 0.025], {
    rel: 1e-14,
  });
  const low = { ...TERMS, target: 0.004 };
  expect(capacityQuote({ bumped: 0 }, order({}), low).price).toBe(0.01);
});

test("capacityQuote: a cover raises the price that it pays, not the one that has fallen back", () => {
  const { price, next } = capacityQuote({ bumped: 0.09 }, order({ elapsedDays: 2 }), TERMS);
  expectClose([price, next.bumped], [0.05, 0.0575], { rel: 1e-14 });
});

test("capacityQuote: a fifth of a year costs a fifth, and nothing is charged for what was before", () => {
  const { premium } = capacityQuote({ bumped: 0.04 }, order({ periodDays: 73 }), TERMS);
  expectClose(premium, (15 * 0.04) / 5, { rel: 1e-15 });
});

test("capacityQuote: a cover in parts costs more, and leaves the same price behind", () => {
  const whole = capacityQuote({ bumped: 0.025 }, order({ cover: 40 }), TERMS);
  const first = capacityQuote({ bumped: 0.025 }, order({ cover: 20 }), TERMS);
  const second = capacityQuote(first.next, order({ cover: 20, used: 20 }), TERMS);
  expectClose(second.next.bumped, whole.next.bumped, { rel: 1e-15 });
  expectClose(first.premium + second.premium - whole.premium, 20 * 0.05 * 0.2, { rel: 1e-12 });
});

test("capacityQuote: refuses more than there is, and numbers that are none", () => {
  const bad = (change: Partial<CapacityOrder>, bumped = 0.03) =>
    refusals(() => capacityQuote({ bumped }, order(change), TERMS));
  expect(bad({ used: 86 })).toEqual(["CAPACITY_EXCEEDED /order/cover"]);
  expect(capacityQuote({ bumped: 0.03 }, order({ used: 85 }), TERMS).price).toBe(0.03);
  expect(bad({ cover: 0, elapsedDays: -1, periodDays: Number.NaN }, -1)).toEqual([
    "NUMBER_RANGE /order/cover",
    "NUMBER_RANGE /order/elapsedDays",
    "NUMBER_NOT_FINITE /order/periodDays",
    "NUMBER_RANGE /state/bumped",
  ]);
});
