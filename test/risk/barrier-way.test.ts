// Method: barriers beside everything else: liquidation, options, full revaluation, other pieces and
// orders of the same run. What must not change is compared bit for bit, the rest with a walk.
import { describe, expect, test } from "vitest";
import { loadSync, type PoolDocument, type Valuation, type ValueOptions } from "../../src/index.ts";
import { marketModel } from "../../src/market/index.ts";
import { barrierOption, log, touchOption } from "../../src/numeric/index.ts";
import { readPool } from "../../src/pool/index.ts";
import { accountsOf } from "../../src/risk/account.ts";
import { barrierLoss } from "../../src/risk/barrier.ts";
import { layPool } from "../../src/risk/layout.ts";
import type { LiquidationTerms } from "../../src/terms/index.ts";
import {
  bookOf,
  daysOn,
  everyKind,
  legsOf,
  marketOf,
  position,
  randomBook,
  SPOT,
  VOLATILITY,
  walkedLosses,
} from "../support/barrier-book.ts";
import { freshKernel, seeded } from "../support/kernel.ts";
import { barrierPool, samplePool } from "../support/sample-pool.ts";
import { losses, lossesInOrder } from "../support/simulation.ts";

const engine = loadSync();

const LOOKED_AT: ValueOptions = {
  scenarios: 1000,
  samplePaths: 1000,
  confidence: 0.9,
  levels: [0.9],
  seed: 5n,
  horizon: 7,
};

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** Perpetuals of high leverage, many of which fail within a week. */
function perpetuals(): PoolDocument["perpetuals"] {
  const random = seeded(4);
  return Array.from({ length: 40 }, (_, i) => {
    const asset = i % 3 === 0 ? "B" : "A";
    const spot = SPOT[asset]!;
    const isInverse = i % 5 === 0;
    const leverage = 4 + 20 * random();
    return {
      id: `perp${i}`,
      participant: `p${i % 6}`,
      asset,
      side: i % 2 === 0 ? ("long" as const) : ("short" as const),
      size: isInverse ? 5 * spot : 5,
      entry: spot,
      collateral: ((isInverse ? 5 : 5 * spot) / leverage).toFixed(6),
      maintenanceRatio: 0.02,
      settlement: isInverse ? ("inverse" as const) : ("linear" as const),
    };
  });
}

const FULL: LiquidationTerms = { mode: "full", liquidatorFee: 0.005, insuranceFee: 0.004 };
const FUNDED: LiquidationTerms = {
  ...FULL,
  markets: [{ asset: "A", fundingRate: 0.3, optionMaintenanceRatio: 0.1 }],
};
const PACED: LiquidationTerms = {
  ...FULL,
  mode: "paced",
  pace: { initialShare: 0.1, minutes: 600, smallShortage: "1.00" },
};

const SHORT_CALL: PoolDocument["options"][number] = {
  ...{ id: "call", participant: "p1", asset: "A", type: "call", side: "short", strike: 105 },
  ...{ expiry: daysOn(25), quantity: 5, impliedVolatility: 0.7, settlement: "linear" },
  collateral: "80",
};

const COVER: PoolDocument["covers"][number] = {
  ...{ id: "cover", holder: "p1", peril: "depeg", sumInsured: "500", annualProbability: 0.9 },
  ...{ severity: { kind: "uniform", min: 0.2, max: 1 }, systemicLoading: 0.2 },
};

