// Method: an account whose maintenance is met exactly at a barrier is liquidated when the price
// passes it, so the share of liquidated paths is a first-passage probability: known in closed form
// where the price is watched without a break, and to high order (Broadie, Glasserman & Kou 1997)
// where it is watched at steps.
import { describe, expect, test } from "vitest";
import {
  type Estimate,
  loadSync,
  type MarketParameters,
  type PoolDocument,
} from "../../src/index.ts";
import type { LiquidationTerms } from "../../src/terms/index.ts";
import { liquidationPool } from "../support/liquidation-pool.ts";
import { normalCdf } from "../support/normal-cdf.ts";
import { expectClose, reference, referenceCases } from "../support/reference.ts";

const engine = loadSync();
const SCENARIOS = 1_000_000;
const FREE: LiquidationTerms = { mode: "full", liquidatorFee: 0, insuranceFee: 0, markets: [] };
/** -ζ(1/2)/√(2π): how far a barrier that is looked at in steps lies off, in standard deviations. */
const SHIFT = 0.5825971579390107;

/**
 * P(min S ≤ B) within T, by reflection.
 *
 * @param distance  ln(B/S0), ≤ 0
 * @param drift     of the log price, per year
 */
function passage(distance: number, drift: number, volatility: number, years: number): number {
  const deviation = volatility * Math.sqrt(years);
  const reflected = Math.exp((2 * drift * distance) / volatility ** 2);
  return (
    normalCdf((distance - drift * years) / deviation) +
    reflected * normalCdf((distance + drift * years) / deviation)
  );
}

interface Barrier {
  readonly spot: number;
  readonly barrier: number;
  /** Of the log price. */
  readonly drift: number;
  readonly volatility: number;
  readonly days: number;
}

/** One isolated perpetual that is at maintenance where the price is at the barrier. */
function poolOf(given: Barrier, more: Partial<MarketParameters> = {}): PoolDocument {
  const { spot, barrier, drift, volatility } = given;
  const falling = barrier < spot;
  // Equity collateral ± (S - spot) meets a fifth of S at the barrier.
  const collateral = falling ? spot - 0.8 * barrier : 1.2 * barrier - spot;
  return liquidationPool(1, FREE, {
    assets: [{ id: "A", spot }],
    perpetuals: [
      {
        id: "p",
        participant: "iso",
        asset: "A",
        side: falling ? "long" : "short",
        size: 1,
        entry: spot,
        collateral: collateral.toFixed(8),
        maintenanceRatio: 0.2,
        settlement: "linear",
      },
    ],
    market: {
      model: "gbm",
      assets: ["A"],
      volatility: [volatility],
      correlation: [[1]],
      drift: [drift],
      ...more,
    },
  });
}

async function liquidated(
  document: PoolDocument,
  { days }: Barrier,
  steps: number,
  monitoring: "discrete" | "continuous",
  scenarios = SCENARIOS,
) {
  const options = { scenarios, seed: 11n, horizon: days, step: days / steps, monitoring };
  const { liquidation, risk } = await engine.value(document, { ...options, levels: [0.975] });
  expect(liquidation!.steps).toBe(steps);
  return { share: liquidation!.anyLiquidation, figures: liquidation!, risk };
}

function expectWithin({ value, standardError }: Estimate, known: number, errors = 4): void {
  expect(Math.abs(value - known) / standardError, `${value} against ${known}`).toBeLessThan(errors);
}

type Row = readonly [spot: number, barrier: number, drift: number, volatility: number, T: number];
const rows = referenceCases<Row, number>("px.first-passage.down").map(([row, known]) => {
  const [spot, barrier, mu, volatility, years] = row;
  // The table's drift is that of the price, ours that of its logarithm.
  const drift = mu - volatility ** 2 / 2;
  return { given: { spot, barrier, drift, volatility, days: years * 365 }, known };
});

test("passage: the closed form of this file gives the published values", () => {
  const { tolerance } = reference("px.first-passage.down");
  for (const { given, known } of rows) {
    const { spot, barrier, drift, volatility, days } = given;
    const value = passage(Math.log(barrier / spot), drift, volatility, days / 365);
    expectClose(value, known, tolerance);
  }
});

