// Method: shares by hand, exact sums on random members, experience from rules that are tested alone.
import { describe, expect, test } from "vitest";
import {
  type BonusMalusScale,
  credibility,
  experienceFactors,
  formulaContributions,
  gearedContributions,
  type MemberRecord,
  relativities,
} from "../../src/pricing/index.ts";
import { seeded } from "../support/kernel.ts";
import { expectClose } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

const MEMBERS: MemberRecord[] = [
  { id: "a", exposure: 500n, premium: 10n, losses: 0n },
  { id: "b", exposure: 300n, premium: 20n, losses: 40n },
  { id: "c", exposure: 200n, premium: 10n, losses: 60n },
];

describe("flat gearing", () => {
  test("gearedContributions: everyone holds a unit for each 4.8 covered", () => {
    const nexus = { exposure: 48n, capital: 10n };
    expect(gearedContributions(MEMBERS, nexus)).toEqual([104n, 63n, 42n]);
    // 1,000 / 4.8 = 208⅓ is rounded up, so that the pool never holds too little.
    expect(gearedContributions(MEMBERS, { exposure: 1n, capital: 1n })).toEqual([500n, 300n, 200n]);
    expect(gearedContributions([], nexus)).toEqual([]);
    expect(gearedContributions([{ id: "a", exposure: 0n }], nexus)).toEqual([0n]);
  });
});

describe("formula", () => {
  test("formulaContributions: a third each of exposure, premium and losses", () => {
    // a: (0.5 + 0.25 + 0) / 3, b: (0.3 + 0.5 + 0.4) / 3, c: (0.2 + 0.25 + 0.6) / 3.
    expect(formulaContributions(3000n, MEMBERS)).toEqual([750n, 1200n, 1050n]);
  });

  test("formulaContributions: weights are proportions, and a weight of 0 leaves a measure out", () => {
    const weights = { exposure: 2n, premium: 1n, losses: 1n };
    expect(formulaContributions(4000n, MEMBERS, weights)).toEqual([1250n, 1500n, 1250n]);
    const alone = { exposure: 7n, premium: 0n, losses: 0n };
    expect(formulaContributions(100n, MEMBERS, alone)).toEqual([50n, 30n, 20n]);
  });

  test("formulaContributions: where nobody had a loss, the other measures share its weight", () => {
    const clean = MEMBERS.map((member) => ({ ...member, losses: 0n }));
    expect(formulaContributions(200n, clean)).toEqual([75n, 80n, 45n]);
    const nobody = MEMBERS.map(({ id }) => ({ id, exposure: 0n, premium: 0n, losses: 0n }));
    expect(formulaContributions(0n, nobody)).toEqual([0n, 0n, 0n]);
    expect(refusals(() => formulaContributions(1n, nobody))).toEqual(["WEIGHTS_ZERO /members"]);
  });

  test("formulaContributions: experience moves shares, and a factor for all moves none", () => {
    expect(formulaContributions(3000n, MEMBERS, undefined, [1.25, 1.25, 1.25])).toEqual([
      750n,
      1200n,
      1050n,
    ]);
    // 750·2 : 1200 : 1050 of 3750.
    expect(formulaContributions(3750n, MEMBERS, undefined, [2, 1, 1])).toEqual([
      1500n,
      1200n,
      1050n,
    ]);
  });

  test("formulaContributions: sums are exact to the last unit, and no order of members shows", () => {
    const random = seeded(12);
    for (let round = 0; round < 60; round++) {
      const members = Array.from({ length: 1 + Math.floor(12 * random()) }, (_, i) => ({
        id: `m${i}`,
        exposure: BigInt(1 + Math.floor(1e12 * random())),
        premium: BigInt(Math.floor(1e9 * random())),
        losses: BigInt(Math.floor(1e10 * random())),
      }));
      const factors = members.map(() => 0.3 + 3 * random());
      const total = BigInt(Math.floor(1e13 * random()));
      const parts = formulaContributions(total, members, undefined, factors);
      expect(parts.reduce((sum, part) => sum + part, 0n)).toBe(total);
      const back = formulaContributions(
        total,
        [...members].reverse(),
        undefined,
        [...factors].reverse(),
      );
      expect(back.reverse()).toEqual(parts);
      // Within a unit of the shares in doubles.
      const share = (name: "exposure" | "premium" | "losses", i: number) => {
        const sum = members.reduce((all, member) => all + member[name], 0n);
        return sum === 0n ? 0 : Number(members[i]![name]) / Number(sum);
      };
      const weights = members.map((_, i) => {
        const rounded = Math.round(factors[i]! * 1e6) / 1e6;
        return rounded * (share("exposure", i) + share("premium", i) + share("losses", i));
      });
      const whole = weights.reduce((sum, weight) => sum + weight, 0);
      for (const [i, part] of parts.entries()) {
        const known = (Number(total) * weights[i]!) / whole;
        expect(Math.abs(Number(part) - known)).toBeLessThan(1.1);
      }
    }
  });
});

