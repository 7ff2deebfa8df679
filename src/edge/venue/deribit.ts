import Papa from "papaparse";
import {
  type Issue,
  type OptionPosition,
  type PoolDocument,
  PoolError,
  readJson,
  received,
} from "../../index.ts";

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
  readonly forward: number;
  readonly index: number | null;
  /** As the source has it: fraction or percent. */
  readonly impliedVolatility: number;
  readonly openInterest: number;
  readonly timeMs: number;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
/** Layers of an imported pool, as parts of the notional that it stands behind. */
const LAYERS = { operator: 0.02, members: 0.05, reinsurance: 0.05, assessments: 0.03 } as const;
const ISSUES_SHOWN = 100;

/**
 * Makes a pool of an option chain in Deribit's field names: CSV, or the JSON of the API's book
 * summary or ticker.
 *
 * The pool is short `share` of every instrument's open interest and the participants are long:
 * instrument by instrument, to the participant whose number is the FNV-1a hash of the
 * instrument's name modulo the number of participants. Contracts are inverse (coin-settled);
 * the forward is the row's own futures price, the spot the median index price of its currency.
 * The capital layers follow the notional (2 % operator, 5 % members in equal shares, 5 %
 * reinsurance, 3 % on call), because a chain says nothing about capital: replace them.
 *
 * @throws PoolError CHAIN_EMPTY, COLUMN_MISSING, INSTRUMENT_NAME, NUMBER_SYNTAX, NUMBER_RANGE,
 *         UNIT_SUSPECT, TIME_SYNTAX, and those of `readJson`
 */
