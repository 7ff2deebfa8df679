import { BroadcastChannel, workerData } from "node:worker_threads";
import type { SandboxedJob } from "bullmq";
import { load, PoolError } from "../../index.ts";
import { type Build, buildOf, isSameBuild } from "./build.ts";
import { encoded } from "./codec.ts";
import type { Outcome, QueueJob, ThreadNews } from "./job.ts";
import { Keys } from "./keys.ts";
import { peers } from "./peers.ts";
import { connected } from "./redis.ts";
import { faultOf, sentError } from "./sent-error.ts";
import { type Lives, Store } from "./store.ts";
import { TaskRunner } from "./task.ts";

/** What a worker gives its threads. */
export interface ThreadTerms extends Omit<Lives, "keepMs"> {
  readonly redis: string;
  readonly prefix: string;
  /** Where news of jobs go. */
  readonly channel: string;
}

/** Milliseconds between two beats, and before work that another has is looked at again. */
const BEAT_MS = 400;
const BUSY_MS = 500;

/** What a thread has for all its jobs. */
interface Bench {
  readonly build: Build;
  readonly runnerOf: (store: Store) => TaskRunner;
  readonly storeOf: (keepMs: number) => Store;
  readonly tell: (news: ThreadNews) => void;
}

let bench: Promise<Bench> | undefined;

async function begin(): Promise<Bench> {
  const { redis: url, prefix, channel, leaseMs } = workerData as ThreadTerms;
  const redis = await connected(await peers(), url);
  const engine = await load();
  const keys = new Keys(prefix);
  const news = new BroadcastChannel(channel);
  // It must not keep a thread that has been told to end.
  news.unref();
  let runner: TaskRunner | undefined;
  return {
    build: buildOf(engine),
    storeOf: (keepMs) => new Store(redis, keys, { leaseMs, keepMs }),
    runnerOf: (store) => {
      runner ??= new TaskRunner(engine, store);
      return runner;
    },
    tell: (message) => news.postMessage(message),
  };
}

/**
 * What a thread of a worker does with a job: takes a token, does the work, commits the result. It is
 * in a thread so that the worker's own has time to renew locks and to answer.
 *
 * @param signal  aborted where the worker is to hand back what it has
 * @throws        errors by the names that BullMQ knows: UnrecoverableError, DelayedError, WaitingError
 */
export async function processJob(
  job: SandboxedJob<QueueJob, Outcome>,
  token: string,
  signal: AbortSignal,
): Promise<Outcome> {
  bench ??= begin().catch((error: unknown) => {
    bench = undefined;
    throw error;
  });
  const own = await bench;
  const { data } = job;
  const store = own.storeOf(data.keepMs);
  if (!isSameBuild(own.build, data)) return later(job, token, own.tell, data);
  const beginning = await store.begin(data, data.startsMax);
  switch (beginning.state) {
    case "started":
      return new Start(own, store, job, token, beginning.token).work(signal);
    case "busy":
      return later(job, token, own.tell, data);
    case "poisoned":
      return givenUp(store, data, beginning.cause);
    default:
      own.tell({ ...end(data, beginning.state), seconds: 0 });
      return beginning.state;
  }
}

/** One start of a piece of work. */
class Start {
  readonly #bench: Bench;
  readonly #store: Store;
  readonly #job: SandboxedJob<QueueJob, Outcome>;
  readonly #lock: string;
  readonly #token: number;
  readonly #control = new AbortController();
  #done = 0;
  #end: "over" | "fenced" | "handed-back" | null = null;

  constructor(
    bench: Bench,
    store: Store,
    job: SandboxedJob<QueueJob, Outcome>,
    lock: string,
    token: number,
  ) {
    this.#bench = bench;
    this.#store = store;
    this.#job = job;
    this.#lock = lock;
    this.#token = token;
  }

  async work(signal: AbortSignal): Promise<Outcome> {
    const { data } = this.#job;
    const from = performance.now();
    this.#bench.tell({ kind: "start", task: data.task.kind });
    const giveBack = () => this.#stop("handed-back");
    signal.addEventListener("abort", giveBack);
    if (signal.aborted) giveBack();
    const pulse = this.#beatOn();
    let outcome: Outcome = "failed";
    let size = 0;
    try {
      const bytes = await this.#bytes();
      size = bytes?.length ?? 0;
      outcome = bytes ? await this.#commit(bytes, performance.now() - from) : this.#end!;
      if (outcome === "handed-back") await this.#handBack();
      return outcome;
    } finally {
      clearInterval(pulse);
      signal.removeEventListener("abort", giveBack);
      const seconds = (performance.now() - from) / 1000;
      this.#bench.tell({ ...end(data, outcome), seconds, bytes: size });
    }
  }

