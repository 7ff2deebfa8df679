// Method: write the example files again in memory, compare bytes, and look in them for what they
// are said to hold.
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { ASSETS, makePool, makePrices, poolJson, pricesCsv } from "../examples/generate.mjs";
import { loadSync, type PoolDocument, readPool } from "../src/index.ts";

const committed = (name: string): string =>
  readFileSync(new URL(`../examples/${name}`, import.meta.url), "utf8");

/** The changes of one asset's price over so many hours, from every hour on. */
function changes(prices: readonly number[][], asset: number, hours: number): number[] {
  return prices.slice(hours).map((row, i) => row[asset]! / prices[i]![asset]! - 1);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value);

describe("prices.csv", () => {
  let prices: number[][];
  beforeAll(() => {
    prices = makePrices();
  });

  test("examples: the prices come out byte for byte", () => {
    expect(pricesCsv(prices) === committed("prices.csv")).toBe(true);
  });

  test("examples: two years have every hour once", () => {
    const times = committed("prices.csv").trimEnd().split("\n").slice(1);
    expect(times.length).toBe(17_520);
    times.forEach((line, hour) => {
      const time = new Date(Date.UTC(2023, 10, 1, hour)).toISOString().slice(0, 16);
      expect(line.startsWith(`${time}Z,`)).toBe(true);
    });
  });

  test("examples: annual volatilities lie between 45 % and 140 %", () => {
    ASSETS.forEach((_asset, asset) => {
      const returns = changes(prices, asset, 1).map((change) => Math.log1p(change));
      const mean = sum(returns) / returns.length;
      const variance = sum(returns.map((r) => (r - mean) ** 2)) / (returns.length - 1);
      const volatility = Math.sqrt(variance * 8760);
      expect(volatility).toBeGreaterThan(0.45);
      expect(volatility).toBeLessThan(1.4);
      // A normal sample of this size has kurtosis 3 ± 0.04; these tails are thick.
      const fourth = sum(returns.map((r) => (r - mean) ** 4)) / returns.length;
      expect(fourth / variance ** 2).toBeGreaterThan(5);
    });
  });

  test("examples: one crash takes a third of every asset within two days", () => {
    const worst = ASSETS.map((_asset, asset) => {
      const falls = changes(prices, asset, 48);
      const fall = Math.min(...falls);
      return { fall, hour: falls.indexOf(fall) };
    });
    expect(worst[0]!.hour).toBe(6_199);
    for (const { fall, hour } of worst) {
      expect(Math.abs(hour - 6_199)).toBeLessThan(24);
      expect(fall).toBeLessThan(-0.28);
      expect(fall).toBeGreaterThan(-0.42);
    }
  });

  test("examples: a flash crash takes a fifth within six hours and gives part of it back", () => {
    const falls = changes(prices, 0, 6);
    const fall = Math.min(...falls);
    const from = falls.indexOf(fall);
    expect(from).toBe(13_899);
    expect(fall).toBeCloseTo(-0.203, 3);
    const [before, bottom, after] = [from, from + 6, from + 18].map((hour) => prices[hour]![0]!);
    const back = (after! - bottom!) / (before! - bottom!);
    expect(back).toBeGreaterThan(0.3);
    expect(back).toBeLessThan(0.7);
  });
});

describe("pool.json", () => {
  let pool: PoolDocument;
  beforeAll(() => {
    pool = readPool(committed("pool.json")).document;
  });

  test("examples: the pool comes out byte for byte", () => {
    expect(poolJson(makePool()) === committed("pool.json")).toBe(true);
  });

  test("examples: the pool holds what is promised of it", () => {
    const cross = pool.participants.filter(({ margin }) => margin === "cross");
    expect({
      participants: pool.participants.length,
      cross: cross.length,
      options: pool.options.length,
      perpetuals: pool.perpetuals.length,
      holdings: pool.holdings.length,
      covers: pool.covers.length,
      layers: pool.waterfall.layers.length,
      calls: pool.waterfall.assessments?.length,
    }).toEqual({
      participants: 200,
      cross: 50,
      options: 1_000,
      perpetuals: 100,
      holdings: 3,
      covers: 20,
      layers: 4,
      calls: 40,
    });
    expect(new Set(pool.covers.map(({ peril }) => peril)).size).toBe(4);
    expect(new Set(pool.covers.map(({ severity }) => severity.kind)).size).toBe(4);
    const part = (count: number): number => count / pool.options.length;
    expect(part(pool.options.filter(({ side }) => side === "short").length)).toBeCloseTo(0.25, 1);
    expect(
      part(pool.options.filter(({ settlement }) => settlement === "inverse").length),
    ).toBeCloseTo(0.3, 1);
  });

  test("examples: the pool stands at the last hour of the prices", () => {
    const [time, ...last] = committed("prices.csv").trimEnd().split("\n").at(-1)!.split(",");
    expect(pool.asOf).toBe(time);
    expect(pool.assets.map(({ spot }) => spot)).toEqual(last.map(Number));
  });

  test("examples: some options end within ten days and none later than half a year", () => {
    const days = pool.options.map(
      ({ expiry }) => (Date.parse(expiry) - Date.parse(pool.asOf)) / 86_400_000,
    );
    expect(days.filter((day) => day < 10).length).toBe(225);
    expect(Math.min(...days)).toBeGreaterThan(2);
    expect(Math.max(...days)).toBeLessThan(184);
  });

  test("examples: the shares of every members' layer sum to 1", () => {
    const layers = pool.waterfall.layers.filter(({ kind }) => kind === "members");
    expect(layers.length).toBe(2);
    for (const { shares } of layers) {
      expect(Math.abs(sum(shares!.map(({ share }) => share)) - 1)).toBeLessThan(1e-9);
    }
    expect(pool.waterfall.lastResort.weights.length).toBe(200);
  });
});

describe("small-pool.json", () => {
  test("examples: the small pool is sound and carries its own market", async () => {
    const pool = readPool(committed("small-pool.json"));
    const { assets, participants, market } = pool.document;
    expect([assets.length, participants.length]).toEqual([2, 4]);
    expect(market?.model).toBe("student-t");
    const { risk, waterfall, warnings } = await loadSync().value(pool, { scenarios: 100_000 });
    expect(warnings).toEqual([]);
    // Every layer is reached in a run of the usual size, and the layers exceed the expected shortfall.
    for (const layer of waterfall.layers) expect(layer.hit.value).toBeGreaterThan(0);
    const shortfall = risk.levels.find(({ level }) => level === 0.975)!.expectedShortfall;
    expect(shortfall.value).toBeLessThan(145_000);
    expect(shortfall.value).toBeGreaterThan(20_000);
  });
});
