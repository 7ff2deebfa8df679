// Method: on a pool of few members everything that a policy is scored by, worked out from everyone's
// own losses by plain sums; and what must be true of any policy.
import { beforeAll, describe, expect, test } from "vitest";
import { COMPARED_SHARING, type Comparison, type Policy } from "../../src/allocation/index.ts";
import { type Engine, load } from "../../src/index.ts";
import { normalPool } from "../support/normal-pool.ts";
import { refusal } from "../support/refusal.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await load();
});

const MEANS = [0, 0, 0, 0];
const COVARIANCE = [
  [4, 1, -1, 0],
  [1, 9, 0, 0],
  [-1, 0, 1, 0.5],
  [0, 0, 0.5, 2],
];
const OPTIONS = { scenarios: 20_000, horizon: 1, seed: 9 };

const policy = (sharing: Policy["sharing"], more: Partial<Policy> = {}): Policy => ({
  name: sharing,
  contribution: { rule: "euler-es", noNegative: true },
  sharing,
  ...more,
});

describe("policies on jointly normal losses", () => {
  let comparison: Comparison;
  beforeAll(async () => {
    const policies = COMPARED_SHARING.map((sharing) => policy(sharing));
    comparison = await engine.compare(normalPool(MEANS, COVARIANCE), policies, OPTIONS);
  });

  test("compare: capital is the pool's ES, and it fails as often as a normal loss exceeds it", () => {
    const sigma = Math.sqrt(COVARIANCE.flat().reduce((sum, c) => sum + c, 0));
    // ES of the standard normal at 97.5 % is 2.3378; P(Z > 2.3378) = 0.0096996.
    for (const { capital, shortfallProbability } of comparison.rows) {
      expect(Math.abs(capital / sigma - 2.3378)).toBeLessThan(0.1);
      const { value, standardError } = shortfallProbability;
      // The capital itself is known within a percent or so, which moves the probability by 6 %.
      expect(Math.abs(value - 0.0097)).toBeLessThan(4 * standardError + 0.0012);
    }
  });

  test("compare: what is shared is E[(L - capital)+], whoever bears it", () => {
    const sigma = Math.sqrt(COVARIANCE.flat().reduce((sum, c) => sum + c, 0));
    const [first] = comparison.rows;
    const u = first!.capital / sigma;
    // φ(u) - u·Φ(-u) about u = 2.3378: 0.003266 with slope -0.0097.
    const wanted = sigma * (0.003266 - 0.0097 * (u - 2.3378));
    const { value, standardError } = first!.expectedShared;
    expect(Math.abs(value - wanted)).toBeLessThan(4 * standardError);
    for (const row of comparison.rows) expect(row.expectedShared).toEqual(first!.expectedShared);
  });

  test("compare: only a queue takes more than is lacking", () => {
    for (const { sharing, overHaircut, residualDeficit } of comparison.rows) {
      if (sharing === "queue") expect(overHaircut!.value).toBeGreaterThan(1.5);
      else expect(overHaircut!.value).toBeLessThan(1 + 0.01);
      // Whoever gained has what is lacking, for the pool's loss is the sum of all.
      expect(residualDeficit.value).toBe(0);
    }
  });

  test("compare: equal parts have a Gini of 0, and no rule spreads wider than equal losses", () => {
    const row = (sharing: string) => comparison.rows.find((one) => one.sharing === sharing)!;
    expect(row("uniform").gini).toBeCloseTo(0, 12);
    expect(row("uniform").largestShare!.value).toBeCloseTo(0.25, 12);
    const least = row("equal-losses").largestShare!.value;
    for (const sharing of ["proportional", "equal-awards", "talmud", "queue"]) {
      expect(row(sharing).largestShare!.value).toBeGreaterThan(least);
    }
    expect(row("queue").largestShare!.value).toBeGreaterThan(0.75);
  });

  test("compare: Euler's rule drives nobody out, a fixed part of exposure everybody", async () => {
    expect(
      comparison.rows.every(
        ({ stayers, aboveStandAlone }) => stayers === 1 && aboveStandAlone === 0,
      ),
    ).toBe(true);
    const gearing = policy("calls", { contribution: { rule: "gearing", gearing: 4.8 } });
    const [row] = (await engine.compare(normalPool(MEANS, COVARIANCE), [gearing], OPTIONS)).rows;
    expect(row!.aboveStandAlone).toBe(1);
    expect(row!.stayers).toBe(0);
    expect(row!.seedSensitivity).toBe(0);
    expect(row!.shortfallProbability.value).toBe(0);
    expect(row!.overHaircut).toBeNull();
  });

  test("compare: a second seed moves some percent of Euler's contributions", () => {
    for (const { seedSensitivity } of comparison.rows) {
      expect(seedSensitivity).toBeGreaterThan(0.0005);
      expect(seedSensitivity).toBeLessThan(0.05);
    }
    expect(comparison.seeds).toEqual(["9", "10"]);
  });
});

