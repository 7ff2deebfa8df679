import { PoolError } from "../../basics/index.ts";
import type { CompiledKernel } from "../../engine/index.ts";
import type { StartThread, Thread } from "../pool/thread.ts";
import type { FromItemWorker, ToItemWorker } from "./message.ts";

/** Items that a worker is given at once, so that it has the next while its answer is under way. */
const AHEAD = 2;
/** Threads that may be lost over one item before the batch is given up. */
const LOSSES_MAX = 3;
/** Documents that a worker keeps, the last that were asked for. */
const KEPT_MAX = 4;

/** Starts a thread that values items. */
export type StartItemThread = StartThread<ToItemWorker, FromItemWorker>;

/** One item, and what it is valued with. */
export interface ItemTask {
  /** Place in its batch, from 0. */
  readonly index: number;
  readonly version: string;
  readonly kernel: CompiledKernel;
  /** Shared by all items of a batch, by identity. */
  readonly shared: object;
  readonly figures: "value" | "measure";
  /** A document, or its text. */
  readonly document: unknown;
  /** Whether more variants of the same document may follow, so that it is sent once. */
  readonly isBase: boolean;
  readonly changes: unknown;
  readonly options: object;
}

interface Under {
  readonly number: number;
  readonly task: ItemTask;
  /** Once; later calls change nothing. */
  readonly settle: (how: { readonly valuation: unknown } | { readonly reason: unknown }) => void;
  losses: number;
  isOpen: boolean;
}

interface Worker {
  readonly thread: Thread<ToItemWorker>;
  /** What it was started with. */
  kernel: CompiledKernel | undefined;
  shared: object | undefined;
  /** Documents that it keeps and their numbers; the last asked for is the last. */
  readonly kept: Map<unknown, number>;
  /** What it has not answered yet, in the order it was given. */
  readonly given: Under[];
}

/**
 * Values whole items on threads, each with an engine of its own. Threads begin with the first item,
 * are kept for the next batch, and do not keep the process alive while they have nothing to do.
 */
export class ItemCrew {
  readonly workers: number;
  readonly #start: StartItemThread;
  readonly #staff: Worker[] = [];
  #waiting: Under[] = [];
  #count = 0;
  #baseCount = 0;
  #isDisposed = false;

  constructor(start: StartItemThread, workers: number) {
    this.#start = start;
    this.workers = workers;
  }

  /**
   * Values one item.
   *
   * @throws PoolError as the engine does; WORKER_LOST, DISPOSED; the signal's reason; a DataCloneError
   *         for what cannot be sent
   */
  value(task: ItemTask, signal: AbortSignal): Promise<unknown> {
    if (this.#isDisposed) return Promise.reject(disposed());
    if (signal.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const abort = () => this.#drop(under, signal.reason);
      signal.addEventListener("abort", abort);
      const under: Under = {
        number: this.#count++,
        task,
        losses: 0,
        isOpen: true,
        settle: (how) => {
          if (!under.isOpen) return;
          under.isOpen = false;
          signal.removeEventListener("abort", abort);
          if ("valuation" in how) resolve(how.valuation);
          else reject(how.reason);
        },
      };
      this.#waiting.push(under);
      this.#employ();
    });
  }

  /** Ends all threads; what is under way is refused, and so is every later item. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    const staff = this.#staff.splice(0);
    for (const under of [...this.#waiting, ...staff.flatMap(({ given }) => given)]) {
      under.settle({ reason: disposed() });
    }
    this.#waiting = [];
    await Promise.all(staff.map(({ thread }) => thread.end()));
  }

  #drop(under: Under, reason: unknown): void {
    this.#waiting = this.#waiting.filter((other) => other !== under);
    for (const { thread, given } of this.#staff) {
      if (given.includes(under)) thread.send({ kind: "drop", item: under.number }, []);
    }
    under.settle({ reason });
  }

  /** Gives work to whoever has least of it, and takes on more threads while there is enough. */
  #employ(): void {
    while (this.#waiting.length > 0) {
      const idle = this.#staff.find(({ given }) => given.length === 0);
      const worker = idle ?? this.#hire() ?? this.#least();
      if (!worker) break;
      const under = this.#waiting.shift()!;
      try {
        this.#send(worker, under);
      } catch (error) {
        under.settle({ reason: error });
      }
    }
    for (const { thread, given } of this.#staff) thread.hold(given.length > 0);
  }

