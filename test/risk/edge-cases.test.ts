// Method: pools and requests at the edge of what is allowed, each against what must still hold.
import { describe, expect, test } from "vitest";
import { loadSync, PoolError, type ValueOptions } from "../../src/index.ts";
import type { PoolDocument } from "../../src/pool/index.ts";
import { samplePool } from "../support/sample-pool.ts";

const engine = loadSync();
const small: ValueOptions = { scenarios: 4000, seed: 3n, levels: [0.95, 0.975] };

/** Places in a result that JSON would change: infinities, NaN, -0, undefined. */
function lossyPlaces(value: unknown, path = ""): string[] {
  if (typeof value === "number") {
    return Number.isFinite(value) && !Object.is(value, -0) ? [] : [`${path} = ${value}`];
  }
  if (Array.isArray(value)) return value.flatMap((item, i) => lossyPlaces(item, `${path}/${i}`));
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, item]) => lossyPlaces(item, `${path}/${key}`));
  }
  return value === undefined ? [path] : [];
}

function stillMarket(pool: PoolDocument): PoolDocument {
  return { ...pool, market: { ...pool.market!, volatility: [0, 0] } };
}

describe("results", () => {
  test("value: a pool that only gains gives a result that JSON keeps to the bit", async () => {
    const valuation = await engine.value(stillMarket({ ...samplePool(), covers: [] }), small);
    expect(valuation.contributions.total.value).toBeLessThan(0);
    expect(lossyPlaces(valuation)).toEqual([]);
    expect(JSON.parse(JSON.stringify(valuation))).toEqual(valuation);
  });

  test("value: covers alone need no asset, and no market", async () => {
    const sample = samplePool();
    const covers: PoolDocument = {
      ...sample,
      participants: ["alice", "carol"].map((id) => ({ id, margin: "isolated" })),
      options: [],
      perpetuals: [],
      holdings: [],
      waterfall: {
        layers: [],
        lastResort: { kind: "socialised", weights: [{ participant: "alice", weight: 1 }] },
      },
      market: { ...sample.market!, systemicLoading: 0 },
    };
    const { market: _, ...rest } = covers;
    const alone = await engine.value({ ...rest, assets: [] }, { ...small, horizon: 90 });
    expect(lossyPlaces(alone)).toEqual([]);
    expect(alone.warnings).toEqual([]);
    expect([alone.exposures, alone.market.assets, alone.risk.expectedLoss.value > 0]).toEqual([
      [],
      [],
      true,
    ]);
    // A factor that owes nothing to the market draws the same normals.
    const beside = await engine.value(covers, { ...small, horizon: 90 });
    expect(alone.receipt.losses).toBe(beside.receipt.losses);
    expect(alone.contributions.rows).toEqual(beside.contributions.rows);
    // Nor is there anything for it to owe to: a loading on no market is none.
    const market = { ...sample.market!, systemicLoading: 0.9 };
    const loaded = await engine.value({ ...rest, assets: [] }, { ...small, horizon: 90, market });
    expect(loaded.receipt.losses).toBe(alone.receipt.losses);
  });

  test("value: the order of holdings does not show in any bit", async () => {
    const assets = ["A", "B", "C"].map((id) => ({ id, spot: 1 }));
    const holdings = assets.map(({ id }, i) => ({ asset: id, amount: ["0.1", "0.2", "0.3"][i]! }));
    const pool: PoolDocument = {
      ...samplePool(),
      assets,
      participants: [{ id: "alice", margin: "isolated" }],
      options: [],
      perpetuals: [],
      covers: [],
      holdings,
      waterfall: {
        layers: [],
        lastResort: { kind: "socialised", weights: [{ participant: "alice", weight: 1 }] },
      },
      market: {
        model: "gbm",
        assets: ["A", "B", "C"],
        volatility: [0.5, 0.6, 0.7],
        correlation: [
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ],
      },
    };
    const { receipt } = await engine.value(pool, small);
    for (const order of [
      [2, 1, 0],
      [1, 2, 0],
      [2, 0, 1],
    ]) {
      const moved = { ...pool, holdings: order.map((i) => holdings[i]!) };
      expect((await engine.value(moved, small)).receipt.losses).toBe(receipt.losses);
    }
  });

  test("value: a layer's capacity is what settlement pays, rounded down to a unit", async () => {
    const pool = samplePool();
    const whole: PoolDocument = {
      ...stillMarket(pool),
      currency: { code: "USDC", decimals: 0 },
      participants: [{ id: "alice", margin: "isolated" }],
      options: [],
      perpetuals: [],
      covers: [],
      waterfall: {
        layers: [{ id: "first", order: 1, kind: "operator", size: "3", capShare: 0.5 }],
        lastResort: { kind: "socialised", weights: [{ participant: "alice", weight: 1 }] },
      },
    };
    const { waterfall } = await engine.value(whole, small);
    const settled = await engine.settle(whole, "10");
    expect(String(waterfall.layers[0]!.capacity)).toBe(settled.layers[0]!.capacity);
  });

  test("value: the exposure profile is the loss itself beyond the model's range too", async () => {
    const pool = samplePool();
    const perpetual = { ...pool.perpetuals[0]!, size: 2, entry: 62_800, collateral: "10000.00" };
    const alone = { ...pool, options: [], covers: [], holdings: [], perpetuals: [perpetual] };
    // One hour is a range of some 5 %; the account is worth nothing from -8 % on.
    const { exposures } = await engine.value(alone, { ...small, horizon: "1h" });
    const { move, loss } = exposures.find(({ asset }) => asset === "BTC")!.profile;
    move.forEach((fraction, i) => {
      expect(loss[i]).toBeCloseTo(Math.max(-10_000, 2 * 62_800 * fraction), 4);
    });
  });

  test("value: prices held at the model's bound are counted once", async () => {
    const pool = samplePool();
    const market = { ...pool.market!, model: "student-t" as const, degreesOfFreedom: 2.5 };
    const wild = { ...pool, market: { ...market, volatility: [50, 50] } };
    const held = async (confidence: number) => {
      const { warnings } = await engine.value(wild, { ...small, horizon: 366, confidence });
      return warnings.find(({ code }) => code === "MODEL_BOUND")?.detail;
    };
    // The level decides how much is replayed, not how often a price was held.
    const often = await held(0.975);
    expect(often).toMatch(/^[1-9]/);
    expect(await held(0.5)).toBe(often);
  });
});

