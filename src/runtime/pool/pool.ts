import { assert, PoolError, received, refuse } from "../../basics/index.ts";
import type { Chunk, CompiledKernel, Executor, RunHooks, Simulation } from "../../engine/index.ts";
import { inlineExecutor } from "../inline/inline.ts";
import type { FromWorker } from "../worker/message.ts";
import { Job } from "./job.ts";
import type { StartThread, Thread } from "./thread.ts";

/** Parts that a worker is given at once, so that it has the next while its answer is under way. */
const AHEAD = 2;
/** Parts after which a worker may leave a job for one that nobody works on. */
const STAY = 16;

/** How a pool of workers is made. */
export interface WorkerPoolOptions {
  /** Threads: 1 … 256; as many as run at a time on this machine when left out. */
  readonly workers?: number;
}

const WORKERS_MAX = 256;

/**
 * Reads the number of workers.
 *
 * @throws PoolError NUMBER_RANGE
 */
export function workersOf({ workers }: WorkerPoolOptions, available: number): number {
  if (workers === undefined) return Math.min(available, WORKERS_MAX);
  if (Number.isInteger(workers) && workers >= 1 && workers <= WORKERS_MAX) return workers;
  refuse({
    code: "NUMBER_RANGE",
    pointer: "/options/workers",
    detail: "the number of workers must be a whole number within the bounds",
    expected: `integer, 1 … ${WORKERS_MAX}`,
    received: received(workers),
  });
}

/** A thread, what it holds, and what it has been given. */
interface Worker {
  thread: Thread;
  /** The kernel it has. */
  kernel: CompiledKernel | undefined;
  /** The job whose image it has. */
  job: Job | null;
  /** Parts of that job since it took it up. */
  streak: number;
  /** What it has not answered yet, in the order it was given. */
  readonly given: { readonly job: Job; readonly part: number }[];
}

/**
 * Spreads runs over threads. Threads begin with the first run, are kept for the next, and do not
 * keep the process alive while they have nothing to do. Several runs may go on at a time.
 */
export class WorkerPool implements Executor {
  readonly workers: number;
  readonly #start: StartThread;
  readonly #staff: Worker[] = [];
  #jobs: Job[] = [];
  #jobCount = 0;
  #isDisposed = false;

  constructor(start: StartThread, workers: number) {
    this.#start = start;
    this.workers = workers;
  }

  stopwatch(): () => number {
    return inlineExecutor.stopwatch();
  }

  breather(signal: AbortSignal | undefined): () => Promise<void> {
    return inlineExecutor.breather(signal);
  }

  async run(simulation: Simulation, chunks: readonly Chunk[], hooks: RunHooks): Promise<void> {
    const { signal } = hooks;
    signal?.throwIfAborted();
    if (this.#isDisposed) throw disposed();
    const job = new Job(this.#jobCount++, simulation, chunks, hooks);
    const abort = () => job.fail(signal?.reason);
    signal?.addEventListener("abort", abort);
    this.#jobs.push(job);
    try {
      this.#employ();
      await job.end;
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#jobs = this.#jobs.filter((other) => other !== job);
      for (const { thread, given } of this.#staff) {
        if (given.some((work) => work.job === job)) thread.send({ kind: "drop", job: job.id }, []);
      }
    }
  }

  /** Ends all threads; runs under way are refused, and so is every later one. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    for (const job of this.#jobs) job.fail(disposed());
    await Promise.all(this.#staff.splice(0).map(({ thread }) => thread.end()));
  }

  /** Gives work to whoever has room for it, and takes on more threads while there is enough. */
  #employ(): void {
    for (const worker of this.#staff) this.#give(worker);
    while (this.#staff.length < this.workers && this.#jobs.some((job) => job.waiting > 0)) {
      const worker = this.#hire();
      this.#staff.push(worker);
      this.#give(worker);
    }
  }

  #hire(): Worker {
    const worker: Worker = {
      thread: this.#start({
        message: (message) => this.#hear(worker, message),
        lost: (cause) => this.#lose(worker, cause),
      }),
      kernel: undefined,
      job: null,
      streak: 0,
      given: [],
    };
    return worker;
  }

  #give(worker: Worker): void {
    while (worker.given.length < AHEAD) {
      const job = this.#choose(worker);
      if (!job) break;
      try {
        this.#send(worker, job, job.take());
      } catch (error) {
        // No memory for another image, say: that ends the run and not the process.
        job.fail(error);
      }
    }
    worker.thread.hold(worker.given.length > 0);
  }

  #send(worker: Worker, job: Job, part: number): void {
    const { first, count } = job.parts[part]!;
    const message = { kind: "run", job: job.id, part, first, count } as const;
    if (worker.job === job) {
      worker.streak++;
      worker.thread.send(message, []);
    } else {
      const image = job.simulation.image();
      const kernel = job.simulation.kernels.kernel;
      assert(kernel !== undefined, "workers run a compiled kernel");
      const isNew = kernel !== worker.kernel;
      worker.thread.send({ ...message, image, ...(isNew && { kernel }) }, [image.bytes.buffer]);
      worker.kernel = kernel;
      worker.job = job;
      worker.streak = 1;
    }
    worker.given.push({ job, part });
  }

  /**
   * A worker stays with the job whose image it has, unless another is short of hands. Which one runs
   * a part is not seen in any result.
   */
  #choose(worker: Worker): Job | undefined {
    const open = this.#jobs.filter((job) => job.waiting > 0);
    const handsOf = (job: Job) => this.#staff.filter((other) => other.job === job).length;
    const shortest = open.reduce<Job | undefined>(
      (best, job) => (best && handsOf(best) <= handsOf(job) ? best : job),
      undefined,
    );
    const own = open.find((job) => job === worker.job);
    if (!own || !shortest || shortest === own) return own ?? shortest;
    const isUnfair = handsOf(own) - handsOf(shortest) >= 2;
    const isStarved = handsOf(shortest) === 0 && worker.streak >= STAY;
    return isUnfair || isStarved ? shortest : own;
  }

  #hear(worker: Worker, message: FromWorker): void {
    if (!this.#staff.includes(worker)) return;
    const { job, part } = worker.given[0]!;
    if (message.kind === "failed" && message.issues === null) {
      // Whatever else its instance would compute cannot be relied upon.
      void worker.thread.end();
      this.#lose(worker, message.detail);
      return;
    }
    worker.given.shift();
    if (message.kind === "ran") job.finish(message);
    else if (message.kind === "failed") job.fail(new PoolError(message.issues!));
    else job.giveBack(part);
    this.#employ();
  }

  /** Of what a lost worker had been given, it was at the first; the rest it had not begun. */
  #lose(worker: Worker, cause: string): void {
    const place = this.#staff.indexOf(worker);
    if (place < 0) return;
    this.#staff.splice(place, 1);
    const [first, ...rest] = worker.given;
    for (const { job, part } of rest) job.giveBack(part);
    first?.job.lose(first.part, cause);
    this.#employ();
  }
}

function disposed(): PoolError {
  return new PoolError([
    {
      code: "DISPOSED",
      pointer: "",
      detail: "the pool of workers has been disposed of; make a new one",
      expected: "a run before dispose()",
    },
  ]);
}
