import { type KnownPart, readJson } from "../basics/index.ts";
import type { PoolDocument } from "./document.ts";

/** Texts that hold more are forgotten: what is kept of one keeps all of it in memory. */
const CHARACTERS_MAX = 1 << 20;

/** Parts of the last text that turned out to be a pool. */
let last: ReadonlyMap<string, KnownPart> = new Map();

/**
 * Reads a document's text, and what it has in common with the one before only once: documents of a
 * batch often hold the same market, the same people or the same terms to the letter. Such a part is
 * the very object that it was, so all that is known of it holds on: that it was checked, its digest,
 * the model made of it, the book laid of it.
 */
export class PartTexts {
  readonly #found = new Map<string, Omit<KnownPart, "value">>();
  #characters = 0;

  /** @throws PoolError as `readJson` */
  read(text: string | Uint8Array): unknown {
    this.#characters = text.length;
    return readJson(text, {
      known: last,
      onPart: (key, { text: own, values }) => this.#found.set(key, { text: own, values }),
    });
  }

  /** Keeps the parts of a document that this text was, now that it is known to be right. */
  keep(document: PoolDocument): void {
    const known = new Map<string, KnownPart>();
    for (const [key, { text, values }] of this.#characters > CHARACTERS_MAX ? [] : this.#found) {
      const value: unknown = document[key as keyof PoolDocument];
      if (typeof value === "object" && value !== null) known.set(key, { text, values, value });
    }
    last = known;
  }
}
