// Method: published games; the Talmud rule, in exact whole numbers, against the nucleolus of its
// bankruptcy game; the airport game's closed form; shifts in every direction for random games.
import { describe, expect, test } from "vitest";
import {
  coreExcess,
  insolvencyAwards,
  leastCore,
  NUCLEOLUS_PLAYERS_MAX,
  nucleolus,
  shapley,
} from "../../src/sharing/index.ts";
import { seeded } from "../support/kernel.ts";
import { type Cases, expectClose, reference, type Values } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

const members = (coalition: number, players: number) =>
  Array.from({ length: players }, (_, i) => i).filter((i) => coalition & (1 << i));
const sum = (values: Iterable<number>) => [...values].reduce((above, value) => above + value, 0);
const excesses = (parts: ArrayLike<number>, cost: (coalition: number) => number) =>
  Array.from(
    { length: 2 ** parts.length - 2 },
    (_, i) => sum(members(i + 1, parts.length).map((player) => parts[player]!)) - cost(i + 1),
  ).sort((a, b) => b - a);

/** The negative of what a coalition can be sure of when all others are paid first. */
const bankruptcy = (estate: number, claims: readonly number[]) => (coalition: number) => {
  const others = claims.filter((_, i) => (coalition & (1 << i)) === 0);
  return 0 - Math.max(0, estate - sum(others));
};

describe("published games", () => {
  const { inputs, expected, tolerance } = reference<
    { cost_game: Record<string, number> },
    { nucleolus: number[]; core_nonempty: boolean }
  >("alloc.tva");
  const valley = (coalition: number) =>
    inputs.cost_game[
      members(coalition, 3)
        .map((i) => i + 1)
        .join("")
    ] ?? 0;

  test("nucleolus: the Tennessee Valley", () => {
    const parts = nucleolus(3, valley);
    expectClose([...parts], expected.nucleolus, tolerance);
    // The values are whole, so they are known far better than they were published.
    expectClose([...parts], [116_234, 93_540, 202_810], { abs: 1e-6 });
  });

  test("leastCore: the Tennessee Valley has a core", () => {
    const { excess, parts, isCoreEmpty } = leastCore(3, valley);
    expect(!isCoreEmpty).toBe(expected.core_nonempty);
    expect(excess).toBeCloseTo(coreOf(parts, valley), 5);
    expect(sum(parts)).toBeCloseTo(412_584, 6);
    expect(excess).toBeCloseTo(excesses(expected.nucleolus, valley)[0]!, 0);
  });

  test("leastCore: three who share by majority have no core", () => {
    // Any two can do it all for 1; three cost 2: whoever is left out outbids.
    const cost = (coalition: number) => [0, 1, 1, 1, 1, 1, 1, 2][coalition]!;
    const { excess, isCoreEmpty } = leastCore(3, cost);
    expect(isCoreEmpty).toBe(true);
    expect(excess).toBeCloseTo(1 / 3, 12);
    expectClose([...nucleolus(3, cost)], [2 / 3, 2 / 3, 2 / 3], { rel: 1e-12 });
  });

  test("nucleolus: of the market for gloves it is the only point of the core", () => {
    const { expected: glove } = reference<unknown, { core: number[][] }>("alloc.shapley.glove");
    const cost = (coalition: number) => -Number((coalition & 1) > 0 && (coalition & 6) > 0);
    const parts = nucleolus(3, cost).map((part) => -part);
    expectClose([...parts], glove.core[0], { abs: 1e-12 });
    expect(leastCore(3, cost).isCoreEmpty).toBe(false);
    // The mean over all orders is not in the core: the owner of the one left glove is paid too little.
    expect(coreExcess(shapley(3, cost), cost).excess).toBeCloseTo(1 / 6, 12);
  });

  test("nucleolus: the airport game by the closed form of Littlechild (1974)", () => {
    const random = seeded(4);
    for (let round = 0; round < 40; round++) {
      const players = 2 + (round % 7);
      const needs = Array.from({ length: players }, () => Math.floor(1 + 20 * random()));
      needs.sort((a, b) => a - b);
      const cost = (coalition: number) =>
        Math.max(0, ...members(coalition, players).map((i) => needs[i]!));
      expectClose([...nucleolus(players, cost)], airport(needs), { abs: 1e-9 });
    }
  });
});

function coreOf(parts: ArrayLike<number>, cost: (coalition: number) => number): number {
  return excesses(parts, cost)[0]!;
}

/** Players from the shortest runway on: each level is the least that a group can be asked for. */
function airport(needs: readonly number[]): number[] {
  const count = needs.length;
  const parts: number[] = [];
  let [done, paid, level] = [0, 0, 0];
  while (done < count) {
    let best = Number.POSITIVE_INFINITY;
    let upTo = count;
    for (let i = done + 1; i <= count; i++) {
      const people = i === count ? i - done : i - done + 1;
      const each = (needs[i - 1]! - paid + level) / people;
      if (each > best + 1e-12) continue;
      best = each;
      upTo = i;
    }
    for (let i = done; i < upTo; i++) parts.push(best);
    [done, paid, level] = [upTo, needs[upTo - 1]!, best];
  }
  return parts;
}

