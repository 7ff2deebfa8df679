import Papa from "papaparse";
import { type Issue, type Notice, PoolError, type PriceHistory, received } from "../../index.ts";

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
const QUOTES = /[-_/]?(usdt|usdc|busd|usd)$/i;
const ROWS_MAX = 5_000_000;
const ISSUES_SHOWN = 100;

/** What is wrong with a file, up to a limit. */
class Complaints {
  readonly list: Issue[] = [];

  add(issue: Issue): void {
    if (this.list.length < ISSUES_SHOWN) this.list.push(issue);
  }
}

type Row = Readonly<Record<string, string>>;

/**
 * Reads a price history from CSV text.
 *
 * Wide files have a time and one column per asset (BTC, BTC-USD, BTCUSDT, btc_close, close_BTC all
 * mean BTC); long files have time, asset and close. Times are ISO 8601 with a zone (a bare date is
 * its UTC midnight) or seconds or milliseconds since 1970. An empty cell is a missing price: it
 * stays missing.
 *
 * @throws PoolError CSV_SYNTAX, COLUMN_MISSING, COLUMN_AMBIGUOUS, HISTORY_EMPTY, TOO_MANY_ITEMS,
 *         TIME_SYNTAX, TIME_UNIT_SUSPECT, TIME_ORDER, NUMBER_SYNTAX, NUMBER_NOT_FINITE,
 *         MODEL_DOMAIN; pointers name the line, the header being line 1
 */
export function readPriceCsv(text: string, options: PriceCsvOptions = {}): PriceCsv {
  const complaints = new Complaints();
  const { data, meta, errors } = Papa.parse<Row>(text.replace(/^\ufeff/, ""), {
    header: true,
    skipEmptyLines: true,
  });
  for (const error of errors) {
    // A file of one column has no delimiter to find; the missing columns say so better.
    if (error.type === "Delimiter") continue;
    complaints.add({
      code: "CSV_SYNTAX",
      pointer: error.row === undefined ? "" : `/rows/${error.row + 2}`,
      detail: `${error.message}; every line must have the header's columns`,
      expected: `${meta.fields?.length ?? 0} columns`,
    });
  }
  checkSize(data.length, complaints);
  const fields = meta.fields ?? [];
  const time = timeColumn(fields, options, complaints);
  refuseIfAny(complaints);
  const asset = options.columns ? undefined : find(fields, ASSET_NAMES);
  const price = find(fields, PRICE_NAMES);
  const read =
    asset !== undefined && price !== undefined
      ? readLong(data, { time, asset, price }, complaints)
      : readWide(
          data,
          { time, assets: assetColumns(fields, time, options, complaints) },
          complaints,
        );
  refuseIfAny(complaints);
  return read;
}

function refuseIfAny({ list }: Complaints): void {
  if (list.length > 0) throw new PoolError(list, "price file");
}

