// Method: the best trade by going through all of them; the bounds by what they are bounds of.
import { describe, expect, test } from "vitest";
import { manipulation, openInterestLimit } from "../../src/incentive/index.ts";
import { refusals } from "../support/refusal.ts";

const MARKET = { depth: 1_000_000, impact: 0.02 };

/** Bought in small steps, each at the price that the ones before have moved; sold back at the old price. */
function profitOf(openInterest: number, traded: number): number {
  const steps = 20_000;
  let cost = 0;
  for (let i = 0; i < steps; i++) {
    const before = ((i + 0.5) / steps) * traded;
    cost += (traded / steps) * MARKET.impact * Math.sqrt(before / MARKET.depth);
  }
  return openInterest * MARKET.impact * Math.sqrt(traded / MARKET.depth) - cost;
}

describe("manipulation", () => {
  test("manipulation: gains what trading step by step gains", () => {
    const { traded, move, profit } = manipulation(800_000, 5_000_000, MARKET);
    expect(traded).toBe(400_000);
    expect(move).toBeCloseTo(0.02 * Math.sqrt(0.4), 12);
    expect(profit / profitOf(800_000, traded)).toBeCloseTo(1, 5);
  });

  test("manipulation: nothing else that can be traded gains more", () => {
    for (const capital of [50_000, 300_000, 5_000_000]) {
      const { profit } = manipulation(800_000, capital, MARKET);
      for (let part = 0.02; part <= 1; part += 0.02) {
        const traded = part * Math.min(capital, 1_600_000);
        expect(profitOf(800_000, traded)).toBeLessThanOrEqual(profit * (1 + 1e-5));
      }
    }
  });
});

describe("openInterestLimit", () => {
  const rule = { vault: 1_000_000, extremeMove: 0.25, lossShare: 0.3 };
  const thin = { ...MARKET, capital: 500_000, gainShare: 0.01, depthShare: 2 };

  test("openInterestLimit: an extreme move costs no more than its share", () => {
    expect(openInterestLimit(rule)).toEqual({
      limit: 1_200_000,
      by: "extreme-move",
      bounds: { extremeMove: 1_200_000, manipulation: null, depth: null },
    });
  });

  test.each([0.002, 0.01, 0.05])(
    "openInterestLimit: no manipulation gains more: %s",
    (gainShare) => {
      const { bounds } = openInterestLimit({ ...rule, thin: { ...thin, gainShare } });
      const { profit } = manipulation(bounds.manipulation!, thin.capital, MARKET);
      expect(profit / (gainShare * rule.vault)).toBeCloseTo(1, 9);
      const more = manipulation(bounds.manipulation! * 1.001, thin.capital, MARKET);
      expect(more.profit).toBeGreaterThan(gainShare * rule.vault);
    },
  );

  test("openInterestLimit: the least bound is the limit, and named", () => {
    const cases = [
      [{ ...thin, gainShare: 1 }, "extreme-move"],
      [{ ...thin, gainShare: 0.001 }, "manipulation"],
      [{ ...thin, gainShare: 1, depthShare: 0.1 }, "depth"],
    ] as const;
    for (const [market, by] of cases) {
      const { limit, by: named, bounds } = openInterestLimit({ ...rule, thin: market });
      expect(named).toBe(by);
      const { extremeMove, manipulation: gain, depth } = bounds;
      expect(limit).toBe(Math.min(extremeMove, gain!, depth!));
    }
    const idle = openInterestLimit({ ...rule, thin: { ...thin, capital: 0 } });
    expect(idle.bounds.manipulation).toBeNull();
    expect(openInterestLimit({ ...rule, vault: 0, thin }).limit).toBe(0);
  });

  test("openInterestLimit: all that is wrong is said at once", () => {
    const wrong = { vault: -1, extremeMove: 0, lossShare: 2 };
    expect(refusals(() => openInterestLimit(wrong)).sort()).toEqual([
      "NUMBER_RANGE /extremeMove",
      "NUMBER_RANGE /lossShare",
      "NUMBER_RANGE /vault",
    ]);
  });
});
