// Method: known cases; what the pair of covers must satisfy, for every utility; a shape in which the
// unit of money does not show.
import { expect, test } from "vitest";
import { rothschildStiglitz, type TwoRiskMarket, type Utility } from "../../src/incentive/index.ts";
import { seeded } from "../support/kernel.ts";
import { expectClose, reference, referenceCases } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

interface Known {
  H_full_cover_premium: number;
  L_cover_I: number;
  L_cover_fraction: number;
  L_premium: number;
  critical_share_H_for_existence: number;
}

const market: TwoRiskMarket = {
  lowChance: 0.1,
  highChance: 0.3,
  wealth: 10,
  loss: 6,
  utility: { kind: "cara", riskAversion: 0.5 },
};

test("rothschildStiglitz: agrees with known cases", () => {
  const { tolerance } = reference("as.rothschild-stiglitz");
  for (const [[lowChance, highChance, wealth, loss, kind], known] of referenceCases<
    [number, number, number, number, "ln" | "sqrt"],
    Known
  >("as.rothschild-stiglitz")) {
    const found = rothschildStiglitz({ lowChance, highChance, wealth, loss, utility: { kind } });
    const order = [
      found.highPremium,
      found.lowCover,
      found.lowFraction,
      found.lowPremium,
      found.criticalShare,
    ];
    expectClose(
      order,
      [
        known.H_full_cover_premium,
        known.L_cover_I,
        known.L_cover_fraction,
        known.L_premium,
        known.critical_share_H_for_existence,
      ],
      tolerance,
    );
  }
});

test("rothschildStiglitz: with constant risk aversion, by SciPy 1.17.1 (brentq, bounded Brent)", () => {
  const { lowCover, criticalShare } = rothschildStiglitz(market);
  expectClose([lowCover, criticalShare], [2.8765558794194863, 0.3015557573339016], { rel: 1e-8 });
  // Constant means that wealth does not matter.
  expect(rothschildStiglitz({ ...market, wealth: 1000 }).lowCover).toBe(lowCover);
});

test("rothschildStiglitz: nobody is tempted by the cover of the other, and enough high risks keep it so", () => {
  const random = seeded(3);
  const worthOf = (utility: Utility) => (money: number) =>
    utility.kind === "ln"
      ? Math.log(money)
      : utility.kind === "sqrt"
        ? Math.sqrt(money)
        : -Math.exp(-utility.riskAversion * money);
  for (let round = 0; round < 60; round++) {
    const lowChance = 0.02 + 0.4 * random();
    const highChance = lowChance + 0.05 + 0.4 * random();
    const wealth = 5 + 10 * random();
    const loss = wealth * (0.1 + 0.8 * random());
    const kinds: Utility[] = [
      { kind: "ln" },
      { kind: "sqrt" },
      { kind: "cara", riskAversion: 0.05 + random() },
    ];
    const utility = kinds[round % 3]!;
    const found = rothschildStiglitz({ lowChance, highChance, wealth, loss, utility });
    const u = worthOf(utility);
    const value = (chance: number, cover: number, premium: number) =>
      (1 - chance) * u(wealth - premium) + chance * u(wealth - premium - loss + cover);
    const full = value(highChance, loss, found.highPremium);
    expect(value(highChance, found.lowCover, found.lowPremium)).toBeCloseTo(full, 10);
    const apart = value(lowChance, found.lowCover, found.lowPremium);
    expect(apart).toBeGreaterThan(value(lowChance, loss, found.highPremium));
    expect(found.lowFraction).toBeLessThan(1);
    // The best cover for all, by trying a thousand.
    const pooled = (share: number) => {
      const price = share * highChance + (1 - share) * lowChance;
      const tried = Array.from({ length: 1001 }, (_, i) => (i * loss) / 1000);
      return Math.max(...tried.map((cover) => value(lowChance, cover, price * cover)));
    };
    const { criticalShare } = found;
    expect(pooled(criticalShare - 0.02)).toBeGreaterThan(apart);
    expect(pooled(Math.min(1, criticalShare + 0.02))).toBeLessThan(apart);
  }
});

test("rothschildStiglitz: the unit of money does not show", () => {
  const found = rothschildStiglitz({ ...market, utility: { kind: "ln" } });
  const cents = rothschildStiglitz({
    ...market,
    wealth: 1000,
    loss: 600,
    utility: { kind: "ln" },
  });
  expect(cents.lowCover).toBeCloseTo(100 * found.lowCover, 9);
  expect(cents.criticalShare).toBeCloseTo(found.criticalShare, 9);
});

test("rothschildStiglitz: refuses what is no market of two risks", () => {
  const bad = (part: object) => refusals(() => rothschildStiglitz({ ...market, ...part }));
  expect(bad({ lowChance: 0, highChance: 1 })).toEqual([
    "NUMBER_RANGE /highChance",
    "NUMBER_RANGE /lowChance",
  ]);
  expect(bad({ highChance: 0.1 })).toEqual(["NUMBER_RANGE /highChance"]);
  expect(bad({ utility: { kind: "cara" } })).toEqual(["NUMBER_RANGE /utility/riskAversion"]);
  expect(bad({ utility: { kind: "ln", riskAversion: 1 } })).toEqual([
    "NUMBER_RANGE /utility/riskAversion",
  ]);
  expect(bad({ utility: { kind: "ln" }, loss: 10 })).toEqual(["NUMBER_RANGE /loss"]);
  expect(bad({ utility: { kind: "cara", riskAversion: 100 } })).toEqual(["NUMBER_RANGE /loss"]);
  expect(bad({ utility: { kind: "quadratic" } })).toEqual(["ENUM /utility/kind"]);
});
