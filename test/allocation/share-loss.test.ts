// Method: where losses are jointly normal the conditional mean is the regression line, and every other
// rule has its closed form; sums are compared as whole units.
import { beforeAll, describe, expect, test } from "vitest";
import { LOSS_RULES, type LossRule } from "../../src/allocation/index.ts";
import { type Engine, load } from "../../src/index.ts";
import { normalPool } from "../support/normal-pool.ts";
import { refusal } from "../support/refusal.ts";
import { samplePool } from "../support/sample-pool.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await load();
});

const MEANS = [1, 2, 0.5];
const COVARIANCE = [
  [4, 1.2, -0.5],
  [1.2, 9, 2],
  [-0.5, 2, 1],
];
const OPTIONS = { scenarios: 40_000, horizon: 1, seed: 4 };
const minor = (amount: string) => BigInt(amount.replace(".", ""));

describe("jointly normal losses", () => {
  const mean = 3.5;
  const rows = COVARIANCE.map((row) => row.reduce((sum, c) => sum + c, 0));
  const deviations = COVARIANCE.map((row, i) => Math.sqrt(row[i]!));
  const residual = (weights: readonly number[]) => (loss: number) =>
    MEANS.map((own, i) => own + (weights[i]! / weights.reduce((a, b) => a + b, 0)) * (loss - mean));
  const closed: { readonly [R in LossRule]: (loss: number) => readonly number[] } = {
    uniform: (loss) => MEANS.map(() => loss / 3),
    "mean-proportional": (loss) => MEANS.map((own) => (loss * own) / mean),
    "uniform-residual": residual([1, 1, 1]),
    "variance-residual": residual([4, 9, 1]),
    "deviation-residual": residual(deviations),
    "linear-regression": residual(rows),
    "conditional-mean": residual(rows),
    // One normal quantile for all: the deviations sum to that of the comonotonic sum.
    quantile: residual(deviations),
  };

  test.each(LOSS_RULES)("share: %s is its closed form", async (rule) => {
    for (const loss of [0.5, 6, 12]) {
      const { shares, scenarios } = await engine.share(
        normalPool(MEANS, COVARIANCE),
        loss.toFixed(2),
        rule,
        OPTIONS,
      );
      const wanted = closed[rule](loss);
      expect(scenarios).toBeGreaterThan(30_000);
      shares.forEach(({ share, participant }, i) => {
        const { value, standardError } = share;
        expect(participant).toBe(`m${i}`);
        expect(standardError).toBeLessThan(0.4);
        // A table is straight between its nodes, and what prices make of normals is good to five digits.
        const slack = rule === "quantile" || rule === "conditional-mean" ? 0.03 : 1e-3;
        expect(Math.abs(value - wanted[i]!)).toBeLessThan(4 * standardError + slack);
      });
      const total = shares.reduce((sum, { amount }) => sum + minor(amount), 0n);
      expect(total).toBe(BigInt(Math.round(loss * 100)));
    }
  });
});

test.each(LOSS_RULES)(
  "share: %s sums to the loss on a pool with one of everything",
  async (rule) => {
    const options = { scenarios: 10_000, seed: 1 };
    const { shares, loss } = await engine.share(samplePool(), "123456.789", rule, options);
    expect(loss).toBe("123456.789000");
    expect(shares.reduce((sum, { amount }) => sum + minor(amount), 0n)).toBe(minor(loss));
    expect(shares.map(({ participant }) => participant)).toEqual(["alice", "bob", "carol", "dave"]);
  },
);

test("share: a loss below nothing and a rule that is none are refused", async () => {
  const codes = async (loss: string, rule: string) => {
    const error: unknown = await engine
      .share(samplePool(), loss, rule as LossRule, { scenarios: 10_000 })
      .catch((reason: unknown) => reason);
    return refusal(() => {
      throw error;
    }).issues.map(({ code, pointer }) => `${code} ${pointer}`);
  };
  expect(await codes("-1", "lottery")).toEqual(["NUMBER_RANGE /loss", "ENUM /rule"]);
});
