/**
 * Controllers of what is under way. One that was given back serves again, unless it was aborted:
 * nobody listens to it any more, and a new one with its signal takes Node 20 some 4 µs.
 */
export class Controllers {
  readonly #under = new Set<AbortController>();
  readonly #spare: AbortController[] = [];

  take(): AbortController {
    const own = this.#spare.pop() ?? new AbortController();
    this.#under.add(own);
    return own;
  }

  /** What it was taken for is done: whoever listened has left. */
  giveBack(own: AbortController): void {
    this.#under.delete(own);
    if (!own.signal.aborted) this.#spare.push(own);
  }

  /** Aborts all that have not been given back. */
  abort(reason: unknown): void {
    for (const own of this.#under) own.abort(reason);
  }
}