function checkSize(rows: number, complaints: Complaints): void {
  if (rows === 0) {
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

function find(fields: readonly string[], names: readonly string[]): string | undefined {
  return names
    .map((name) => fields.find((field) => field.trim().toLowerCase() === name))
    .find((field) => field !== undefined);
}

function timeColumn(
  fields: readonly string[],
  { columns }: PriceCsvOptions,
  complaints: Complaints,
): string {
  const wanted = columns?.["time"];
  const found = wanted === undefined ? find(fields, TIME_NAMES) : fields.find((f) => f === wanted);
  if (found === undefined) {
    complaints.add({
      code: "COLUMN_MISSING",
      pointer: "/header",
      detail: `no column of times; the header has ${fields.join(", ") || "nothing"}; name it with --columns time=NAME`,
      expected: wanted ?? TIME_NAMES.join(", "),
    });
  }
  return found ?? "";
}

/** The asset that a column's name speaks of. */
function assetOf(field: string): string {
  const bare = field
    .trim()
    .replace(/^(close|price)[-_ ]/i, "")
    .replace(/[-_ ](close|price)$/i, "");
  const base = bare.replace(QUOTES, "");
  return base === ""
    ? bare
    : base === bare
      ? bare
      : base.toUpperCase() === base
        ? base
        : base.toUpperCase();
}

function assetColumns(
  fields: readonly string[],
  time: string,
  { columns }: PriceCsvOptions,
  complaints: Complaints,
): Map<string, string> {
  const named = new Map(Object.entries(columns ?? {}).filter(([key]) => key !== "time"));
  for (const [asset, field] of named) {
    if (fields.includes(field)) continue;
    complaints.add({
      code: "COLUMN_MISSING",
      pointer: "/header",
      detail: `no column ${field} for ${asset}; the header has ${fields.join(", ")}`,
      expected: field,
    });
  }
  if (named.size > 0) return named;
  const found = new Map<string, string>();
  const bars = fields.filter((field) => PRICE_NAMES.includes(field.toLowerCase()));
  if (bars.length > 0) {
    complaints.add({
      code: "COLUMN_AMBIGUOUS",
      pointer: "/header",
      detail: `${bars.join(", ")} is a price, but of what? Name the asset with --columns BTC=${bars[0]}`,
      expected: "one column per asset, or a column that names the asset",
    });
    return found;
  }
  for (const field of fields) {
    if (field === time || field.trim() === "" || BAR_NAMES.test(field)) continue;
    const asset = assetOf(field);
    const other = found.get(asset);
    if (other !== undefined) {
      complaints.add({
        code: "COLUMN_AMBIGUOUS",
        pointer: "/header",
        detail: `${other} and ${field} both speak of ${asset}; choose one with --columns ${asset}=${field}`,
        expected: "one column per asset",
      });
    }
    found.set(asset, field);
  }
  if (found.size === 0) {
    complaints.add({
      code: "COLUMN_MISSING",
      pointer: "/header",
      detail: `no column of prices; the header has ${fields.join(", ")}`,
      expected: "one column per asset, or asset and close",
    });
  }
  return found;
}

function readWide(
  data: readonly Row[],
  { time, assets }: { time: string; assets: ReadonlyMap<string, string> },
  complaints: Complaints,
): PriceCsv {
  const names = [...assets.keys()];
  const times = new Float64Array(data.length);
  const prices = new Float64Array(data.length * names.length);
  data.forEach((row, i) => {
    const pointer = `/rows/${i + 2}`;
    times[i] = readTime(row[time], `${pointer}/${time}`, complaints);
    if (i > 0 && !(times[i]! > times[i - 1]!) && Number.isFinite(times[i]! + times[i - 1]!)) {
      complaints.add(outOfOrder(`${pointer}/${time}`, row[time], times[i] === times[i - 1]));
    }
    names.forEach((name, a) => {
      const field = assets.get(name)!;
      prices[i * names.length + a] = readPrice(row[field], `${pointer}/${field}`, complaints);
    });
  });
  const renamed = names.filter((name) => assets.get(name) !== name);
  const notes = renamed.map((name) => ({
    code: "COLUMN_READ",
    detail: `column ${assets.get(name)} was read as the price of ${name}`,
  }));
  return { history: { assets: names, times, prices }, notes };
}

function readLong(
  data: readonly Row[],
  fields: { time: string; asset: string; price: string },
  complaints: Complaints,
): PriceCsv {
  const cells = new Map<string, Map<number, number>>();
  data.forEach((row, i) => {
    const pointer = `/rows/${i + 2}`;
    const name = assetOf(row[fields.asset] ?? "");
    const at = readTime(row[fields.time], `${pointer}/${fields.time}`, complaints);
    const price = readPrice(row[fields.price], `${pointer}/${fields.price}`, complaints);
    const own = cells.get(name) ?? new Map<number, number>();
    if (own.has(at))
      complaints.add(outOfOrder(`${pointer}/${fields.time}`, row[fields.time], true));
    own.set(at, price);
    cells.set(name, own);
  });
  const assets = [...cells.keys()].sort();
  const times = Float64Array.from(new Set(assets.flatMap((name) => [...cells.get(name)!.keys()])));
  times.sort();
  const prices = new Float64Array(times.length * assets.length).fill(Number.NaN);
  times.forEach((at, i) => {
    assets.forEach((name, a) => {
      prices[i * assets.length + a] = cells.get(name)!.get(at) ?? Number.NaN;
    });
  });
  const detail = `one line per ${fields.asset} and ${fields.time}, price in ${fields.price}: ${assets.join(", ")}`;
  return { history: { assets, times, prices }, notes: [{ code: "COLUMN_READ", detail }] };
}

function outOfOrder(pointer: string, value: unknown, repeated: boolean): Issue {
  return {
    code: "TIME_ORDER",
    pointer,
    detail: repeated
      ? "this time stands in the file twice; keep one of the lines"
      : "this time is before the line above; sort the file by time",
    expected: "times that ascend, each once",
    received: received(value),
  };
}

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2}))?$/;

function readTime(value: string | undefined, pointer: string, complaints: Complaints): number {
  const text = (value ?? "").trim();
  if (/^\d+(\.\d+)?$/.test(text)) return readEpoch(Number(text), text, pointer, complaints);
  const match = ISO.exec(text);
  if (match) {
    const [, year, month, day] = match;
    const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
    // A day that does not exist rolls over into another.
    const exists = new Date(midnight).toISOString().startsWith(`${year}-${month}-${day}`);
    const at = match[7] ? Date.parse(text.replace(" ", "T").replace(/\s+/, "")) : midnight;
    if (exists && Number.isFinite(at)) return at;
  }
  complaints.add({
    code: "TIME_SYNTAX",
    pointer,
    detail:
      "the time cannot be read, or it has no zone; write 2026-02-05T21:00Z, or a date alone for UTC midnight",
    expected: "ISO 8601 with Z or an offset, or seconds or milliseconds since 1970",
    received: received(value),
  });
  return Number.NaN;
}

function readEpoch(value: number, text: string, pointer: string, complaints: Complaints): number {
  // 2009 to 2100, in seconds or milliseconds.
  if (value >= 1.23e9 && value < 4.11e9) return value * 1000;
  if (value >= 1.23e12 && value < 4.11e12) return value;
  complaints.add({
    code: "TIME_UNIT_SUSPECT",
    pointer,
    detail: "neither seconds nor milliseconds since 1970 make this a time between 2009 and 2100",
    expected: "seconds (10 digits) or milliseconds (13 digits)",
    received: received(text),
  });
  return Number.NaN;
}

function readPrice(value: string | undefined, pointer: string, complaints: Complaints): number {
  const text = (value ?? "").trim();
  if (text === "") return Number.NaN;
  const price = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (price > 0 && price < Number.POSITIVE_INFINITY) return price;
  const finite = Number.isFinite(price);
  complaints.add({
    code: Number.isNaN(price) ? "NUMBER_SYNTAX" : finite ? "MODEL_DOMAIN" : "NUMBER_NOT_FINITE",
    pointer,
    detail: Number.isNaN(price)
      ? "this is no number; write digits with a point, no commas; leave a missing price empty"
      : finite
        ? "lognormal models need positive prices; a price that can be negative needs another model (Bachelier)"
        : "the number is too large",
    expected: "> 0, pool currency per coin",
    received: received(value),
  });
  return Number.NaN;
}
