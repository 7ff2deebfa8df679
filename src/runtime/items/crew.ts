import { PoolError } from "../../basics/index.ts";
import type { StartThread, Thread } from "../pool/thread.ts";
import { type ItemJob, type ItemLine, Queue, type Under } from "./line.ts";
import type { FromItemWorker, SentItem, ToItemWorker } from "./message.ts";

/** Groups that a worker is given at once, so that it has the next while its answer is under way. */
const AHEAD = 2;
/** Threads that may be lost over one item before the batch is given up. */
const LOSSES_MAX = 3;
/** Documents that a worker keeps, the last that were asked for. */
const KEPT_MAX = 4;

/** Starts a thread that values items. */
export type StartItemThread = StartThread<ToItemWorker, FromItemWorker>;

/** Items that were sent in one message. */
interface Group {
  readonly number: number;
  readonly queue: Queue;
  readonly items: readonly Under[];
}

interface Worker {
  readonly thread: Thread<ToItemWorker>;
  /** What it was started with. */
  job: ItemJob | undefined;
  /** Documents that it keeps and their numbers; the last asked for is the last. */
  readonly kept: Map<unknown, number>;
  /** What it has not answered yet, in the order it was given. */
  readonly given: Group[];
}

/**
 * Values whole items on threads, each with an engine of its own. Threads begin with the first item,
 * are kept for the next batch, and do not keep the process alive while they have nothing to do.
 */
export class ItemCrew {
  readonly workers: number;
  readonly #start: StartItemThread;
  readonly #staff: Worker[] = [];
  /** Of batches under way; whose turn it is comes first. */
  readonly #queues: Queue[] = [];
  #groupCount = 0;
  #baseCount = 0;
  #isDisposed = false;

  constructor(start: StartItemThread, workers: number) {
    this.#start = start;
    this.workers = workers;
  }

  /** Begins with a batch; besides what the engine throws, its items have WORKER_LOST or DISPOSED. */
  open(job: ItemJob): ItemLine {
    const queue = new Queue(job, this.workers);
    this.#queues.push(queue);
    return {
      ahead: () => queue.room,
      value: (task) =>
        new Promise((resolve, reject) => {
          if (this.#isDisposed) return reject(disposed());
          queue.push({ task, resolve, reject, losses: 0, isOpen: true });
          this.#employ();
        }),
      stop: (reason) => this.#stop(queue, reason),
    };
  }

  /** Ends all threads; what is under way is refused, and so is every later item. */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    const staff = this.#staff.splice(0);
    const waiting = this.#queues.flatMap((queue) => queue.clear());
    const given = staff.flatMap((worker) => worker.given.flatMap(({ items }) => items));
    for (const under of [...given, ...waiting]) refuse(under, disposed());
    await Promise.all(staff.map(({ thread }) => thread.end()));
  }

  #stop(queue: Queue, reason: unknown): void {
    const place = this.#queues.indexOf(queue);
    if (place < 0) return;
    this.#queues.splice(place, 1);
    for (const under of queue.clear()) refuse(under, reason);
    for (const { thread, given } of this.#staff) {
      for (const group of given) {
        if (group.queue !== queue) continue;
        thread.send({ kind: "drop", group: group.number }, []);
        for (const under of group.items) refuse(under, reason);
      }
    }
  }

  /** Gives work to whoever has least of it, and takes on more threads while there is enough. */
  #employ(): void {
    for (;;) {
      const turn = this.#queues.findIndex((queue) => !queue.isEmpty);
      if (turn < 0) break;
      const idle = this.#staff.find(({ given }) => given.length === 0);
      const worker = idle ?? this.#hire() ?? this.#least();
      if (!worker) break;
      const [queue] = this.#queues.splice(turn, 1);
      this.#queues.push(queue!);
      this.#send(worker, queue!, queue!.take(KEPT_MAX));
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
      job: undefined,
      kept: new Map(),
      given: [],
    };
    this.#staff.push(worker);
    return worker;
  }

  #send(worker: Worker, queue: Queue, items: readonly Under[]): void {
    const { thread, given } = worker;
    const { job } = queue;
    const number = this.#groupCount++;
    try {
      if (worker.job !== job) {
        const { version, kernel, figures, shared: options } = job;
        thread.send({ kind: "start", version, kernel, figures, options }, []);
        worker.job = job;
      }
      const sent = items.map(({ task }): SentItem => {
        const { changes, options } = task;
        return task.isBase
          ? { base: this.#keep(worker, task.document), changes, options }
          : { base: null, document: task.document, changes, options };
      });
      thread.send({ kind: "value", group: number, items: sent }, []);
      given.push({ number, queue, items });
    } catch (reason) {
      // One that cannot be sent must not cost the others their answer.
      if (items.length === 1) refuse(items[0]!, reason);
      else for (const under of items) this.#send(worker, queue, [under]);
    }
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

  #hear(worker: Worker, { answers, ms, failure }: FromItemWorker): void {
    if (!this.#staff.includes(worker)) return;
    const { queue, items } = worker.given[0]!;
    for (const [i, answer] of answers.entries()) {
      const under = items[i]!;
      under.isOpen = false;
      if ("valuation" in answer) under.resolve(answer.valuation);
      else under.reject(PoolError.from(answer.error));
    }
    const left = items.slice(answers.length);
    if (failure !== null) {
      worker.given[0] = { ...worker.given[0]!, items: left };
      // Whatever else its engine would find cannot be relied upon.
      void worker.thread.end();
      this.#lose(worker, failure, 1);
      return;
    }
    worker.given.shift();
    queue.learn(answers.length, ms);
    queue.putBack(left);
    this.#employ();
  }

  /**
   * Of what a lost worker had been given, it was at the first group; the rest it had not begun.
   *
   * @param suspects  how many of the first group it may have been at
   */
  #lose(worker: Worker, cause: string, suspects = Infinity): void {
    const place = this.#staff.indexOf(worker);
    if (place < 0) return;
    this.#staff.splice(place, 1);
    for (const under of worker.given[0]?.items.slice(0, suspects) ?? []) {
      if (++under.losses < LOSSES_MAX) continue;
      refuse(under, workerLost(under.task.index, cause));
    }
    // First in line, so that threads that cannot live are found out soon.
    for (const { queue, items } of worker.given.reverse()) queue.putBack(items);
    this.#employ();
  }
}

function refuse(under: Under, reason: unknown): void {
  under.isOpen = false;
  under.reject(reason);
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
