// Method: a pool of 25 participants whose losses are simple functions of two normals is simulated
// in plain TypeScript, and every figure of the valuation is counted from those same scenarios, so
// that parts sum to wholes as they do in a real run.
import type {
  Allocation,
  AssetExposure,
  ContributionRow,
  Estimate,
  IntervalEstimate,
  LayerRisk,
  PoolValuation,
  RiskLevel,
  Valuation,
} from "../../src/index.ts";

const SCENARIOS = 20_000;
const PRIMARY = 0.975;
const LEVELS = [0.95, 0.975, 0.99, 0.995];
const ASSETS = ["BTC", "ETH", "SOL", "BNB", "XRP", "ADA", "AVAX", "LINK"];
const SPOT = [71_250, 2_084, 88.4, 652, 1.42, 0.287, 9.12, 9.05];
const VOLATILITY = [0.52, 0.71, 0.88, 0.58, 0.79, 0.86, 0.93, 0.9];
const NAMES = [
  "atlas-capital",
  "beacon-dao",
  "cobalt-labs",
  "delta-one",
  "ember-trading",
  "fjord-markets",
  "granite-fund",
  "harbour-defi",
  "iris-vault",
  "juniper-otc",
  "kestrel-quant",
  "lumen-treasury",
  "meridian-options",
  "nimbus-yield",
  "orchid-research",
  "pinnacle-mm",
  "quartz-hedge",
  "rowan-custody",
  "sable-prime",
  "tundra-credit",
  "umber-insurance",
  "vertex-basis",
  "willow-staking",
  "xenon-perps",
];

/** Uniform numbers in (0, 1) by a linear congruential generator of 31 bits (Park & Miller 1988). */
function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const uniform = uniforms(20_260_205);

