/** What a price history is, and what is wrong with it: reported always, filled never. */

import { type Issue, PoolError, received } from "../basics/index.ts";
import type { PriceHistory } from "./model.ts";
import { logReturns } from "./return.ts";

const DAY_MS = 86_400_000;
/** A log return of more robust standard deviations than this is flagged. */
const OUTLIER_SIGMAS = 20;
/** Times before this would be 1973 in milliseconds: they are seconds. */
const EARLIEST_MS = 1e11;
/** Times after this would be the year 2286 in milliseconds: they are microseconds or finer. */
const LATEST_MS = 1e13;
/** Gaps and outliers beyond these are counted, not listed. */
const GAPS_MAX = 10;
const OUTLIERS_MAX = 100;

/** Which part of a history to use. Both ends are included; milliseconds UTC. */
export type HistoryWindow =
  | { readonly from?: number; readonly to?: number }
  | { readonly lastDays: number };

/** What to take of a history. */
export interface HistoryOptions {
  /** Columns to keep, in this order; all when left out. */
  readonly assets?: readonly string[];
  readonly window?: HistoryWindow;
}

/** Something that was noticed and neither mended nor refused. */
export interface Note {
  readonly code: string;
  readonly detail: string;
}

/** Rows that a regular clock would have between two rows that follow each other. */
export interface HistoryGap {
  readonly from: number;
  readonly to: number;
  readonly missing: number;
}

/** One log return far outside the rest of its asset; it stays in. */
export interface HistoryOutlier {
  readonly asset: string;
  /** Of the price that ends the return, milliseconds UTC. */
  readonly time: number;
  readonly logReturn: number;
  /** In robust standard deviations of the asset (1.4826 times the median absolute deviation). */
  readonly sigmas: number;
}

/** What was found in a history. Nothing in it was removed or filled. */
export interface HistoryReport {
  /** Median spacing of the rows. */
  readonly intervalMs: number;
  readonly interval: "minute" | "hourly" | "daily" | "other";
  readonly rows: number;
  /** Rows with a price of every asset: the common calendar. */
  readonly completeRows: number;
  /** Log returns of one interval on the common calendar. */
  readonly returns: number;
  readonly gaps: {
    readonly count: number;
    readonly missing: number;
    /** At most ten, longest first. */
    readonly largest: readonly HistoryGap[];
  };
  /** Rows without a price of the asset: each is off the common calendar. */
  readonly missingPrices: readonly { readonly asset: string; readonly rows: number }[];
  readonly outliers: { readonly count: number; readonly list: readonly HistoryOutlier[] };
  readonly notes: readonly Note[];
}

/** A history with its common-calendar log returns and the report on it. */
export interface CheckedHistory {
  /** The chosen columns and window. */
  readonly history: PriceHistory;
  /** [returns×assets] row-major; between complete rows exactly one interval apart. */
  readonly returns: Float64Array;
  /** [returns] time of the row that ends each return, milliseconds UTC. */
  readonly returnTimes: Float64Array;
  readonly report: HistoryReport;
}

/** Returns that `assets` need at least: sixty, or five for each asset. */
export function returnsRequired(assets: number): number {
  return Math.max(60, 5 * assets);
}

/**
 * Checks a price history and lays out its log returns on the common calendar.
 *
 * A return is taken only between two rows that both have every price and lie exactly one interval
 * apart: never across a gap, never over a filled price. Gaps, missing prices and outliers are
 * reported and stay as they are.
 *
 * @throws PoolError MATRIX_SHAPE, ID_DUPLICATE, REFERENCE_UNKNOWN, TIME_ORDER, TIME_UNIT_SUSPECT,
 *         MODEL_DOMAIN (a price ≤ 0 or infinite), HISTORY_CONSTANT, HISTORY_TOO_SHORT
 */
