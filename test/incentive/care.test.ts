// Method: closed forms for one size of loss; indifference from first principles for many.
import { expect, test } from "vitest";
import { careRetention, type HiddenCare } from "../../src/incentive/index.ts";
import { seeded } from "../support/kernel.ts";
import { refusals } from "../support/refusal.ts";

const care: HiddenCare = { cost: 3, chanceWithCare: 0.1, chanceWithout: 0.25, losses: [80] };

test("careRetention: a loss of one size and no risk aversion: c / ((p1 - p0) L)", () => {
  const { share, deductible } = careRetention(care);
  expect(share).toBeCloseTo(3 / (0.15 * 80), 14);
  expect(deductible).toBeCloseTo(20, 12);
  // All of the loss is just enough, and then it is not.
  expect(careRetention({ ...care, cost: 12 }).share).toBeCloseTo(1, 12);
  expect(careRetention({ ...care, cost: 12.01 })).toEqual({ share: null, deductible: null });
  expect(careRetention({ ...care, cost: 0 }).share).toBe(0);
});

test("careRetention: a loss of one size and constant risk aversion, in closed form", () => {
  const a = 0.05;
  const { share, deductible } = careRetention({ ...care, riskAversion: a });
  const needed = Math.expm1(a * 3) / (0.25 - 0.1 * Math.exp(a * 3));
  expect(share).toBeCloseTo(Math.log1p(needed) / (a * 80), 13);
  expect(deductible).toBeCloseTo(Math.log1p(needed) / a, 11);
  // Where care costs too much in bad states nothing makes it worthwhile: p1 <= p0 e^(ac).
  expect(careRetention({ ...care, riskAversion: 0.31 }).share).toBe(null);
  expect(careRetention({ ...care, riskAversion: 1e-9 }).share).toBeCloseTo(0.25, 7);
});

test("careRetention: leaves the insured indifferent, and a little more makes care better", () => {
  const random = seeded(14);
  let found = 0;
  for (let round = 0; round < 200; round++) {
    const losses = Array.from({ length: 1 + (round % 9) }, () => 1 + 60 * random() ** 3);
    const chanceWithCare = 0.4 * random();
    const model: HiddenCare = {
      cost: 2 * random(),
      chanceWithCare,
      chanceWithout: chanceWithCare + 0.02 + 0.5 * random(),
      losses,
      ...(round % 2 === 0 ? {} : { riskAversion: 0.01 + 0.1 * random() }),
    };
    const averse = model.riskAversion;
    const worth = (money: number) => (averse === undefined ? money : -Math.exp(-averse * money));
    // What care is better by, with an arbitrary wealth and premium.
    const better = (retained: (loss: number) => number) => {
      const value = (chance: number, cost: number) =>
        (1 - chance) * worth(7 - cost) +
        (chance * losses.reduce((sum, loss) => sum + worth(7 - cost - retained(loss)), 0)) /
          losses.length;
      return value(model.chanceWithCare, model.cost) - value(model.chanceWithout, 0);
    };
    const { share, deductible } = careRetention(model);
    if (share === null || deductible === null) {
      expect(better((loss) => loss)).toBeLessThan(1e-12);
      continue;
    }
    found++;
    expect(better((loss) => share * loss)).toBeCloseTo(0, 10);
    expect(better((loss) => Math.min(loss, deductible))).toBeCloseTo(0, 10);
    expect(better((loss) => (share + 0.01) * loss)).toBeGreaterThan(0);
    expect(better((loss) => (share - 0.01) * loss)).toBeLessThan(0);
  }
  expect(found).toBeGreaterThan(50);
});

test("careRetention: refuses what is no model of care", () => {
  const bad = (part: object) => refusals(() => careRetention({ ...care, ...part }));
  expect(bad({ chanceWithout: 0.1 })).toEqual(["NUMBER_RANGE /chanceWithout"]);
  expect(bad({ losses: [] })).toEqual(["TOO_FEW_ITEMS /losses"]);
  expect(bad({ losses: [0], cost: -1 })).toEqual(["NUMBER_RANGE /cost", "NUMBER_RANGE /losses/0"]);
  expect(bad({ riskAversion: 10 })).toEqual(["NUMBER_RANGE /riskAversion"]);
});
