import { assert } from "../basics/index.ts";
import type { Part } from "./executor.ts";
import type { Moments } from "./moments.ts";

/**
 * Adds the moments of parts to those of chunks. Floating-point sums depend on their order, so parts
 * are added in theirs; one that comes before its turn waits.
 */
export class MomentSums {
  readonly #parts: readonly Part[];
  readonly #onChunk: (index: number, moments: Moments) => void;
  readonly #early = new Map<number, Moments>();
  #next = 0;
  #sum: Moments | null = null;

  constructor(parts: readonly Part[], onChunk: (index: number, moments: Moments) => void) {
    this.#parts = parts;
    this.#onChunk = onChunk;
  }

  /**
   * @param index    of the part; each comes once
   * @param moments  those of the part with which a chunk begins, or that waits, are kept and added to
   */
  add(index: number, moments: Moments): void {
    assert(index >= this.#next && !this.#early.has(index), "a part is added once");
    if (index > this.#next) {
      this.#early.set(index, moments);
      return;
    }
    this.#take(moments);
    for (;;) {
      const waiting = this.#early.get(this.#next);
      if (!waiting) return;
      this.#early.delete(this.#next);
      this.#take(waiting);
    }
  }

  #take(moments: Moments): void {
    const { chunk, closes } = this.#parts[this.#next++]!;
    const sum = this.#sum ? this.#sum.add(moments) : moments;
    this.#sum = closes ? null : sum;
    if (closes) this.#onChunk(chunk, sum);
  }
}