test("compare: who is asked for more than stand-alone leaves, and others may follow", async () => {
  // All pay alike: those of small losses are asked for more than theirs, and the rest goes to the others.
  const covariance = [1, 2, 3, 30].map((deviation, i) =>
    [1, 2, 3, 30].map((other, j) => (i === j ? 1 : 0.95) * deviation * other),
  );
  const alike = policy("uniform", { contribution: { rule: "gearing", gearing: 100_000 / 11 } });
  const [row] = (await engine.compare(normalPool(MEANS, covariance), [alike], OPTIONS)).rows;
  // 11 each; stand-alone ES are 2.3, 4.7, 7.0 and 70: three leave, and one alone pays its own ES.
  expect(row!.aboveStandAlone).toBe(0.75);
  expect(row!.stayers).toBe(0.25);
});

test("compare: who stays divides the own ES, which may drive out more", async () => {
  // 11 each at first: only the first is asked for more than its 2.3. The others then have to bear some
  // 119 in equal parts of 40, more than the 23 and 26 of two of them.
  const deviations = [1, 10, 11, 30];
  const covariance = deviations.map((deviation, i) =>
    deviations.map((other, j) => (i === j ? 1 : 0.95) * deviation * other),
  );
  const alike = policy("uniform", { contribution: { rule: "gearing", gearing: 100_000 / 11 } });
  const [row] = (await engine.compare(normalPool(MEANS, covariance), [alike], OPTIONS)).rows;
  expect(row!.aboveStandAlone).toBe(0.25);
  expect(row!.stayers).toBe(0.25);
});

test("compare: other layers than the members' count with what they can pay", async () => {
  const layers = [
    { id: "op", order: 1, kind: "operator", size: "10.00", cap: "3.00" },
    {
      id: "mem",
      order: 2,
      kind: "members",
      size: "50.00",
      shares: [{ participant: "m0", share: 1 }],
    },
    { id: "re", order: 3, kind: "reinsurance", size: "8.00", capShare: 0.25 },
  ] as const;
  const pool = normalPool(MEANS, COVARIANCE);
  const rules = { contribution: { rule: "gearing", gearing: 400_000 } } as const;
  const policies = [policy("calls", rules)];
  const [row] = (
    await engine.compare({ ...pool, waterfall: { ...pool.waterfall, layers } }, policies, OPTIONS)
  ).rows;
  // Four members of 100,000 at a gearing of 400,000 put in 1; the operator pays 3, the reinsurer 2.
  expect(row!.capital).toBeCloseTo(6, 9);
});

test("compare: every problem of the policies is reported at once", async () => {
  const policies = [
    { name: "a", contribution: { rule: "euler" }, sharing: "calls" },
    { name: "b", contribution: { rule: "gearing" }, sharing: "lottery" },
  ];
  const error: unknown = await engine
    .compare(normalPool(MEANS, COVARIANCE), policies as never, OPTIONS)
    .catch((reason: unknown) => reason);
  const { issues } = refusal(() => {
    throw error;
  });
  expect(issues.map(({ code, pointer }) => `${code} ${pointer}`).sort()).toEqual([
    "ENUM /policies/0/contribution/rule",
    "ENUM /policies/1/sharing",
    "KEY_MISSING /policies/1/contribution/gearing",
  ]);
});