export function checkHistory(history: PriceHistory, options: HistoryOptions = {}): CheckedHistory {
  raise(shapeIssues(history));
  raise([...timeIssues(history.times), ...optionIssues(history, options)]);
  const selected = select(history, options);
  raise(priceIssues(selected, history));
  const { intervalMs, complete, returns, returnTimes } = logReturns(selected);
  raise(lengthIssues(selected, returnTimes.length));
  raise(stillIssues(selected.assets, returns, history));
  const report = reportOn(selected, complete, intervalMs, returns, returnTimes);
  return { history: selected, returns, returnTimes, report };
}

function raise(issues: readonly Issue[]): void {
  if (issues.length > 0) throw new PoolError(issues, "price history");
}

function shapeIssues(history: PriceHistory): Issue[] {
  if (typeof history !== "object" || history === null || !Array.isArray(history.assets)) {
    const expected = "{ assets: string[], times: Float64Array, prices: Float64Array }";
    const detail = "a price history holds assets, times and prices";
    return [{ code: "TYPE", pointer: "", detail, expected, received: received(history) }];
  }
  const { assets, times, prices } = history;
  for (const [name, value] of Object.entries({ times, prices }) as [string, unknown][]) {
    if (value instanceof Float64Array) continue;
    const expected = "a Float64Array";
    const detail = `${name} must be ${expected}`;
    return [{ code: "TYPE", pointer: `/${name}`, detail, expected, received: received(value) }];
  }
  const issues: Issue[] = [];
  if (prices.length !== assets.length * times.length || assets.length === 0) {
    issues.push({
      code: "MATRIX_SHAPE",
      pointer: "/prices",
      detail: "prices must hold one number for each row and asset; write NaN where one is missing",
      expected: `${times.length} rows of ${assets.length} assets, at least one asset`,
      received: `${prices.length} numbers`,
    });
  }
  assets.forEach((asset, column) => {
    const first = assets.indexOf(asset);
    if (first === column) return;
    issues.push({
      code: "ID_DUPLICATE",
      pointer: `/assets/${column}`,
      detail: `${asset} is already column ${first}; each asset has one column`,
      expected: "names that differ",
      received: received(asset),
    });
  });
  return issues;
}

function timeIssues(times: Float64Array): Issue[] {
  const suspect = times.findIndex((time) => time < EARLIEST_MS || time > LATEST_MS);
  if (suspect >= 0) {
    const early = times[suspect]! < EARLIEST_MS;
    return [
      {
        code: "TIME_UNIT_SUSPECT",
        pointer: `/times/${suspect}`,
        detail: early
          ? "this lies before 1973 in milliseconds and looks like seconds; multiply by 1000"
          : "this lies after 2286 in milliseconds and looks like microseconds; divide by 1000",
        expected: "milliseconds since 1970-01-01 UTC, 1e11 to 1e13",
        received: received(times[suspect]),
      },
    ];
  }
  for (let row = 0; row < times.length; row++) {
    const time = times[row]!;
    if (Number.isFinite(time) && (row === 0 || time > times[row - 1]!)) continue;
    const detail =
      row > 0 && time === times[row - 1]
        ? "this time stands twice; keep one row of it"
        : "times must ascend; sort the rows";
    const expected = "finite, later than the row before";
    return [
      { code: "TIME_ORDER", pointer: `/times/${row}`, detail, expected, received: received(time) },
    ];
  }
  return [];
}

function optionIssues(history: PriceHistory, options: HistoryOptions): Issue[] {
  const issues: Issue[] = [];
  (options.assets ?? []).forEach((asset, index) => {
    if (history.assets.includes(asset)) return;
    issues.push({
      code: "REFERENCE_UNKNOWN",
      pointer: `/options/assets/${index}`,
      detail: `the history has no asset ${asset}`,
      expected: `one of ${history.assets.slice(0, 20).join(", ")}`,
      received: received(asset),
    });
  });
  if (
    options.assets?.length === 0 ||
    new Set(options.assets).size < (options.assets ?? []).length
  ) {
    issues.push({
      code: options.assets?.length === 0 ? "POOL_EMPTY" : "ID_DUPLICATE",
      pointer: "/options/assets",
      detail: "name each wanted asset once, or leave the option out to take all",
      expected: "at least one name, all different",
    });
  }
  const window = { ...options.window } as { [bound: string]: unknown };
  for (const [bound, value] of Object.entries(window)) {
    const known = bound === "from" || bound === "to" || bound === "lastDays";
    if (known && Number.isFinite(value) && (bound !== "lastDays" || Number(value) > 0)) continue;
    issues.push({
      code: known ? "NUMBER_RANGE" : "KEY_UNKNOWN",
      pointer: `/options/window/${bound}`,
      detail: "a window is either from and to in milliseconds UTC, or lastDays",
      expected: bound === "lastDays" ? "days, > 0" : "finite number",
      received: received(value),
    });
  }
  return issues;
}

