// Method: everyone's losses path by path from the walk of the rules; the average over the worst
// paths is the Euler contribution, and nothing else may come out of the moments and sums of the
// kernel. Standard errors are held against the spread over independent seeds.
import { describe, expect, test } from "vitest";
import { loadSync, type PoolDocument, type Valuation } from "../../src/index.ts";
import { exp } from "../../src/numeric/index.ts";
import type { LiquidationTerms } from "../../src/terms/index.ts";
import { freshKernel } from "../support/kernel.ts";
import {
  FULL,
  isolated,
  liquidationPool,
  marketFor,
  marketsOf,
  mixedPool,
  PACED,
  SPOT,
} from "../support/liquidation-pool.ts";
import { layMarginRun, returnsOf } from "../support/margin-run.ts";
import { ratesOf, trailOf, walk, walkAccounts } from "../support/margin-walk.ts";

const engine = loadSync();
const SCENARIOS = 20_000;
const WAY = { days: 10, stepDays: 0.5, seed: 7n };
const HOLDINGS = "(pool holdings)";
const funded = marketsOf(3).map((market, u) => ({ ...market, fundingRate: [1.5, -2, 0.5][u]! }));

/** Losses of every participant and of the holdings on every path. */
function lossesOf(document: PoolDocument): Map<string, Float64Array> {
  const run = layMarginRun(freshKernel().kernels, document, WAY);
  const x = returnsOf(run, SCENARIOS);
  const width = run.times.length * run.assets;
  const losses = new Map<string, Float64Array>();
  for (const { id } of document.participants) losses.set(id, new Float64Array(SCENARIOS));
  const held = new Float64Array(SCENARIOS);
  const accounts = walkAccounts(document);
  const rates = ratesOf(document);
  for (let p = 0; p < SCENARIOS; p++) {
    const trail = trailOf(x, p * width, run.times, rates);
    for (const account of accounts) {
      const { loss } = walk(account, document.liquidation!, run.times, trail);
      losses.get(account.participant)![p]! += loss;
    }
    const last = p * width + width - run.assets;
    for (const { asset, amount } of document.holdings) {
      const worth = Number(amount) * SPOT[asset]!;
      held[p]! -= worth * (exp(x[last + "ABC".indexOf(asset)]!) - 1);
    }
  }
  return losses.set(HOLDINGS, held);
}

function meanOfWorst(losses: Float64Array, count: number): number {
  const worst = Float64Array.from(losses).sort().subarray(-count);
  return worst.reduce((sum, loss) => sum + loss, 0) / count;
}

const POOLS: readonly [string, LiquidationTerms][] = [
  ["at once", FULL],
  ["at once with funding", { ...FULL, markets: funded }],
  ["at a pace with funding", { ...PACED, markets: funded }],
];

describe.each(POOLS)("contributions to a pool closed %s", (_, terms) => {
  const document = {
    ...mixedPool(terms, 24, 8),
    holdings: [
      { asset: "A", amount: "12" },
      { asset: "C", amount: "150" },
    ],
  };
  const losses = lossesOf(document);
  const total = new Float64Array(SCENARIOS);
  for (const own of losses.values()) for (const [p, loss] of own.entries()) total[p]! += loss;
  const tail = Array.from(total.keys())
    .sort((a, b) => total[b]! - total[a]!)
    .slice(0, SCENARIOS * 0.025);
  const shortfall = tail.reduce((sum, p) => sum + total[p]!, 0) / tail.length;
  const valued = engine.value(document, {
    scenarios: SCENARIOS,
    seed: WAY.seed,
    horizon: WAY.days,
    step: WAY.stepDays,
    confidence: 0.975,
    levels: [0.975],
  });

  test("contributionsOf: gives everyone the average of the worst paths, and ES in sum", async () => {
    const { contributions } = await valued;
    expect(contributions.total.value / shortfall).toBeCloseTo(1, 9);
    let sum = 0;
    for (const { id, contribution } of contributions.rows) {
      const own = losses.get(id)!;
      const known = tail.reduce((above, p) => above + own[p]!, 0) / tail.length;
      expect(Math.abs(contribution.value - known), id).toBeLessThan(1e-8 * shortfall);
      sum += contribution.value;
    }
    expect(contributions.rows.length).toBe(losses.size);
    expect(sum / contributions.total.value).toBeCloseTo(1, 10);
  });

  test("contributionsOf: gives everyone the expected loss, and the pool's in sum", async () => {
    const { contributions, risk } = await valued;
    let sum = 0;
    for (const { id, expectedLoss } of contributions.rows) {
      const known = losses.get(id)!.reduce((above, loss) => above + loss, 0) / SCENARIOS;
      expect(Math.abs(expectedLoss!.value - known), id).toBeLessThan(1e-8 * shortfall);
      sum += expectedLoss!.value;
    }
    expect(Math.abs(sum - risk.expectedLoss.value)).toBeLessThan(1e-9 * shortfall);
  });

  test("contributionsOf: alone, nobody has less than the contribution", async () => {
    const { contributions } = await valued;
    expect(contributions.standAloneScenarios).toBe(SCENARIOS);
    for (const { id, contribution, standAlone } of contributions.rows) {
      const known = meanOfWorst(losses.get(id)!, tail.length);
      expect(Math.abs(standAlone!.value - known), id).toBeLessThan(1e-8 * shortfall);
      expect(standAlone!.value).toBeGreaterThanOrEqual(contribution.value - 1e-8 * shortfall);
    }
    const { standAloneTotal, diversificationBenefit, total: es } = contributions;
    expect(standAloneTotal! - es.value).toBeCloseTo(diversificationBenefit!, 6);
    expect(diversificationBenefit).toBeGreaterThan(0.05 * es.value);
  });
});

