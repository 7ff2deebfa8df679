// Method: the rules themselves are held elsewhere; here what a loss beyond all layers does under each,
// against the worked cases of the Talmud and a queue by hand.
import { describe, expect, test } from "vitest";
import { type Gain, settle } from "../../src/settlement/index.ts";
import { HAIRCUT_RULES, type WaterfallTerms } from "../../src/terms/index.ts";
import { refusals } from "../support/refusal.ts";

const CENTS = { code: "USD", decimals: 2 };
const GAINS: readonly Gain[] = [
  { participant: "a", amount: "100.00", rank: "3" },
  { participant: "b", amount: "200.00", rank: "7.5" },
  { participant: "c", amount: "300.00", rank: "1" },
];

const terms = (rule: (typeof HAIRCUT_RULES)[number]): WaterfallTerms => ({
  layers: [{ id: "first", order: 1, kind: "operator", size: "50.00" }],
  lastResort: { kind: "haircut", rule },
});

// The loss is 50 + 400 of 600 gained: 200 is left, the Talmud's second case of (50, 75, 75); of the
// other rules by hand.
const kept: readonly [(typeof HAIRCUT_RULES)[number], readonly string[]][] = [
  ["proportional", ["33.33", "66.67", "100.00"]],
  ["equal-awards", ["66.67", "66.67", "66.66"]],
  ["equal-losses", ["0.00", "50.00", "150.00"]],
  ["talmud", ["50.00", "75.00", "75.00"]],
  ["random-arrival", ["33.33", "83.33", "83.34"]],
  // b is first by rank, then a; c bears the last 100.
  ["queue", ["0.00", "0.00", "200.00"]],
];

describe("a haircut of gains", () => {
  test.each(kept)("settle: %s leaves what the rule says", (rule, wanted) => {
    const { socialised, payments } = settle(terms(rule), CENTS, "450.00", GAINS);
    socialised.shares.forEach(({ amount }, i) => {
      const left = Number(GAINS[i]!.amount) - Number(amount);
      // Which of two equal remainders gets the cent is the rounding's business, not this test's.
      expect(Math.abs(left - Number(wanted[i]))).toBeLessThan(0.0101);
    });
    expect(socialised.total).toBe("400.00");
    expect(socialised.uncovered).toBe("0.00");
    const paid = payments.reduce((sum, { amount }) => sum + Math.round(Number(amount) * 100), 0);
    expect(paid).toBe(45_000);
  });

  test.each(HAIRCUT_RULES)("settle: %s takes no more than all gains and says so", (rule) => {
    const { socialised } = settle(terms(rule), CENTS, "700.00", [...GAINS].reverse());
    expect(socialised.shares).toEqual([
      { participant: "a", amount: "100.00" },
      { participant: "b", amount: "200.00" },
      { participant: "c", amount: "300.00" },
    ]);
    expect(socialised.uncovered).toBe("50.00");
  });

  test("settle: gains are asked for when they are needed, and checked", () => {
    expect(settle(terms("queue"), CENTS, "50.00").socialised.shares).toEqual([]);
    expect(refusals(() => settle(terms("queue"), CENTS, "50.01"))).toEqual(["KEY_MISSING /gains"]);
    const wrong = [
      { participant: "a", amount: "1.001" },
      { participant: "a", amount: "-1" },
      { participant: "b", amount: "1", rank: "x" },
    ];
    expect(refusals(() => settle(terms("queue"), CENTS, "60.00", wrong)).sort()).toEqual([
      "ID_DUPLICATE /gains/1/participant",
      "MONEY_SYNTAX /gains/2/rank",
      "MONEY_TOO_PRECISE /gains/0/amount",
      "NUMBER_RANGE /gains/1/amount",
    ]);
    const weights: WaterfallTerms = {
      layers: [],
      lastResort: { kind: "socialised", weights: [{ participant: "a", weight: 1 }] },
    };
    expect(refusals(() => settle(weights, CENTS, "60.00", GAINS))).toEqual(["KEY_UNKNOWN /gains"]);
  });
});
