// Method: cases by hand; how often someone who should stay is called certain to leave.
import { expect, test } from "vitest";
import { leavers, type Offer } from "../../src/incentive/index.ts";
import { normalQuantile } from "../../src/numeric/index.ts";
import { seeded } from "../support/kernel.ts";
import { refusals } from "../support/refusal.ts";

test("leavers: who pays more than elsewhere, and whether it is beyond the error", () => {
  const offers: Offer[] = [
    { id: "cheap", contribution: 90, alternative: 100, contributionError: 1 },
    {
      id: "doubtful",
      contribution: 104,
      alternative: 100,
      contributionError: 3,
      alternativeError: 4,
    },
    { id: "sure", contribution: 109, alternative: 100, contributionError: 3, alternativeError: 4 },
    { id: "paired", contribution: 104, alternative: 100, contributionError: 3, differenceError: 1 },
    { id: "exact", contribution: 100, alternative: 100 },
    { id: "known", contribution: 100.5, alternative: 100 },
  ];
  const rows = leavers(offers);
  expect(rows.map(({ id, leaves, isCertain }) => [id, leaves, isCertain])).toEqual([
    ["cheap", false, false],
    ["doubtful", true, false],
    ["sure", true, true],
    ["paired", true, true],
    ["exact", false, false],
    ["known", true, true],
  ]);
  expect(rows.map(({ excess, error }) => [excess, error])).toEqual([
    [-10, 1],
    [4, 5],
    [9, 5],
    [4, 1],
    [0, 0],
    [0.5, 0],
  ]);
  // 9 is 1.8 errors.
  expect(leavers(offers, 0.97)[2]!.isCertain).toBe(false);
});

test("leavers: of those who gain nothing few are called certain to leave", () => {
  const random = seeded(17);
  const count = 20_000;
  const offers = Array.from({ length: count }, (_, i) => ({
    id: `m${i}`,
    contribution: 100 + 2 * normalQuantile((1 + Math.floor(random() * 2 ** 20)) / (2 ** 20 + 2)),
    alternative: 100,
    contributionError: 2,
  }));
  const wrong = leavers(offers, 0.99).filter(({ isCertain }) => isCertain).length / count;
  // 1 % of 20 000, four standard errors.
  expect(Math.abs(wrong - 0.01)).toBeLessThan(4 * Math.sqrt((0.01 * 0.99) / count));
});

test("leavers: refuses what is no offer, all at once", () => {
  const offer = { id: "a", contribution: Number.NaN, alternative: 1, contributionError: -1 };
  expect(refusals(() => leavers([offer], 0.2))).toEqual([
    "NUMBER_NOT_FINITE /0/contribution",
    "NUMBER_RANGE /0/contributionError",
    "NUMBER_RANGE /confidence",
  ]);
});
