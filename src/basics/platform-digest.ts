interface Crypto {
  createHash(name: "sha256"): {
    update(bytes: Uint8Array): { digest(form: "hex"): string };
  };
}

interface Globals {
  readonly process?: { readonly getBuiltinModule?: (name: string) => unknown };
}

// Asked for without a word that a bundler would follow.
const { process } = globalThis as Globals;
const crypto = process?.getBuiltinModule?.("node:crypto") as Crypto | undefined;

/**
 * SHA-256 by the platform, as 64 hexadecimal digits, where it has one that answers at once: Node's own
 * takes a tenth of the time. Null elsewhere.
 */
export const platformSha256: ((bytes: Uint8Array) => string) | null = crypto
  ? (bytes) => crypto.createHash("sha256").update(bytes).digest("hex")
  : null;
