// Method: whole valuations against closed forms, against full revaluation, against brute force and
// against themselves under everything that must not matter.
import { describe, expect, test } from "vitest";
import { loadSync, PoolError } from "../../src/index.ts";
import { normalCdf, normalQuantile, studentQuantile } from "../../src/numeric/index.ts";
import type { PoolDocument } from "../../src/pool/index.ts";
import { samplePool } from "../support/sample-pool.ts";

const engine = loadSync();
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One isolated perpetual with more collateral than it can lose: a loss linear in the price. */
function linearPool(side: "long" | "short", market: PoolDocument["market"]): PoolDocument {
  const pool = samplePool() as Mutable<PoolDocument>;
  return {
    ...pool,
    options: [],
    holdings: [],
    covers: [],
    perpetuals: [
      {
        id: "p",
        participant: "alice",
        asset: "BTC",
        side,
        size: 10,
        entry: 60_000,
        collateral: "90000000",
        maintenanceRatio: 0.01,
        settlement: "linear",
      },
    ],
    market: market!,
  };
}

const gbm: PoolDocument["market"] = {
  model: "gbm",
  assets: ["BTC", "ETH"],
  volatility: [0.8, 0.9],
  correlation: [
    [1, 0.5],
    [0.5, 1],
  ],
};

describe("closed forms", () => {
  const spot = 62_800;
  const deviation = 0.8 * Math.sqrt(10 / 365);

  test("value: a short perpetual's VaR and ES agree with the lognormal's", async () => {
    // The participant's long gains 10 (S - spot): the pool loses at high prices.
    const { risk } = await engine.value(linearPool("long", gbm), { scenarios: 400_000, seed: 3n });
    for (const { level, valueAtRisk, expectedShortfall } of risk.levels) {
      const z = normalQuantile(level);
      const known = 10 * spot * (Math.exp(deviation * z) - 1);
      expect(Math.abs(valueAtRisk.value - known) / valueAtRisk.standardError).toBeLessThan(4.9);
      const tail = (Math.exp(deviation ** 2 / 2) * normalCdf(deviation - z)) / (1 - level);
      const shortfall = 10 * spot * (tail - 1);
      const { value, standardError } = expectedShortfall;
      expect(Math.abs(value - shortfall) / standardError).toBeLessThan(4.9);
    }
    const mean = 10 * spot * (Math.exp(deviation ** 2 / 2) - 1);
    const { value, standardError } = risk.expectedLoss;
    expect(Math.abs(value - mean) / standardError).toBeLessThan(4.9);
  });

  test("value: a drift moves the log price of every path", async () => {
    const market = { ...gbm, drift: [2, 0] };
    const { risk } = await engine.value(linearPool("long", market), { scenarios: 400_000 });
    const known = 10 * spot * (Math.exp((2 * 10) / 365 + deviation ** 2 / 2) - 1);
    const { value, standardError } = risk.expectedLoss;
    expect(Math.abs(value - known) / standardError).toBeLessThan(4.9);
    expect(standardError / known).toBeLessThan(0.01);
  });

  test("value: Student-t shocks give the quantile of the scaled t, volatility held", async () => {
    const market = { ...gbm, model: "student-t" as const, degreesOfFreedom: 4 };
    const { risk } = await engine.value(linearPool("short", market), { scenarios: 400_000 });
    for (const { level, valueAtRisk } of risk.levels) {
      const t = studentQuantile(1 - level, 4) * Math.sqrt(2 / 4);
      const known = 10 * spot * (1 - Math.exp(deviation * t));
      expect(Math.abs(valueAtRisk.value - known) / valueAtRisk.standardError).toBeLessThan(4.9);
    }
  });

  test("value: a participant loses no more than its collateral, so the pool gains no more", async () => {
    const pool = linearPool("long", gbm) as Mutable<PoolDocument>;
    pool.perpetuals = [{ ...pool.perpetuals[0]!, collateral: "20000" }];
    const { risk } = await engine.value(pool, { scenarios: 100_000 });
    // Equity now is 20,000 + 10 · (62,800 - 60,000) = 48,000: the pool's best case.
    expect(risk.best).toBeCloseTo(-48_000, 6);
    const floor = Math.log(1 - 48_000 / (10 * spot)) / deviation;
    const mean =
      10 *
        spot *
        (Math.exp(deviation ** 2 / 2) * (1 - normalCdf(floor - deviation)) -
          (1 - normalCdf(floor))) -
      48_000 * normalCdf(floor);
    const { value, standardError } = risk.expectedLoss;
    expect(Math.abs(value - mean) / standardError).toBeLessThan(4.9);
  });
});

