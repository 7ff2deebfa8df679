// Method: generate the examples afresh and hold them against the committed bytes and their README.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
// @ts-expect-error The generator is plain JavaScript.
import { ASSETS, makePool, makePrices, poolJson, pricesCsv } from "../examples/generate.mjs";
import { readPriceCsv } from "../src/edge/venue/price-csv.ts";
import { calibrate, type PoolDocument, readPool } from "../src/index.ts";

const HOUR_MS = 3_600_000;
const read = (name: string) =>
  readFileSync(new URL(`../examples/${name}`, import.meta.url), "utf8");
const rows = makePrices() as number[][];
const pool = makePool(rows) as PoolDocument;
const { history, notes } = readPriceCsv(read("prices.csv"));
const width = history.assets.length;
const at = (row: number, asset: string) =>
  history.prices[row * width + history.assets.indexOf(asset)]!;
/** What an asset made between two rows, as a fraction. */
const change = (asset: string, from: number, to: number) => at(to, asset) / at(from, asset) - 1;

describe("examples: prices", () => {
  test("examples: the generator makes the committed prices byte for byte", () => {
    // Not toEqual: a difference of a megabyte would be printed.
    expect(pricesCsv(rows) === read("prices.csv")).toBe(true);
    expect(pricesCsv() === pricesCsv(rows)).toBe(true);
  });

  test("examples: two years of hours without a gap or a hole", () => {
    expect(notes).toEqual([]);
    expect(history.assets).toEqual((ASSETS as { id: string }[]).map(({ id }) => id));
    expect(width).toBe(8);
    expect(history.times.length).toBe(17_520);
    expect(history.times[0]).toBe(Date.UTC(2023, 10, 1));
    expect(history.times.every((time, i) => time === Date.UTC(2023, 10, 1) + i * HOUR_MS)).toBe(
      true,
    );
    expect(history.prices.every((price) => price > 0)).toBe(true);
  });

  test("examples: the crash of two days takes a third of the market", () => {
    for (const asset of history.assets) {
      const fall = change(asset, 6_199, 6_247);
      expect(fall).toBeGreaterThan(-0.36);
      expect(fall).toBeLessThan(-0.28);
    }
    // These are the worst two days of the anchor, by far.
    const days = history.times.length - 48;
    const falls = Array.from({ length: days }, (_, row) => change("ORB", row, row + 48));
    const others = falls.filter((_, row) => Math.abs(row - 6_199) > 48);
    expect(falls.indexOf(Math.min(...falls))).toBe(6_199);
    expect(Math.min(...others)).toBeGreaterThan(-0.25);
  });

  test("examples: the flash crash falls within six hours and comes back in part", () => {
    for (const asset of history.assets) {
      const fall = change(asset, 13_899, 13_905);
      expect(fall).toBeLessThan(-0.17);
      expect(fall).toBeGreaterThan(-0.22);
      expect(change(asset, 13_905, 13_917)).toBeGreaterThan(0.13);
      expect(change(asset, 13_899, 13_917)).toBeLessThan(-0.05);
    }
  });

  test("examples: a market can be fitted to them, near the volatilities they were made with", () => {
    const { parameters, report } = calibrate(history, { model: "student-t" });
    expect(parameters.assets).toEqual(history.assets);
    expect(report.gaps.count).toBe(0);
    expect(report.interval).toBe("hourly");
    (ASSETS as { id: string; vol: number }[]).forEach(({ vol }, i) => {
      expect(parameters.volatility[i]! / vol).toBeGreaterThan(0.85);
      expect(parameters.volatility[i]! / vol).toBeLessThan(1.45);
    });
    const eta = history.assets.indexOf("ETA");
    const staked = history.assets.indexOf("STETA");
    expect(parameters.correlation[eta]![staked]).toBeGreaterThan(0.98);
    expect(parameters.degreesOfFreedom).toBeGreaterThan(2);
    expect(parameters.degreesOfFreedom).toBeLessThan(10);
  });
});

