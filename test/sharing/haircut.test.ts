// Method: the rules against others whose values are published; axioms on random bearers.
import { describe, expect, test } from "vitest";
import {
  type Bearer,
  type HaircutRule,
  haircuts,
  insolvencyAwards,
} from "../../src/sharing/index.ts";
import { seeded } from "../support/kernel.ts";
import { refusals } from "../support/refusal.ts";

const RULES = ["water-filling", "queue"] as const;
const bearersOf = (pairs: readonly (readonly [bigint, bigint])[]): Bearer[] =>
  pairs.map(([weight, cap], i) => ({ id: `b${String(i).padStart(2, "0")}`, weight, cap }));
const sum = (amounts: readonly bigint[]) => amounts.reduce((above, amount) => above + amount, 0n);

const random = seeded(29);
const below = (most: number) => BigInt(Math.floor(random() * most));
const pools = Array.from({ length: 500 }, () => {
  const most = 10 ** (1 + Number(below(7)));
  const bearers = bearersOf(
    Array.from({ length: 1 + Number(below(9)) }, () => [below(6), below(most)] as const),
  );
  return { bearers, loss: below(3 * most) };
});

describe("axioms", () => {
  test.each(RULES)("haircuts: %s shares the loss to the last unit, within the caps", (rule) => {
    for (const { bearers, loss } of pools) {
      const { parts, rest } = haircuts(loss, bearers, rule);
      expect(sum(parts) + rest).toBe(loss);
      expect(rest >= 0n).toBe(true);
      parts.forEach((part, i) => {
        expect(part >= 0n && part <= bearers[i]!.cap).toBe(true);
      });
      // Something is left only where everyone who counts is full.
      if (rest > 0n) {
        for (const [i, { weight, cap }] of bearers.entries()) {
          if (weight > 0n || rule === "queue") expect(parts[i]).toBe(cap);
        }
      }
    }
  });

  test.each(RULES)("haircuts: %s does not depend on the order of the bearers", (rule) => {
    for (const { bearers, loss } of pools) {
      const { parts } = haircuts(loss, bearers, rule);
      const backwards = haircuts(loss, [...bearers].reverse(), rule).parts;
      expect([...backwards].reverse()).toEqual(parts);
    }
  });

  test.each(RULES)("haircuts: under %s a larger loss takes no less from anyone", (rule) => {
    for (const { bearers, loss } of pools) {
      const { parts } = haircuts(loss, bearers, rule);
      haircuts(loss + 1000n, bearers, rule).parts.forEach((part, i) => {
        expect(part >= parts[i]!).toBe(true);
      });
    }
  });
});

test("haircuts: water stands nowhere higher than where there is room, but for rounding", () => {
  for (const { bearers, loss } of pools) {
    const { parts } = haircuts(loss, bearers, "water-filling");
    for (const [i, { weight, cap }] of bearers.entries()) {
      if (weight === 0n || parts[i] === cap) continue;
      for (const [j, { weight: other }] of bearers.entries()) {
        // parts / weight: a unit of rounding on either side.
        expect(parts[j]! * weight <= parts[i]! * other + weight + other).toBe(true);
      }
    }
  }
});

test("haircuts: water-filling by the caps themselves is proportional", () => {
  for (const { bearers, loss } of pools) {
    const own = bearers.map(({ id, cap }) => ({ id, weight: cap, cap }));
    const claims = bearers.map(({ id, cap }) => ({ id, claim: cap }));
    expect(haircuts(loss, own, "water-filling").parts).toEqual(
      insolvencyAwards(loss, claims, "proportional"),
    );
  }
});

test("haircuts: what one cannot bear the others bear in proportion", () => {
  const bearers = bearersOf([
    [1n, 10n],
    [2n, 1000n],
    [3n, 1000n],
    [0n, 1000n],
  ]);
  expect(haircuts(110n, bearers, "water-filling")).toEqual({
    parts: [10n, 40n, 60n, 0n],
    rest: 0n,
  });
  expect(haircuts(2500n, bearers, "water-filling")).toEqual({
    parts: [10n, 1000n, 1000n, 0n],
    rest: 490n,
  });
});

test("haircuts: a queue takes all from the first before it comes to the next", () => {
  const bearers = bearersOf([
    [5n, 100n],
    [9n, 30n],
    [5n, 70n],
  ]);
  expect(haircuts(150n, bearers, "queue")).toEqual({ parts: [100n, 30n, 20n], rest: 0n });
  // So who is last in the queue bears nothing, whatever the weights: it is no proportional rule.
  expect(haircuts(30n, bearers, "queue").parts).toEqual([0n, 30n, 0n]);
});

test("haircuts: refuses negative amounts and unknown rules, all at once", () => {
  const bad = bearersOf([[-1n, -2n]]);
  expect(refusals(() => haircuts(-1n, bad, "lottery" as HaircutRule))).toEqual([
    "NUMBER_RANGE /bearers/0/cap",
    "NUMBER_RANGE /bearers/0/weight",
    "NUMBER_RANGE /loss",
    "ENUM /rule",
  ]);
  const twice = [...bearersOf([[1n, 5n]]), ...bearersOf([[1n, 5n]])];
  for (const rule of RULES) {
    expect(refusals(() => haircuts(4n, twice, rule))).toEqual(["ID_DUPLICATE /1/id"]);
  }
});
