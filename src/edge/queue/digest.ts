import { createHash } from "node:crypto";

/** SHA-256 of text or bytes, as 64 lower-case digits. */
export function sha256(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