describe("examples: the large pool", () => {
  test("examples: the generator makes the committed pool byte for byte", () => {
    expect(poolJson(pool) === read("pool.json")).toBe(true);
    expect(poolJson() === poolJson(pool)).toBe(true);
  });

  test("examples: the pool has the size that its README says", () => {
    expect(pool.participants.length).toBe(200);
    expect(pool.participants.filter(({ margin }) => margin === "cross").length).toBe(50);
    expect(pool.options.length).toBe(1_000);
    expect(pool.perpetuals.length).toBe(100);
    expect(pool.covers.length).toBe(20);
    expect(pool.assets.length).toBe(8);
    expect(pool.holdings.length).toBe(3);
    expect(pool.waterfall.layers.map(({ kind }) => kind)).toEqual([
      "operator",
      "members",
      "members",
      "reinsurance",
    ]);
  });

  test("examples: both sides, both settlements and every peril occur", () => {
    const kinds = new Set(
      pool.options.map(({ type, side, settlement }) => `${type} ${side} ${settlement}`),
    );
    expect(kinds.size).toBe(8);
    expect(new Set(pool.perpetuals.map((p) => `${p.side} ${p.settlement}`)).size).toBe(4);
    expect(new Set(pool.covers.map(({ peril }) => peril)).size).toBe(4);
    expect(new Set(pool.covers.map(({ severity }) => severity.kind)).size).toBe(4);
  });

  test("examples: the shares of every members' layer sum to one", () => {
    const layers = pool.waterfall.layers.filter(({ shares }) => shares !== undefined);
    const sums = layers.map(({ shares }) => shares!.reduce((sum, { share }) => sum + share, 0));
    expect(sums.length).toBe(2);
    for (const sum of sums) expect(sum).toBeCloseTo(1, 12);
  });

  test("examples: the pool stands at the last prices", () => {
    const last = history.times.length - 1;
    expect(pool.assets).toEqual(history.assets.map((id) => ({ id, spot: at(last, id) })));
    expect(Date.parse(pool.asOf)).toBe(history.times[last]);
  });

  test("examples: the reader accepts the committed pool as it was made", () => {
    expect(readPool(read("pool.json")).document.options).toEqual(pool.options);
  });
});

describe("examples: the small pool", () => {
  test("examples: the reader accepts it, and it has one of everything", () => {
    const { document } = readPool(read("small-pool.json"));
    expect(document.participants.map(({ margin }) => margin).sort()).toEqual([
      "cross",
      "cross",
      "isolated",
      "isolated",
    ]);
    expect(document.assets.length).toBe(2);
    expect(document.options.length).toBe(3);
    expect(document.perpetuals.length).toBe(2);
    expect(document.holdings.length).toBe(1);
    expect(document.covers.length).toBe(1);
    expect(document.waterfall.layers.length).toBe(3);
    expect(document.waterfall.assessments?.length).toBe(2);
    expect(document.market?.assets).toEqual(["ORB", "ETA"]);
  });

  test("examples: it says who puts in how much, what is paid and what is taken on", () => {
    for (const name of ["small-pool.json", "pool.json"]) {
      const { contribution, pricing, limits } = readPool(read(name)).document;
      expect(contribution).toMatchObject({ rule: "euler-es", noNegative: true });
      expect(pricing?.costOfCapital).toBe(0.12);
      expect(limits?.groups?.length).toBe(1);
      expect(new Set(limits?.bounds.map(({ scope }) => scope)).size).toBeGreaterThan(3);
    }
  });

  test("examples: it stays short enough to read", () => {
    expect(read("small-pool.json").trimEnd().split("\n").length).toBeLessThan(80);
  });
});

// Only what is built can be imported by its name; CI builds first and must not skip.
const isBuilt = existsSync(new URL("../dist/index.js", import.meta.url));

describe.skipIf(!isBuilt && process.env["CI"] !== "true")("examples: code", () => {
  test("examples: quote.mjs quotes the position, and refuses twice as much of it", () => {
    const script = fileURLToPath(new URL("../examples/quote.mjs", import.meta.url));
    const out = execFileSync(process.execPath, [script], { encoding: "utf8" });
    expect(out.match(/marginal ES +\d+ ± \d+ USD/g)?.length).toBe(2);
    expect(out).toMatch(/asset-direction ORB: \d+ of 60000.00, warns\n {2}allowed\n/);
    expect(out).toMatch(/ {2}refused\n$/);
  });
});
