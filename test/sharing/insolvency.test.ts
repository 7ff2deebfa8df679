// Method: published cases in exact fractions; the axioms each rule stands for on random claims; and
// for the axioms that a rule lacks, a case that shows it.
import { describe, expect, test } from "vitest";
import {
  type Claim,
  INSOLVENCY_RULES,
  type InsolvencyRule,
  insolvencyAwards,
  shapley,
} from "../../src/sharing/index.ts";
import { seeded } from "../support/kernel.ts";
import { type Cases, reference, type Values } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

const NAMES: Readonly<Record<string, InsolvencyRule>> = {
  proportional: "proportional",
  CEA: "equal-awards",
  CEL: "equal-losses",
  talmud: "talmud",
  random_arrival: "random-arrival",
};

const claimsOf = (amounts: readonly bigint[]): Claim[] =>
  amounts.map((claim, i) => ({ id: `c${String(i).padStart(3, "0")}`, claim }));
const sum = (amounts: readonly bigint[]) => amounts.reduce((above, amount) => above + amount, 0n);

describe("published cases", () => {
  const { inputs, expected } = reference<
    Cases<[number, number[]]>,
    Values<Record<string, string[]>>
  >("alloc.bankruptcy-rules");
  // In sixtieths of a unit every fraction of the cases is whole.
  const SCALE = 60n;
  const cases = inputs.cases.flatMap(([estate, claims], i) =>
    Object.entries(expected.values[i]!).map(
      ([name, awards]) => [`${NAMES[name]} of ${estate}`, name, estate, claims, awards] as const,
    ),
  );

  test.each(cases)("insolvencyAwards: %s", (_, name, estate, claims, awards) => {
    const exact = awards.map((text) => {
      const [over, under = "1"] = text.split("/");
      return (BigInt(over!) * SCALE) / BigInt(under);
    });
    const scaled = claimsOf(claims.map((claim) => BigInt(claim) * SCALE));
    expect(insolvencyAwards(BigInt(estate) * SCALE, scaled, NAMES[name]!)).toEqual(exact);
  });
});