describe("experience", () => {
  const records = [
    { id: "a", periods: [2, 3, 2.5].map((ratio) => ({ ratio, weight: 10 })) },
    { id: "b", periods: [6, 5, 7].map((ratio) => ({ ratio, weight: 10 })) },
    { id: "c", periods: [3, 4].map((ratio) => ({ ratio, weight: 5 })) },
  ];
  test("experienceFactors: by credibility, the own premium over what is common", () => {
    const { rows, collective } = credibility(records);
    const factors = experienceFactors({ kind: "credibility", records });
    for (const [i, { credibility: z, mean }] of rows.entries()) {
      expectClose(factors[i], 1 + z * (mean / collective - 1), { rel: 1e-13 });
    }
    expect(factors[1]).toBeGreaterThan(1.3);
    expect(factors[0]).toBeLessThan(0.8);
  });

  test("experienceFactors: by bonus-malus, the relativity of the level", () => {
    const scale: BonusMalusScale = {
      levels: 4,
      next: (level, claims) => (claims > 0 ? 3 : Math.max(0, level - 1)),
    };
    const classes = [
      { frequency: 0.05, weight: 3 },
      { frequency: 0.4, weight: 1 },
    ];
    const known = relativities(scale, classes);
    const factors = experienceFactors({
      kind: "bonus-malus",
      scale,
      classes,
      levels: [3, 0, 0, 2],
    });
    expect(Array.from(factors)).toEqual([known[3], known[0], known[0], known[2]]);
    const wrong = () => experienceFactors({ kind: "bonus-malus", scale, classes, levels: [0, 4] });
    expect(refusals(wrong)).toEqual(["NUMBER_RANGE /levels/1"]);
  });

  test("experienceFactors: refuses records that expect no loss", () => {
    const none = records.map(({ id }) => ({
      id,
      periods: [0, 0].map(() => ({ ratio: 0, weight: 1 })),
    }));
    expect(refusals(() => experienceFactors({ kind: "credibility", records: none }))).toEqual([
      "EXPERIENCE_ZERO /records/0",
    ]);
  });
});

test.each<[string, () => unknown, string[]]>([
  [
    "amounts and weights that are negative or no whole numbers",
    () =>
      formulaContributions(
        -1n,
        [{ id: "a", exposure: -1n, premium: 1 as unknown as bigint, losses: 0n }],
        { exposure: 1n, premium: -1n, losses: 0n },
        [0, 1],
      ),
    [
      "ITEMS_UNEQUAL /experience",
      "NUMBER_RANGE /experience/0",
      "NUMBER_RANGE /members/0/exposure",
      "NUMBER_RANGE /members/0/premium",
      "NUMBER_RANGE /total",
      "NUMBER_RANGE /weights/premium",
    ],
  ],
  [
    "one id twice",
    () => formulaContributions(1n, [MEMBERS[0]!, MEMBERS[0]!]),
    ["ID_DUPLICATE /1/id"],
  ],
  [
    "a gearing of nothing",
    () => gearedContributions(MEMBERS, { exposure: 0n, capital: -1n }),
    ["NUMBER_RANGE /gearing/capital", "NUMBER_RANGE /gearing/exposure"],
  ],
])("contributions by formula: refuse %s", (_, run, codes) => {
  expect(refusals(run)).toEqual(codes);
});
