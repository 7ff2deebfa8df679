import Papa from "papaparse";
import { type Issue, PoolError, type PriceHistory, received } from "../../index.ts";
import { epochUnit, readInstant, readPrice } from "./cell.ts";
import {
  ambiguous,
  assetOf,
  type Note,
  type PriceColumns,
  recogniseLayout,
} from "./price-layout.ts";

export interface PriceCsvOptions {
  readonly columns?: PriceColumns;
  /** First instant to keep, ISO 8601, UTC when it names no zone. */
  readonly from?: string;
  /** Last instant to keep; a date alone means its midnight. */
  readonly to?: string;
}

export interface PriceCsv {
  readonly history: PriceHistory;
  /** What was recognised, renamed, left out or missing. */
  readonly notes: readonly Note[];
}

/** Rows × assets beyond this would need more memory than the calibration can use. */
const CELLS_MAX = 50_000_000;
const ASSETS_MAX = 256;
/** Issues beyond this are not collected: the file is of another kind. */
const ISSUES_COLLECTED_MAX = 10_000;

/** One line of the file with its number, the header being line 1 unless blank lines precede it. */
interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Prices found so far: per asset, time → price, in the order of the file. */
type Columns = Map<string, { time: number; price: number }[]>;

/**
 * Reads price histories from CSV: wide (a time and one column per asset), long (time, asset,
 * close) or one asset's bars with `columns.assets` naming it. Empty cells are missing prices.
 *
 * Times are ISO 8601 or epoch seconds or milliseconds. Times must ascend per asset; a long file may
 * list its assets in any order. An asset without any price in the window is left out with a note.
 *
 * @param text     the whole file; comma, semicolon, tab or bar between the cells
 * @returns        prices [rows×assets] in pool currency per coin, NaN where missing
 * @throws         PoolError CSV_SYNTAX, COLUMN_MISSING, COLUMN_AMBIGUOUS, TIME_SYNTAX,
 *   TIME_UNIT_SUSPECT, TIME_ORDER, NUMBER_SYNTAX, NUMBER_NOT_FINITE, MODEL_DOMAIN, HISTORY_EMPTY,
 *   TOO_MANY_ITEMS; pointers are /rows/<line of the file>/<asset>
 */
export function readPriceCsv(text: string, options: PriceCsvOptions = {}): PriceCsv {
  const issues: Issue[] = [];
  const notes: Note[] = [];
  const rows = readRows(text, issues);
  const header = rows[0]?.cells.map((cell) => cell.trim());
  if (header === undefined) throw new PoolError([...issues, empty("The file is empty.")], "CSV");
  const window = readWindow(options, issues);
  const doubles = [...new Set(header.filter((name, i) => name !== "" && header.indexOf(name) < i))];
  for (const name of doubles) issues.push(ambiguous(name, [name, name]));
  const layout = recogniseLayout(header, options.columns ?? {}, issues, notes);
  if (layout === undefined || doubles.length > 0) throw new PoolError(issues, "CSV");

  const body = rows.slice(1).filter((row) => isComplete(row, header.length, issues));
  const times = readTimes(body, layout.time, issues, notes);
  const columns: Columns = new Map();
  if (layout.kind === "wide") {
    readWide(body, times, layout.columns, columns, issues);
  } else {
    const assets = options.columns?.assets;
    readLong(body, times, layout, assets, columns, issues, notes);
  }
  if (issues.length > 0) throw new PoolError(issues, "CSV");
  return { history: assemble(columns, window, layout.kind === "wide" ? times : [], notes), notes };
}