describe("profiles", () => {
  test.each([1, 10, 60])(
    "value: agree with full revaluation to 8 digits over %i days",
    async (horizon) => {
      const options = { scenarios: 20_000, seed: 5n, horizon };
      const profile = await engine.value(samplePool(), options);
      const audit = await engine.value(samplePool(), { ...options, audit: true });
      profile.risk.levels.forEach((risk, i) => {
        const other = audit.risk.levels[i]!;
        expect(Math.abs(risk.valueAtRisk.value / other.valueAtRisk.value - 1)).toBeLessThan(1e-8);
        expect(
          Math.abs(risk.expectedShortfall.value / other.expectedShortfall.value - 1),
        ).toBeLessThan(1e-8);
      });
      expect(profile.receipt.losses).not.toBe(audit.receipt.losses);
    },
  );

  test("contributions: equal the brute-force tail average of every participant's own loss", async () => {
    // Without covers, and with no option inside the horizon, a pool of one participant runs on the
    // same paths as the whole pool: full revaluation of its own book is the independent answer.
    const whole = { ...samplePool(), covers: [] };
    const run = { scenarios: 20_000, seed: 9n, horizon: 5 };
    const valuation = await engine.value(whole, run);
    const losses = await lossesOf(whole, run);
    const tail = Array.from(losses.keys())
      .sort((a, b) => losses[b]! - losses[a]!)
      .slice(0, 500);
    for (const { id } of whole.participants) {
      const own = await lossesOf(
        {
          ...whole,
          options: whole.options.filter((option) => option.participant === id),
          perpetuals: whole.perpetuals.filter((perpetual) => perpetual.participant === id),
          holdings: [],
        },
        run,
      );
      const brute = tail.reduce((sum, scenario) => sum + own[scenario]! / 500, 0);
      const row = valuation.contributions.rows.find((each) => each.id === id)!;
      expect(row.contribution.value).toBeCloseTo(brute, 3);
      const mean = own.reduce((sum, loss) => sum + loss, 0) / own.length;
      expect(row.expectedLoss!.value).toBeCloseTo(mean, 3);
      const alone = [...own].sort((a, b) => b - a).slice(0, 500);
      const used = valuation.contributions.standAloneScenarios;
      expect(used).toBe(20_000);
      expect(row.standAlone!.value).toBeCloseTo(alone.reduce((a, b) => a + b) / 500, 3);
    }
  });

  test("contributions: sum to the pool's ES, and their amounts to the last cent", async () => {
    const { contributions, risk } = await engine.value(samplePool(), { scenarios: 20_000 });
    const shortfall = risk.levels.find((each) => each.level === 0.975)!.expectedShortfall.value;
    const total = contributions.rows.reduce((sum, row) => sum + row.contribution.value, 0);
    expect(Math.abs(total / shortfall - 1)).toBeLessThan(1e-12);
    const cents = contributions.rows.reduce((sum, row) => sum + toMinor(row.amount), 0n);
    expect(cents).toBe(toMinor(contributions.totalAmount));
    expect(Number(contributions.totalAmount)).toBeCloseTo(shortfall, 4);
    const expected = contributions.rows.reduce((sum, row) => sum + row.expectedLoss!.value, 0);
    expect(Math.abs(expected - risk.expectedLoss.value)).toBeLessThan(1e-6);
  });

  test("contributions: their standard errors match the spread over independent seeds", async () => {
    const rows = new Map<string, { values: number[]; errors: number[] }>();
    for (let seed = 0n; seed < 40n; seed++) {
      const { contributions } = await engine.value(samplePool(), { scenarios: 20_000, seed });
      for (const { id, contribution } of contributions.rows) {
        const row = rows.get(id) ?? { values: [], errors: [] };
        row.values.push(contribution.value);
        row.errors.push(contribution.standardError);
        rows.set(id, row);
      }
    }
    for (const [id, { values, errors }] of rows) {
      const mean = values.reduce((a, b) => a + b) / values.length;
      const spread = Math.sqrt(
        values.reduce((s, v) => s + (v - mean) ** 2, 0) / (values.length - 1),
      );
      const stated = Math.sqrt(errors.reduce((s, e) => s + e * e, 0) / errors.length);
      // 40 seeds know a standard deviation to 11 %: 0.55 … 1.8 is beyond four of those.
      expect(stated / spread, id).toBeGreaterThan(0.55);
      expect(stated / spread, id).toBeLessThan(1.8);
    }
  });
});

