import { type Issue, type Notice, PoolError, type PriceHistory, received } from "../../index.ts";
import { type CsvLine, cellPointer, readTable } from "./csv-table.ts";
import { INSTANT_DETAIL, INSTANT_EXPECTED, readInstant } from "./instant.ts";

/** How a price file is laid out, where its header does not say. */
export interface PriceCsvOptions {
  /** From `time` or an asset id to the name of its column. Only the assets named are read. */
  readonly columns?: Readonly<Record<string, string>>;
}

export interface PriceCsv {
  readonly history: PriceHistory;
  /** How the columns were understood. */
  readonly notes: readonly Notice[];
}

const TIME_NAMES = [
  "time",
  "ts",
  "ts_utc",
  "timestamp",
  "date",
  "datetime",
  "open_time",
  "opentime",
  "unix",
];
const ASSET_NAMES = ["asset", "symbol", "ticker", "coin", "instrument"];
const PRICE_NAMES = ["close", "price", "last", "close_price", "value"];
/** Columns of a price bar that are not its closing price. */
const BAR_NAMES = /^(open|high|low|volume.*|turnover|trades|count|vwap|window)$/i;
/** The same of one asset in a wide file: btc_open, ETH-volume. */
const BAR_SUFFIX = /[-_. ](open|high|low|vol|volume|volume_\w+|turnover|trades|count|vwap)$/i;
// Without a separator two characters must remain: SUSD is a coin, not S in dollars.
const QUOTES = /(?:[-_/]|(?<=^.{2,}))(usdt|usdc|busd|usd)$/i;
const ROWS_MAX = 5_000_000;
/** One more than an error shows, so that it says that there are more. */
const ISSUES_GATHERED = 101;

/** What is wrong with a file, up to a limit. */
class Complaints {
  readonly list: Issue[] = [];

  add(issue: Issue): void {
    if (this.list.length < ISSUES_GATHERED) this.list.push(issue);
  }
}

/** A column: its name and where it stands. */
interface Column {
  readonly name: string;
  readonly at: number;
}

/**
 * Reads a price history from CSV text.
 *
 * Wide files have a time and one column per asset (BTC, BTC-USD, BTCUSDT, btc_close, close_BTC all
 * mean BTC; btc_open, btc_volume and the like are passed over); long files have time, asset and
 * close, one symbol per asset. Times are ISO 8601 with a zone (a bare date is
 * its UTC midnight) or seconds or milliseconds since 1970. An empty cell is a missing price: it
 * stays missing.
 *
 * @throws PoolError CSV_SYNTAX, COLUMN_MISSING, COLUMN_AMBIGUOUS, HISTORY_EMPTY, TOO_MANY_ITEMS,
 *         TIME_SYNTAX, TIME_UNIT_SUSPECT, TIME_ORDER, NUMBER_SYNTAX, NUMBER_NOT_FINITE,
 *         MODEL_DOMAIN; pointers name the line, the header being line 1
 */
export function readPriceCsv(text: string, options: PriceCsvOptions = {}): PriceCsv {
  const complaints = new Complaints();
  const { header, lines, issues } = readTable(text);
  for (const issue of issues) complaints.add(issue);
  // Lines that could not be split have been complained of and are not missing.
  checkSize(lines.length, issues.length > 0, complaints);
  const time = timeColumn(header, options, complaints);
  const asset = find(header, ASSET_NAMES);
  const price = find(header, PRICE_NAMES);
  const namesAssets = Object.keys(options.columns ?? {}).some((key) => key !== "time");
  const long = asset !== undefined && price !== undefined && !namesAssets;
  const assets =
    long || time === undefined ? new Map() : assetColumns(header, time.name, options, complaints);
  if (time === undefined || (!long && assets.size === 0)) throw refusalOf(complaints);
  const read = long
    ? readLong(lines, { time, asset, price }, complaints)
    : readWide(lines, { time, assets }, complaints);
  if (complaints.list.length > 0) throw refusalOf(complaints);
  return read;
}

function refusalOf({ list }: Complaints): PoolError {
  return new PoolError(list, "price file");
}

function checkSize(rows: number, broken: boolean, complaints: Complaints): void {
  if (rows === 0 && !broken) {
    complaints.add({
      code: "HISTORY_EMPTY",
      pointer: "",
      detail: "the file holds no prices; it needs a header and one line per time",
      expected: "a header line and data lines",
    });
  } else if (rows > ROWS_MAX) {
    complaints.add({
      code: "TOO_MANY_ITEMS",
      pointer: "",
      detail: "the file is longer than can be held; cut it to the part that is used",
      expected: `at most ${ROWS_MAX} lines`,
      received: received(rows),
    });
  }
}

