import { PoolError } from "../../basics/index.ts";
import type { StartThread, Thread } from "../pool/thread.ts";
import { type ItemJob, type ItemLine, type ItemTask, type Pending, WaitingLine } from "./line.ts";
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
  readonly queue: WaitingLine;
  readonly items: readonly Pending[];
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
  /** Those with items that wait; whose turn it is comes first. */
  #queues: WaitingLine[] = [];
  #groupCount = 0;
  #baseCount = 0;
  #isDisposed = false;

  constructor(start: StartItemThread, workers: number) {
    this.#start = start;
    this.workers = workers;
  }

  /** Begins with a batch; besides what the engine throws, its items have WORKER_LOST or DISPOSED. */
  open(job: ItemJob): ItemLine {
    const queue = new WaitingLine(job, this.workers);
    return {
      ahead: () => queue.room,
      value: (task) =>
        new Promise((resolve, reject) => {
          if (this.#isDisposed) throw disposed();
          if (queue.stopped) throw queue.stopped.reason;
          queue.push({ task: copyOf(task), resolve, reject, losses: 0, isOpen: true });
          this.#enlist(queue);
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
    for (const pending of [...given, ...waiting]) refuse(pending, disposed());
    this.#queues = [];
    await Promise.all(staff.map(({ thread }) => thread.end()));
  }

  #stop(queue: WaitingLine, reason: unknown): void {
    if (queue.stopped) return;
    queue.stopped = { reason };
    this.#queues = this.#queues.filter((other) => other !== queue);
    for (const pending of queue.clear()) refuse(pending, reason);
    for (const { thread, given } of this.#staff) {
      for (const group of given) {
        if (group.queue !== queue) continue;
        thread.send({ kind: "drop", group: group.number }, []);
        for (const pending of group.items) refuse(pending, reason);
      }
    }
  }

  #enlist(queue: WaitingLine): void {
    if (!queue.isEmpty && !this.#queues.includes(queue)) this.#queues.push(queue);
  }

  /** Gives work to whoever has least of it, and takes on more threads while there is enough. */
  #employ(): void {
    while (this.#queues.length > 0) {
      const idle = this.#staff.find(({ given }) => given.length === 0);
      const worker = idle ?? this.#hire() ?? this.#least();
      if (!worker) break;
      const queue = this.#turn(worker);
      this.#queues = this.#queues.filter((other) => other !== queue);
      const items = queue.take(KEPT_MAX);
      this.#enlist(queue);
      this.#send(worker, queue, items);
    }
    for (const { thread, given } of this.#staff) thread.hold(given.length > 0);
  }

  /**
   * Whose turn it is: a batch that the fewest others work for. A worker stays with its own where all
   * have somebody: it would begin anew with every group.
   */
  #turn(worker: Worker): WaitingLine {
    const others = this.#queues.map(
      ({ job }) => this.#staff.filter((each) => each !== worker && each.job === job).length,
    );
    const least = Math.min(...others);
    const fewest = this.#queues.filter((_, i) => others[i] === least);
    const own = least > 0 ? fewest.find(({ job }) => job === worker.job) : undefined;
    return own ?? fewest[0]!;
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

  #send(worker: Worker, queue: WaitingLine, items: readonly Pending[]): void {
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
      // Items have been copied before: it is what they share that cannot be sent.
      for (const pending of items) refuse(pending, reason);
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

  #hear(worker: Worker, { answers, ms, goesOn, failure }: FromItemWorker): void {
    if (!this.#staff.includes(worker)) return;
    const { number, queue, items } = worker.given[0]!;
    for (const [i, answer] of answers.entries()) {
      const pending = items[i]!;
      pending.isOpen = false;
      if ("valuation" in answer) pending.resolve(answer.valuation);
      else pending.reject(PoolError.from(answer.error));
    }
    queue.learn(answers.length, ms);
    // At the next one it still is, or failed; those behind were not begun.
    const next = answers.length + (goesOn || failure !== null ? 1 : 0);
    const group = (from: number, end?: number) => ({
      number,
      queue,
      items: items.slice(from, end),
    });
    const last = group(answers.length, next);
    const left = group(next);
    if (failure !== null) {
      worker.given.splice(0, 1, last, left);
      // Whatever else its engine would find cannot be relied upon.
      void worker.thread.end();
      this.#lose(worker, failure);
      return;
    }
    worker.given.splice(0, 1, ...(goesOn ? [last] : []));
    this.#putBack(left);
    this.#employ();
  }

  /** Of what a lost worker had been given, it was at the first group; the rest it had not begun. */
  #lose(worker: Worker, cause: string): void {
    const place = this.#staff.indexOf(worker);
    if (place < 0) return;
    this.#staff.splice(place, 1);
    for (const pending of worker.given[0]?.items ?? []) {
      if (++pending.losses < LOSSES_MAX) continue;
      refuse(pending, workerLost(pending.task.index, cause));
    }
    // First in line, so that threads that cannot live are found out soon.
    for (const group of worker.given.reverse()) this.#putBack(group);
    this.#employ();
  }

  #putBack({ queue, items }: Group): void {
    queue.putBack(items);
    this.#enlist(queue);
  }
}

/** An item as it is now; what is sent once is never changed. */
function copyOf({ document, ...rest }: ItemTask): ItemTask {
  const isFixed = rest.isBase || typeof document === "string";
  return { ...structuredClone(rest), document: isFixed ? document : structuredClone(document) };
}

function refuse(pending: Pending, reason: unknown): void {
  pending.isOpen = false;
  pending.reject(reason);
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
