// Method: the whole engine on covers that are alike, against the closed law of how many fail.
import { describe, expect, test } from "vitest";
import { loadSync } from "../../src/index.ts";
import { latticeCdf, latticeMeasure, poolDefaults } from "../../src/pricing/index.ts";
import { coversOf } from "../support/cover.ts";
import { reference } from "../support/reference.ts";
import { samplePool } from "../support/sample-pool.ts";

const SCENARIOS = 400_000;
const LEVELS = [0.95, 0.99, 0.999];
const LAYERS = 8;

/** Covers of 1.00 and nothing else, with a layer of 1.00 for each of the first losses. */
function poolOf(count: number, annualProbability: number, systemicLoading: number) {
  const layers = Array.from({ length: LAYERS }, (_, i) => ({
    id: `layer-${i}`,
    order: i + 1,
    kind: "operator" as const,
    provider: "the operator",
    size: "1.00",
  }));
  const sample = samplePool();
  return {
    ...sample,
    assets: [],
    participants: sample.participants.filter(({ margin }) => margin === "isolated"),
    options: [],
    perpetuals: [],
    holdings: [],
    covers: coversOf(count, () => ({ annualProbability, systemicLoading })),
    waterfall: {
      layers,
      assessments: [],
      lastResort: {
        kind: "socialised" as const,
        weights: [{ participant: "alice", weight: 1 }],
      },
    },
    market: undefined,
  };
}

describe("covers that are alike", () => {
  const { cases } = reference<{ cases: [number, number, number][] }, unknown>(
    "credit.one-factor-binomial-pool",
  ).inputs;
  const rare = [100, 0.005, 0.5] as [number, number, number];

  test.each([...cases, rare])(
    "value: %i covers at %f a year fail as the one-factor law says (ρ %f)",
    async (count, probability, systemicLoading) => {
      const law = poolDefaults(count, { probability, systemicLoading });
      const { risk, waterfall, contributions } = await loadSync().value(
        poolOf(count, probability, systemicLoading),
        { scenarios: SCENARIOS, seed: 5n, horizon: 365, levels: LEVELS, confidence: 0.99 },
      );
      const isWithin = (found: { value: number; standardError: number }, known: number) => {
        expect(Math.abs(found.value - known) / found.standardError).toBeLessThan(4);
      };
      isWithin(risk.expectedLoss, count * probability);
      for (const { level, valueAtRisk, expectedShortfall } of risk.levels) {
        const known = latticeMeasure(law, level);
        // A quantile of a sample is the true one of a level that is off by its standard error.
        const error = 4 * Math.sqrt((level * (1 - level)) / SCENARIOS);
        expect(latticeCdf(law, valueAtRisk.value)).toBeGreaterThan(level - error);
        expect(latticeCdf(law, valueAtRisk.value - 0.5)).toBeLessThan(level + error);
        isWithin(expectedShortfall, known.expectedShortfall);
      }
      // A layer of one is touched by more than as many losses as lie below it, and used up by them.
      let beyond = 1;
      for (const [k, layer] of waterfall.layers.entries()) {
        beyond -= law.probabilities[k]!;
        isWithin(layer.hit, beyond);
        isWithin(layer.exhausted, beyond);
      }
      isWithin(contributions.total, latticeMeasure(law, 0.99).expectedShortfall);
    },
  );
});
