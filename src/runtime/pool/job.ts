import { PoolError } from "../../basics/index.ts";
import {
  type Chunk,
  MomentSums,
  Moments,
  type Part,
  partsOf,
  type RunHooks,
  type Simulation,
} from "../../engine/index.ts";
import { Slice } from "../slice.ts";
import type { RanMessage } from "../worker/message.ts";

/** Threads that may be lost over one part before the run is given up. */
const LOSSES_MAX = 3;

/** One run on a pool: which of its parts are still to be run, and what comes back. */
export class Job {
  readonly id: number;
  readonly simulation: Simulation;
  readonly parts: readonly Part[];
  /** Settles with the run. */
  readonly end: Promise<void>;
  readonly #hooks: RunHooks;
  readonly #sums: MomentSums;
  readonly #total: number;
  readonly #slice = new Slice();
  /** Parts that were given to a thread that was lost. */
  readonly #again: number[] = [];
  readonly #lost = new Map<number, number>();
  #next = 0;
  #partsDone = 0;
  #pathsDone = 0;
  #isOpen = true;
  #resolve!: () => void;
  #reject!: (reason: unknown) => void;

  constructor(id: number, simulation: Simulation, chunks: readonly Chunk[], hooks: RunHooks) {
    this.id = id;
    this.simulation = simulation;
    this.parts = partsOf(chunks);
    this.#hooks = hooks;
    this.#total = chunks.reduce((sum, chunk) => sum + chunk.count, 0);
    this.#sums = new MomentSums(this.parts, (index, moments) => hooks.onChunk(index, moments));
    this.end = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Parts that no thread has been given, as long as the run goes on. */
  get waiting(): number {
    return this.#isOpen ? this.#again.length + this.parts.length - this.#next : 0;
  }

  /** Index of the next part to run; only while some are waiting. */
  take(): number {
    return this.#again.shift() ?? this.#next++;
  }

  /** Puts a part back that a thread has not begun. */
  giveBack(part: number): void {
    this.#again.push(part);
  }

  /** Takes in what a thread has made of a part. */
  finish({ part, columns, moments }: RanMessage): void {
    if (!this.#isOpen) return;
    const { first, count } = this.parts[part]!;
    try {
      this.#hooks.onBatch(first, columns);
      this.#sums.add(part, new Moments(moments.bounds, moments.numbers));
      this.#partsDone++;
      this.#pathsDone += count;
      const isLast = this.#partsDone === this.parts.length;
      if (isLast || this.#slice.isOver) {
        this.#slice.renew();
        this.#hooks.onProgress?.({ done: this.#pathsDone, total: this.#total });
      }
      if (!isLast) return;
      this.#isOpen = false;
      this.#resolve();
    } catch (error) {
      // Most likely a listener of the caller: the run ends as it would have in its own thread.
      this.fail(error);
    }
  }

  /** Puts back a part over which a thread was lost, or gives the run up. */
  lose(part: number, cause: string): void {
    const lost = (this.#lost.get(part) ?? 0) + 1;
    this.#lost.set(part, lost);
    // First in line, so that threads that cannot live are found out soon.
    if (lost < LOSSES_MAX) this.#again.unshift(part);
    else this.fail(workerLost(this.parts[part]!, cause));
  }

  /** Ends the run with an error, unless it has ended. */
  fail(reason: unknown): void {
    this.#isOpen = false;
    this.#reject(reason);
  }
}

function workerLost({ first, count }: Part, cause: string): PoolError {
  return new PoolError([
    {
      code: "WORKER_LOST",
      pointer: "",
      detail:
        `${LOSSES_MAX} workers ended over the scenarios ${first} to ${first + count - 1}, ` +
        `the last with: ${cause}. Give the process more memory, use fewer workers, or run without a pool.`,
      expected: "workers that stay alive until they have answered",
    },
  ]);
}