describe("the Talmud rule", () => {
  test("nucleolus: of a bankruptcy game it is what the Talmud awards, on published cases", () => {
    const { inputs, expected } = reference<
      Cases<[number, number[]]>,
      Values<Record<string, string[]>>
    >("alloc.bankruptcy-rules");
    inputs.cases.forEach(([estate, claims], i) => {
      const awards = expected.values[i]!["talmud"]!.map((text) => {
        const [over, under = "1"] = text.split("/");
        return Number(over) / Number(under);
      });
      const parts = nucleolus(claims.length, bankruptcy(estate, claims));
      expectClose(
        parts.map((part) => -part),
        Float64Array.from(awards),
        { abs: 1e-9 },
      );
    });
  });

  test("nucleolus: of a bankruptcy game it is what the Talmud awards, on random claims", () => {
    const random = seeded(12);
    // A common multiple of 1 … 7 and of the halves: every award is whole.
    const unit = 840;
    for (let round = 0; round < 300; round++) {
      const count = 2 + (round % 6);
      const claims = Array.from({ length: count }, () => Math.floor(30 * random()));
      const estate = Math.floor(random() * (sum(claims) + 1));
      const awards = insolvencyAwards(
        BigInt(estate * unit),
        claims.map((claim, i) => ({ id: `c${i}`, claim: BigInt(claim * unit) })),
        "talmud",
      );
      nucleolus(count, bankruptcy(estate, claims)).forEach((part, i) => {
        expect(Math.abs(-part - Number(awards[i]) / unit)).toBeLessThan(1e-7);
      });
    }
  });
});

describe("random games", () => {
  test("nucleolus: no other charges are better for those who are worst off", () => {
    const random = seeded(6);
    for (let round = 0; round < 120; round++) {
      const players = 2 + (round % 5);
      const costs = Float64Array.from({ length: 2 ** players }, (_, c) =>
        c === 0 ? 0 : Math.floor(10 * random()),
      );
      const cost = (coalition: number) => costs[coalition]!;
      const parts = nucleolus(players, cost);
      expect(sum(parts)).toBeCloseTo(costs.at(-1)!, 8);
      expect(isLeast(parts, cost)).toBe(true);
      expect(leastCore(players, cost).excess).toBeCloseTo(excesses(parts, cost)[0]!, 8);
    }
  });

  test("nucleolus: ten players, who change places", () => {
    const random = seeded(2);
    const weights = Array.from({ length: 10 }, () => random());
    const cost = (coalition: number) =>
      Math.sqrt(sum(members(coalition, 10).map((i) => weights[i]!)));
    const parts = nucleolus(10, cost);
    const backwards = nucleolus(10, (coalition) =>
      cost(members(coalition, 10).reduce((bits, i) => bits | (1 << (9 - i)), 0)),
    );
    expectClose([...backwards].reverse(), [...parts], { abs: 1e-9 });
    expect(isLeast(parts, cost)).toBe(true);
    expect(coreExcess(parts, cost).excess).toBeLessThan(1e-9);
  });

  test("nucleolus: one player, and costs of nothing", () => {
    expect([...nucleolus(1, () => 7)]).toEqual([7]);
    expect([...nucleolus(3, () => 0)].map(Math.abs)).toEqual([0, 0, 0]);
  });
});

/** Random shifts of the charges, small and large: each must make the sorted excesses larger. */
function isLeast(parts: ArrayLike<number>, cost: (coalition: number) => number): boolean {
  const here = excesses(parts, cost);
  const random = seeded(99);
  for (let trial = 0; trial < 300; trial++) {
    const shift = Array.from(parts, () => random() - 0.5);
    const mean = sum(shift) / shift.length;
    for (const size of [1e-4, 1e-2, 0.3]) {
      const moved = Array.from(parts, (part, i) => part + size * (shift[i]! - mean));
      const there = excesses(moved, cost);
      // The first excess that differs must be larger after the shift.
      const at = there.findIndex((excess, i) => Math.abs(excess - here[i]!) > 1e-7);
      if (at >= 0 && there[at]! < here[at]!) return false;
    }
  }
  return true;
}

test("nucleolus: refuses what cannot be gone through", () => {
  const one = () => 1;
  const many = NUCLEOLUS_PLAYERS_MAX + 1;
  expect(refusals(() => nucleolus(many, one))).toEqual(["NUMBER_RANGE /players"]);
  expect(refusals(() => nucleolus(0, one))).toEqual(["NUMBER_RANGE /players"]);
  expect(refusals(() => leastCore(1, one))).toEqual(["NUMBER_RANGE /players"]);
  expect(refusals(() => leastCore(2, (c) => (c === 2 ? Number.NaN : 1)))).toEqual([
    "NUMBER_NOT_FINITE /cost/2",
  ]);
});
