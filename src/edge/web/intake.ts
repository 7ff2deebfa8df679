import {
  calibrate,
  type Issue,
  type PoolDocument,
  PoolError,
  readJson,
  readPool,
} from "../../index.ts";
import { printable } from "../report/format.ts";
import { importDeribitChain } from "../venue/deribit.ts";
import { readPriceCsv } from "../venue/price-csv.ts";
import { oneOfEach, readFileText, type TextFile } from "./file-text.ts";
import { type Excerpt, excerpts } from "./locate.ts";
import type { PricedDocument } from "./message.ts";

/** What the command line takes where it is told nothing else: part of the open interest, holders. */
const IMPORT = { share: 0.05, participants: 200 } as const;

/** The remedy for a pool that says nothing of how prices may move. */
const MARKET_MISSING: Issue = {
  code: "MARKET_MISSING",
  pointer: "/market",
  detail:
    "the document does not say how prices may move; add a market to it, or put the prices of its assets (CSV) on this page together with it",
  expected: "market parameters: model, assets, volatility, correlation",
  received: "missing",
};

/** What was opened. */
export interface Opened {
  readonly name: string;
  /** JSON text of the pool document: as it came, or made of an option chain. */
  readonly source: string;
  readonly pool: PricedDocument;
  /** What was skipped or inferred, in words. */
  readonly notes: readonly string[];
}

/** Files that were not opened: why, and where in them. */
export class Refusal extends Error {
  readonly issues: readonly Issue[];
  /** The place of each issue; null where no file has it. */
  readonly excerpts: readonly (Excerpt | null)[];
  /** A pool that lacks nothing but a market, to be kept until its prices come. */
  readonly unpriced: Unpriced | null;

  constructor(name: string, error: unknown, text = "", unpriced: Unpriced | null = null) {
    super(`${printable(name)} was not opened`);
    this.name = "Refusal";
    this.issues = error instanceof PoolError ? error.issues : [unexpected(error)];
    this.excerpts = excerpts(text, this.issues);
    this.unpriced = unpriced;
  }
}

/** A pool document that waits for its market. */
export interface Unpriced {
  readonly name: string;
  readonly source: string;
  readonly notes: readonly string[];
}

function unexpected(error: unknown): Issue {
  const detail = `${error instanceof Error ? error.message : String(error)}. This is a mistake of riskpool, not of the file`;
  return { code: "UNEXPECTED_FAULT", pointer: "", detail, expected: "" };
}

/**
 * Opens files of the visitor's: a pool document or an option chain, prices, or both.
 *
 * @param before  the pool that prices alone are for
 * @throws        Refusal
 */
export async function openFiles(files: readonly File[], before: Unpriced | null): Promise<Opened> {
  const names = files.map(({ name }) => name).join(", ");
  const read = await Promise.all(
    files.map((file) =>
      readFileText(file).catch((error: unknown) => {
        throw new Refusal(file.name, error);
      }),
    ),
  );
  const found = at({ name: names, text: "" }, () => oneOfEach(read));
  const pool = found.pool ?? (found.chain && imported(found.chain)) ?? before;
  if (!pool) throw new Refusal(names, new PoolError([POOL_MISSING]));
  const source = "source" in pool ? pool : { name: pool.name, source: pool.text, notes: [] };
  return opened({ ...source, name: names }, found.prices);
}

const POOL_MISSING: Issue = {
  code: "POOL_MISSING",
  pointer: "",
  detail:
    "prices belong to a pool; open a pool document or an option chain first, or together with them",
  expected: "a pool document, an option chain, or both with prices",
};

/** The pool that `riskpool import-chain` makes of a chain. */
function imported(chain: TextFile): Unpriced {
  return at(chain, () => {
    const { pool, notes } = importDeribitChain(chain.text, IMPORT);
    const source = `${JSON.stringify(readPool(pool).document, null, 2)}\n`;
    return { name: chain.name, source, notes };
  });
}

/** Opens a document by its text. @throws Refusal */
export function opened(unpriced: Unpriced, prices?: TextFile): Opened {
  const { name, source, notes } = unpriced;
  const { document } = at({ name, text: source }, () => readPool(source));
  if (!prices && !document.market) {
    throw new Refusal(name, new PoolError([MARKET_MISSING], "pool document"), source, unpriced);
  }
  const read = at(prices ?? { name, text: source }, () => withMarket(document, prices?.text));
  return { name, source, pool: read.pool, notes: [...notes, ...read.notes] };
}

/** Runs a reader; what it refuses is shown in the file that it read. */
function at<T>(file: Pick<TextFile, "name" | "text">, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Refusal(file.name, error, file.text);
  }
}

/**
 * A pool document with a market: its own, or one fitted to prices.
 *
 * @param source  JSON text of a pool document
 * @param prices  CSV text: a column of times and one for each asset
 * @throws        PoolError with every problem
 */
export function pricedPool(source: string, prices?: string): PricedDocument {
  return withMarket(readPool(source).document, prices).pool;
}

function withMarket(
  document: PoolDocument,
  prices: string | undefined,
): { readonly pool: PricedDocument; readonly notes: readonly string[] } {
  if (prices === undefined) {
    const { market } = document;
    if (market) return { pool: { ...document, market }, notes: [] };
    throw new PoolError([MARKET_MISSING], "pool document");
  }
  const { history, notes } = readPriceCsv(prices);
  const assets = document.assets.map(({ id }) => id);
  const { parameters, report } = calibrate(history, { assets });
  const words = [...notes, ...report.notes].map(({ detail }) => detail);
  return { pool: { ...document, market: parameters }, notes: words };
}

/** A document as text, its market written into it: what the room ships as an example. */
export function examplePool(source: string, prices: string): string {
  const document = readJson(source) as object;
  const { market } = pricedPool(source, prices);
  return `${JSON.stringify({ ...document, market }, null, 1)}\n`;
}
