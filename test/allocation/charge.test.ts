// Method: cases worked by hand; a charge that is moved day by day must arrive, and never overshoot.
import { beforeAll, describe, expect, test } from "vitest";
import { chargedAfter } from "../../src/allocation/charge.ts";
import { type Engine, load } from "../../src/index.ts";
import { readPool } from "../../src/pool/index.ts";
import type { ChargeTerms } from "../../src/terms/index.ts";
import { refusal, refusals } from "../support/refusal.ts";
import { samplePool } from "../support/sample-pool.ts";

const TERMS: ChargeTerms = { riseMax: 0.05, fallMax: 0.02, band: 0.01 };

const cases: readonly [string, bigint, bigint | null, number, bigint][] = [
  ["who is new is charged all of it", 5000n, null, 1, 5000n],
  ["who was charged nothing too", 5000n, 0n, 1, 5000n],
  ["within the band nothing moves", 1009n, 1000n, 1, 1000n],
  ["nor down", 990n, 1000n, 1, 1000n],
  ["beyond it as far as a day's rise", 2000n, 1000n, 1, 1050n],
  ["or a day's fall", 0n, 1000n, 1, 980n],
  ["of several days", 2000n, 1000n, 3, 1150n],
  ["of none", 2000n, 1000n, 0, 1000n],
  ["but no further than asked", 1030n, 1000n, 1, 1030n],
];

test.each(cases)("chargedAfter: %s", (_, asked, before, days, wanted) => {
  expect(chargedAfter(asked, before, days, TERMS)).toBe(wanted);
});

test("chargedAfter: arrives within the band in the days that its growth takes, from either side", () => {
  for (const [asked, from, days] of [
    [200_000n, 100_000n, 15],
    [100_000n, 200_000n, 35],
  ] as const) {
    let charged: bigint = from;
    let count = 0;
    for (; count < 100 && charged !== chargedAfter(asked, charged, 1, TERMS); count++) {
      const next = chargedAfter(asked, charged, 1, TERMS);
      expect(asked > from ? next > charged && next <= asked : next < charged && next >= asked).toBe(
        true,
      );
      charged = next;
    }
    // ln 2 / ln 1.05 = 14.2 days, and ln 2 / -ln 0.98 = 34.3 days, less the band.
    expect(Math.abs(count - days)).toBeLessThanOrEqual(1);
    expect(Math.abs(Number(charged - asked))).toBeLessThanOrEqual(0.01 * Number(charged));
  }
});

describe("charges of a pool", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await load();
  });
  const options = { scenarios: 10_000, seed: 2 };
  const rules = [{ rule: "stand-alone" as const, charge: { riseMax: 0.1, fallMax: 0.1 } }];

  test("allocate: charges move from what was charged before, and the rest is outstanding", async () => {
    const [asked] = await engine.allocate(samplePool(), { ...options, rules });
    expect(asked!.outstanding).toBe("0.000000");
    expect(asked!.rows.every(({ charged, amount }) => charged === amount)).toBe(true);
    const previous = { days: 2, amounts: [{ participant: "alice", amount: "1000.00" }] };
    const [moved] = await engine.allocate(samplePool(), { ...options, rules, previous });
    const alice = moved!.rows.find(({ id }) => id === "alice")!;
    expect(alice.charged).toBe("1200.000000");
    expect(Number(moved!.outstanding)).toBeCloseTo(Number(alice.amount) - 1200, 6);
    for (const row of moved!.rows.filter(({ id }) => id !== "alice")) {
      expect(row.charged).toBe(row.amount);
    }
  });

  test("allocate: charge terms and previous charges are checked", async () => {
    const contribution = { rule: "euler-es", charge: { riseMax: 5, band: -1, speed: 1 } };
    expect(refusals(() => readPool({ ...samplePool(), contribution })).sort()).toEqual([
      "KEY_UNKNOWN /contribution/charge/speed",
      "NUMBER_RANGE /contribution/charge/band",
      "UNIT_SUSPECT /contribution/charge/riseMax",
    ]);
    const previous = {
      days: -1,
      amounts: [
        { participant: "eve", amount: "1.00" },
        { participant: "bob", amount: "1.0000001" },
        { participant: "bob", amount: "1" },
      ],
    };
    const error: unknown = await engine
      .allocate(samplePool(), { ...options, previous })
      .catch((reason: unknown) => reason);
    const { issues } = refusal(() => {
      throw error;
    });
    expect(issues.map(({ code, pointer }) => `${code} ${pointer}`).sort()).toEqual([
      "ID_DUPLICATE /options/previous/amounts/2/participant",
      "MONEY_TOO_PRECISE /options/previous/amounts/1/amount",
      "NUMBER_RANGE /options/previous/days",
      "REFERENCE_UNKNOWN /options/previous/amounts/0/participant",
    ]);
  });
});
