import type { FlowProducer, Queue as JobQueue } from "bullmq";
import type { Engine } from "../../index.ts";
import { type Build, buildOf, queueName } from "./build.ts";
import { jobId, jobOptions, type QueueJob } from "./job.ts";
import type { Keys } from "./keys.ts";
import type { Peers } from "./peers.ts";
import { within } from "./race.ts";
import type { Store } from "./store.ts";
import { type Awaited, closed, type RunEars, RunWatch } from "./watch.ts";

/** Milliseconds to clear up in before a connection is closed. */
const CLEAR_MS = 2000;

/** What all submissions of a client share. */
export class Client {
  readonly engine: Engine;
  readonly build: Build;
  readonly store: Store;
  readonly startsMax: number;
  readonly keepMs: number;
  readonly #queue: JobQueue<QueueJob>;
  readonly #flows: FlowProducer;
  readonly #watches = new Set<RunWatch>();
  readonly #clearing = new Set<Promise<void>>();
  #isClosed = false;

  constructor(
    { bullmq }: Peers,
    engine: Engine,
    store: Store,
    keys: Keys,
    limits: { readonly startsMax: number; readonly keepMs: number },
  ) {
    this.engine = engine;
    this.build = buildOf(engine);
    this.store = store;
    this.startsMax = limits.startsMax;
    this.keepMs = limits.keepMs;
    const options = { connection: store.redis, prefix: keys.prefix };
    this.#queue = new bullmq.Queue(this.queueName, options);
    this.#flows = new bullmq.FlowProducer(options);
    // Connections find their server again by themselves; until then, questions wait.
    this.#queue.on("error", () => {});
    this.#flows.on("error", () => {});
  }

  get queueName(): string {
    return queueName(this.build);
  }

  /** A job of this client's build. */
  job(of: Pick<QueueJob, "run" | "turn" | "unit" | "spec" | "task">): QueueJob {
    return { ...of, ...this.build, startsMax: this.startsMax, keepMs: this.keepMs };
  }

  /** Submits a job; one that is there already stays as it is. */
  async submit(job: QueueJob): Promise<void> {
    await this.#queue.add(job.task.kind, job, jobOptions(jobId(job), this.startsMax));
  }

  /** Submits a job that waits for others. */
  async submitFlow(parent: QueueJob, children: readonly QueueJob[]): Promise<void> {
    const node = (job: QueueJob) => ({
      name: job.task.kind,
      queueName: this.queueName,
      data: job,
      opts: jobOptions(jobId(job), this.startsMax),
    });
    await this.#flows.add({
      ...node(parent),
      children: children.map((job) => {
        const child = node(job);
        return { ...child, opts: { ...child.opts, failParentOnFailure: true } };
      }),
    });
  }

  /** Removes jobs that nobody has begun; those that are under way stop by themselves. */
  async withdraw(jobs: readonly QueueJob[]): Promise<void> {
    await Promise.allSettled(
      jobs.map((job) => this.#queue.remove(jobId(job), { removeChildren: false })),
    );
  }

  /** What a watch asks of a job's record. */
  awaited(job: QueueJob, submit: () => Promise<void>): Awaited {
    return {
      unit: job.unit,
      submit,
      stateOfJob: async () => {
        const record = await this.#queue.getJob(jobId(job));
        if (!record) return "gone";
        const isFailed = (await record.getState()) === "failed";
        return isFailed ? { failed: record.failedReason } : "there";
      },
    };
  }

  /** Waits for what a run brings, until the client closes. */
  watch(run: string, ears: RunEars): RunWatch {
    if (this.#isClosed) throw closed();
    const watch = new RunWatch(this.store, run, ears);
    this.#watches.add(watch);
    return watch;
  }

  /** Ends a watch, and clears up behind it while its caller goes on. */
  leave(watch: RunWatch, clear: () => Promise<void>): void {
    watch.end(closed());
    this.#watches.delete(watch);
    if (this.#isClosed) return;
    // What cannot be cleared up has an end of its own.
    const cleared = clear().catch(() => {});
    this.#clearing.add(cleared);
    void cleared.then(() => this.#clearing.delete(cleared));
  }

  /** Pieces of work that the workers of this build run at a time. */
  slots(): Promise<number> {
    return this.store.slots(this.queueName);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    for (const watch of this.#watches) watch.end(closed());
    // Whoever waited clears up first.
    await new Promise((resolve) => setImmediate(resolve));
    this.#isClosed = true;
    await within(CLEAR_MS, Promise.all(this.#clearing));
    await Promise.allSettled([this.#queue.close(), this.#flows.close()]);
    this.store.redis.disconnect();
  }
}
