interface Crypto {
  /** Of Node 20.12 and later. */
  hash?(name: "sha256", data: string | Uint8Array): string;
  createHash(name: "sha256"): {
    update(data: string | Uint8Array): { digest(form: "hex"): string };
  };
}

interface Globals {
  readonly process?: { readonly getBuiltinModule?: (name: string) => unknown };
}

// Asked for without a word that a bundler would follow.
const { process } = globalThis as Globals;
const crypto = process?.getBuiltinModule?.("node:crypto") as Crypto | undefined;

/**
 * SHA-256 of bytes, or of a text in UTF-8, by the platform, as 64 hexadecimal digits, where it has one
 * that answers at once: Node's own takes a tenth of the time. Null elsewhere.
 */
export const platformSha256: ((data: string | Uint8Array) => string) | null = crypto
  ? (data) =>
      crypto.hash?.("sha256", data) ?? crypto.createHash("sha256").update(data).digest("hex")
  : null;
