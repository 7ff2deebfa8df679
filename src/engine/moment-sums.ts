import { assert } from "../basics/index.ts";
import type { Part } from "./executor.ts";

/**
 * Adds the moments of parts to those of chunks. Floating-point sums depend on their order, so parts
 * are added in theirs; one that comes before its turn waits.
 */
export class MomentSums {
  readonly #parts: readonly Part[];
  readonly #onChunk: (index: number, moments: Float64Array) => void;
  readonly #early = new Map<number, Float64Array>();
  #next = 0;
  #sum: Float64Array | null = null;

  constructor(parts: readonly Part[], onChunk: (index: number, moments: Float64Array) => void) {
    this.#parts = parts;
    this.#onChunk = onChunk;
  }

  /**
   * @param index    of the part; each comes once
   * @param moments  kept only while the part waits for its turn
   */
  add(index: number, moments: Float64Array): void {
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

  #take(moments: Float64Array): void {
    const { chunk, closes } = this.#parts[this.#next++]!;
    const sum = this.#sum;
    if (sum) for (let i = 0; i < sum.length; i++) sum[i]! += moments[i]!;
    if (closes) {
      this.#onChunk(chunk, sum ?? moments);
      this.#sum = null;
    } else this.#sum ??= moments.slice();
  }
}
