// Method: every figure of a valuation's part on liquidation against plain sums over the columns and
// steps of the same paths.
import { expect, test } from "vitest";
import { loadSync } from "../../src/index.ts";
import { freshKernel } from "../support/kernel.ts";
import { FULL, marketsOf, mixedPool, PACED } from "../support/liquidation-pool.ts";
import { columnsOf, layMarginRun, stepSumsOf } from "../support/margin-run.ts";

const PATHS = 8000;
const markets = marketsOf(3, { fundingRate: 0.4 });

test.each([
  ["at once over 20 steps", FULL, 0.5],
  ["at a pace with funding over 120 steps", { ...PACED, markets }, 1 / 12],
] as const)("liquidationFigures: says what happened %s", async (_, terms, stepDays) => {
  const document = mixedPool(terms, 20, 5);
  const way = { days: 10, stepDays, seed: 5n };
  const run = layMarginRun(freshKernel().kernels, document, way);
  const [, counts, notionals, badDebts, fees] = columnsOf(run, PATHS);
  const { liquidation } = await loadSync().value(document, {
    scenarios: PATHS,
    seed: way.seed,
    horizon: way.days,
    step: stepDays,
    levels: [0.975],
  });
  const found = liquidation!;
  expect([found.accounts, found.crossAccounts, found.steps]).toEqual([25, 5, run.times.length]);
  expect([found.mode, found.monitoring]).toEqual([terms.mode, "discrete"]);

  const draws = badDebts!.map((debt, p) => Math.max(0, debt - fees![p]!));
  expect(draws.some((draw, p) => draw > 0 && draw < badDebts![p]!)).toBe(true);
  const indicators = [counts!, badDebts!].map((column) => column.map((x) => (x > 0 ? 1 : 0)));
  for (const [name, column] of [
    ["liquidations", counts!],
    ["notional", notionals!],
    ["badDebt", badDebts!],
    ["insuranceFees", fees!],
    ["insuranceDraw", draws],
    ["anyLiquidation", indicators[0]!],
    ["anyBadDebt", indicators[1]!],
  ] as const) {
    const mean = column.reduce((sum, x) => sum + x, 0) / PATHS;
    const variance = column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / PATHS;
    const { value, standardError } = found[name];
    expect(value / mean, name).toBeCloseTo(1, 11);
    expect(standardError, name).toBeCloseTo(Math.sqrt(variance / (PATHS - 1)), 6);
  }
  const worst = Float64Array.from(badDebts!).sort().reverse();
  const tail = PATHS * 0.025;
  const shortfall = worst.subarray(0, tail).reduce((sum, x) => sum + x, 0) / tail;
  expect(found.badDebtRisk.expectedShortfall.value / shortfall).toBeCloseTo(1, 11);
  expect(found.badDebtRisk.valueAtRisk.value).toBe(worst[tail]);

  const every = Array.from({ length: PATHS }, (__, p) => p);
  const sums = stepSumsOf(run, every, new Float64Array(PATHS).fill(1));
  const { profile } = found;
  const width = Math.ceil(run.times.length / 48);
  expect(profile.length).toBe(Math.ceil(run.times.length / width));
  profile.forEach((interval, i) => {
    const steps = run.times.map((time, t) => ({ time, t })).slice(i * width, (i + 1) * width);
    const before = i === 0 ? 0 : run.times[i * width - 1]!;
    expect(interval.fromDays).toBeCloseTo(before * 365, 12);
    expect(interval.toDays).toBeCloseTo(steps.at(-1)!.time * 365, 12);
    const rows = [interval.liquidations, interval.notional, interval.badDebt];
    rows.forEach((value, r) => {
      const known = steps.reduce((sum, { t }) => sum + sums[r]![t]!, 0) / PATHS;
      expect(Math.abs(value - known)).toBeLessThanOrEqual(1e-11 * known);
    });
  });
});
