import { sha256 as hash } from "@noble/hashes/sha2.js";
import { canonicalJson } from "./canonical.ts";
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
  return platform
    ? platform.createHash("sha256").update(bytes).digest("hex")
    : atOnce(sha256Work(bytes));
}

interface Platform {
  createHash(name: "sha256"): {
    update(bytes: Uint8Array): { digest(form: "hex"): string };
  };
}

/** Node's own digests, a tenth of the time; asked for without a word that a bundler would follow. */
const platform = builtin("node:crypto") as Platform | undefined;

function builtin(name: string): unknown {
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (name: string) => unknown };
  };
  return process?.getBuiltinModule?.(name);
}

/** Whether {@link sha256} is the platform's own, so that a short text is named sooner than another thread is told. */
export const isSha256Quick: boolean = platform !== undefined;

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
  return sha256(new TextEncoder().encode(canonicalJson(value)));
}
