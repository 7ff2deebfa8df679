// Method: a pool whose losses are jointly normal, where every rule has a closed form; on a pool with
// one of everything what must hold of any allocation, and each rule against its plain definition on
// everyone's losses in every scenario.
import { beforeAll, describe, expect, test } from "vitest";
import type { Allocation } from "../../src/allocation/index.ts";
import { type Engine, load } from "../../src/index.ts";
import { CONTRIBUTION_RULES, type ContributionTerms } from "../../src/terms/index.ts";
import { normalPool } from "../support/normal-pool.ts";
import { reference } from "../support/reference.ts";
import { refusal } from "../support/refusal.ts";
import { samplePool } from "../support/sample-pool.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await load();
});

const byId = ({ rows }: Allocation) => [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
const minor = (amount: string) => BigInt(amount.replace(".", ""));

describe("jointly normal losses", () => {
  const { inputs, expected } = reference<
    { mu: number[]; cov: number[][]; alpha: number },
    Record<string, number[]> & { ES_total: number }
  >("alloc.euler.mvn.a");
  const cases: readonly [ContributionTerms["rule"], string, "raw" | "contribution"][] = [
    ["euler-es", "euler_ES", "contribution"],
    ["aumann-shapley", "euler_ES", "contribution"],
    // Where losses are normal the covariance rule is Euler's.
    ["covariance", "euler_ES", "contribution"],
    ["euler-var", "euler_VaR", "contribution"],
    ["stand-alone", "standalone_ES", "raw"],
    ["stand-alone", "proportional_standalone", "contribution"],
    ["with-without", "marginal_with_without", "raw"],
    ["shapley", "shapley_ES", "contribution"],
  ];

  test.each(cases)("allocate: %s is the closed form's %s", async (rule, name, figure) => {
    const [allocation] = await engine.allocate(normalPool(inputs.mu, inputs.cov), {
      scenarios: 400_000,
      horizon: 1,
      seed: 11,
      confidence: inputs.alpha,
      rules: [{ rule }],
    });
    const rows = byId(allocation!).filter(({ id }) => id.startsWith("m"));
    rows.forEach((row, i) => {
      const { value, standardError } = row[figure];
      const wanted = expected[name]![i]!;
      // An error bar that is no bar at all would let anything pass.
      expect(standardError).toBeLessThan(0.04 * expected.ES_total);
      expect(standardError).toBeGreaterThan(0.0002 * expected.ES_total);
      expect(Math.abs(value - wanted) / standardError).toBeLessThan(4);
    });
  });

  test("allocate: error bars of every rule are as wide as what seeds make of it", async () => {
    const rules = cases.map(([rule]) => ({ rule }));
    const seeds = Array.from({ length: 24 }, (_, i) => i + 1);
    const runs: Allocation[][] = [];
    for (const seed of seeds) {
      const options = { scenarios: 20_000, horizon: 1, confidence: inputs.alpha, rules, seed };
      runs.push(await engine.allocate(normalPool(inputs.mu, inputs.cov), options));
    }
    rules.forEach(({ rule }, r) => {
      const values = runs.map((run) => byId(run[r]!)[2]!.contribution);
      const mean = values.reduce((sum, { value }) => sum + value, 0) / values.length;
      const square = values.reduce((sum, { value }) => sum + (value - mean) ** 2, 0);
      const spread = Math.sqrt(square / (values.length - 1));
      const claimed = Math.sqrt(
        values.reduce((sum, { standardError }) => sum + standardError ** 2, 0) / values.length,
      );
      // 24 seeds know their spread within 15 %, eight batches theirs within 27 %.
      expect(claimed / spread, rule).toBeGreaterThan(0.55);
      expect(claimed / spread, rule).toBeLessThan(1.9);
    });
  });
});

describe("a pool with one of everything", () => {
  const options = { scenarios: 20_000, seed: 3 };
  const members = [
    { participant: "alice", premium: "100.00", periods: [{ exposure: 1, loss: "10.00" }] },
    {
      participant: "bob",
      premium: "300.00",
      periods: [
        { exposure: 2, loss: "90.00" },
        { exposure: 2, loss: "70.00" },
      ],
    },
  ];
  const termsOf = (rule: ContributionTerms["rule"]): ContributionTerms => ({
    rule,
    ...(rule === "gearing" && { gearing: 4.8 }),
    ...(rule === "formula" && {
      weights: { exposure: 0.5, premium: 0.25, record: 0.25 },
      members,
    }),
  });

  test.each(CONTRIBUTION_RULES)("allocate: %s divides the total to the last unit", async (rule) => {
    const bounds = { noNegative: true, cap: "20000.00" };
    const rules = [termsOf(rule), { ...termsOf(rule), ...bounds }];
    const [free, bound] = await engine.allocate(samplePool(), { ...options, rules });
    for (const { rows, totalAmount, unallocated } of [free!, bound!]) {
      const asked = rows.reduce((sum, { amount }) => sum + minor(amount), 0n);
      expect(asked + minor(unallocated)).toBe(minor(totalAmount));
    }
    expect(free!.moved).toBe("0.000000");
    expect(free!.unallocated).toBe("0.000000");
    let moved = 0n;
    for (const { id, amount, rebalanced, bound: which } of bound!.rows) {
      const before = free!.rows.find((row) => row.id === id)!;
      expect(minor(amount) - minor(rebalanced)).toBe(minor(before.amount));
      if (minor(rebalanced) > 0n) moved += minor(rebalanced);
      if (id === "(pool holdings)") {
        expect(amount).toBe(before.amount);
        continue;
      }
      expect(minor(amount)).toBeGreaterThanOrEqual(0n);
      expect(minor(amount)).toBeLessThanOrEqual(20_000_000_000n);
      if (which === "cap") expect(amount).toBe("20000.000000");
      if (which === "floor") expect(amount).toBe("0.000000");
    }
    expect(minor(bound!.moved)).toBe(moved);
  });

  test("allocate: Euler ES and stand-alone are the valuation's own figures", async () => {
    const rules = [{ rule: "euler-es" as const }, { rule: "stand-alone" as const }];
    const [euler, alone] = await engine.allocate(samplePool(), { ...options, rules });
    const { contributions } = await engine.value(samplePool(), options);
    const rows = [...contributions.rows].sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(byId(euler!).map(({ amount }) => amount)).toEqual(rows.map(({ amount }) => amount));
    expect(byId(euler!).map(({ contribution }) => contribution)).toEqual(
      rows.map(({ contribution }) => contribution),
    );
    expect(byId(alone!).map(({ raw }) => raw.value)).toEqual(
      rows.map(({ standAlone }) => standAlone!.value),
    );
  });

  test("allocate: a document's terms are part of its valuation", async () => {
    const terms: ContributionTerms = { rule: "covariance", floor: "50.00" };
    const pool = { ...samplePool(), contribution: terms };
    const { allocation } = await engine.value(pool, options);
    const [alone] = await engine.allocate(pool, options);
    expect(allocation).toEqual(alone);
    expect(allocation!.rule).toBe("covariance");
    const lean = await engine.value(pool, { ...options, contributions: "euler" });
    expect(lean.allocation).toEqual(alone);
    expect(lean.contributions.rows[0]!.standAlone).toBeNull();
    expect((await engine.value(samplePool(), options)).allocation).toBeNull();
  });

  test("allocate: gearing asks a fixed part of exposure at today's prices", async () => {
    const [allocation] = await engine.allocate(samplePool(), {
      ...options,
      rules: [{ rule: "gearing", gearing: 4 }],
    });
    const amounts = Object.fromEntries(allocation!.rows.map(({ id, amount }) => [id, amount]));
    expect(amounts).toEqual({
      // 12 · 62,800 + 50,000, and 50 · 1,840 + 2 · 62,800.
      alice: "200900.000000",
      bob: "54400.000000",
      // 300 · 0.01 · 62,800 + 100,000, and 40 · 1,840 + 90,000.
      carol: "72100.000000",
      dave: "40900.000000",
      "(pool holdings)": "0.000000",
    });
    expect(allocation!.measure).toBe("exposure");
  });

  test("allocate: exposure, premium and record share ES by their weights", async () => {
    const [allocation] = await engine.allocate(samplePool(), {
      ...options,
      rules: [termsOf("formula")],
    });
    const exposures = { alice: 803_600, bob: 217_600, carol: 288_400, dave: 163_600 };
    const all = 803_600 + 217_600 + 288_400 + 163_600;
    const shares = {
      alice: (0.5 * exposures.alice) / all + 0.25 * 0.25 + (0.25 * 10) / 170,
      bob: (0.5 * exposures.bob) / all + 0.25 * 0.75 + (0.25 * 160) / 170,
      carol: (0.5 * exposures.carol) / all,
      dave: (0.5 * exposures.dave) / all,
    };
    for (const [id, wanted] of Object.entries(shares)) {
      expect(allocation!.rows.find((row) => row.id === id)!.share).toBeCloseTo(wanted, 9);
    }
  });

  test("allocate: an own record scales contributions and keeps their sum", async () => {
    const records = [
      {
        participant: "alice",
        periods: [
          { exposure: 100, loss: "10.00" },
          { exposure: 100, loss: "14.00" },
        ],
      },
      {
        participant: "bob",
        periods: [
          { exposure: 50, loss: "45.00" },
          { exposure: 60, loss: "66.00" },
        ],
      },
    ];
    const rules: ContributionTerms[] = [
      { rule: "stand-alone" },
      { rule: "stand-alone", ownRecord: true, members: records },
    ];
    const [plain, rated] = await engine.allocate(samplePool(), { ...options, rules });
    const row = (allocation: Allocation, id: string) =>
      allocation.rows.find((one) => one.id === id)!;
    expect(rated!.totalAmount).toBe(plain!.totalAmount);
    expect(row(rated!, "bob").recordFactor).toBeGreaterThan(1.2);
    expect(row(rated!, "alice").recordFactor).toBeLessThan(0.8);
    expect(row(rated!, "carol").recordFactor).toBe(1);
    const ratio = (id: string) =>
      row(rated!, id).contribution.value / row(plain!, id).contribution.value;
    expect(ratio("bob") / ratio("carol")).toBeCloseTo(row(rated!, "bob").recordFactor, 9);
    expect(row(rated!, "(pool holdings)").amount).toBe(row(plain!, "(pool holdings)").amount);
  });

  test("allocate: every problem of the rules is reported at once", async () => {
    const rules = [
      { rule: "euler" },
      { rule: "gearing" },
      { rule: "formula", weights: { exposure: 0.5, premium: 0.5, record: 0.5 } },
      { rule: "euler-es", floor: "10.00", cap: "5.00", gearing: 4 },
      { rule: "euler-es", members: [{ participant: "nobody" }] },
    ];
    const failed = engine.allocate(samplePool(), { ...options, rules: rules as never });
    const error = await failed.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const { issues } = refusal(() => {
      throw error;
    });
    expect(issues.map(({ code, pointer }) => `${code} ${pointer}`).sort()).toEqual([
      "ENUM /options/rules/0/rule",
      "KEY_MISSING /options/rules/1/gearing",
      "KEY_MISSING /options/rules/2/members",
      "KEY_UNKNOWN /options/rules/3/gearing",
      "NUMBER_RANGE /options/rules/3/cap",
      "REFERENCE_UNKNOWN /options/rules/4/members/0/participant",
      "WEIGHTS_SUM /options/rules/2/weights",
    ]);
  });
});