function select(history: PriceHistory, options: HistoryOptions): PriceHistory {
  const { times, prices } = history;
  const last = times[times.length - 1] ?? 0;
  const window = options.window ?? {};
  const from = "lastDays" in window ? last - window.lastDays * DAY_MS : (window.from ?? -Infinity);
  const to = "lastDays" in window ? last : (window.to ?? Infinity);
  const assets = options.assets ?? history.assets;
  const columns = assets.map((asset) => history.assets.indexOf(asset));
  const rows: number[] = [];
  times.forEach((time, row) => {
    if (time >= from && time <= to) rows.push(row);
  });
  const chosen = new Float64Array(rows.length * columns.length);
  rows.forEach((row, r) => {
    columns.forEach((column, c) => {
      chosen[r * columns.length + c] = prices[row * history.assets.length + column]!;
    });
  });
  return { assets: [...assets], times: Float64Array.from(rows, (r) => times[r]!), prices: chosen };
}

/** Pointers are into the whole history, not into the part that was selected. */
function priceIssues(selected: PriceHistory, whole: PriceHistory): Issue[] {
  const { assets, times, prices } = selected;
  const rowsBefore = Math.max(0, whole.times.indexOf(times[0] ?? 0));
  const width = assets.length;
  const issues: Issue[] = [];
  assets.forEach((asset, u) => {
    const column = whole.assets.indexOf(asset);
    let first = Number.NaN;
    let moved = false;
    let count = 0;
    for (let row = 0; row < times.length; row++) {
      const price = prices[row * width + u]!;
      if (Number.isNaN(price)) continue;
      if (!(price > 0 && price < Infinity)) {
        issues.push({
          code: "MODEL_DOMAIN",
          pointer: `/prices/${rowsBefore + row}/${column}`,
          detail:
            `${asset} must have positive prices in a lognormal model; use Bachelier for a ` +
            "price that may reach zero, NaN for a missing one",
          expected: "0 < price < Infinity",
          received: received(price),
        });
        return;
      }
      if (count++ === 0) first = price;
      else if (price !== first) moved = true;
    }
    if (count < 2 || moved) return;
    issues.push({
      code: "HISTORY_CONSTANT",
      pointer: `/assets/${column}`,
      detail:
        `${asset} never moves, so it has neither volatility nor correlation; leave it out, or ` +
        "give its parameters by hand",
      expected: "at least two different prices",
      received: `${count} times ${first}`,
    });
  });
  return issues;
}

/** An asset may move only outside the common calendar; then its returns have no variance. */
function stillIssues(
  assets: readonly string[],
  returns: Float64Array,
  whole: PriceHistory,
): Issue[] {
  return assets
    .filter((_, u) => {
      const first = returns[u];
      return returns.every((value, index) => index % assets.length !== u || value === first);
    })
    .map((asset) => ({
      code: "HISTORY_CONSTANT",
      pointer: `/assets/${whole.assets.indexOf(asset)}`,
      detail:
        `${asset} has the same return throughout the rows where every asset has a price; ` +
        "leave it out or send more rows",
      expected: "returns that differ",
    }));
}

function lengthIssues(history: PriceHistory, returns: number): Issue[] {
  const required = returnsRequired(history.assets.length);
  if (returns >= required) return [];
  return [
    {
      code: "HISTORY_TOO_SHORT",
      pointer: "/times",
      detail:
        `${history.assets.length} assets need ${required} returns on the common calendar ` +
        "(rows with every price, one interval apart); send more rows or fewer assets",
      expected: `at least ${required} returns`,
      received: `${returns} returns in ${history.times.length} rows`,
    },
  ];
}

