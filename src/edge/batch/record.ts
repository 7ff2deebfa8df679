import { digestOf } from "../../basics/index.ts";
import { type AnyAnswer, type Figures, figuresOf, type PoolError } from "../../index.ts";
import type { SourceItem } from "./source.ts";

/** What became of one item: a line of the journal, and all that its row is made of. */
export interface BatchRecord {
  readonly index: number;
  readonly line: number;
  readonly id: string | null;
  /** SHA-256 of what the file says of the item. */
  readonly item: string;
  /** SHA-256 of the pool; null where it could not be read. */
  readonly pool: string | null;
  /** SHA-256 of everything that the figures are a function of: pool, options, kernel, version. */
  readonly input: string;
  readonly error: RecordedError | null;
  readonly figures: Figures | null;
  /** The whole answer of the engine, where it was asked for. */
  readonly valuation?: unknown;
}

/** The first of an item's problems. */
export interface RecordedError {
  readonly code: string;
  readonly pointer: string;
  readonly detail: string;
  /** How many problems were found, this one included. */
  readonly count: number;
}

/** What all figures of a batch depend on besides their pool; plain JSON. */
export interface RunTerms {
  readonly version: string;
  readonly kernel: string;
  readonly figures: "value" | "measure";
  readonly options: Readonly<Record<string, unknown>>;
}

/** The record of an answer. */
export function recordOf(
  { line, digest, id, fault, options }: SourceItem,
  { index, valuation, error: refused }: AnyAnswer,
  terms: RunTerms,
  isFull: boolean,
): BatchRecord {
  const error = fault ?? refused;
  const pool = valuation?.receipt.pool ?? null;
  const given = { ...terms.options, ...options };
  const input = digestOf({ ...terms, options: given, ...(pool ? { pool } : { item: digest }) });
  const place = { index, line, id, item: digest, pool, input };
  if (error || !valuation) return { ...place, error: error && errorOf(error, line), figures: null };
  return { ...place, error: null, figures: figuresOf(valuation), ...(isFull && { valuation }) };
}

function errorOf({ issues }: PoolError, line: number): RecordedError {
  const { code, pointer, detail } = issues[0]!;
  return { code, pointer, detail: `line ${line}: ${detail}`, count: issues.length };
}
