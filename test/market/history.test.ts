import { expect, test } from "vitest";
import { checkHistory, type PriceHistory } from "../../src/market/index.ts";
import { expectClose } from "../support/reference.ts";
import {
  DAY_MS,
  HOUR_MS,
  issuesOf,
  START_MS,
  seededPairs,
  toHistory,
  withoutRows,
} from "./seeded-history.ts";

const pair = ["BTC", "ETH"] as const;
const steady = toHistory(
  seededPairs(100, 0.7, 1).map((r) => 0.02 * r),
  pair,
);

function edited(edit: (history: PriceHistory) => void): PriceHistory {
  const copy = { ...steady, times: steady.times.slice(), prices: steady.prices.slice() };
  edit(copy);
  return copy;
}

test("checkHistory: a clean daily history has nothing to report", () => {
  const { report } = checkHistory(steady);
  expect(report).toEqual({
    intervalMs: DAY_MS,
    interval: "daily",
    rows: 101,
    completeRows: 101,
    returns: 100,
    gaps: { count: 0, missing: 0, largest: [] },
    missingPrices: [
      { asset: "BTC", rows: 0 },
      { asset: "ETH", rows: 0 },
    ],
    outliers: { count: 0, list: [] },
    notes: [],
  });
});

test("checkHistory: names the interval of the clock", () => {
  const returns = seededPairs(100, 0.7, 1);
  for (const [intervalMs, interval] of [
    [HOUR_MS, "hourly"],
    [60_000, "minute"],
    [7 * DAY_MS, "other"],
  ] as const) {
    expect(checkHistory(toHistory(returns, pair, intervalMs)).report.interval).toBe(interval);
  }
});

test("checkHistory: reports gaps longest first and fills none", () => {
  const gappy = withoutRows(steady, (row) => row === 10 || (row >= 40 && row < 45));
  const { report } = checkHistory(gappy);
  const at = (row: number): number => START_MS + row * DAY_MS;
  expect(report.gaps).toEqual({
    count: 2,
    missing: 6,
    largest: [
      { from: at(39), to: at(45), missing: 5 },
      { from: at(9), to: at(11), missing: 1 },
    ],
  });
  // 95 rows make 94 neighbours, two of which face each other across a gap.
  expect([report.rows, report.returns]).toEqual([95, 92]);
  expect(report.notes.map((note) => note.code)).toEqual(["HISTORY_GAP"]);
});

test("checkHistory: counts missing prices for each asset and keeps their rows off the calendar", () => {
  const holes = edited(({ prices }) => {
    prices[2 * 20] = Number.NaN;
    prices[2 * 21] = Number.NaN;
    prices[2 * 21 + 1] = Number.NaN;
  });
  const { report } = checkHistory(holes);
  expect(report.missingPrices).toEqual([
    { asset: "BTC", rows: 2 },
    { asset: "ETH", rows: 1 },
  ]);
  expect([report.completeRows, report.returns]).toEqual([99, 97]);
  expect(report.notes.map((note) => note.code)).toEqual(["HISTORY_INCOMPLETE"]);
});

test("checkHistory: flags both returns of one price a thousand times too high, and keeps them", () => {
  const spiked = edited(({ prices }) => {
    prices[2 * 50 + 1]! *= 1000;
  });
  const { report, returns } = checkHistory(spiked);
  expect(
    report.outliers.list.map(({ asset, time }) => [asset, (time - START_MS) / DAY_MS]),
  ).toEqual([
    ["ETH", 50],
    ["ETH", 51],
  ]);
  const [up, down] = report.outliers.list;
  expectClose(up!.logReturn + down!.logReturn, returns[99]! + returns[101]!, { abs: 1e-12 });
  expectClose(up!.logReturn, 6.907755278982137, { abs: 0.1 });
  // A standard deviation of 0.02, found without the spike itself: ln 1000 is about 345 of them.
  expectClose(up!.sigmas, 345, { rel: 0.25 });
  expect(report.returns).toBe(100);
});

test("checkHistory: flags a jump of a price that mostly stands still", () => {
  const still = edited(({ prices }) => {
    for (let row = 0; row < 101; row++) prices[2 * row + 1] = row === 50 ? 1000 : 1;
  });
  expect(checkHistory(still).report.outliers.count).toBe(2);
});

test("checkHistory: takes the wanted assets in the wanted order and the wanted rows", () => {
  const { history, report } = checkHistory(steady, {
    assets: ["ETH", "BTC"],
    window: { lastDays: 70 },
  });
  expect(history.assets).toEqual(["ETH", "BTC"]);
  expect([report.rows, history.times[0]]).toEqual([71, START_MS + 30 * DAY_MS]);
  expect([history.prices[0], history.prices[1]]).toEqual([
    steady.prices[2 * 30 + 1],
    steady.prices[2 * 30],
  ]);
  const window = { from: START_MS + 5 * DAY_MS, to: START_MS + 80 * DAY_MS };
  expect(checkHistory(steady, { window }).report.rows).toBe(76);
});

test("checkHistory: refuses what it cannot lay out, with a pointer to it", () => {
  const attempts: readonly (readonly [PriceHistory, object, readonly (readonly string[])[]])[] = [
    [{ ...steady, prices: steady.prices.slice(1) }, {}, [["/prices", "MATRIX_SHAPE"]]],
    [{ ...steady, assets: ["BTC", "BTC"] }, {}, [["/assets/1", "ID_DUPLICATE"]]],
    [steady, { assets: ["BTC", "DOGE"] }, [["/options/assets/1", "REFERENCE_UNKNOWN"]]],
    [steady, { assets: [] }, [["/options/assets", "POOL_EMPTY"]]],
    [steady, { window: { lastDays: -3 } }, [["/options/window/lastDays", "NUMBER_RANGE"]]],
    [steady, { window: { days: 3 } }, [["/options/window/days", "KEY_UNKNOWN"]]],
    [{ ...steady, prices: [1, 2] as never }, {}, [["/prices", "TYPE"]]],
    [edited(({ times }) => times.fill(Number.NaN, 7, 8)), {}, [["/times/7", "TIME_ORDER"]]],
  ];
  for (const [history, options, issues] of attempts) {
    expect(issuesOf(() => checkHistory(history, options))).toEqual(issues);
  }
});

test("checkHistory: points into the whole history when only a window of it is used", () => {
  const bad = edited(({ prices }) => {
    prices[2 * 60 + 1] = 0;
  });
  const options = { assets: ["ETH"], window: { lastDays: 90 } };
  expect(issuesOf(() => checkHistory(bad, options))).toEqual([["/prices/60/1", "MODEL_DOMAIN"]]);
  expect(checkHistory(bad, { assets: ["BTC"] }).report.returns).toBe(100);
});

test("checkHistory: refuses an asset that moves only where another has no price", () => {
  const still = edited(({ prices }) => {
    for (let row = 0; row < 101; row++) prices[2 * row + 1] = row < 20 ? row + 1 : 50;
    for (let row = 0; row < 20; row++) prices[2 * row] = Number.NaN;
  });
  expect(issuesOf(() => checkHistory(still))).toEqual([["/assets/1", "HISTORY_CONSTANT"]]);
});