describe("what must not matter", () => {
  test("value: the order of every list in the document", async () => {
    const pool = samplePool();
    const reversed: PoolDocument = {
      ...pool,
      assets: [...pool.assets].reverse(),
      participants: [...pool.participants].reverse(),
      options: [...pool.options].reverse(),
      perpetuals: [...pool.perpetuals].reverse(),
      covers: [...pool.covers].reverse(),
      waterfall: {
        ...pool.waterfall,
        layers: [...pool.waterfall.layers].reverse(),
      },
    };
    const a = await engine.value(pool, { scenarios: 10_000 });
    const b = await engine.value(reversed, { scenarios: 10_000 });
    expect(b.receipt.losses).toBe(a.receipt.losses);
    expect(b.contributions).toEqual(a.contributions);
    expect(b.waterfall).toEqual(a.waterfall);
  });

  test("value: what else the engine does at the same time", async () => {
    const alone = await engine.value(samplePool(), { scenarios: 30_000, seed: 4n });
    const [one, other] = await Promise.all([
      engine.value(samplePool(), { scenarios: 30_000, seed: 4n }),
      engine.value(samplePool(), { scenarios: 30_000, seed: 5n }),
    ]);
    expect(one).toEqual(alone);
    expect(other.receipt.losses).not.toBe(alone.receipt.losses);
  });

  test("value: more scenarios keep the ones before them", async () => {
    const few = await lossesOf(samplePool(), { scenarios: 10_000, seed: 1n, horizon: 10 });
    const many = await lossesOf(samplePool(), { scenarios: 25_000, seed: 1n, horizon: 10 });
    expect(many.subarray(0, 10_000)).toEqual(few);
  });
});

describe("Euler contributions alone", () => {
  test.each<[string, PoolDocument]>([
    ["a book of every kind", samplePool()],
    ["one asset", linearPool("long", gbm)],
  ])("value: of %s they are those of the whole valuation, at the same losses", async (_, pool) => {
    const options = { scenarios: 50_000, seed: 5n } as const;
    const all = await engine.value(pool, options);
    const euler = await engine.value(pool, { ...options, contributions: "euler" });
    expect(euler.receipt.losses).toBe(all.receipt.losses);
    expect(euler.contributions.total).toEqual(all.contributions.total);
    expect(euler.contributions.standAloneTotal).toBeNull();
    expect(euler.contributions.diversificationBenefit).toBeNull();
    const size = all.contributions.total.value;
    for (const [i, row] of euler.contributions.rows.entries()) {
      const known = all.contributions.rows[i]!;
      expect(row.id).toBe(known.id);
      expect(Math.abs(row.contribution.value - known.contribution.value) / size).toBeLessThan(
        1e-12,
      );
      const error = row.contribution.standardError - known.contribution.standardError;
      expect(Math.abs(error) / size).toBeLessThan(1e-12);
      expect(row.amount).toBe(known.amount);
      expect(row.expectedLoss).toBeNull();
      expect(row.standAlone).toBeNull();
      expect(known.expectedLoss!.standardError).toBeGreaterThanOrEqual(0);
    }
  });
});

