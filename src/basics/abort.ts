/**
 * What a promise brings, unless the signal comes first: the work itself may go on for a while.
 *
 * @throws the signal's reason
 */
export function unlessAborted<Result>(
  signal: AbortSignal | undefined,
  under: Promise<Result>,
): Promise<Result> {
  if (!signal) return under;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    const done = () => signal.removeEventListener("abort", abort);
    under.then(resolve, reject).then(done, done);
  });
}

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
