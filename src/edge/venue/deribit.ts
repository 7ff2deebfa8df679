import { printInstant } from "../../basics/index.ts";
import {
  type Issue,
  type OptionPosition,
  type PoolDocument,
  PoolError,
  readJson,
  received,
} from "../../index.ts";
import { cellPointer, readTable } from "./csv-table.ts";
import { INSTANT_DETAIL, INSTANT_EXPECTED, readEpoch, readInstant } from "./instant.ts";

/** How a chain becomes a pool. */
export interface ChainImport {
  /** Part of the open interest that the pool stands behind, in (0, 1]. */
  readonly share: number;
  /** Participants over whom the instruments are spread, 1 … 100,000. */
  readonly participants: number;
  readonly name?: string;
}

export interface ImportedPool {
  readonly pool: PoolDocument;
  /** What was skipped or inferred, in words. */
  readonly notes: readonly string[];
}

/** One line of a chain, whichever way it came. */
interface Quote {
  readonly pointer: string;
  readonly instrument: string;
  readonly asset: string;
  readonly type: "call" | "put";
  readonly strike: number;
  readonly expiryMs: number;
  readonly settlement: "linear" | "inverse";
  /** Price of the future of the same expiry; null where the source has none. */
  readonly forward: number | null;
  readonly index: number | null;
  /** As the source has it: fraction or percent. */
  readonly impliedVolatility: number;
  readonly openInterest: number;
  readonly timeMs: number;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
/** Layers of an imported pool, as parts of the notional that it stands behind. */
const LAYERS = { operator: 0.02, members: 0.05, reinsurance: 0.05, assessments: 0.03 } as const;
/** What a source says of the unit of its volatilities; null where it does not say. */
type Unit = "fractions" | "percent" | null;

interface Chain {
  readonly quotes: readonly Quote[];
  readonly unit: Unit;
}

/**
 * Makes a pool of an option chain in Deribit's field names: CSV, or the JSON of the API's book
 * summary or ticker.
 *
 * The pool is short `share` of every instrument's open interest and the participants are long:
 * instrument by instrument, to the participant whose number is the FNV-1a hash of the
 * instrument's name modulo the number of participants. Contracts are inverse (coin-settled), but
 * linear where the name has a currency of settlement (BTC_USDC-…); the forward is the row's own
 * futures price, the spot the median index price of its currency.
 * The capital layers follow the notional (2 % operator, 5 % members in equal shares, 5 %
 * reinsurance, 3 % on call), because a chain says nothing about capital: replace them.
 *
 * @throws PoolError CHAIN_EMPTY, CSV_SYNTAX, COLUMN_MISSING, COLUMN_AMBIGUOUS, INSTRUMENT_NAME,
 *         ID_DUPLICATE, NUMBER_SYNTAX, NUMBER_RANGE, UNIT_SUSPECT, TIME_SYNTAX,
 *         TIME_UNIT_SUSPECT, TYPE, and those of `readJson`
 */
export function importDeribitChain(text: string, options: ChainImport): ImportedPool {
  checkOptions(options);
  const isJson = /^\s*[[{]/.test(text);
  const issues: Issue[] = [];
  const { quotes, unit } = isJson ? readSummaries(text, issues) : readRows(text, issues);
  checkRepeats(quotes, issues);
  if (issues.length === 0 && quotes.length === 0) {
    issues.push(empty("the file holds no option; export the chain with one line per instrument"));
  }
  if (issues.length > 0) throw new PoolError(issues, "option chain");
  return poolOf(quotes, unit ?? guessUnit(quotes), options);
}

function empty(detail: string): Issue {
  return { code: "CHAIN_EMPTY", pointer: "", detail, expected: "at least one option" };
}

function checkRepeats(quotes: readonly Quote[], issues: Issue[]): void {
  const seen = new Set<string>();
  for (const { instrument, pointer } of quotes) {
    if (seen.has(instrument)) {
      issues.push({
        code: "ID_DUPLICATE",
        pointer: `${pointer}/instrument_name`,
        detail: `${instrument} stands in the chain twice; cut the file to one snapshot`,
        expected: "each instrument once",
        received: received(instrument),
      });
    }
    seen.add(instrument);
  }
}

function checkOptions({ share, participants }: ChainImport): void {
  const issues: Issue[] = [];
  if (!(share > 0 && share <= 1)) {
    issues.push({
      code: share > 1 ? "UNIT_SUSPECT" : "NUMBER_RANGE",
      pointer: "/options/share",
      detail: "the share of open interest is a fraction: write 0.05 for 5 %",
      expected: "0 < share <= 1",
      received: received(share),
    });
  }
  if (!(Number.isInteger(participants) && participants >= 1 && participants <= 100_000)) {
    issues.push({
      code: "NUMBER_RANGE",
      pointer: "/options/participants",
      detail: "the instruments are spread over a whole number of participants",
      expected: "integer, 1 … 100,000",
      received: received(participants),
    });
  }
  if (issues.length > 0) throw new PoolError(issues, "import");
}

/** Asset, expiry, strike and type out of a name such as BTC-27MAR26-60000-P (linear: BTC_USDC-…). */
function readName(name: string) {
  const match = /^([A-Z0-9]+)(_[A-Z]+)?-(\d{1,2})([A-Z]{3})(\d{2})-(\d+(?:d\d+)?)-([CP])$/.exec(
    name,
  );
  if (!match) return null;
  const [, asset, currency, day, letters, year, digits, type] = match;
  const month = MONTHS.indexOf(letters!);
  // Options expire at 08:00 UTC.
  const expiryMs = Date.UTC(2000 + Number(year), month, Number(day), 8);
  const strike = Number(digits!.replace("d", "."));
  // A day that does not exist rolls over into another month.
  if (month < 0 || new Date(expiryMs).getUTCMonth() !== month || !(strike > 0)) return null;
  return {
    asset: asset!,
    expiryMs,
    strike,
    type: type === "C" ? ("call" as const) : ("put" as const),
    settlement: currency === undefined ? ("inverse" as const) : ("linear" as const),
  };
}

function badName(pointer: string, name: unknown): Issue {
  return {
    code: "INSTRUMENT_NAME",
    pointer,
    detail: "the instrument's name does not say what it is",
    expected: "CURRENCY-DAY MONTH YEAR-STRIKE-C or P, e.g. BTC-27MAR26-60000-P",
    received: received(name),
  };
}

/** Gathers numbers of one record and complains of those that are none. */
function numberReader(pointer: string, record: Record<string, unknown>, issues: Issue[]) {
  return (field: string, need: "positive" | "not negative"): number => {
    const raw = record[field];
    const text = typeof raw === "string" ? raw.trim() : raw;
    const value =
      typeof text === "number"
        ? text
        : typeof text === "string" && /^-?\d+\.?\d*(e[+-]?\d+)?$/i.test(text)
          ? Number(text)
          : Number.NaN;
    if (!Number.isFinite(value)) {
      issues.push({
        code: "NUMBER_SYNTAX",
        pointer: `${pointer}/${field}`,
        detail: `${field} must be a finite decimal number`,
        expected: "digits with an optional point",
        received: received(raw),
      });
      return Number.NaN;
    }
    if (need === "positive" ? !(value > 0) : !(value >= 0)) {
      issues.push({
        code: "NUMBER_RANGE",
        pointer: `${pointer}/${field}`,
        detail: `${field} must be ${need}`,
        expected: need === "positive" ? "> 0" : ">= 0",
        received: received(raw),
      });
    }
    return value;
  };
}

function badTime(code: "TIME_SYNTAX" | "TIME_UNIT_SUSPECT", pointer: string, raw: unknown): Issue {
  return {
    code,
    pointer,
    detail: INSTANT_DETAIL[code],
    expected: INSTANT_EXPECTED[code],
    received: received(raw),
  };
}

/** What is left out of the pool may have no volatility. */
function needOf(openInterest: number, expiryMs: number, time: unknown) {
  return openInterest > 0 && !(expiryMs <= Number(time)) ? "positive" : "not negative";
}

const INDEX_COLUMNS = ["index_price", "estimated_delivery_price"];
/** What is needed of a line, and the columns that may hold it. */
const COLUMNS = {
  name: ["instrument_name"],
  time: ["ts_utc", "timestamp", "time"],
  forward: ["futures_price", "underlying_price"],
  volatility: ["mark_iv", "mark_iv_pct"],
  interest: ["open_interest"],
} as const;

function readRows(text: string, issues: Issue[]): Chain {
  const { header, lines, issues: broken } = readTable(text);
  issues.push(...broken);
  const column = (names: readonly string[]) => names.find((name) => header.includes(name));
  const wanted = Object.fromEntries(
    Object.entries(COLUMNS).map(([role, names]) => [role, column(names) ?? ""]),
  ) as Record<keyof typeof COLUMNS, string>;
  const missing = Object.entries(COLUMNS).filter(([role]) => !wanted[role as keyof typeof COLUMNS]);
  for (const [role, names] of missing) {
    issues.push({
      code: "COLUMN_MISSING",
      pointer: "/header",
      detail: `no column for the ${role}; the header has: ${header.join(", ")}`,
      expected: names.join(" or "),
    });
  }
  if (missing.length > 0) return { quotes: [], unit: null };
  const index = column(INDEX_COLUMNS);
  const quotes = lines.flatMap(({ number: line, cells }) => {
    const record = Object.fromEntries(header.map((name, at) => [name, cells[at]!]));
    const name = record[wanted.name]!.trim();
    const parts = readName(name);
    if (!parts) {
      issues.push(badName(cellPointer(line, wanted.name), name));
      return [];
    }
    const number = numberReader(`/rows/${line}`, record, issues);
    const time = readInstant(record[wanted.time]!);
    if (typeof time === "string") {
      issues.push(badTime(time, cellPointer(line, wanted.time), record[wanted.time]));
    }
    const openInterest = number(wanted.interest, "not negative");
    return [
      {
        ...parts,
        pointer: `/rows/${line}`,
        instrument: name,
        forward: record[wanted.forward]!.trim() === "" ? null : number(wanted.forward, "positive"),
        index: index && record[index] ? number(index, "positive") : null,
        impliedVolatility: number(wanted.volatility, needOf(openInterest, parts.expiryMs, time)),
        openInterest,
        timeMs: Number(time),
      },
    ];
  });
  return { quotes, unit: wanted.volatility === "mark_iv_pct" ? "percent" : null };
}

/** The API always quotes percent. */
function readSummaries(text: string, issues: Issue[]): Chain {
  const root = readJson(text) as { result?: unknown } | unknown[];
  const result = Array.isArray(root) ? root : (root.result ?? root);
  const list: unknown[] = Array.isArray(result) ? result : [result];
  const above = Array.isArray(root) ? "" : (root.result ?? null) === null ? null : "/result";
  const quotes = list.flatMap((record, i) => {
    const pointer = above === null ? "" : Array.isArray(result) ? `${above}/${i}` : above;
    if (typeof record !== "object" || record === null || Array.isArray(record)) {
      issues.push({
        code: "TYPE",
        pointer,
        detail: "every instrument of the chain is an object of the API's book summary or ticker",
        expected: "object",
        received: received(record),
      });
      return [];
    }
    return readSummary(record as Record<string, unknown>, pointer, issues);
  });
  return { quotes, unit: "percent" };
}

function readSummary(record: Record<string, unknown>, pointer: string, issues: Issue[]): Quote[] {
  const name = record["instrument_name"];
  // A book summary may hold futures beside the options; their names have fewer parts.
  if (typeof name === "string" && name.split("-").length < 4) return [];
  const parts = typeof name === "string" ? readName(name) : null;
  if (!parts) {
    issues.push(badName(`${pointer}/instrument_name`, name));
    return [];
  }
  const number = numberReader(pointer, record, issues);
  const field = "creation_timestamp" in record ? "creation_timestamp" : "timestamp";
  const epoch = number(field, "positive");
  const time = epoch > 0 ? readEpoch(epoch) : 0;
  if (typeof time === "string") issues.push(badTime(time, `${pointer}/${field}`, epoch));
  const index = INDEX_COLUMNS.find((column) => typeof record[column] === "number");
  const openInterest = number("open_interest", "not negative");
  return [
    {
      ...parts,
      pointer,
      instrument: name as string,
      forward: number("underlying_price", "positive"),
      index: index === undefined ? null : number(index, "positive"),
      impliedVolatility: number("mark_iv", needOf(openInterest, parts.expiryMs, time)),
      openInterest,
      timeMs: Number(time),
    },
  ];
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : tidy(0.5 * (sorted[half - 1]! + sorted[half]!));
}

/**
 * The unit of volatilities where the source does not say: crypto options have quoted between 10 % and 1,000 %, so a median below 5 is a fraction and one above 10 percent.
 */
function guessUnit(quotes: readonly Quote[]): "fractions" | "percent" {
  const middle = median(quotes.map((quote) => quote.impliedVolatility));
  if (middle < 5) return "fractions";
  if (middle > 10) return "percent";
  throw new PoolError([
    {
      code: "UNIT_SUSPECT",
      pointer: "/header/mark_iv",
      detail: `the median of mark_iv is ${middle}: neither clearly a fraction nor clearly percent; convert the column to fractions`,
      expected: "fractions (0.85) or percent (85)",
      received: received(middle),
    },
  ]);
}

/** FNV-1a, 32 bits (Fowler, Noll & Vo 1991). */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193);
  return hash >>> 0;
}

/** Rounds to 15 significant digits: 0.1 · 20.5 is 2.05, not 2.0500000000000003. */
function tidy(value: number): number {
  return Number(value.toPrecision(15));
}

/** What somebody holds and has not expired. */
function positionsOf(quotes: readonly Quote[], asOfMs: number): Quote[] {
  return quotes.filter((quote) => quote.openInterest > 0 && quote.expiryMs > asOfMs);
}

function noSpot(asset: string, pointer: string): Issue {
  return {
    code: "COLUMN_MISSING",
    pointer,
    detail: `neither an index price nor a futures price of the nearest expiry says what ${asset} costs`,
    expected: "index_price, or futures_price of the nearest expiry",
  };
}

function poolOf(
  quotes: readonly Quote[],
  unit: "fractions" | "percent",
  options: ChainImport,
): ImportedPool {
  const asOfMs = quotes.reduce((latest, quote) => Math.max(latest, quote.timeMs), 0);
  const assets = [...new Set(quotes.map((quote) => quote.asset))].sort();
  const notes: string[] = [];
  const spots = new Map(
    assets.map((asset) => {
      const own = quotes.filter((quote) => quote.asset === asset);
      const indices = own.flatMap((quote) => (quote.index === null ? [] : [quote.index]));
      if (indices.length > 0) return [asset, median(indices)];
      const near = Math.min(...own.map((quote) => quote.expiryMs));
      notes.push(`${asset}: no index price; the nearest expiry's underlying stands for the spot`);
      const nearest = own.filter((quote) => quote.expiryMs === near);
      const forwards = nearest.flatMap((quote) => (quote.forward === null ? [] : [quote.forward]));
      if (forwards.length === 0) throw new PoolError([noSpot(asset, nearest[0]!.pointer)]);
      return [asset, median(forwards)];
    }),
  );
  const participant = (n: number) =>
    `trader-${String(n + 1).padStart(String(options.participants).length, "0")}`;
  const idle = quotes.filter((quote) => quote.openInterest === 0).length;
  const past = quotes.filter((quote) => quote.expiryMs <= asOfMs).length;
  if (idle > 0) notes.push(`${idle} instruments without open interest were left out`);
  if (past > 0) notes.push(`${past} instruments that had expired were left out`);
  const bare = positionsOf(quotes, asOfMs).filter((quote) => quote.forward === null).length;
  if (bare > 0)
    notes.push(`${bare} instruments have no futures price; the spot stands for their forward`);
  notes.push(`implied volatilities were read as ${unit}`);
  const positions = positionsOf(quotes, asOfMs).map(
    (quote): OptionPosition => ({
      id: quote.instrument,
      participant: participant(fnv1a(quote.instrument) % options.participants),
      asset: quote.asset,
      type: quote.type,
      side: "long",
      strike: quote.strike,
      expiry: printInstant(quote.expiryMs),
      quantity: tidy(quote.openInterest * options.share),
      impliedVolatility: tidy(quote.impliedVolatility * (unit === "percent" ? 0.01 : 1)),
      ...(quote.forward !== null && { forward: quote.forward }),
      settlement: quote.settlement,
    }),
  );
  if (positions.length === 0) {
    throw new PoolError([empty(`nothing is left to stand behind: ${notes.join("; ")}`)]);
  }
  const notional = positions.reduce((sum, p) => sum + p.quantity * spots.get(p.asset)!, 0);
  const ids = Array.from({ length: options.participants }, (_, n) => participant(n));
  const pool: PoolDocument = {
    format: "riskpool",
    version: 1,
    name: options.name ?? `${tidy(options.share * 100)} % of the open interest of an option chain`,
    asOf: printInstant(asOfMs),
    currency: { code: "USD", decimals: 2 },
    assets: assets.map((id) => ({ id, spot: spots.get(id)! })),
    participants: ids.map((id) => ({ id, margin: "isolated" })),
    options: positions,
    perpetuals: [],
    holdings: [],
    covers: [],
    waterfall: waterfallOf(notional, ids),
  };
  return { pool, notes };
}

function waterfallOf(notional: number, ids: readonly string[]): PoolDocument["waterfall"] {
  const money = (part: number) => (Math.ceil(notional * part) + 1).toFixed(2);
  return {
    layers: [
      {
        id: "operator",
        order: 1,
        kind: "operator",
        provider: "operator",
        size: money(LAYERS.operator),
      },
      {
        id: "members",
        order: 2,
        kind: "members",
        size: money(LAYERS.members),
        shares: ids.map((participant) => ({ participant, share: 1 / ids.length })),
      },
      {
        id: "reinsurance",
        order: 3,
        kind: "reinsurance",
        provider: "reinsurer",
        size: money(LAYERS.reinsurance),
      },
    ],
    assessments: ids.map((participant) => ({
      participant,
      cap: money(LAYERS.assessments / ids.length),
    })),
    lastResort: {
      kind: "socialised",
      weights: ids.map((participant) => ({ participant, weight: 1 })),
    },
  };
}