describe("beside liquidation", () => {
  // Expiring after the horizon, so that the time grid is the same with and without barriers.
  // One owner has barriers only; the others are liquidated and have covers as well.
  const barriers = randomBook(40, 21, [7, 9, 30]).map((one) =>
    one.participant === "p3" ? { ...one, participant: "q" } : one,
  );

  test.each([
    ["closed at once", FULL, "discrete"],
    ["with funding and options", FUNDED, "discrete"],
    ["at a pace", PACED, "discrete"],
    ["watched without a break", FULL, "continuous"],
  ] as const)(
    "value: who is liquidated stays as it was, %s",
    async (_, liquidation, monitoring) => {
      const parts = {
        ...{ perpetuals: perpetuals(), options: [SHORT_CALL], covers: [COVER], liquidation },
      };
      const options = { ...LOOKED_AT, monitoring };
      const both = await engine.value(bookOf(barriers, parts), options);
      const without = await engine.value(bookOf([], parts), options);
      expect(both.liquidation).toEqual(without.liquidation);
      expect(both.liquidation!.liquidations.value).toBeGreaterThan(5);
      const alone = await engine.value(bookOf(barriers), options);
      const from = (valuation: Valuation) => valuation.samplePaths!.losses;
      const size = sumOf(from(alone).map(Math.abs)) / 1000;
      from(both).forEach((loss, p) => {
        expect(Math.abs(loss - from(without)[p]! - from(alone)[p]!) / size).toBeLessThan(1e-9);
      });
      if (monitoring === "continuous") return;
      const walked = walkedLosses(bookOf(barriers), both);
      from(both).forEach((loss, p) => {
        const touched = sumOf(walked.map((of) => of[p]!));
        expect(Math.abs(loss - from(without)[p]! - touched) / size).toBeLessThan(1e-8);
      });
      const mine = walked.filter((__, i) => barriers[i]!.participant === "q");
      const own = from(both).map((__, p) => sumOf(mine.map((of) => of[p]!)));
      const worst = [...own].sort((a, b) => b - a).slice(0, 100);
      const row = both.contributions.rows.find(({ id }) => id === "q")!;
      expect(row.expectedLoss!.value).toBeCloseTo(sumOf(own) / 1000, 5);
      expect(row.standAlone!.value).toBeCloseTo(sumOf(worst) / 100, 5);
      const shared = sumOf(both.contributions.rows.map(({ contribution }) => contribution.value));
      expect(shared).toBeCloseTo(both.contributions.total.value, 6);
    },
  );

  test("value: barriers make no perpetual answer on the way", async () => {
    const parts = { perpetuals: perpetuals() };
    const options = { ...LOOKED_AT, step: "1h" };
    const both = await engine.value(bookOf(barriers, parts), options);
    const without = await engine.value(bookOf([], parts), options);
    const alone = await engine.value(bookOf(barriers), options);
    expect(both.liquidation).toBeNull();
    both.samplePaths!.losses.forEach((loss, p) => {
      const sum = without.samplePaths!.losses[p]! + alone.samplePaths!.losses[p]!;
      expect(loss).toBeCloseTo(sum, 5);
    });
    expect(both.assumptions.join(" ")).toContain("Nobody is liquidated");
  });
});

describe("whole valuations", () => {
  test("value: an audit takes the options anew and the barriers from their profiles", async () => {
    for (const horizon of [3, 10, 60]) {
      for (const liquidation of [undefined, FULL]) {
        const pool = { ...barrierPool(), ...(liquidation && { liquidation }) };
        const options = { scenarios: 10_000, confidence: 0.95, levels: [0.9], seed: 5n, horizon };
        const profile = await engine.value(pool, options);
        const audit = await engine.value(pool, { ...options, audit: true });
        profile.risk.levels.forEach((risk, i) => {
          const other = audit.risk.levels[i]!.expectedShortfall.value;
          expect(Math.abs(risk.expectedShortfall.value / other - 1)).toBeLessThan(1e-8);
        });
        const mean = audit.risk.expectedLoss.value / profile.risk.expectedLoss.value;
        expect(Math.abs(mean - 1)).toBeLessThan(1e-7);
        expect(audit.receipt.losses).not.toBe(profile.receipt.losses);
        expect(audit.assumptions.join(" ")).toContain("same value profiles");
      }
    }
  });

  test("value: barriers are looked at every hour unless told otherwise, and counted", async () => {
    const options = { scenarios: 2000, confidence: 0.9, levels: [0.9] };
    const { receipt, pool, assumptions, liquidation } = await engine.value(barrierPool(), options);
    expect(receipt.stepDays).toBe(1 / 24);
    expect(pool.barriers).toBe(4);
    expect(liquidation).toBeNull();
    expect(assumptions.filter((text) => text.startsWith("Barriers are watched"))).toHaveLength(1);
    const none = await engine.value({ ...samplePool(), barriers: [] }, options);
    const absent = await engine.value(samplePool(), options);
    expect(none.receipt.stepDays).toBeNull();
    expect(none.risk).toEqual(absent.risk);
    expect(none.pool.barriers).toBe(0);
  });

  test("value: the order of the document does not show", async () => {
    const options = { scenarios: 5000, confidence: 0.9, levels: [0.9], horizon: 7 };
    const barriers = randomBook(50, 31, [2, 7, 15]);
    const one = await engine.value(bookOf(barriers), options);
    const turned = bookOf([...barriers].reverse());
    const other = await engine.value(turned, options);
    expect(other.receipt.losses).toBe(one.receipt.losses);
    expect(other.contributions).toEqual(one.contributions);
    expect(other.exposures).toEqual(one.exposures);
  });

  test.each([false, true])(
    "simulate: any cut or order of paths gives the same bits",
    (continuous) => {
      const { document, asOfMs } = readPool(bookOf(randomBook(50, 32, [2, 7, 15])));
      const accounts = accountsOf(document, 7 / 365, 0, {
        ...{ step: 0.25 / 365, isolated: false, options: new Set(), cross: new Set() },
      });
      const model = marketModel(document.market!);
      const { simulation } = layPool(freshKernel().kernels, {
        ...{ accounts, covers: [], asOfMs, model, seed: 3n, mode: "profile", continuous },
      });
      const whole = losses(simulation, 0, 4096, 1024);
      for (const batch of [1, 7, 128, 1000]) {
        expect(losses(simulation, 0, 512, batch)).toEqual(whole.subarray(0, 512));
      }
      const random = seeded(2);
      const list = Array.from({ length: 1500 }, () => Math.floor(random() * 4096));
      expect(lossesInOrder(simulation, list)).toEqual(
        Float64Array.from(list, (path) => whole[path]!),
      );
    },
  );
});