function find(header: readonly string[], names: readonly string[]): Column | undefined {
  const lower = header.map((name) => name.toLowerCase());
  const at = names.map((name) => lower.indexOf(name)).find((place) => place >= 0);
  return at === undefined ? undefined : { name: header[at]!, at };
}

function timeColumn(
  header: readonly string[],
  { columns }: PriceCsvOptions,
  complaints: Complaints,
): Column | undefined {
  const wanted = columns?.["time"];
  const found =
    wanted === undefined
      ? find(header, TIME_NAMES)
      : header.includes(wanted)
        ? { name: wanted, at: header.indexOf(wanted) }
        : undefined;
  const times = header.filter((name) => TIME_NAMES.includes(name.toLowerCase()));
  if (wanted === undefined && times.length > 1) {
    complaints.add({
      code: "COLUMN_AMBIGUOUS",
      pointer: "/header",
      detail: `${times.join(", ")} could all be the time; choose one with --columns time=${times[0]}`,
      expected: "one column of times",
    });
  }
  if (found === undefined) {
    complaints.add({
      code: "COLUMN_MISSING",
      pointer: "/header",
      detail: `no column of times; the header has ${header.join(", ") || "nothing"}; name it with --columns time=NAME`,
      expected: wanted ?? TIME_NAMES.join(", "),
    });
  }
  return found;
}

/** The asset that a column's name speaks of; where the name says more than the asset, in capitals. */
function assetOf(field: string): string {
  const name = field.trim();
  const bare = name.replace(/^(close|price)[-_ ]/i, "").replace(/[-_ ](close|price)$/i, "");
  const base = bare.replace(QUOTES, "") || bare;
  const mixed = base !== base.toLowerCase();
  return base === name || mixed ? base : base.toUpperCase();
}

function assetColumns(
  header: readonly string[],
  time: string,
  { columns }: PriceCsvOptions,
  complaints: Complaints,
): Map<string, Column> {
  const named = Object.entries(columns ?? {}).filter(([key]) => key !== "time");
  for (const [asset, field] of named) {
    if (header.includes(field)) continue;
    complaints.add({
      code: "COLUMN_MISSING",
      pointer: "/header",
      detail: `no column ${field} for ${asset}; the header has ${header.join(", ")}`,
      expected: field,
    });
  }
  if (named.length > 0) {
    return new Map(
      named
        .filter(([, field]) => header.includes(field))
        .map(([asset, name]) => [asset, { name, at: header.indexOf(name) }]),
    );
  }
  const bars = header.filter((field) => PRICE_NAMES.includes(field.toLowerCase()));
  if (bars.length > 0) {
    complaints.add({
      code: "COLUMN_AMBIGUOUS",
      pointer: "/header",
      detail: `${bars.join(", ")} is a price, but of what? Name the asset with --columns BTC=${bars[0]}`,
      expected: "one column per asset, or a column that names the asset",
    });
    return new Map();
  }
  return columnsOf(header, time, complaints);
}

/** Every column that is neither the time nor part of a price bar is an asset's. */
function columnsOf(
  header: readonly string[],
  time: string,
  complaints: Complaints,
): Map<string, Column> {
  const found = new Map<string, Column>();
  header.forEach((name, at) => {
    const isTime = name === time || TIME_NAMES.includes(name.toLowerCase());
    if (isTime || name === "" || BAR_NAMES.test(name) || BAR_SUFFIX.test(name)) return;
    const asset = assetOf(name);
    const other = found.get(asset);
    // A name that stands twice has been complained of.
    if (other !== undefined && other.name !== name) {
      complaints.add({
        code: "COLUMN_AMBIGUOUS",
        pointer: "/header",
        detail: `${other.name} and ${name} both speak of ${asset}; choose one with --columns ${asset}=${name}`,
        expected: "one column per asset",
      });
    }
    found.set(asset, { name, at });
  });
  if (found.size === 0) {
    complaints.add({
      code: "COLUMN_MISSING",
      pointer: "/header",
      detail: `no column of prices; the header has ${header.join(", ")}`,
      expected: "one column per asset, or asset and close",
    });
  }
  return found;
}

