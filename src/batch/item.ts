import { type Issue, isBytes, PoolError, received } from "../basics/index.ts";
import { isPool } from "../pool/index.ts";
import type { Change } from "./variant.ts";

/** A pool of a batch, or a variant of one. */
export interface BatchItem<Options> {
  /** A `Pool`, a pool document, or its JSON text. Variants of one base best follow each other. */
  readonly pool: unknown;
  readonly changes?: readonly Change[];
  /** In place of those of the batch. */
  readonly options?: Options;
  /** Comes back with the answer. */
  readonly id?: string;
}

/** What came of an item: a valuation, or what was wrong with it. */
export type Answer<Valuation> = AnswerPlace &
  (
    | { readonly valuation: Valuation; readonly error: null }
    | { readonly valuation: null; readonly error: PoolError }
  );

interface AnswerPlace {
  /** Place in the source, from 0. */
  readonly index: number;
  readonly id: string | null;
}

const KEYS: readonly string[] = [
  "pool",
  "changes",
  "options",
  "id",
] satisfies (keyof BatchItem<object>)[];

/**
 * Whether a value of a source is an item: an object with a pool in it. All else is taken for a pool.
 */
export function isItem<Options>(value: unknown): value is BatchItem<Options> {
  return (
    typeof value === "object" &&
    value !== null &&
    !isPool(value) &&
    !isBytes(value) &&
    Object.hasOwn(value, "pool")
  );
}

/** What an item says; its faults are thrown when its parts are asked for. */
interface ReadItem<Options> {
  /** What its pool is made of, neither read. */
  readonly parts: () => { readonly pool: unknown; readonly changes: readonly Change[] };
  readonly options: Options | undefined;
  readonly id: string | null;
}

/**
 * Reads an item.
 *
 * @throws PoolError KEY_UNKNOWN, TYPE at the item
 */
export function readItem<Options>(value: unknown): ReadItem<Options> {
  if (!isItem<Options>(value)) {
    const parts = { pool: value, changes: [] };
    return { parts: () => parts, options: undefined, id: null };
  }
  const { pool, changes, options, id } = value;
  const issues: Issue[] = [];
  for (const key of Object.keys(value)) {
    if (KEYS.includes(key)) continue;
    issues.push({
      code: "KEY_UNKNOWN",
      pointer: `/${key}`,
      detail: "an item has a pool, and may have changes, options and an id",
      expected: `one of ${KEYS.join(", ")}`,
    });
  }
  const wrong = (pointer: string, detail: string, expected: string, given: unknown) =>
    issues.push({ code: "TYPE", pointer, detail, expected, received: received(given) });
  if (changes !== undefined && !Array.isArray(changes)) {
    wrong(
      "/changes",
      "changes must be a list, in the order they are made",
      "array of { op, path, value }",
      changes,
    );
  }
  if (options !== undefined && (typeof options !== "object" || options === null)) {
    wrong("/options", "options must be an object, or left out", "object", options);
  }
  if (id !== undefined && typeof id !== "string") {
    wrong("/id", "the id of an item must be text, or left out", "string", id);
  }
  return {
    parts: () => {
      if (issues.length > 0) throw new PoolError(issues, "item");
      return { pool, changes: changes ?? [] };
    },
    options: options ?? undefined,
    id: typeof id === "string" ? id : null,
  };
}
