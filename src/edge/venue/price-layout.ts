import type { Issue } from "../../index.ts";
import { received } from "../../index.ts";

/** Which columns of a price file mean what, when their names do not say. */
export interface PriceColumns {
  /** Name of the column with the time. */
  readonly time?: string;
  /**
   * Asset id → column name in a wide or single-asset file, or the value in the asset column of a
   * long file. Only these assets are read when given.
   */
  readonly assets?: Readonly<Record<string, string>>;
}

/** Where the prices are; column numbers count from 0. */
export type PriceLayout =
  | {
      readonly kind: "wide";
      readonly time: number;
      readonly columns: readonly { readonly asset: string; readonly column: number }[];
    }
  | {
      readonly kind: "long";
      readonly time: number;
      readonly asset: number;
      readonly price: number;
    };

export interface Note {
  readonly code: string;
  readonly detail: string;
}

const TIME_NAMES = new Set(
  "time ts timestamp date datetime open_time time_utc ts_utc date_utc datetime_utc timestamp_utc unix unix_time epoch".split(
    " ",
  ),
);
const ASSET_NAMES = new Set("asset symbol ticker coin instrument pair market base".split(" "));
// In the order of preference: the close is a traded price at a known time.
const PRICE_NAMES = ["close", "close_price", "price", "last", "last_price"];
const BESIDE =
  /(?:^|[_\-. ])(?:open|high|low|vol|volume|volume_usd|volume_base|volume_quote|quote_volume|turnover|market_cap|marketcap|trades|count|window|adj_close|close_time|vwap|ignore)$/;
const BESIDE_FIRST = /^(?:open|high|low|volume|vol|window|quote|taker)(?:[_\-. ]|$)/;
const QUOTE = "(?:FDUSD|USDT|USDC|BUSD|USD|EUR)";

/** `Open Time` → `open_time`. */
function plain(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");
}

/**
 * Makes an asset id of a column name or symbol: `btc_close`, `close_BTC`, `BTC-USD`, `BTCUSDT`
 * and `btc` all mean BTC. Mixed case such as stETH stays as it is.
 */
export function assetOf(name: string): string {
  let id = name
    .trim()
    .replace(/^(?:close|price|last)[_\-. ]/i, "")
    .replace(/[_\-. ](?:close|price|last)$/i, "")
    .replace(new RegExp(`[-_/: ]${QUOTE}$`, "i"), "");
  // Without a separator at least two characters must remain: SUSD is a coin of its own.
  id = id.replace(new RegExp(`^(.{2,})${QUOTE}$`, "i"), "$1");
  return id === id.toLowerCase() ? id.toUpperCase() : id;
}

/** How to say which of several columns is meant. */
function choose(flag: string, names: readonly string[]): string {
  return `choose one of ${names.map((name) => JSON.stringify(name)).join(", ")} with ${flag}`;
}

function findTime(
  header: readonly string[],
  columns: PriceColumns,
  issues: Issue[],
): number | undefined {
  if (columns.time !== undefined) {
    const index = header.indexOf(columns.time);
    if (index >= 0) return index;
    issues.push({
      code: "COLUMN_MISSING",
      pointer: "/columns/time",
      detail: `The file has no column of this name; it has ${header.join(", ")}.`,
      expected: "the name of a column",
      received: received(columns.time),
    });
    return undefined;
  }
  const found = header.filter((name) => TIME_NAMES.has(plain(name)));
  if (found.length === 1) return header.indexOf(found[0]!);
  issues.push(
    found.length === 0
      ? {
          code: "COLUMN_MISSING",
          pointer: "/columns/time",
          detail:
            "No column holds the time; name it time, or say which it is with --column time=<name>.",
          expected: "a column time, ts, ts_utc, timestamp, date, datetime or open_time",
          received: header.join(", "),
        }
      : {
          code: "COLUMN_AMBIGUOUS",
          pointer: "/columns/time",
          detail: `Several columns could be the time; ${choose("--column time=<name>", found)}.`,
          expected: "one column with the time",
          received: found.join(", "),
        },
  );
  return undefined;
}

