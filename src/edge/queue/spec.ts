import type { SentError, ValueOptions } from "../../index.ts";

/** What a valuation is a function of. */
export interface PoolSpec {
  readonly pool: unknown;
  readonly options: ValueOptions;
}

/** An item of a batch; its pool is a document, or the digest of one that items share. */
export interface ItemSpec {
  readonly base: string | null;
  readonly document?: unknown;
  readonly changes: unknown;
  readonly options: object;
}

/** What a chunk of a batch is a function of. */
export interface ChunkSpec {
  readonly figures: "value" | "measure";
  /** Options that all items share. */
  readonly shared: object;
  readonly items: readonly ItemSpec[];
}

/** What was found of an item. */
export type ItemAnswer = { readonly valuation: unknown } | { readonly error: SentError };