export function importDeribitChain(text: string, options: ChainImport): ImportedPool {
  checkOptions(options);
  const isJson = /^\s*[[{]/.test(text);
  const issues: Issue[] = [];
  const quotes = isJson ? readSummaries(text, issues) : readRows(text, issues);
  if (issues.length === 0 && quotes.length === 0) {
    issues.push({
      code: "CHAIN_EMPTY",
      pointer: "",
      detail: "the file holds no option; export the chain with one line per instrument",
      expected: "at least one option",
    });
  }
  if (issues.length > 0) throw new PoolError(issues.slice(0, ISSUES_SHOWN), "option chain");
  const scale = volatilityScale(quotes);
  return poolOf(quotes, scale, options);
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
  const match = /^([A-Z0-9]+)(?:_[A-Z]+)?-(\d{1,2})([A-Z]{3})(\d{2})-(\d+(?:d\d+)?)-([CP])$/.exec(
    name,
  );
  const month = match ? MONTHS.indexOf(match[3]!) : -1;
  if (!match || month < 0) return null;
  return {
    asset: match[1]!,
    // Options expire at 08:00 UTC.
    expiryMs: Date.UTC(2000 + Number(match[4]), month, Number(match[2]), 8),
    strike: Number(match[5]!.replace("d", ".")),
    type: match[6] === "C" ? ("call" as const) : ("put" as const),
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
        : typeof text === "string" && /^-?\d/.test(text)
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

const TIME_COLUMNS = ["ts_utc", "timestamp", "time"];
const FORWARD_COLUMNS = ["futures_price", "underlying_price"];
const INDEX_COLUMNS = ["index_price", "estimated_delivery_price"];

function readRows(text: string, issues: Issue[]): Quote[] {
  const { data, meta } = Papa.parse<Record<string, string>>(text, {
    header: true,
    skipEmptyLines: true,
  });
  const fields = meta.fields ?? [];
  const column = (names: readonly string[]) => names.find((name) => fields.includes(name));
  const wanted = {
    name: column(["instrument_name"]),
    time: column(TIME_COLUMNS),
    forward: column(FORWARD_COLUMNS),
    index: column(INDEX_COLUMNS),
    volatility: column(["mark_iv"]),
    interest: column(["open_interest"]),
  };
  for (const [role, found] of Object.entries(wanted)) {
    if (found !== undefined || role === "index") continue;
    issues.push({
      code: "COLUMN_MISSING",
      pointer: "/header",
      detail: `no column for the ${role}; the header has: ${fields.join(", ")}`,
      expected:
        "instrument_name, ts_utc, futures_price or underlying_price, mark_iv, open_interest",
    });
  }
  if (issues.length > 0) return [];
  return data.flatMap((row, i) => {
    // The header is line 1.
    const pointer = `/rows/${i + 2}`;
    const name = row[wanted.name!]!;
    const parts = readName(name);
    if (!parts) {
      issues.push(badName(`${pointer}/${wanted.name}`, name));
      return [];
    }
    const number = numberReader(pointer, row, issues);
    const timeMs = Date.parse(row[wanted.time!]!);
    if (!Number.isFinite(timeMs)) {
      issues.push({
        code: "TIME_SYNTAX",
        pointer: `${pointer}/${wanted.time}`,
        detail: "the time of the quote cannot be read",
        expected: "ISO 8601 with zone, e.g. 2026-02-05T21:29:37Z",
        received: received(row[wanted.time!]),
      });
    }
    return [
      {
        ...parts,
        pointer,
        instrument: name,
        forward: number(wanted.forward!, "positive"),
        index: wanted.index && row[wanted.index] ? number(wanted.index, "positive") : null,
        impliedVolatility: number(wanted.volatility!, "not negative"),
        openInterest: number(wanted.interest!, "not negative"),
        timeMs,
      },
    ];
  });
}

function readSummaries(text: string, issues: Issue[]): Quote[] {
  const root = readJson(text) as { result?: unknown } | unknown[];
  const result = Array.isArray(root) ? root : (root.result ?? root);
  const list = (Array.isArray(result) ? result : [result]) as Record<string, unknown>[];
  return list.flatMap((record, i) => {
    const pointer = `/result/${i}`;
    const name = record["instrument_name"];
    // A book summary may hold futures beside the options; their names have two parts.
    if (typeof name === "string" && name.split("-").length < 4) return [];
    const parts = typeof name === "string" ? readName(name) : null;
    if (!parts) {
      issues.push(badName(`${pointer}/instrument_name`, name));
      return [];
    }
    const number = numberReader(pointer, record, issues);
    const time = "creation_timestamp" in record ? "creation_timestamp" : "timestamp";
    return [
      {
        ...parts,
        pointer,
        instrument: name as string,
        forward: number("underlying_price", "positive"),
        index:
          (INDEX_COLUMNS.map((field) => record[field]).find((value) => typeof value === "number") as
            | number
            | undefined) ?? null,
        // The API always quotes percent; the marker below keeps the two apart.
        impliedVolatility: number("mark_iv", "not negative") / 100,
        openInterest: number("open_interest", "not negative"),
        timeMs: number(time, "positive"),
      },
    ];
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1]!;
}

/**
 * 1 where volatilities are fractions, 0.01 where they are percent: crypto options have quoted
 * between 10 % and 1,000 %, so a median below 5 is a fraction and one above 10 percent.
 */
function volatilityScale(quotes: readonly Quote[]): number {
  const middle = median(quotes.map((quote) => quote.impliedVolatility));
  if (middle < 5) return 1;
  if (middle > 10) return 0.01;
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

function poolOf(quotes: readonly Quote[], scale: number, options: ChainImport): ImportedPool {
  const asOfMs = Math.max(...quotes.map((quote) => quote.timeMs));
  const assets = [...new Set(quotes.map((quote) => quote.asset))].sort();
  const notes: string[] = [];
  const spots = new Map(
    assets.map((asset) => {
      const own = quotes.filter((quote) => quote.asset === asset);
      const indices = own.flatMap((quote) => (quote.index === null ? [] : [quote.index]));
      if (indices.length > 0) return [asset, median(indices)];
      const near = Math.min(...own.map((quote) => quote.expiryMs));
      notes.push(`${asset}: no index price; the nearest expiry's underlying stands for the spot`);
      return [asset, median(own.filter((q) => q.expiryMs === near).map((q) => q.forward))];
    }),
  );
  const participant = (n: number) =>
    `trader-${String(n + 1).padStart(String(options.participants).length, "0")}`;
  const idle = quotes.filter((quote) => quote.openInterest === 0).length;
  const past = quotes.filter((quote) => quote.expiryMs <= asOfMs).length;
  if (idle > 0) notes.push(`${idle} instruments without open interest were left out`);
  if (past > 0) notes.push(`${past} instruments that had expired were left out`);
  notes.push(`implied volatilities were read as ${scale === 1 ? "fractions" : "percent"}`);
  const positions = quotes
    .filter((quote) => quote.openInterest > 0 && quote.expiryMs > asOfMs)
    .map(
      (quote): OptionPosition => ({
        id: quote.instrument,
        participant: participant(fnv1a(quote.instrument) % options.participants),
        asset: quote.asset,
        type: quote.type,
        side: "long",
        strike: quote.strike,
        expiry: isoOf(quote.expiryMs),
        quantity: tidy(quote.openInterest * options.share),
        impliedVolatility: tidy(quote.impliedVolatility * scale),
        forward: quote.forward,
        settlement: "inverse",
      }),
    );
  const notional = positions.reduce((sum, p) => sum + p.quantity * spots.get(p.asset)!, 0);
  const ids = Array.from({ length: options.participants }, (_, n) => participant(n));
  const pool: PoolDocument = {
    format: "riskpool",
    version: 1,
    name: options.name ?? `${tidy(options.share * 100)} % of the open interest of an option chain`,
    asOf: isoOf(asOfMs),
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

function isoOf(ms: number): string {
  return new Date(ms).toISOString().replace(".000Z", "Z");
}