function normal(): number {
  return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

function estimated(values: readonly number[]): Estimate {
  return { value: mean(values), standardError: deviation(values) / Math.sqrt(values.length) };
}

function around(value: number, standardError: number): IntervalEstimate {
  const half = 1.96 * standardError;
  return { value, standardError, low: value - half, high: value + half };
}

// Losses: what the market takes, what only this participant brings, and a fat common tail.
const ids = [...NAMES, "(pool holdings)"];
const losses: number[][] = ids.map(() => []);
for (let s = 0; s < SCENARIOS; s++) {
  const market = normal();
  const tail = Math.max(0, normal() - 1) ** 2;
  ids.forEach((_, i) => {
    const size = 9_000 + 95_000 / (1 + i * 0.8);
    const direction = i === 16 ? -0.9 : i === 21 ? -0.5 : 0.35 + (i % 5) * 0.12;
    losses[i]!.push(size * (direction * market + tail - 0.12 + 0.4 * normal()));
  });
}
const total = Array.from({ length: SCENARIOS }, (_, s) =>
  losses.reduce((sum, own) => sum + own[s]!, 0),
);

/** Scenario numbers, worst first. */
function worstFirst(of: readonly number[]): number[] {
  return of.map((_, s) => s).sort((a, b) => of[b]! - of[a]!);
}

function measure(of: readonly number[], level: number): RiskLevel {
  const order = worstFirst(of);
  const tailScenarios = Math.round((1 - level) * of.length * 1e6) / 1e6;
  const rank = Math.round(tailScenarios);
  const worst = order.slice(0, rank).map((s) => of[s]!);
  const valueAtRisk = worst[rank - 1]!;
  const spread = Math.sqrt(rank);
  const upper = of[order[Math.max(0, Math.round(rank - spread))]!]!;
  const shortfall = mean(worst);
  const error = Math.sqrt(
    (deviation(worst) ** 2 + level * (shortfall - valueAtRisk) ** 2) / tailScenarios,
  );
  return {
    level,
    valueAtRisk: around(valueAtRisk, upper - valueAtRisk),
    expectedShortfall: around(shortfall, error),
    tailScenarios,
  };
}

const levels = LEVELS.map((level) => measure(total, level));
const primary = levels[LEVELS.indexOf(PRIMARY)]!;
const order = worstFirst(total);
const tail = order.slice(0, Math.round(primary.tailScenarios));

function histogram(): { edges: number[]; counts: number[] } {
  const best = total[order.at(-1)!]!;
  const worst = total[order[0]!]!;
  const bins = 80;
  const edges = Array.from({ length: bins + 1 }, (_, i) => best + ((worst - best) * i) / bins);
  edges[bins] = worst;
  const counts = new Array<number>(bins).fill(0);
  for (const loss of total) {
    const bin = Math.floor(((loss - best) / (worst - best)) * bins);
    counts[Math.min(bin, bins - 1)]!++;
  }
  return { edges, counts };
}

function frequency(happens: (loss: number) => boolean): Estimate {
  return estimated(total.map((loss) => (happens(loss) ? 1 : 0)));
}

function layers(): LayerRisk[] {
  const given = [
    { id: "operator-first-loss", kind: "operator", provider: "Riskpool Foundation", capacity: 8e5 },
    { id: "member-fund", kind: "members", provider: "24 members", capacity: 1.5e6 },
    { id: "reinsurance", kind: "reinsurance", provider: "Nordic Re (treaty 7)", capacity: 1e6 },
    { id: "assessments", kind: "assessment", provider: "24 members, on call", capacity: 7.5e5 },
  ] as const;
  let attachment = 0;
  return given.map((layer) => {
    const start = attachment;
    attachment += layer.capacity;
    const draw = (loss: number): number => Math.min(Math.max(loss - start, 0), layer.capacity);
    return {
      ...layer,
      attachment: start,
      hit: frequency((loss) => loss > start),
      exhausted: frequency((loss) => loss >= start + layer.capacity),
      expectedLoss: estimated(total.map(draw)),
      tailLoss: estimated(tail.map((s) => draw(total[s]!))),
    };
  });
}

function contributions(): Valuation["contributions"] {
  const pool = primary.expectedShortfall;
  const rows: ContributionRow[] = ids.map((id, i) => {
    const contribution = estimated(tail.map((s) => losses[i]![s]!));
    const alone = measure(losses[i]!, PRIMARY).expectedShortfall;
    return {
      id,
      expectedLoss: estimated(losses[i]!),
      contribution,
      share: contribution.value / pool.value,
      standAlone: { value: alone.value, standardError: alone.standardError },
      amount: String(Math.round(contribution.value * 100)),
    };
  });
  rows.sort((a, b) => b.contribution.value - a.contribution.value);
  const standAloneTotal = rows.reduce((sum, row) => sum + row.standAlone!.value, 0);
  return {
    level: PRIMARY,
    total: { value: pool.value, standardError: pool.standardError },
    totalAmount: String(rows.reduce((sum, row) => sum + BigInt(row.amount), 0n)),
    standAloneTotal,
    diversificationBenefit: standAloneTotal - pool.value,
    standAloneScenarios: SCENARIOS,
    rows,
  };
}

/** Euler shares of at least 15,000.00: who would pay less pays that, all others less in proportion. */
function allocation(): Allocation {
  const { rows, total, totalAmount } = contributions();
  const cents = rows.map(({ amount }) => BigInt(amount));
  const least = 1_500_000n;
  const isBound = rows.map(({ id }, i) => id !== "(pool holdings)" && cents[i]! < least);
  const isScaled = rows.map(({ id }, i) => id !== "(pool holdings)" && cents[i]! > least);
  const sum = (of: readonly boolean[]) => cents.reduce((all, c, i) => all + (of[i] ? c : 0n), 0n);
  const paid = sum(isScaled);
  const added = cents.reduce((all, c, i) => all + (isBound[i] ? least - c : 0n), 0n);
  const parts = cents.map((c, i) =>
    isBound[i] ? least : isScaled[i] ? (c * (paid - added)) / paid : c,
  );
  const rest = BigInt(totalAmount) - parts.reduce((all, part) => all + part, 0n);
  parts[isScaled.indexOf(true)]! += rest;
  const money = (c: bigint) => {
    const digits = String(c < 0n ? -c : c).padStart(3, "0");
    return `${c < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
  };
  return {
    rule: "euler-es",
    measure: "expected-shortfall",
    level: PRIMARY,
    total,
    totalAmount: money(BigInt(totalAmount)),
    rawTotal: total.value,
    moved: money(added),
    unallocated: "0.00",
    outstanding: "0.00",
    scenarios: SCENARIOS,
    rows: rows
      .map(({ id, contribution, share }, i) => ({
        ...{ id, raw: contribution, contribution, share, recordFactor: 1 },
        amount: money(parts[i]!),
        charged: money(parts[i]!),
        rebalanced: money(parts[i]! - cents[i]!),
        bound: isBound[i] ? ("floor" as const) : null,
      }))
      .sort((a, b) => Number(b.amount) - Number(a.amount)),
  };
}

function exposures(): AssetExposure[] {
  return ASSETS.map((asset, i) => {
    const weight = 2.2e6 / (1 + i * 1.4);
    const move = Array.from({ length: 41 }, (_, k) => -0.4 + k * 0.02);
    const delta = i === 3 ? 0.35 : -0.2;
    return {
      asset,
      spot: SPOT[i]!,
      volatility: VOLATILITY[i]!,
      deltaCoins: (delta * weight) / SPOT[i]!,
      gammaPerPercent: -weight * 0.016,
      vegaPerPoint: -weight * 0.0011,
      profile: { move, loss: move.map((x) => weight * (-delta * x + 0.8 * x * x - 0.02)) },
    };
  });
}

const correlation = ASSETS.map((_, i) =>
  ASSETS.map((_, j) => (i === j ? 1 : Number((0.82 - 0.035 * Math.abs(i - j)).toFixed(3)))),
);

const beyond = 4.05e6;
const overflow = total.map((loss) => Math.max(loss - beyond, 0));
const socialisedSizes = overflow.filter((size) => size > 0);
const layerRisks = layers();

/** A valuation of a made-up pool whose parts sum to their wholes. */
export const sampleValuation: PoolValuation = {
  receipt: {
    engine: "riskpool",
    version: "0.1.0",
    kernel: "9f2c1d7be0a64c5f8e3b2a1d0c9f8e7d6c5b4a39281706f5e4d3c2b1a0998877",
    pool: "3b1f0e2d4c5b6a79880796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1",
    market: "c0ffee11c0ffee22c0ffee33c0ffee44c0ffee55c0ffee66c0ffee77c0ffee88",
    seed: "1",
    scenarios: SCENARIOS,
    horizonDays: 10,
    stepDays: null,
    monitoring: "discrete",
    levels: LEVELS,
    primaryLevel: PRIMARY,
    mode: "profile",
    losses: "5e1f7a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7",
  },
  pool: {
    name: "Northern Light Options Pool",
    asOf: "2026-02-05T21:29:37Z",
    currency: { code: "USD", decimals: 2 },
    participants: 24,
    options: 312,
    barriers: 6,
    perpetuals: 41,
    covers: 9,
    markToMarket: 1_284_310.55,
  },
  market: {
    model: "student-t",
    degreesOfFreedom: 4.2,
    assets: ASSETS,
    volatility: VOLATILITY,
    correlation,
    smallestEigenvalue: 0.0871,
    parameters: {
      model: "student-t",
      degreesOfFreedom: 4.2,
      assets: ASSETS,
      volatility: VOLATILITY,
      correlation,
    },
  },
  risk: {
    scenarios: SCENARIOS,
    horizonDays: 10,
    expectedLoss: estimated(total),
    standardDeviation: deviation(total),
    best: total[order.at(-1)!]!,
    worst: total[order[0]!]!,
    levels,
    histogram: histogram(),
    convergence: [1_000, 2_000, 3_000, 5_000, 7_500, 10_000, 15_000, 20_000].map((scenarios) => {
      const { valueAtRisk, expectedShortfall } = measure(total.slice(0, scenarios), PRIMARY);
      return {
        scenarios,
        valueAtRisk: { value: valueAtRisk.value, standardError: valueAtRisk.standardError },
        expectedShortfall: {
          value: expectedShortfall.value,
          standardError: expectedShortfall.standardError,
        },
      };
    }),
  },
  waterfall: {
    level: PRIMARY,
    layers: layerRisks,
    socialised: {
      probability: frequency((loss) => loss > beyond),
      expectedLoss: estimated(overflow),
      expectedSize: socialisedSizes.length > 0 ? estimated(socialisedSizes) : null,
      tailLoss: estimated(tail.map((s) => overflow[s]!)),
    },
    insolvency: { probability: frequency((loss) => loss > 3.3e6) },
  },
  contributions: contributions(),
  allocation: allocation(),
  liquidation: null,
  samplePaths: null,
  worstPaths: null,
  exposures: exposures(),
  assumptions: [
    "Positions are held unchanged over the horizon; nobody trades, hedges or adds collateral.",
    "Implied volatilities stay with their strikes as time passes and prices move.",
    "Liquidations happen at the simulated price, without slippage.",
    "Covers default independently of prices except through the common factor.",
  ],
  warnings: [
    {
      code: "CONCENTRATION",
      detail: "One participant brings more than a tenth of the pool's expected shortfall.",
    },
    {
      code: "SPOT_AS_FORWARD",
      detail: "14 options name no forward price; the spot stands in for it.",
    },
  ],
};
