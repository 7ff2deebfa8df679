/** Most numbers that are kept for the next run: 8 MiB. */
const LISTS_MAX = 1 << 20;

/**
 * Lists of numbers beside the kernel's memory, all given back at once.
 *
 * New ones for every run would be megabytes of garbage for each small pool of a batch, and have the
 * platform look through everything that lives, on all its threads, every few pools.
 */
export class Lists {
  #room = new Float64Array(0);
  #used = 0;
  #wanted = 0;

  /** Takes all lists back. The room is made for the second run: one that stays alone has no use for it. */
  begin(): void {
    const wanted = this.#wanted;
    if (wanted > this.#room.length && wanted <= LISTS_MAX) this.#room = new Float64Array(wanted);
    this.#used = 0;
    this.#wanted = 0;
  }

  /** A list with whatever it held before; its buffer is not its own. */
  take(count: number): Float64Array<ArrayBuffer> {
    const from = this.#used;
    this.#wanted += count;
    if (from + count > this.#room.length) return new Float64Array(count);
    this.#used += count;
    return this.#room.subarray(from, from + count);
  }
}