describe("refusals", () => {
  test.each([
    ["quantity", { quantity: 1e300 }],
    ["strike", { type: "put", strike: 1e300 }],
  ] as const)("value: amounts beyond measure are refused (%s)", async (_, change) => {
    const pool = samplePool();
    const option = { ...pool.options[0]!, ...change };
    const run = engine.value({ ...pool, options: [option] }, small);
    await expect(run).rejects.toMatchObject({ code: "NUMBER_RANGE" });
  });

  test.each<[string, unknown, string]>([
    ["no options at all", null, "/options"],
    ["a level of another type", { confidence: 1n }, "/options/confidence"],
    ["levels of another type", { levels: [Symbol("x")] }, "/options/levels/0"],
    ["no number of bytes", { bytesMax: Number.NaN }, "/options/bytesMax"],
    ["a signal that is none", { signal: {} }, "/options/signal"],
    ["a listener that is none", { onProgress: 5 }, "/options/onProgress"],
    ["a market without anything", { market: {} }, "/market/assets"],
    ["a market of assets only", { market: { assets: ["BTC", "ETH"] } }, "/market/model"],
    ["a market that is none", { market: 5 }, "/market"],
  ])("value: %s is refused by place", async (_, options, pointer) => {
    const error = await engine
      .value(samplePool(), options as ValueOptions)
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(PoolError);
    expect((error as PoolError).issues.map((issue) => issue.pointer)).toContain(pointer);
  });

  test("value: a severity whose quantile would take for ever is refused", async () => {
    const pool = samplePool();
    const severity = { kind: "beta", alpha: 1e300, beta: 1e300 } as const;
    const run = engine.value({ ...pool, covers: [{ ...pool.covers[0]!, severity }] }, small);
    await expect(run).rejects.toMatchObject({ code: "NUMBER_RANGE" });
  });

  test("value: an abort is heard while contributions are shared out", async () => {
    const pool = samplePool();
    const ids = Array.from({ length: 1500 }, (_, i) => `member-${i}`);
    const members = ids.map((id) => ({ id, margin: "isolated" as const }));
    const options = ids.map((id) => ({ ...pool.options[0]!, id: `of-${id}`, participant: id }));
    const control = new AbortController();
    const run = engine.value(
      { ...pool, covers: [], options, participants: [...pool.participants, ...members] },
      {
        scenarios: 66_000,
        signal: control.signal,
        // The end of the simulation; what follows is the sharing out.
        onProgress: ({ done, total }) => done === total && setTimeout(() => control.abort(), 20),
      },
    );
    await expect(run).rejects.toMatchObject({ name: "AbortError" });
  });

  test("value: the memory bound holds on an engine that has grown before", async () => {
    const own = loadSync();
    await own.value(samplePool(), small);
    const run = own.value(samplePool(), { ...small, bytesMax: 100_000 });
    await expect(run).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
    const above = own.value(samplePool(), { ...small, bytesMax: Number.POSITIVE_INFINITY });
    expect((await above).risk.scenarios).toBe(4000);
  });
});
