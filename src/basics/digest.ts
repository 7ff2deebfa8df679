import { sha256 as hash } from "@noble/hashes/sha2.js";
import { canonicalJson } from "./json.ts";

/**
 * SHA-256 of bytes.
 *
 * @returns 64 lower-case hexadecimal digits
 * @source  FIPS 180-4 (2015)
 */
export function sha256(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of hash(bytes)) hex += byte.toString(16).padStart(2, "0");
  return hex;
}

/**
 * The name of a value: SHA-256 of its canonical JSON in UTF-8. Equal values have equal names,
 * in whatever order their keys were written.
 *
 * @throws PoolError as {@link canonicalJson}
 */
export function digestOf(value: unknown): string {
  return sha256(new TextEncoder().encode(canonicalJson(value)));
}