describe("exposures", () => {
  const barriers = everyKind([3, 30], { side: "long" });

  /** Value of a position by the closed forms of contracts on a spot. */
  function valueAt(one: (typeof barriers)[number], spot: number, volatility: number): number {
    const { kind, direction, barrier, type, strike } = one;
    const years = (Date.parse(one.expiry) - Date.parse("2026-01-01")) / (365 * 86_400_000);
    const common = { spot, volatility, years, direction, barrier };
    return kind === "one-touch" || kind === "no-touch"
      ? touchOption({ ...common, kind, cash: 10 })
      : barrierOption({ ...common, kind, type: type!, strike: strike! });
  }

  test.each(barriers.map((one) => [one.id, one] as const))(
    "exposures: of %s are the derivatives of the closed form, with the pool's sign",
    async (_, one) => {
      const options = { scenarios: 1000, confidence: 0.9, levels: [0.9], horizon: 7 };
      const { exposures } = await engine.value(bookOf([one]), options);
      const { deltaCoins, gammaPerPercent, vegaPerPoint } = exposures[0]!;
      const f = (ds: number, dv: number) => valueAt(one, 100 + ds, VOLATILITY + dv);
      const [h, v] = [1e-3, 1e-4];
      expect(deltaCoins).toBeCloseTo(-(f(h, 0) - f(-h, 0)) / (2 * h), 6);
      const gamma = (f(h, 0) - 2 * f(0, 0) + f(-h, 0)) / (h * h);
      expect(gammaPerPercent).toBeCloseTo(-gamma * 100, 3);
      expect(vegaPerPoint).toBeCloseTo((-(f(0, v) - f(0, -v)) / (2 * v)) * 0.01, 6);
      expect(exposures[1]!).toMatchObject({ deltaCoins: 0, gammaPerPercent: 0, vegaPerPoint: 0 });
    },
  );

  test("exposures: the profile is the loss at the moved price, touched where that is beyond", async () => {
    const short = position("s", {
      ...{ kind: "knock-in", direction: "down", barrier: 90, type: "put", strike: 99 },
      ...{ side: "short", collateral: "12", expiry: daysOn(3) },
    });
    const document = bookOf([...barriers, short], { market: marketOf({ discountRate: 0.05 }) });
    const options = { scenarios: 1000, confidence: 0.9, levels: [0.9], horizon: 7 };
    const { exposures } = await engine.value(document, options);
    const { move, loss } = exposures[0]!.profile;
    const legs = legsOf(document, 7);
    move.forEach((by, i) => {
      const known = sumOf(legs.map(({ leg }) => barrierLoss(leg, log(1 + by), false)));
      expect(loss[i]!).toBeCloseTo(known, 7);
    });
    const still = sumOf(legs.map(({ leg }) => barrierLoss(leg, 0, false)));
    for (const value of exposures[1]!.profile.loss) expect(value).toBeCloseTo(still, 7);
  });
});
