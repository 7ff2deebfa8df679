// Method: published compound laws; the same law by two ways; ruin in closed form and by its equation.
import { describe, expect, test } from "vitest";
import {
  type ClaimCount,
  compoundLoss,
  latticeCdf,
  latticeMeasure,
  ruinProbability,
  ruinSurplus,
} from "../../src/pricing/index.ts";
import { integral } from "../support/quadrature.ts";
import { expectClose, reference, referenceCases } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

interface Compound {
  readonly mean: number;
  readonly cdf_at: readonly (readonly [number, number])[];
  readonly VaR_90_95_99: readonly number[];
  readonly VaR_ES: { readonly [level: string]: readonly [number, number] };
}
const SEVERITY = [0, 0.15, 0.2, 0.25, 0.125, 0.075, 0.05, 0.05, 0.05, 0.025, 0.025];

describe("known compound laws", () => {
  test("compoundLoss: convolution agrees with the textbook", () => {
    const { inputs, expected, tolerance } = reference<
      { freq_pn: number[]; severity_fx: number[]; unit: number },
      Compound
    >("agg.klugman-conv");
    const { freq_pn, severity_fx, unit } = inputs;
    const law = compoundLoss({ kind: "table", probabilities: freq_pn }, severity_fx, unit);
    expectClose(latticeMeasure(law, 0.5).mean, expected.mean, tolerance);
    for (const [amount, known] of expected.cdf_at) {
      expectClose(latticeCdf(law, amount), known, tolerance);
    }
    const found = [0.9, 0.95, 0.99].map((level) => latticeMeasure(law, level).valueAtRisk);
    expect(found).toEqual(expected.VaR_90_95_99);
  });

  test("compoundLoss: Panjer's recursion agrees with known values", () => {
    const { inputs, expected, tolerance } = reference<
      { lambda: number; severity_fx: number[]; unit: number },
      Compound
    >("agg.panjer-poisson");
    const { lambda, severity_fx, unit } = inputs;
    const law = compoundLoss({ kind: "poisson", mean: lambda }, severity_fx, unit);
    for (const [amount, known] of expected.cdf_at) {
      expectClose(latticeCdf(law, amount), known, tolerance);
    }
    for (const [level, known] of Object.entries(expected.VaR_ES)) {
      const { mean, valueAtRisk, expectedShortfall } = latticeMeasure(law, Number(level));
      expectClose(mean, expected.mean, tolerance);
      expectClose([valueAtRisk, expectedShortfall], known, tolerance);
    }
  });
});

describe("one law by two ways", () => {
  /** The number of losses itself, as a compound of losses of one step. */
  const table = (of: (n: number) => number, length: number): ClaimCount => ({
    kind: "table",
    probabilities: Array.from({ length }, (_, n) => of(n)),
  });
  const poisson = (n: number) => {
    let p = Math.exp(-2.5);
    for (let k = 1; k <= n; k++) p *= 2.5 / k;
    return p;
  };
  const negative = (n: number) => {
    let p = 0.4 ** 0.7;
    for (let k = 1; k <= n; k++) p *= (0.6 * (k - 1 + 0.7)) / k;
    return p;
  };
  test.each<[string, ClaimCount, ClaimCount]>([
    ["poisson", { kind: "poisson", mean: 2.5 }, table(poisson, 60)],
    [
      "negative binomial",
      { kind: "negative-binomial", successes: 0.7, chance: 0.4 },
      table(negative, 120),
    ],
    [
      "binomial",
      { kind: "binomial", trials: 3, chance: 0.2 },
      table((n) => [0.512, 0.384, 0.096, 0.008][n]!, 4),
    ],
  ])("compoundLoss: %s losses are the convolution of their table", (_, count, same) => {
    // A loss of nothing has to be told from no loss.
    const severity = [0.1, 0.5, 0, 0.3, 0.1];
    const law = compoundLoss(count, severity, 2).probabilities;
    const known = compoundLoss(same, severity, 2).probabilities;
    for (let k = 0; k < Math.max(law.length, known.length); k++) {
      expectClose(law[k] ?? 0, known[k] ?? 0, { rel: 1e-11, abs: 1e-17 });
    }
    expectClose(
      law.reduce((sum, p) => sum + p, 0),
      1,
      { rel: 1e-13 },
    );
  });

  test("compoundLoss: moments are those of the number and the size", () => {
    const [mean, square] = SEVERITY.reduce(([m, s], p, k) => [m! + k * p, s! + k * k * p], [0, 0]);
    for (const [count, n, variance] of [
      [{ kind: "poisson", mean: 100 }, 100, 100],
      [{ kind: "negative-binomial", successes: 20, chance: 0.5 }, 20, 40],
      [{ kind: "binomial", trials: 40, chance: 0.25 }, 10, 7.5],
    ] as const) {
      const { probabilities } = compoundLoss(count, SEVERITY, 1);
      const first = probabilities.reduce((sum, p, k) => sum + k * p, 0);
      const second = probabilities.reduce((sum, p, k) => sum + (k - first) ** 2 * p, 0);
      expectClose(first, n * mean!, { rel: 1e-12 });
      expectClose(second, n * (square! - mean! ** 2) + variance * mean! ** 2, { rel: 1e-11 });
    }
  });

  test("latticeMeasure: an atom at the level counts in part", () => {
    const law = { step: 10, probabilities: Float64Array.of(0.5, 0.3, 0.15, 0.05) };
    expect(latticeMeasure(law, 0.95).valueAtRisk).toBe(20);
    expectClose(latticeMeasure(law, 0.95).expectedShortfall, 30, { rel: 1e-14 });
    expectClose(
      latticeMeasure(law, 0.9),
      { mean: 7.5, valueAtRisk: 20, expectedShortfall: 25 },
      { rel: 1e-14 },
    );
    expect(latticeMeasure(law, 0.5).valueAtRisk).toBe(0);
    expect(latticeCdf(law, 19.999)).toBeCloseTo(0.8, 15);
    expect(latticeCdf({ ...law, step: 0.1 }, 0.3)).toBe(1);
    expect(latticeCdf(law, -1)).toBe(0);
  });
});