  #stop(end: "over" | "fenced" | "handed-back"): void {
    this.#end ??= end;
    this.#control.abort();
  }

  #beatOn(): NodeJS.Timeout {
    const { data } = this.#job;
    const { leaseMs } = workerData as ThreadTerms;
    let isUnder = false;
    const beat = async () => {
      // While Redis is away, one question waits; no others pile up behind it.
      if (isUnder) return;
      isUnder = true;
      const answer = await this.#store.beat(data, this.#token, this.#done).catch(() => "go");
      isUnder = false;
      if (answer === "go" || this.#end !== null) return;
      this.#stop(answer as "over" | "fenced");
    };
    return setInterval(() => void beat(), Math.min(BEAT_MS, leaseMs / 4));
  }

  /** The result; null where the work was stopped. */
  async #bytes(): Promise<Uint8Array | null> {
    const { data } = this.#job;
    const reins = {
      signal: this.#control.signal,
      onDone: (scenarios: number) => {
        this.#done = scenarios;
      },
    };
    try {
      return await this.#bench.runnerOf(this.#store).run(data, reins);
    } catch (error) {
      if (this.#end !== null) return null;
      await this.#store.fault(data.unit, this.#token, String(error));
      // What is wrong with the input is as wrong the next time.
      if (error instanceof PoolError) await this.#fail(error);
      throw error;
    }
  }

  async #commit(bytes: Uint8Array, ms: number): Promise<Outcome> {
    const { data } = this.#job;
    const outcome = await this.#store.commit(data, this.#token, bytes, ms);
    if (outcome === "differs") await this.#fail(differs(data));
    return outcome as Exclude<typeof outcome, "differs">;
  }

  async #fail(error: PoolError): Promise<never> {
    await this.#store.fail(this.#job.data, encoded(sentError(error)));
    throw named("UnrecoverableError", error.message);
  }

  async #handBack(): Promise<never> {
    await this.#store.handBack(this.#job.data.unit, this.#token);
    await this.#job.moveToWait(this.#lock);
    throw named("WaitingError", "handed back");
  }
}

/** Leaves a job to others for a moment. */
async function later(
  job: SandboxedJob<QueueJob, Outcome>,
  token: string,
  tell: Bench["tell"],
  data: QueueJob,
): Promise<never> {
  await job.moveToDelayed(Date.now() + BUSY_MS, token);
  tell({ ...end(data, "handed-back"), seconds: 0 });
  throw named("DelayedError", "left to others");
}

const end = ({ task }: QueueJob, outcome: Outcome) =>
  ({ kind: "end", task: task.kind, outcome, bytes: 0 }) as const;

/** An error that BullMQ knows by its name: instances do not cross threads. */
function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

async function givenUp(store: Store, data: QueueJob, cause: string): Promise<never> {
  const error = poisoned(data, cause);
  await store.fail(data, encoded(sentError(error)));
  throw named("UnrecoverableError", error.message);
}

function poisoned({ startsMax, task }: QueueJob, cause: string): PoolError {
  const what =
    task.kind === "shard"
      ? `the shard of parts ${task.from} to ${task.end - 1}`
      : task.kind === "merge"
        ? "the merge"
        : "a chunk of the batch";
  const why = cause
    ? `the last time it failed with: ${cause}`
    : "it may take more memory than the workers have, or more time than they live. Cut the work into more shards, or give the workers more.";
  return faultOf(
    "QUEUE_POISON",
    `${what} was started ${startsMax} times and never came to its end; ${why}`,
    "work that ends before its worker does",
  );
}

function differs({ unit }: QueueJob): PoolError {
  return faultOf(
    "RESULT_DIFFERS",
    `two runs of the same input (${unit}) gave different bytes, which no sound machines do: one of the workers is at fault. The first result was kept; trust neither until you know which.`,
    "the same bytes from every worker",
  );
}