test("contributionsOf: funding is the loss of whoever receives it", async () => {
  const markets = [{ asset: "A", fundingRate: 2 }];
  const safe = { collateral: "100000", entry: 100 };
  const document = liquidationPool(
    1,
    { ...FULL, markets },
    {
      participants: ["long", "short", "coin"].map((id) => ({ id, margin: "isolated" as const })),
      perpetuals: [
        isolated("1", "A", "long", "linear", 1, 10, { participant: "long", ...safe }),
        isolated("2", "A", "short", "linear", 1, 30, { participant: "short", ...safe }),
        isolated("3", "A", "short", "inverse", 1, 5, { participant: "coin", ...safe }),
      ],
      market: marketFor(1, { volatility: [0] }),
    },
  );
  const { contributions, risk } = await engine.value(document, {
    scenarios: 4000,
    horizon: 10,
    levels: [0.95],
  });
  const years = 10 / 365;
  const known = { long: -1000 * 2 * years, short: 3000 * 2 * years, coin: 500 * 2 * years };
  for (const { id, expectedLoss, contribution } of contributions.rows) {
    const value = known[id as keyof typeof known] ?? 0;
    expect(expectedLoss!.value).toBeCloseTo(value, 8);
    expect(contribution.value).toBeCloseTo(value, 8);
  }
  expect(risk.expectedLoss.value).toBeCloseTo(2500 * 2 * years, 8);
});

test("contributionsOf: standard errors are those of independent seeds", async () => {
  const document = mixedPool({ ...FULL, markets: funded }, 24, 4);
  const runs: Valuation[] = [];
  for (let seed = 1; seed <= 20; seed++) {
    runs.push(await engine.value(document, { scenarios: 12_000, seed, horizon: 10, step: 0.5 }));
  }
  type Figure = (run: Valuation, id: string) => { value: number; standardError: number };
  const rowOf = (run: Valuation, id: string) => run.contributions.rows.find((r) => r.id === id)!;
  const figures: readonly [string, Figure][] = [
    ["contribution", (run, id) => rowOf(run, id).contribution],
    ["expected loss", (run, id) => rowOf(run, id).expectedLoss!],
    ["stand-alone ES", (run, id) => rowOf(run, id).standAlone!],
  ];
  const ids = document.participants.map(({ id }) => id);
  const ratios = (figure: Figure, of: readonly string[]) =>
    of.map((id) => {
      const all = runs.map((run) => figure(run, id));
      const mean = all.reduce((sum, { value }) => sum + value, 0) / all.length;
      const spread =
        all.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (all.length - 1);
      const stated = all.reduce((sum, one) => sum + one.standardError ** 2, 0) / all.length;
      return Math.sqrt(stated / spread);
    });
  const typical = (list: readonly number[]) =>
    Math.exp(list.reduce((sum, ratio) => sum + Math.log(ratio), 0) / list.length);
  for (const [name, figure] of figures) {
    const list = ratios(figure, ids);
    // A spread of 20 seeds is known to 16 % itself, so one participant may stray further than all.
    expect(Math.abs(Math.log(typical(list))), `${name}: ${list}`).toBeLessThan(Math.log(1.3));
    for (const ratio of list) expect(ratio, `${name}: ${list}`).toBeLessThan(1.8);
    for (const ratio of list) expect(ratio, `${name}: ${list}`).toBeGreaterThan(1 / 1.8);
  }
  const pool: readonly [string, Figure][] = [
    ["liquidations", (run) => run.liquidation!.liquidations],
    ["notional", (run) => run.liquidation!.notional],
    ["bad debt", (run) => run.liquidation!.badDebt],
    ["insurance fees", (run) => run.liquidation!.insuranceFees],
    ["insurance draw", (run) => run.liquidation!.insuranceDraw],
    ["bad debt ES", (run) => run.liquidation!.badDebtRisk.expectedShortfall],
    ["ES", (run) => run.contributions.total],
  ];
  for (const [name, figure] of pool) {
    const [ratio] = ratios(figure, [""]);
    expect(ratio, name).toBeGreaterThan(0.6);
    expect(ratio, name).toBeLessThan(1.7);
  }
});
