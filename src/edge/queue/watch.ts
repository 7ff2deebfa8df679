import { PoolError, type SentError } from "../../index.ts";
import { decoded } from "./codec.ts";
import { faultOf } from "./sent-error.ts";
import type { RunFields, Store } from "./store.ts";

/** Milliseconds between two looks at a run, at its jobs, and at when its keys end. */
const LOOK_MS = 100;
const JOBS_MS = 3000;
const RENEW_MS = 60_000;

/** A piece of work that someone waits for. */
export interface Awaited {
  readonly unit: string;
  /** Whether BullMQ still has the job, and what it says where it has failed. */
  readonly stateOfJob: () => Promise<"there" | "gone" | { readonly failed: string }>;
  /** Submits the job again where Redis has lost it. */
  readonly submit: () => Promise<void>;
}

/** What a run hears besides the end of its work. */
export interface RunEars {
  /** Scenarios done, by unit; whole units are missing. */
  readonly onFields?: (fields: RunFields) => void;
  /** What is to be kept while the run lasts: digests of specs, and units. */
  readonly kept: () => readonly [digests: readonly string[], units: readonly string[]];
}

interface Waiter extends Awaited {
  /** @param ms  that the work took; 0 where it was done before */
  readonly resolve: (ms: number) => void;
  readonly reject: (error: unknown) => void;
  /** How often in a row BullMQ's record of it said that nobody will do it. */
  misses: number;
}

/**
 * Waits for the work of a run by looking again and again: events of a server that ends and comes back
 * may be lost, what it has written is not. Work whose job has gone with the last moments of a server
 * is submitted again.
 */
export class RunWatch {
  readonly #store: Store;
  readonly #run: string;
  readonly #ears: RunEars;
  readonly #waiters = new Map<string, Waiter>();
  #timer: NodeJS.Timeout | undefined;
  #isUnder = false;
  #over: { readonly reason: unknown } | null = null;
  #jobsAt: number = performance.now() + JOBS_MS;
  #renewAt: number = performance.now() + RENEW_MS;

  constructor(store: Store, run: string, ears: RunEars) {
    this.#store = store;
    this.#run = run;
    this.#ears = ears;
  }

  /**
   * Waits until a piece of work is done.
   *
   * @returns milliseconds that it took; 0 where it was done before
   * @throws  PoolError of the work; QUEUE_CLOSED
   */
  done(awaited: Awaited): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#over) return reject(this.#over.reason);
      this.#waiters.set(awaited.unit, { ...awaited, resolve, reject, misses: 0 });
      this.#timer ??= setInterval(() => void this.#tick(), LOOK_MS);
    });
  }

  /** Gives up everything that is waited for. */
  end(reason: unknown): void {
    this.#over ??= { reason };
    clearInterval(this.#timer);
    for (const { reject } of this.#waiters.values()) reject(reason);
    this.#waiters.clear();
  }

  async #tick(): Promise<void> {
    // While Redis is away, one question waits; no others pile up behind it.
    if (this.#isUnder) return;
    this.#isUnder = true;
    try {
      await this.#look();
    } catch (error) {
      if (!this.#over) this.end(error instanceof PoolError ? error : lost(error));
    } finally {
      this.#isUnder = false;
    }
  }

  async #look(): Promise<void> {
    const fields = await this.#store.heard(this.#run);
    const heard: string[] = [];
    this.#ears.onFields?.(fields);
    for (const [unit, error] of faultsIn(fields)) this.#fail(error, this.#waiters.get(unit));
    for (const [field, text] of Object.entries(fields)) {
      const [kind, unit] = split(field);
      const waiter = this.#waiters.get(unit);
      if (kind !== "ok" || !waiter) continue;
      waiter.resolve(Number(text));
      this.#waiters.delete(unit);
      heard.push(field, `at:${unit}`);
    }
    await this.#store.forget(this.#run, heard);
    const now = performance.now();
    if (now >= this.#jobsAt) await this.#lookAtJobs();
    if (now >= this.#renewAt) {
      await this.#store.renew(this.#run, ...this.#ears.kept());
      this.#renewAt = now + RENEW_MS;
    }
    if (this.#waiters.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
    }
  }

  /** A fault of a shard is one of whoever waits for the merge of it. */
  #fail(error: PoolError, waiter: Waiter | undefined): void {
    const own = waiter ? [waiter] : [...this.#waiters.values()];
    for (const { unit, reject } of own) {
      reject(error);
      this.#waiters.delete(unit);
    }
  }

  async #lookAtJobs(): Promise<void> {
    for (const waiter of [...this.#waiters.values()]) {
      const state = await waiter.stateOfJob();
      if (state === "there" || !this.#waiters.has(waiter.unit)) {
        waiter.misses = 0;
        continue;
      }
      // What it has said last may not have been heard yet.
      if (++waiter.misses < 2) continue;
      waiter.misses = 0;
      if (state === "gone") await waiter.submit();
      else this.#fail(gaveUp(state.failed), waiter);
    }
    this.#jobsAt = performance.now() + JOBS_MS;
  }
}

/** The faults of a run by unit; a cause comes before what has failed because of it. */
function faultsIn(fields: RunFields): [unit: string, error: PoolError][] {
  const faults = Object.entries(fields).flatMap(([field, text]): [string, PoolError][] => {
    const [kind, unit] = split(field);
    return kind === "fault" ? [[unit, PoolError.from(decoded<SentError>(text))]] : [];
  });
  const isCause = ({ code }: PoolError) => (code === "QUEUE_FAILED" ? 1 : 0);
  return faults.sort(([, one], [, other]) => isCause(one) - isCause(other));
}

function split(field: string): [kind: string, unit: string] {
  const at = field.indexOf(":");
  return [field.slice(0, at), field.slice(at + 1)];
}

function gaveUp(reason: string): PoolError {
  const words = `the queue has given the work up: ${reason}; the log of the worker may say more`;
  return faultOf("QUEUE_FAILED", words, "work that some worker can do");
}

function lost(cause: unknown): PoolError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const words = `the connection to Redis cannot be used any more: ${reason}`;
  return faultOf("QUEUE_LOST", words, "a server that comes back as the same one");
}

/** Refuses what is asked of a queue that has been closed. */
export function closed(): PoolError {
  return faultOf("QUEUE_CLOSED", "the queue has been closed; open another one", "an open queue");
}