function readWide(
  lines: readonly CsvLine[],
  { time, assets }: { time: Column; assets: ReadonlyMap<string, Column> },
  complaints: Complaints,
): PriceCsv {
  const columns = [...assets];
  const width = columns.length;
  const times = new Float64Array(lines.length);
  const prices = new Float64Array(lines.length * width);
  lines.forEach((line, i) => {
    times[i] = readTime(line, time, complaints);
    if (i > 0 && times[i]! <= times[i - 1]!) {
      complaints.add(outOfOrder(line, time, times[i] === times[i - 1]));
    }
    columns.forEach(([, column], a) => {
      prices[i * width + a] = readPrice(line, column, complaints);
    });
  });
  const notes = columns
    .filter(([asset, { name }]) => asset !== name)
    .map(([asset, { name }]) => ({
      code: "COLUMN_READ",
      detail: `column ${name} was read as the price of ${asset}`,
    }));
  return { history: { assets: columns.map(([asset]) => asset), times, prices }, notes };
}

function readLong(
  lines: readonly CsvLine[],
  columns: { time: Column; asset: Column; price: Column },
  complaints: Complaints,
): PriceCsv {
  const cells = new Map<string, Map<number, number>>();
  const symbols = new Map<string, string>();
  for (const line of lines) {
    const symbol = line.cells[columns.asset.at]!.trim();
    const asset = assetOf(symbol);
    const other = symbols.get(asset) ?? symbol;
    // Two venues' or quotes' prices of one asset must not be mixed into one history.
    if (other !== symbol) complaints.add(twoSymbols(line, columns.asset, other, asset));
    symbols.set(asset, other);
    const at = readTime(line, columns.time, complaints);
    const price = readPrice(line, columns.price, complaints);
    if (asset === "") complaints.add(nameless(line, columns.asset));
    if (asset === "" || Number.isNaN(at)) continue;
    const own = cells.get(asset) ?? new Map<number, number>();
    if (own.has(at)) complaints.add(outOfOrder(line, columns.time, true));
    own.set(at, price);
    cells.set(asset, own);
  }
  const assets = [...cells.keys()].sort();
  const times = new Float64Array(new Set([...cells.values()].flatMap((own) => [...own.keys()])));
  times.sort();
  const prices = new Float64Array(times.length * assets.length);
  times.forEach((at, i) => {
    assets.forEach((asset, a) => {
      prices[i * assets.length + a] = cells.get(asset)!.get(at) ?? Number.NaN;
    });
  });
  const detail = `one line per ${columns.asset.name} and ${columns.time.name}, price in ${columns.price.name}: ${assets.join(", ")}`;
  return { history: { assets, times, prices }, notes: [{ code: "COLUMN_READ", detail }] };
}

function nameless(line: CsvLine, column: Column): Issue {
  return {
    code: "ID_SYNTAX",
    pointer: cellPointer(line.number, column.name),
    detail: "the line does not say of which asset it is the price",
    expected: "the name of an asset",
    received: received(line.cells[column.at]),
  };
}

function twoSymbols(line: CsvLine, column: Column, other: string, asset: string): Issue {
  return {
    code: "COLUMN_AMBIGUOUS",
    pointer: cellPointer(line.number, column.name),
    detail: `${other} and this symbol both speak of ${asset}; keep the lines of one of them`,
    expected: `one symbol per asset, here ${other}`,
    received: received(line.cells[column.at]),
  };
}

function outOfOrder(line: CsvLine, column: Column, repeated: boolean): Issue {
  return {
    code: "TIME_ORDER",
    pointer: cellPointer(line.number, column.name),
    detail: repeated
      ? "this time stands in the file twice; keep one of the lines"
      : "this time is before the line above; sort the file by time",
    expected: "times that ascend, each once",
    received: received(line.cells[column.at]),
  };
}

function readTime(line: CsvLine, column: Column, complaints: Complaints): number {
  const text = line.cells[column.at]!;
  const at = readInstant(text);
  if (typeof at === "number") return at;
  complaints.add({
    code: at,
    pointer: cellPointer(line.number, column.name),
    detail: INSTANT_DETAIL[at],
    expected: INSTANT_EXPECTED[at],
    received: received(text),
  });
  return Number.NaN;
}

function readPrice(line: CsvLine, column: Column, complaints: Complaints): number {
  const text = line.cells[column.at]!.trim();
  if (text === "") return Number.NaN;
  const price = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (price > 0 && price < Number.POSITIVE_INFINITY) return price;
  const finite = Number.isFinite(price);
  complaints.add({
    code: Number.isNaN(price) ? "NUMBER_SYNTAX" : finite ? "MODEL_DOMAIN" : "NUMBER_NOT_FINITE",
    pointer: cellPointer(line.number, column.name),
    detail: Number.isNaN(price)
      ? "this is no number; write digits with a point, no commas; leave a missing price empty"
      : finite
        ? "lognormal models need positive prices; a price that can be negative needs another model (Bachelier)"
        : "the number is too large",
    expected: "> 0, pool currency per coin",
    received: received(text),
  });
  return Number.NaN;
}
