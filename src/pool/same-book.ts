import type { PoolDocument } from "./document.ts";

/** The parts of a document that simulated losses are made of; all others are terms, which measure them. */
const BOOK_PARTS = [
  "asOf",
  "currency",
  "assets",
  "participants",
  "options",
  "barriers",
  "perpetuals",
  "holdings",
  "covers",
  "liquidation",
] as const satisfies readonly (keyof PoolDocument)[];

/**
 * Whether two documents hold the very same book. Parts are compared by identity: `readPool` takes a
 * part of a checked document over as it is, so documents that differ in their terms share theirs.
 */
export function isSameBook(one: PoolDocument, other: PoolDocument): boolean {
  return BOOK_PARTS.every((part) => one[part] === other[part]);
}