describe("axioms", () => {
  const random = seeded(11);
  const below = (most: number) => BigInt(Math.floor(random() * most));
  const pools = Array.from({ length: 300 }, () => {
    const count = 1 + Number(below(7));
    // Small amounts meet every tie and every rounding.
    const most = 10 ** (1 + Number(below(6)));
    const claims = claimsOf(Array.from({ length: count }, () => below(most)));
    const total = sum(claims.map(({ claim }) => claim));
    return { claims, total, estate: below(Number(total) + 3) };
  });

  test.each(INSOLVENCY_RULES)(
    "insolvencyAwards: %s gives all there is and nobody too much",
    (rule) => {
      for (const { claims, total, estate } of pools) {
        const awards = insolvencyAwards(estate, claims, rule);
        expect(sum(awards)).toBe(estate < total ? estate : total);
        awards.forEach((award, i) => {
          expect(award >= 0n && award <= claims[i]!.claim).toBe(true);
        });
      }
    },
  );

  test.each(INSOLVENCY_RULES)(
    "insolvencyAwards: %s does not depend on the order of the claims",
    (rule) => {
      for (const { claims, estate } of pools) {
        const awards = insolvencyAwards(estate, claims, rule);
        const backwards = insolvencyAwards(estate, [...claims].reverse(), rule);
        expect(backwards.reverse()).toEqual(awards);
      }
    },
  );

  test.each(INSOLVENCY_RULES)("insolvencyAwards: %s keeps the order of the claims", (rule) => {
    for (const { claims, estate } of pools) {
      const awards = insolvencyAwards(estate, claims, rule);
      for (const [i, { claim }] of claims.entries()) {
        for (const [j, { claim: other }] of claims.entries()) {
          // Equal claims differ by a unit that does not divide; larger ones are not paid less.
          if (claim >= other) expect(awards[i]! - awards[j]!).toBeGreaterThanOrEqual(-1n);
        }
      }
    }
  });

  test.each(["proportional", "talmud", "random-arrival"] as const)(
    "insolvencyAwards: %s shares what is lacking as it shares what is there",
    (rule) => {
      for (const { claims, total, estate } of pools) {
        if (estate > total) continue;
        const awards = insolvencyAwards(estate, claims, rule);
        const lacking = insolvencyAwards(total - estate, claims, rule);
        awards.forEach((award, i) => {
          const apart = claims[i]!.claim - lacking[i]! - award;
          expect(apart >= -1n && apart <= 1n).toBe(true);
        });
      }
    },
  );

  test("insolvencyAwards: equal awards and equal losses do not, but are each other's mirror", () => {
    const claims = claimsOf([100n, 300n]);
    expect(insolvencyAwards(100n, claims, "equal-awards")).toEqual([50n, 50n]);
    expect(insolvencyAwards(300n, claims, "equal-awards")).toEqual([100n, 200n]);
    for (const { claims: some, total, estate } of pools) {
      if (estate > total) continue;
      const losses = insolvencyAwards(total - estate, some, "equal-losses");
      insolvencyAwards(estate, some, "equal-awards").forEach((award, i) => {
        const apart = some[i]!.claim - losses[i]! - award;
        expect(apart >= -1n && apart <= 1n).toBe(true);
      });
    }
  });

  test("insolvencyAwards: only the proportional rule pays the same to a claim in two names", () => {
    const one = claimsOf([240n, 240n]);
    const two = claimsOf([240n, 120n, 120n]);
    const gains = INSOLVENCY_RULES.map((rule) => {
      const [, whole] = insolvencyAwards(120n, one, rule);
      const [, first, second] = insolvencyAwards(120n, two, rule);
      return first! + second! - whole!;
    });
    // Who is split is paid more by equal awards, and less where losses are equal.
    expect(gains).toEqual([0n, 20n, -60n, 20n, 20n]);
  });

  test("insolvencyAwards: random arrival is the Shapley value of what others leave", () => {
    for (const { claims, estate } of pools.slice(0, 60)) {
      const left = (coalition: number) => {
        const others = claims.filter((_, i) => (coalition & (1 << i)) === 0);
        const rest = estate - sum(others.map(({ claim }) => claim));
        return rest > 0n ? Number(rest) : 0;
      };
      const total = sum(claims.map(({ claim }) => claim));
      if (estate > total) continue;
      const values = shapley(claims.length, left);
      insolvencyAwards(estate, claims, "random-arrival").forEach((award, i) => {
        expect(Math.abs(Number(award) - values[i]!)).toBeLessThan(1);
      });
    }
  });
});

describe("refusals", () => {
  const two = claimsOf([5n, 7n]);
  test.each<[string, () => unknown, string, string]>([
    ["a negative estate", () => insolvencyAwards(-1n, two, "talmud"), "NUMBER_RANGE", "/estate"],
    [
      "a negative claim",
      () => insolvencyAwards(1n, claimsOf([3n, -2n]), "proportional"),
      "NUMBER_RANGE",
      "/claims/1/claim",
    ],
    [
      "one claimant twice",
      () => insolvencyAwards(5n, [two[0]!, two[0]!], "equal-awards"),
      "ID_DUPLICATE",
      "/1/id",
    ],
    [
      "an unknown rule",
      () => insolvencyAwards(5n, two, "first" as InsolvencyRule),
      "ENUM",
      "/rule",
    ],
    [
      "the arrivals of 21",
      () => insolvencyAwards(5n, claimsOf(new Array<bigint>(21).fill(1n)), "random-arrival"),
      "NUMBER_RANGE",
      "/claims",
    ],
  ])("insolvencyAwards: refuses %s", (_, run, code, pointer) => {
    expect(refusals(run)).toEqual([`${code} ${pointer}`]);
  });

  test("insolvencyAwards: pays claims in full where there is enough, and nothing of nothing", () => {
    for (const rule of INSOLVENCY_RULES) {
      expect(insolvencyAwards(100n, two, rule)).toEqual([5n, 7n]);
      expect(insolvencyAwards(0n, two, rule)).toEqual([0n, 0n]);
      expect(insolvencyAwards(4n, [], rule)).toEqual([]);
      expect(insolvencyAwards(4n, claimsOf([0n, 0n]), rule)).toEqual([0n, 0n]);
    }
  });
});
