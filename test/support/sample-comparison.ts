import type { Comparison, PolicyScore } from "../../src/index.ts";

const estimate = (value: number, standardError: number) => ({ value, standardError });

const euler: PolicyScore = {
  name: "as now",
  contribution: "euler-es",
  sharing: "calls",
  capital: 5_283_320.83,
  shortfallProbability: estimate(0.002, 0.0003),
  expectedShared: estimate(377.39, 64.86),
  residualDeficit: estimate(0, 0),
  // What rounding leaves of a 1.
  overHaircut: estimate(1.0000000000000016, 8.9e-16),
  largestShare: estimate(0.0338, 3.3e-18),
  gini: 0.4976,
  aboveStandAlone: 0,
  stayers: 1,
  seedSensitivity: 0.0168,
};

/** Four policies of a made-up pool: two of one contribution, a queue, and one that never falls short. */
export const sampleComparison: Comparison = {
  pool: "Northern Light Options Pool",
  asOf: "2026-02-05T21:29:37Z",
  currency: { code: "USD", decimals: 2 },
  level: 0.975,
  scenarios: 100_000,
  sampled: 16_384,
  horizonDays: 10,
  participants: 24,
  seeds: ["1", "2"],
  rows: [
    euler,
    {
      ...{ ...euler, name: "euler-es, uniform", sharing: "uniform" },
      ...{ largestShare: estimate(1 / 24, 0), gini: -2.2e-16 },
    },
    {
      ...{ ...euler, name: "queue", sharing: "queue" },
      ...{ overHaircut: estimate(1.2333, 0.0913), largestShare: estimate(0.5862, 0.1262) },
      ...{ gini: 0.9804, residualDeficit: estimate(12.5, 3.1) },
    },
    {
      ...{ ...euler, name: "with-without", contribution: "with-without" },
      ...{ capital: 9_515_183.06, shortfallProbability: estimate(0, 0) },
      ...{ expectedShared: estimate(0, 0), overHaircut: null, largestShare: null, gini: null },
      ...{ aboveStandAlone: 0.24, stayers: 0.76, seedSensitivity: 0.148 },
    },
  ],
};
