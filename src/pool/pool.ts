import type { PoolDocument } from "./document.ts";

/** A pool document that was checked: whatever takes a `Pool` need not check again. */
export interface Pool {
  /** Deep-frozen copy of what was read, in its own order. */
  readonly document: PoolDocument;
  /** SHA-256 of the document's canonical JSON, its lists and objects replaced by the SHA-256 of their own. */
  readonly digest: string;
  /** The instant of every price, milliseconds since 1970-01-01 UTC. */
  readonly asOfMs: number;
}