function reportOn(
  history: PriceHistory,
  complete: Uint8Array,
  intervalMs: number,
  returns: Float64Array,
  returnTimes: Float64Array,
): HistoryReport {
  const gaps = findGaps(history.times, intervalMs);
  const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0);
  const missingPrices = countMissing(history);
  const outliers = findOutliers(history.assets, returns, returnTimes);
  const dropped = complete.filter((one) => one === 0).length;
  const notes: Note[] = [];
  const note = (count: number, code: string, detail: string): void => {
    if (count > 0) notes.push({ code, detail });
  };
  note(
    gaps.length,
    "HISTORY_GAP",
    `${missing} rows are missing in ${gaps.length} gaps; no return was taken across them`,
  );
  note(
    dropped,
    "HISTORY_INCOMPLETE",
    `${dropped} of ${history.times.length} rows lack a price and are not on the common calendar`,
  );
  note(
    outliers.length,
    "OUTLIER",
    `${outliers.length} log returns lie beyond ${OUTLIER_SIGMAS} robust standard deviations ` +
      "and were kept; check the prices",
  );
  return {
    intervalMs,
    interval: intervalName(intervalMs),
    rows: history.times.length,
    completeRows: history.times.length - dropped,
    returns: returnTimes.length,
    gaps: { count: gaps.length, missing, largest: gaps.slice(0, GAPS_MAX) },
    missingPrices,
    outliers: { count: outliers.length, list: outliers.slice(0, OUTLIERS_MAX) },
    notes,
  };
}

function intervalName(intervalMs: number): HistoryReport["interval"] {
  if (intervalMs === DAY_MS) return "daily";
  if (intervalMs === DAY_MS / 24) return "hourly";
  return intervalMs === DAY_MS / 1440 ? "minute" : "other";
}

/** Longest first. */
function findGaps(times: Float64Array, intervalMs: number): HistoryGap[] {
  const gaps: HistoryGap[] = [];
  for (let row = 1; row < times.length; row++) {
    const from = times[row - 1]!;
    const to = times[row]!;
    if (to - from <= intervalMs) continue;
    gaps.push({ from, to, missing: Math.max(1, Math.round((to - from) / intervalMs) - 1) });
  }
  return gaps.sort((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from);
}

/** For each asset the rows without a price. */
function countMissing(history: PriceHistory): { asset: string; rows: number }[] {
  const width = history.assets.length;
  const rows = new Array<number>(width).fill(0);
  for (let row = 0; row < history.times.length; row++) {
    const prices = history.prices.subarray(row * width, (row + 1) * width);
    prices.forEach((price, u) => {
      if (Number.isNaN(price)) rows[u] = rows[u]! + 1;
    });
  }
  return history.assets.map((asset, u) => ({ asset, rows: rows[u]! }));
}

/** In order of asset and time. */
function findOutliers(
  assets: readonly string[],
  returns: Float64Array,
  times: Float64Array,
): HistoryOutlier[] {
  const width = assets.length;
  const outliers: HistoryOutlier[] = [];
  assets.forEach((asset, u) => {
    const column = Float64Array.from(times, (_, r) => returns[r * width + u]!);
    const centre = median(column);
    const distance = column.map((value) => Math.abs(value - centre));
    const sigma = robustSigma(distance);
    column.forEach((logReturn, r) => {
      if (!(distance[r]! > OUTLIER_SIGMAS * sigma)) return;
      outliers.push({ asset, time: times[r]!, logReturn, sigmas: distance[r]! / sigma });
    });
  });
  return outliers;
}

/** A price that mostly stands still has median deviation 0: then its mean deviation must do. */
function robustSigma(distance: Float64Array): number {
  const middle = 1.482602218505602 * median(distance);
  if (middle > 0) return middle;
  return (1.2533141373155003 * distance.reduce((sum, one) => sum + one, 0)) / distance.length;
}

function median(values: Float64Array): number {
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : 0.5 * (sorted[half - 1]! + sorted[half]!);
}