/** The delimiter that the header uses most; the header alone is sure to hold no decimal comma. */
function delimiterOf(text: string): string {
  const header = /[^\r\n]*\S[^\r\n]*/.exec(text)?.[0] ?? "";
  const counts = [",", ";", "\t", "|"].map((sign) => ({ sign, count: header.split(sign).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).sign;
}

function readRows(text: string, issues: Issue[]): Row[] {
  const body = text.replace(/^\uFEFF/, "");
  const parsed = Papa.parse<string[]>(body, { delimiter: delimiterOf(body) });
  for (const error of parsed.errors) {
    if (error.type !== "Quotes") continue;
    issues.push({
      code: "CSV_SYNTAX",
      pointer: `/rows/${(error.row ?? 0) + 1}`,
      detail: `The quotes on this line do not match (${error.message}).`,
      expected: "cells with matching double quotes",
    });
  }
  return parsed.data
    .map((cells, index) => ({ line: index + 1, cells }))
    .filter((row) => row.cells.some((cell) => cell.trim() !== ""));
}

function empty(detail: string): Issue {
  return {
    code: "HISTORY_EMPTY",
    pointer: "",
    detail,
    expected: "at least one row with a time and a price",
  };
}

function readWindow(options: PriceCsvOptions, issues: Issue[]): { from: number; to: number } {
  const bound = (name: "from" | "to", open: number): number => {
    const text = options[name];
    if (text === undefined) return open;
    const time = readInstant(text)?.time;
    if (time === undefined) issues.push({ ...timeSyntax(text), pointer: `/${name}` });
    return time ?? open;
  };
  return {
    from: bound("from", Number.NEGATIVE_INFINITY),
    to: bound("to", Number.POSITIVE_INFINITY),
  };
}

function timeSyntax(text: string): Omit<Issue, "pointer"> {
  return {
    code: "TIME_SYNTAX",
    detail: "This is not a time; write it as 2026-02-05T21:00Z, or a date as 2026-02-05.",
    expected: "ISO 8601 in UTC, or epoch seconds or milliseconds",
    received: received(text),
  };
}

function isComplete(row: Row, cells: number, issues: Issue[]): boolean {
  if (row.cells.length === cells) return true;
  add(issues, {
    code: "CSV_SYNTAX",
    pointer: `/rows/${row.line}`,
    detail: `Line ${row.line} has ${row.cells.length} cells and the header ${cells}.`,
    expected: `${cells} cells`,
    received: `${row.cells.length} cells`,
  });
  return false;
}

function add(issues: Issue[], issue: Issue): void {
  if (issues.length < ISSUES_COLLECTED_MAX) issues.push(issue);
}

/** Times of the rows in milliseconds, NaN where an issue was added. */
function readTimes(rows: readonly Row[], column: number, issues: Issue[], notes: Note[]): number[] {
  let unit: "s" | "ms" | undefined;
  let zoneless = 0;
  const times = rows.map((row) => {
    const text = row.cells[column]!.trim();
    const pointer = `/rows/${row.line}/time`;
    if (/^\d+(?:\.0*)?$/.test(text)) {
      const own = epochUnit(Number(text));
      unit ??= own;
      if (own !== undefined && own === unit) return Number(text) * (unit === "s" ? 1000 : 1);
      add(issues, {
        code: "TIME_UNIT_SUSPECT",
        pointer,
        detail: `Line ${row.line}: the size of this number does not tell seconds from milliseconds, or differs from the lines above; write ISO 8601 or convert the column.`,
        expected: "epoch seconds or milliseconds between 2009 and 2100, one unit per file",
        received: received(text),
      });
      return Number.NaN;
    }
    const instant = readInstant(text);
    if (instant === undefined) {
      add(issues, { ...timeSyntax(text), pointer });
      return Number.NaN;
    }
    if (!instant.zone) zoneless++;
    return instant.time;
  });
  if (unit !== undefined) {
    notes.push({
      code: "TIME_UNIT",
      detail: `Times are epoch ${unit === "s" ? "" : "milli"}seconds.`,
    });
  }
  if (zoneless > 0) {
    notes.push({
      code: "TIME_ZONE",
      detail: `${zoneless} times name no zone and were read as UTC.`,
    });
  }
  return times;
}

function timeOrder(row: Row, time: number, last: number, of: string): Issue {
  return {
    code: "TIME_ORDER",
    pointer: `/rows/${row.line}/time`,
    detail:
      time === last
        ? `Line ${row.line} repeats the time of the line before${of}; keep one of them.`
        : `Line ${row.line} is earlier than the line before${of}; sort the file by time, oldest first.`,
    expected: "times that ascend",
    received: received(new Date(time).toISOString()),
  };
}

/** Reads one price cell into the column, or adds its issue. */
function take(
  row: Row,
  cell: string,
  asset: string,
  time: number,
  column: { time: number; price: number }[],
  issues: Issue[],
): void {
  const text = cell.trim();
  if (text === "") return;
  const price = readPrice(text);
  if (typeof price === "number") column.push({ time, price });
  else {
    const detail = `Line ${row.line}: ${price.detail}`;
    add(issues, { ...price, detail, pointer: `/rows/${row.line}/${asset}` });
  }
}

function readWide(
  rows: readonly Row[],
  times: readonly number[],
  layout: readonly { readonly asset: string; readonly column: number }[],
  columns: Columns,
  issues: Issue[],
): void {
  checkSize(rows.length, layout.length);
  const lists = layout.map(({ asset }) => {
    const list: { time: number; price: number }[] = [];
    columns.set(asset, list);
    return list;
  });
  let last = Number.NEGATIVE_INFINITY;
  rows.forEach((row, index) => {
    const time = times[index]!;
    if (time <= last) add(issues, timeOrder(row, time, last, ""));
    else if (time > last) last = time;
    layout.forEach(({ asset, column }, i) => {
      take(row, row.cells[column]!, asset, time, lists[i]!, issues);
    });
  });
}

function readLong(
  rows: readonly Row[],
  times: readonly number[],
  layout: { readonly asset: number; readonly price: number },
  assets: Readonly<Record<string, string>> | undefined,
  columns: Columns,
  issues: Issue[],
  notes: Note[],
): void {
  const wanted = assets && new Map(Object.entries(assets).map(([id, symbol]) => [symbol, id]));
  const symbols = new Map<string, string>();
  const lasts = new Map<string, number>();
  rows.forEach((row, index) => {
    const symbol = row.cells[layout.asset]!.trim();
    const asset = wanted === undefined ? assetOf(symbol) : wanted.get(symbol);
    if (asset === undefined) return;
    if (asset === "") {
      add(issues, {
        code: "COLUMN_MISSING",
        pointer: `/rows/${row.line}/asset`,
        detail: `Line ${row.line} does not say whose price it is; fill in the asset.`,
        expected: "an asset id or symbol",
        received: "empty",
      });
      return;
    }
    symbols.set(symbol, asset);
    const time = times[index]!;
    const last = lasts.get(symbol) ?? Number.NEGATIVE_INFINITY;
    if (time <= last) add(issues, timeOrder(row, time, last, ` of ${asset}`));
    else if (time > last) lasts.set(symbol, time);
    let column = columns.get(asset);
    if (column === undefined) {
      column = [];
      columns.set(asset, column);
    }
    take(row, row.cells[layout.price]!, asset, time, column, issues);
  });
  checkSymbols(symbols, wanted, issues, notes);
}

/** Every wanted symbol must be there, and no two symbols may mean one asset. */
function checkSymbols(
  symbols: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string> | undefined,
  issues: Issue[],
  notes: Note[],
): void {
  const names = new Map<string, string[]>();
  for (const [symbol, asset] of symbols) names.set(asset, [...(names.get(asset) ?? []), symbol]);
  for (const [asset, found] of names) if (found.length > 1) add(issues, ambiguous(asset, found));
  for (const [symbol, asset] of wanted ?? []) {
    if (symbols.has(symbol)) continue;
    add(issues, {
      code: "COLUMN_MISSING",
      pointer: `/columns/assets/${asset}`,
      detail: `No line of the file is of ${symbol}; check the spelling.`,
      expected: "a symbol of the file",
      received: received(symbol),
    });
  }
  const renamed = [...symbols].filter(([symbol, asset]) => symbol !== asset);
  if (renamed.length > 0) {
    const list = renamed.map(([symbol, asset]) => `${symbol} as ${asset}`).join(", ");
    notes.push({ code: "COLUMNS_RENAMED", detail: `Read ${list}.` });
  }
}

function checkSize(rows: number, assets: number): void {
  if (assets <= ASSETS_MAX && rows * assets <= CELLS_MAX) return;
  throw new PoolError([
    {
      code: "TOO_MANY_ITEMS",
      pointer: "/rows",
      detail: `The file holds ${rows} times of ${assets} assets; take fewer assets or a coarser clock.`,
      expected: `at most ${ASSETS_MAX} assets and ${CELLS_MAX} prices`,
      received: `${rows} × ${assets}`,
    },
  ]);
}

/** Puts the columns on one clock: every time of the file, or of any asset in a long file. */
function assemble(
  columns: Columns,
  window: { from: number; to: number },
  clock: readonly number[],
  notes: Note[],
): PriceHistory {
  const inside = (time: number) => time >= window.from && time <= window.to;
  const instants = new Set(clock.filter(inside));
  const assets: string[] = [];
  for (const [asset, column] of columns) {
    const kept = column.filter(({ time }) => inside(time));
    for (const { time } of kept) instants.add(time);
    if (kept.length > 0) assets.push(asset);
    else notes.push({ code: "ASSET_WITHOUT_PRICE", detail: `${asset} has no price; left out.` });
    columns.set(asset, kept);
  }
  if (assets.length === 0) throw new PoolError([empty("No price lies in the window asked for.")]);
  const times = Float64Array.from(instants).sort();
  checkSize(times.length, assets.length);
  const rowOf = new Map(Array.from(times, (time, row) => [time, row]));
  const prices = new Float64Array(times.length * assets.length).fill(Number.NaN);
  assets.forEach((asset, index) => {
    const column = columns.get(asset)!;
    for (const { time, price } of column) prices[rowOf.get(time)! * assets.length + index] = price;
    const missing = times.length - column.length;
    if (missing > 0) {
      const detail = `${asset} has no price at ${missing} of ${times.length} times.`;
      notes.push({ code: "PRICES_MISSING", detail });
    }
  });
  return { assets, times, prices };
}