/** Two names for one asset: which is meant is the caller's to say. */
export function ambiguous(asset: string, names: readonly string[]): Issue {
  return {
    code: "COLUMN_AMBIGUOUS",
    pointer: `/columns/assets/${asset}`,
    detail: `Several names mean ${asset}; ${choose(`--column ${asset}=<name>`, names)}.`,
    expected: "one column or symbol per asset",
    received: names.join(", "),
  };
}

/** Columns of a wide file that the caller named. */
function namedColumns(
  header: readonly string[],
  assets: Readonly<Record<string, string>>,
  issues: Issue[],
): { asset: string; column: number }[] {
  const columns: { asset: string; column: number }[] = [];
  for (const [asset, name] of Object.entries(assets)) {
    const column = header.indexOf(name);
    if (column >= 0) columns.push({ asset, column });
    else {
      issues.push({
        code: "COLUMN_MISSING",
        pointer: `/columns/assets/${asset}`,
        detail: `The file has no column of this name; it has ${header.join(", ")}.`,
        expected: "the name of a column",
        received: received(name),
      });
    }
  }
  return columns;
}

/** Columns of a wide file by their own names. */
function wideColumns(
  header: readonly string[],
  time: number | undefined,
  issues: Issue[],
  notes: Note[],
): { asset: string; column: number }[] {
  const names = new Map<string, number[]>();
  const left: string[] = [];
  header.forEach((name, column) => {
    if (column === time || TIME_NAMES.has(plain(name)) || name === "") return;
    if (BESIDE.test(plain(name)) || BESIDE_FIRST.test(plain(name))) left.push(name);
    else names.set(assetOf(name), [...(names.get(assetOf(name)) ?? []), column]);
  });
  if (left.length > 0) {
    notes.push({ code: "COLUMNS_LEFT_OUT", detail: `Not read as prices: ${left.join(", ")}.` });
  }
  const columns: { asset: string; column: number }[] = [];
  const renamed: string[] = [];
  for (const [asset, found] of names) {
    const column = found[0]!;
    if (found.length > 1) {
      issues.push(
        ambiguous(
          asset,
          found.map((index) => header[index]!),
        ),
      );
    }
    columns.push({ asset, column });
    if (header[column] !== asset) renamed.push(`${header[column]} as ${asset}`);
  }
  if (renamed.length > 0) {
    notes.push({ code: "COLUMNS_RENAMED", detail: `Read ${renamed.join(", ")}.` });
  }
  return columns;
}

/**
 * Recognises how a price file is laid out from its header row.
 *
 * @returns undefined when an issue was added that leaves no layout
 */
export function recogniseLayout(
  header: readonly string[],
  columns: PriceColumns,
  issues: Issue[],
  notes: Note[],
): PriceLayout | undefined {
  const time = findTime(header, columns, issues);
  const asset = header.findIndex((name) => ASSET_NAMES.has(plain(name)));
  const prices = PRICE_NAMES.map((name) =>
    header.findIndex((given) => plain(given) === name),
  ).filter((index) => index >= 0);
  const price = prices[0];
  if (asset >= 0 && price !== undefined) {
    if (prices.length > 1) {
      notes.push({ code: "PRICE_COLUMN", detail: `Prices are taken from ${header[price]}.` });
    }
    return time === undefined ? undefined : { kind: "long", time, asset, price };
  }
  if (columns.assets === undefined && price !== undefined) {
    issues.push({
      code: "COLUMN_MISSING",
      pointer: "/columns/assets",
      detail: `Nothing says whose prices these are; say it with --column BTC=${header[price]}.`,
      expected: "an asset column, one column per asset, or the asset's id",
      received: header.join(", "),
    });
    return undefined;
  }
  const wide =
    columns.assets === undefined
      ? wideColumns(header, time, issues, notes)
      : namedColumns(header, columns.assets, issues);
  if (wide.length === 0 && issues.length === 0) {
    issues.push({
      code: "COLUMN_MISSING",
      pointer: "/columns/assets",
      detail: "The file has no column with prices; add one column per asset beside the time.",
      expected: "at least one column with prices",
      received: header.join(", "),
    });
  }
  return time === undefined || wide.length === 0
    ? undefined
    : { kind: "wide", time, columns: wide };
}