  #least(): Worker | undefined {
    const open = this.#staff.filter(({ given }) => given.length < AHEAD);
    return open.sort((a, b) => a.given.length - b.given.length)[0];
  }

  #hire(): Worker | undefined {
    if (this.#staff.length >= this.workers) return undefined;
    const worker: Worker = {
      thread: this.#start({
        message: (message) => this.#hear(worker, message),
        lost: (cause) => this.#lose(worker, cause),
      }),
      kernel: undefined,
      shared: undefined,
      kept: new Map(),
      given: [],
    };
    this.#staff.push(worker);
    return worker;
  }

  #send(worker: Worker, under: Under): void {
    const { thread, given } = worker;
    const { task, number } = under;
    const { version, kernel, shared, figures, changes, options } = task;
    if (worker.kernel !== kernel || worker.shared !== shared) {
      thread.send({ kind: "start", version, kernel, options: shared }, []);
      worker.kernel = kernel;
      worker.shared = shared;
    }
    const base = task.isBase ? this.#keep(worker, task.document) : null;
    const document = task.isBase ? undefined : task.document;
    thread.send({ kind: "value", item: number, figures, base, document, changes, options }, []);
    given.push(under);
  }

  /** Number of a document that a worker keeps; sends it where it does not have it. */
  #keep({ thread, kept }: Worker, document: unknown): number {
    const known = kept.get(document);
    if (known !== undefined) {
      kept.delete(document);
      kept.set(document, known);
      return known;
    }
    const base = this.#baseCount++;
    thread.send({ kind: "keep", base, document }, []);
    kept.set(document, base);
    if (kept.size > KEPT_MAX) {
      const [oldest] = kept;
      kept.delete(oldest![0]);
      thread.send({ kind: "forget", base: oldest![1] }, []);
    }
    return base;
  }

  #hear(worker: Worker, message: FromItemWorker): void {
    if (!this.#staff.includes(worker)) return;
    const under = worker.given[0]!;
    if (message.kind === "failed") {
      // Whatever else its engine would find cannot be relied upon.
      void worker.thread.end();
      this.#lose(worker, message.detail);
      return;
    }
    worker.given.shift();
    under.settle(
      message.kind === "valued"
        ? { valuation: message.valuation }
        : { reason: PoolError.from(message.error) },
    );
    this.#employ();
  }

  /** Of what a lost worker had been given, it was at the first; the rest it had not begun. */
  #lose(worker: Worker, cause: string): void {
    const place = this.#staff.indexOf(worker);
    if (place < 0) return;
    this.#staff.splice(place, 1);
    const [first] = worker.given;
    if (first && ++first.losses >= LOSSES_MAX) {
      first.settle({ reason: workerLost(first.task.index, cause) });
    }
    // First in line, so that threads that cannot live are found out soon.
    this.#waiting.unshift(...worker.given.filter(({ isOpen }) => isOpen));
    this.#employ();
  }
}

function workerLost(index: number, cause: string): PoolError {
  return new PoolError([
    {
      code: "WORKER_LOST",
      pointer: "",
      detail:
        `${LOSSES_MAX} workers ended over item ${index}, the last with: ${cause}. ` +
        "Give the process more memory, use fewer workers, or value the batch without them.",
      expected: "workers that stay alive until they have answered",
    },
  ]);
}

function disposed(): PoolError {
  return new PoolError([
    {
      code: "DISPOSED",
      pointer: "",
      detail: "the workers of this batch have been disposed of; make new ones",
      expected: "a batch before dispose()",
    },
  ]);
}
