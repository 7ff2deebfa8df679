import { sha256 as hash } from "@noble/hashes/sha2.js";
import { canonicalJson } from "./canonical.ts";
import type { JsonSchema } from "./check.ts";
import { platformSha256 } from "./platform-digest.ts";
import { atOnce, type Work } from "./work.ts";

/** Bytes between pauses: some ten milliseconds. */
const PIECE_BYTES = 1 << 21;

/**
 * SHA-256 of bytes.
 *
 * @returns 64 lower-case hexadecimal digits
 * @source  FIPS 180-4 (2015)
 */
export function sha256(bytes: Uint8Array): string {
  return platformSha256?.(bytes) ?? atOnce(sha256Work(bytes));
}

/** {@link sha256} in pieces. */
export function* sha256Work(bytes: Uint8Array): Work<string> {
  const state = hash.create();
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
    state.update(bytes.subarray(from, from + PIECE_BYTES));
    yield;
  }
  let hex = "";
  for (const byte of state.digest()) hex += byte.toString(16).padStart(2, "0");
  return hex;
}

/**
 * The name of a value: SHA-256 of its canonical JSON in UTF-8. Equal values have equal names,
 * in whatever order their keys were written.
 *
 * @throws PoolError as {@link canonicalJson}
 */
export function digestOf(value: unknown): string {
  return digestOfText(canonicalJson(value));
}

/** Keys of all records of a form, those within others too, as canonical JSON has them in order. */
export function keysOfForm(schema: JsonSchema): string[] {
  const keys = new Set<string>();
  JSON.stringify(schema, (name, within) => {
    if (name === "properties") for (const key of Object.keys(within as object)) keys.add(key);
    return within as unknown;
  });
  // By UTF-16 units, which is what RFC 8785 asks for.
  return [...keys].sort();
}

/**
 * {@link digestOf} for what the check of a form has made, in half the time: there every number is
 * finite, every text is of whole characters, and no record has other keys. The platform's own
 * writer, told the keys in their order, writes the very same canonical JSON.
 *
 * @param keys  as {@link keysOfForm} gives them
 */
export function digestOfChecked(checked: object, keys: string[]): string {
  return digestOfText(JSON.stringify(checked, keys));
}

function digestOfText(text: string): string {
  return platformSha256?.(text) ?? sha256(new TextEncoder().encode(text));
}