describe("ruin", () => {
  const mixture = {
    claims: [
      { weight: 0.5, mean: 1 / 3 },
      { weight: 0.5, mean: 1 / 7 },
    ],
    // Claims of 3 · (1/6 + 1/14) = 5/7 against a premium of 1.
    loading: 0.4,
  };

  test("ruinProbability: agrees with the closed form of exponential claims", () => {
    const { tolerance } = reference("agg.ruin-exponential");
    for (const [[loading, mean, surplus], known] of referenceCases<
      [number, number, number],
      number
    >("agg.ruin-exponential")) {
      const found = ruinProbability(surplus, { claims: [{ weight: 3, mean }], loading });
      expectClose(found, known, tolerance);
    }
  });

  test("ruinProbability: agrees with the textbook on a mixture", () => {
    const { tolerance } = reference("agg.ruin-mixture");
    for (const [[surplus], known] of referenceCases<[number], number>("agg.ruin-mixture")) {
      expectClose(ruinProbability(surplus, mixture), known, tolerance);
    }
  });

  test("ruinProbability: solves the equation of the first claim below the start", () => {
    // (1 + loading) ψ(u) = ∫₀ᵘ ψ(u − x) S(x) dx / mean + ∫ᵤ^∞ S(x) dx / mean.
    const process = {
      claims: [
        { weight: 6, mean: 1 },
        { weight: 3, mean: 2.5 },
        { weight: 1, mean: 9 },
      ],
      loading: 0.3,
    };
    const mean = 0.6 + 0.75 + 0.9;
    const beyond = (x: number) =>
      0.6 * Math.exp(-x) + 0.3 * Math.exp(-x / 2.5) + 0.1 * Math.exp(-x / 9);
    const rest = (x: number) =>
      0.6 * Math.exp(-x) + 0.75 * Math.exp(-x / 2.5) + 0.9 * Math.exp(-x / 9);
    for (const u of [0, 2, 15]) {
      const inside =
        u === 0 ? 0 : integral((x) => ruinProbability(u - x, process) * beyond(x), [0, u], 4);
      expectClose(1.3 * ruinProbability(u, process), (inside + rest(u)) / mean, { rel: 1e-12 });
    }
  });

  test("ruinSurplus: is the surplus with that probability, and none where none is needed", () => {
    for (const wanted of [0.5, 0.01, 1e-6]) {
      expectClose(ruinProbability(ruinSurplus(wanted, mixture), mixture), wanted, { rel: 1e-12 });
    }
    expect(ruinSurplus(0.8, mixture)).toBe(0);
  });
});

test.each<[string, () => unknown, string[]]>([
  [
    "numbers that are none",
    () => compoundLoss({ kind: "poisson", mean: 0 }, [1], -1),
    ["NUMBER_RANGE /count/mean", "NUMBER_RANGE /step"],
  ],
  [
    "an unknown law",
    () => compoundLoss({ kind: "geometric" } as never, [1], 1),
    ["ENUM /count/kind"],
  ],
  [
    "a severity that is no law",
    () => compoundLoss({ kind: "poisson", mean: 1 }, [0.5, 0.4], 1),
    ["NUMBER_RANGE /severity"],
  ],
  [
    "a negative probability",
    () => compoundLoss({ kind: "table", probabilities: [1.5, -0.5] }, [0, 1], 1),
    ["NUMBER_RANGE /count/probabilities/1"],
  ],
  [
    "more losses than the recursion can start from",
    () => compoundLoss({ kind: "poisson", mean: 800 }, [0, 1], 1),
    ["NUMBER_RANGE /count"],
  ],
  [
    "steps too small",
    () => compoundLoss({ kind: "binomial", trials: 30_000, chance: 0.1 }, [0, 0, 1], 1),
    ["LATTICE_TOO_LONG /severity"],
  ],
  [
    "a level of percent",
    () => latticeMeasure({ step: 1, probabilities: Float64Array.of(1) }, 99),
    ["UNIT_SUSPECT /confidence"],
  ],
  [
    "no loading",
    () => ruinProbability(1, { claims: [], loading: 0 }),
    ["TOO_FEW_ITEMS /process/claims", "NUMBER_RANGE /process/loading"],
  ],
  [
    "two kinds of one mean",
    () =>
      ruinProbability(1, {
        claims: [
          { weight: 1, mean: 2 },
          { weight: 2, mean: 2 },
        ],
        loading: 0.1,
      }),
    ["MEAN_DUPLICATE /process/claims/1/mean"],
  ],
  [
    "certainty of no ruin",
    () => ruinSurplus(0, { claims: [{ weight: 1, mean: 1 }], loading: 0.1 }),
    ["NUMBER_RANGE /probability"],
  ],
])("aggregate losses: refuse %s", (_, run, codes) => {
  expect(refusals(run)).toEqual(codes);
});