describe.each(rows)("a barrier at $given.barrier, spot $given.spot", ({ given, known }) => {
  test.each([1, 2, 7])(
    "extremes: %i steps watched in between give the closed form",
    async (steps) => {
      const { share } = await liquidated(poolOf(given), given, steps, "continuous");
      expectWithin(share, known);
      // The bound bites: few steps alone would miss by far more.
      const { share: stepped } = await liquidated(poolOf(given), given, steps, "discrete", 100_000);
      expect((known - stepped.value) / stepped.standardError).toBeGreaterThan(10);
    },
  );

  test("extremes: a rise past the mirrored barrier is as likely, the drift turned round", async () => {
    const barrier = given.spot ** 2 / given.barrier;
    const mirrored = { ...given, barrier, drift: -given.drift };
    const { share } = await liquidated(poolOf(mirrored), mirrored, 3, "continuous");
    expectWithin(share, known);
  });

  test("extremes: what is met in between is closed at its level", async () => {
    const { figures } = await liquidated(poolOf(given), given, 2, "continuous", 100_000);
    const { value, standardError } = figures.notional;
    // Where the price is the barrier, the notional of one coin is the barrier, every time.
    expect(value / figures.liquidations.value / given.barrier).toBeCloseTo(1, 9);
    expect(standardError).toBeGreaterThan(0);
    expect(figures.badDebt.value).toBe(0);
  });

  test("scan: steps alone give the closed form of the shifted barrier", async () => {
    const { spot, barrier, drift, volatility, days } = given;
    for (const steps of [50, 200]) {
      const deviation = volatility * Math.sqrt(days / 365 / steps);
      const shifted = passage(
        Math.log(barrier / spot) - SHIFT * deviation,
        drift,
        volatility,
        days / 365,
      );
      const { share } = await liquidated(poolOf(given), given, steps, "discrete", 200_000);
      expectWithin(share, shifted);
      expect((known - share.value) / share.standardError).toBeGreaterThan(6);
    }
  });

  test("scan: steps alone give the shifted closed form of a rise as well", async () => {
    const { volatility, days } = given;
    const mirrored = { ...given, barrier: given.spot ** 2 / given.barrier, drift: -given.drift };
    const deviation = volatility * Math.sqrt(days / 365 / 200);
    const distance = Math.log(given.barrier / given.spot) - SHIFT * deviation;
    const shifted = passage(distance, given.drift, volatility, days / 365);
    const { share } = await liquidated(poolOf(mirrored), mirrored, 200, "discrete", 200_000);
    expectWithin(share, shifted);
  });

  test("extremes: a Student t path has the extremes of its own scale", async () => {
    const { spot, barrier, drift, volatility, days } = given;
    const market = { model: "student-t" as const, degreesOfFreedom: 4 };
    // Given W, chi-square of 4 degrees with density w·e^(-w/2)/4, volatility is scaled by √(2/W).
    const chance = (scale: number) =>
      passage(Math.log(barrier / spot), drift, volatility * scale, days / 365);
    let mixed = 0;
    const h = 1e-3;
    for (let y = -16 + h / 2; y < 6; y += h) {
      const w = Math.exp(y);
      mixed += h * chance(Math.sqrt(2 / w)) * ((w * Math.exp(-w / 2)) / 4) * w;
    }
    expect(Math.abs(mixed - known)).toBeGreaterThan(0.003);
    for (const steps of [1, 5]) {
      const document = poolOf(given, market);
      const { share } = await liquidated(document, given, steps, "continuous");
      expectWithin(share, mixed);
    }
    // And a grid so fine that little happens in between comes near it, from below.
    const { share } = await liquidated(poolOf(given, market), given, 500, "discrete", 40_000);
    expect((share.value - mixed) / share.standardError).toBeLessThan(4);
    expect(share.value / mixed).toBeGreaterThan(0.95);
  });
});

test("extremes: a breach of today is closed at once, at the price of today", async () => {
  const given = { spot: 100, barrier: 99, drift: 0, volatility: 0.8, days: 10 };
  const breached = poolOf(given);
  const document = {
    ...breached,
    perpetuals: [{ ...breached.perpetuals[0]!, collateral: "19.00" }],
  };
  const { figures } = await liquidated(document, given, 4, "continuous", 10_000);
  expect(figures.anyLiquidation).toEqual({ value: 1, standardError: 0 });
  expect(figures.notional).toEqual({ value: 100, standardError: 0 });
  expect(figures.profile[0]!.liquidations).toBe(1);
});

describe("two barriers", () => {
  const years = 30 / 365;
  /** Two perpetuals at maintenance at prices of their own, on assets of spot 100 and 20. */
  const pairOf = (barriers: readonly [string, number][], correlation: number): PoolDocument => ({
    ...liquidationPool(2, FREE, {
      perpetuals: barriers.flatMap(([asset, barrier]) =>
        poolOf({
          spot: asset === "A" ? 100 : 20,
          barrier,
          drift: 0,
          volatility: 1,
          days: 30,
        }).perpetuals.map((one) => ({ ...one, id: `${asset}${barrier}`, asset })),
      ),
      market: {
        model: "gbm",
        assets: ["A", "B"],
        volatility: [0.8, 0.9],
        correlation: [
          [1, correlation],
          [correlation, 1],
        ],
      },
    }),
  });
  const run = (document: PoolDocument, steps: number, scenarios = 400_000) =>
    liquidated(
      document,
      { spot: 0, barrier: 0, drift: 0, volatility: 0, days: 30 },
      steps,
      "continuous",
      scenarios,
    );
  const chanceA = passage(Math.log(0.85), 0, 0.8, years);
  const chanceB = passage(Math.log(0.8), 0, 0.9, years);

  test("extremes: those of two independent assets are independent", async () => {
    for (const steps of [1, 3]) {
      const document = pairOf(
        [
          ["A", 85],
          ["B", 16],
        ],
        0,
      );
      const { share, figures } = await run(document, steps);
      expectWithin(figures.liquidations, chanceA + chanceB);
      expectWithin(share, 1 - (1 - chanceA) * (1 - chanceB));
    }
  });

  test("extremes: a correlated asset has its own law all the same", async () => {
    const { figures } = await run(pairOf([["B", 16]], 0.7), 2);
    expectWithin(figures.liquidations, chanceB);
  });

  test("extremes: given both ends of a step, least and most are drawn apart", async () => {
    const { share, figures } = await run(
      pairOf(
        [
          ["A", 85],
          ["A", 120],
        ],
        0,
      ),
      1,
    );
    const up = passage(-Math.log(1.2), 0, 0.8, years);
    expectWithin(figures.liquidations, chanceA + up);
    // A bridge from 0 to x passes a level b beyond both with chance exp(-2 b (b - x) / variance).
    const variance = 0.64 * years;
    const [down, rise] = [Math.log(0.85), Math.log(1.2)];
    const h = 1e-4;
    let neither = 0;
    for (let x = down + h / 2; x < rise; x += h) {
      const density = Math.exp((-x * x) / (2 * variance)) / Math.sqrt(2 * Math.PI * variance);
      const misses = [down, rise].map((b) => 1 - Math.exp((-2 * b * (b - x)) / variance));
      neither += h * density * misses[0]! * misses[1]!;
    }
    expectWithin(share, 1 - neither);
  });
});