describe("requests", () => {
  test("value: a tail too thin is refused with the scenarios it needs", async () => {
    const refusal = engine.value(samplePool(), { scenarios: 10_000, confidence: 0.999 });
    await expect(refusal).rejects.toMatchObject({ code: "TAIL_TOO_THIN" });
    await refusal.catch((error: PoolError) => {
      expect(`${error.issues[0]!.detail} ${error.issues[0]!.expected}`).toMatch(/100[,_ ]?000/);
    });
  });

  test("value: all problems of a request come at once", async () => {
    const error = await engine
      .value(
        { ...samplePool(), name: 7 },
        { scenarios: 1e12, seed: -1n, confidence: 99, horizon: -1 },
      )
      .catch((caught: PoolError) => caught);
    expect(error).toBeInstanceOf(PoolError);
    const pointers = (error as PoolError).issues.map((issue) => issue.pointer);
    expect(pointers).toEqual([
      "/name",
      "/options/confidence",
      "/options/horizon",
      "/options/scenarios",
      "/options/seed",
    ]);
  });

  test("value: without any market says how to get one", async () => {
    const { market: _, ...pool } = samplePool();
    await expect(engine.value(pool)).rejects.toMatchObject({ code: "MARKET_MISSING" });
  });

  test("value: an abort stops the run within 50 ms and the engine goes on", {
    retry: 2,
  }, async () => {
    const control = new AbortController();
    const run = engine.value(samplePool(), { scenarios: 20_000_000, signal: control.signal });
    await new Promise((resolve) => setTimeout(resolve, 60));
    const start = performance.now();
    control.abort();
    await expect(run).rejects.toMatchObject({ name: "AbortError" });
    expect(performance.now() - start).toBeLessThan(50);
    const after = await engine.value(samplePool(), { scenarios: 10_000 });
    expect(after.risk.scenarios).toBe(10_000);
  });

  test("value: an abort after the simulation stops the contributions within 50 ms", {
    retry: 2,
  }, async () => {
    const control = new AbortController();
    let aborted = 0;
    const run = engine.value(samplePool(), {
      scenarios: 1_000_000,
      signal: control.signal,
      onProgress: ({ done, total }) => {
        if (done < total) return;
        setTimeout(() => {
          aborted = performance.now();
          control.abort(new Error("enough"));
        }, 1);
      },
    });
    await expect(run).rejects.toThrow("enough");
    expect(performance.now() - aborted).toBeLessThan(50);
  });

  test("value: progress ends at the total", async () => {
    const seen: number[] = [];
    await engine.value(samplePool(), {
      scenarios: 200_000,
      onProgress: ({ done, total }) => {
        expect(total).toBe(200_000);
        seen.push(done);
      },
    });
    expect(seen.at(-1)).toBe(200_000);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
  });
});

function toMinor(text: string): bigint {
  return BigInt(text.replace(".", ""));
}

/** Losses of all scenarios by full revaluation. */
async function lossesOf(
  pool: PoolDocument,
  run: { scenarios: number; seed: bigint; horizon: number },
): Promise<Float64Array> {
  const { accountsOf } = await import("../../src/risk/account.ts");
  const { layPool } = await import("../../src/risk/layout.ts");
  const { marketOf } = await import("../../src/risk/pool-run.ts");
  const { marketModel } = await import("../../src/market/index.ts");
  const { freshKernel } = await import("../support/kernel.ts");
  const parameters = marketOf(pool.market!, pool.assets.map((asset) => asset.id).sort());
  const { simulation } = layPool(freshKernel().kernels, {
    accounts: accountsOf(pool, run.horizon / 365, parameters.discountRate ?? 0),
    covers: [...pool.covers].sort((a, b) => (a.id < b.id ? -1 : 1)),
    asOfMs: Date.parse(pool.asOf),
    model: marketModel(parameters),
    seed: run.seed,
    mode: "audit",
  });
  const losses = new Float64Array(run.scenarios);
  for (let first = 0; first < run.scenarios; first += 1024) {
    losses.set(simulation.runRange(first, Math.min(1024, run.scenarios - first)), first);
  }
  return losses;
}
