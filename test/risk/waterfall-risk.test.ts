// Method: the waterfall in floating point against the settlement in whole units, scenario by
// scenario, and its averages against sums over settled losses.
import { expect, test } from "vitest";
import { level } from "../../src/basics/index.ts";
import { LossCurve } from "../../src/risk/loss-curve.ts";
import { worst } from "../../src/risk/tail.ts";
import { waterfallRisk } from "../../src/risk/waterfall-risk.ts";
import { settle } from "../../src/settlement/index.ts";
import { seeded } from "../support/kernel.ts";
import { samplePool } from "../support/sample-pool.ts";

const { waterfall, currency } = samplePool();
const SCENARIOS = 4000;
const random = seeded(31);
// Whole cents from a gain of 100,000 to a loss of 1,100,000: every layer is reached and passed.
const losses = Float64Array.from(
  { length: SCENARIOS },
  () => Math.round((random() * 1_200_000 - 100_000) * 100) / 100,
);
const at = level(0.9);
const tail = worst(losses, 401);
const risk = waterfallRisk(new LossCurve(losses), tail, waterfall, currency.decimals, at);

/** Draw of every layer, the assessments and everyone, as the settlement pays them. */
function settled(loss: number): number[] {
  const { layers, assessments, socialised } = settle(
    waterfall,
    currency,
    Math.max(0, loss).toFixed(2),
  );
  return [
    ...layers.map((layer) => Number(layer.used)),
    assessments.reduce((sum, call) => sum + Number(call.amount), 0),
    Number(socialised.total),
  ];
}

const paid = Array.from(losses, settled);
const columns = [...risk.layers.map((layer) => layer.id), "socialised"];
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

test("waterfallRisk: mean draws equal the means of what the settlement pays", () => {
  const stated = [...risk.layers.map((layer) => layer.expectedLoss), risk.socialised.expectedLoss];
  columns.forEach((id, k) => {
    const draws = paid.map((row) => row[k]!);
    expect(stated[k]!.value, id).toBeCloseTo(mean(draws), 4);
    const spread = Math.sqrt(mean(draws.map((d) => (d - mean(draws)) ** 2)) / (SCENARIOS - 1));
    expect(stated[k]!.standardError / spread, id).toBeCloseTo(1, 6);
  });
});

test("waterfallRisk: a layer is hit where it pays and exhausted where it pays all", () => {
  risk.layers.forEach((layer, k) => {
    const hit = paid.filter((row) => row[k]! > 0).length / SCENARIOS;
    const gone = paid.filter((row) => row[k]! >= layer.capacity - 1e-9).length / SCENARIOS;
    expect(layer.hit.value, layer.id).toBe(hit);
    expect(layer.exhausted.value, layer.id).toBe(gone);
    expect(layer.hit.standardError).toBeCloseTo(Math.sqrt((hit * (1 - hit)) / SCENARIOS), 12);
  });
  const shared = paid.filter((row) => row.at(-1)! > 0);
  expect(risk.socialised.probability.value).toBe(shared.length / SCENARIOS);
  expect(risk.socialised.expectedSize!.value).toBeCloseTo(
    mean(shared.map((row) => row.at(-1)!)),
    4,
  );
  const beyondFunds = Array.from(losses).filter((loss) => loss > 440_000).length / SCENARIOS;
  expect(risk.insolvency.probability.value).toBe(beyondFunds);
});

test("waterfallRisk: tail draws are means over the tail and sum to ES where the tail loses", () => {
  const worstRows = [...tail.scenarios].slice(0, 400).map((scenario) => paid[scenario]!);
  const stated = [
    ...risk.layers.map((layer) => layer.tailLoss.value),
    risk.socialised.tailLoss.value,
  ];
  columns.forEach((id, k) => {
    expect(stated[k], id).toBeCloseTo(mean(worstRows.map((row) => row[k]!)), 4);
  });
  const shortfall = mean([...tail.losses].slice(0, 400));
  expect(stated.reduce((a, b) => a + b)).toBeCloseTo(shortfall, 4);
});

test("waterfallRisk: a pool that only gains touches nothing", () => {
  const gains = losses.map((loss) => -Math.abs(loss) - 1);
  const none = waterfallRisk(
    new LossCurve(gains),
    worst(gains, 401),
    waterfall,
    currency.decimals,
    at,
  );
  for (const layer of none.layers) {
    expect([layer.hit.value, layer.exhausted.value, layer.expectedLoss.value]).toEqual([0, 0, 0]);
  }
  expect(none.socialised.expectedSize).toBeNull();
});
