import { PoolError } from "./basics/index.ts";
import type { Executor, Kernels } from "./engine/index.ts";

/** What is done with an instance of the kernels; the signal ends it. */
export type Work<Result> = (kernels: Kernels, signal: AbortSignal) => Promise<Result>;

/** Instances of the kernels, each lent to one run at a time, until all are given back at once. */
export class Instances {
  readonly executor: Executor;
  readonly #instantiate: () => Kernels;
  // Instances keep their memory; one is reused by the next run instead of growing a new one.
  readonly #idle: Kernels[] = [];
  /** Of what is under way; a batch that nobody reads to its end is not kept for that. */
  readonly #controls = new Set<WeakRef<AbortController>>();
  #isDisposed = false;

  constructor(instantiate: () => Kernels, executor: Executor) {
    this.#instantiate = instantiate;
    this.executor = executor;
  }

  /** Refuses what comes after the disposal. @throws PoolError DISPOSED */
  check(): void {
    if (this.#isDisposed) throw disposed();
  }

  /**
   * A signal that the caller's sets off, and a disposal as well, until it is left.
   *
   * @throws PoolError DISPOSED
   */
  join(given: AbortSignal | undefined): { readonly signal: AbortSignal; leave(): void } {
    this.check();
    const control = new AbortController();
    const abort = () => control.abort(given?.reason);
    given?.addEventListener("abort", abort);
    if (given?.aborted) abort();
    const own = new WeakRef(control);
    this.#controls.add(own);
    const leave = () => {
      given?.removeEventListener("abort", abort);
      this.#controls.delete(own);
    };
    return { signal: control.signal, leave };
  }

  /** Does something that such a signal ends. */
  async watch<Result>(
    given: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const { signal, leave } = this.join(given);
    try {
      return await work(signal);
    } finally {
      leave();
    }
  }

  /** Lends an instance; otherwise as {@link watch}. */
  lend<Result>(given: AbortSignal | undefined, work: Work<Result>): Promise<Result> {
    return this.watch(given, async (signal) => {
      const kernels = this.#idle.pop() ?? this.#instantiate();
      const result = await work(kernels, signal);
      // Only after success: an instance whose run failed is left to the collector.
      if (!this.#isDisposed) this.#idle.push(kernels);
      return result;
    });
  }

  /** Gives back all memory, ends the executor's threads and what is under way. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    this.#idle.length = 0;
    for (const control of this.#controls) control.deref()?.abort(disposed());
    await this.executor.dispose?.();
  }
}

function disposed(): PoolError {
  return new PoolError([
    {
      code: "DISPOSED",
      pointer: "",
      detail: "the engine has been disposed of; load another one",
      expected: "a call before dispose()",
    },
  ]);
}
