import { randomUUID } from "node:crypto";
import { BroadcastChannel } from "node:worker_threads";
import type { Queue as JobQueue, Worker as JobWorker } from "bullmq";
import { load, type PoolError } from "../../index.ts";
import { type Build, buildOf, queueName } from "./build.ts";
import { encoded } from "./codec.ts";
import type { Outcome, QueueJob, ThreadNews } from "./job.ts";
import { Keys } from "./keys.ts";
import type { WorkerMetrics } from "./metrics.ts";
import { type Peers, peers } from "./peers.ts";
import { type ProbeServer, serveProbes } from "./probe-server.ts";
import type { ThreadTerms } from "./processor.ts";
import { within } from "./race.ts";
import { faultOf, sentError } from "./sent-error.ts";
import { proven } from "./settings.ts";
import { Store } from "./store.ts";
import { readWorkerOptions, type WorkerOptions, type WorkerTerms } from "./worker-options.ts";

/** Milliseconds between two signs of life, and for which one of them holds. */
const ALIVE_MS = { every: 2000, lasts: 6000 };
/** Milliseconds for threads to hand back what they have, and for connections to end. */
const HAND_BACK_MS = 1200;
const CLOSE_MS = 500;
/** For what a worker writes about jobs that have failed: a fault is read at once, or never. */
const KEEP_MS = 86_400_000;
/** Beside the file that this ends up in: `build.mjs` puts both into one folder. */
const PROCESSOR = "./queue-processor.js";

/** A worker that is at work. */
export interface WorkerHandle {
  readonly id: string;
  /** The package and kernel whose work it takes. */
  readonly build: Build;
  /** Where its probes are; null where it was not asked for any. */
  readonly probes: { readonly host: string; readonly port: number } | null;
  /** What it has counted, as Prometheus reads it. */
  readonly metrics: () => Promise<string>;
  /**
   * Takes no more work, finishes what is under way or hands it back when the grace is over, and ends.
   * Nothing fails for it.
   */
  readonly stop: () => Promise<void>;
}

/**
 * Works on a queue until it is stopped. Work is done on threads, so that this one is free to renew
 * locks and to answer probes.
 *
 * @throws PoolError as `openQueue`; STALLED_MAX, NUMBER_RANGE, LISTEN_ADDRESS, LISTEN_REFUSED
 */
export async function startWorker(options: WorkerOptions): Promise<WorkerHandle> {
  const { terms, issues } = readWorkerOptions(options);
  const keys = new Keys(options.prefix);
  const own = await peers();
  const redis = await proven(own, options, issues);
  try {
    const engine = await load();
    const build = buildOf(engine);
    await engine.dispose();
    const store = new Store(redis, keys, { leaseMs: 0, keepMs: KEEP_MS });
    const running = await RunningWorker.start({ peers: own, store, keys, build, options, terms });
    return running.handle();
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

/** What a worker stands on. */
interface Ground {
  readonly peers: Peers;
  readonly store: Store;
  readonly keys: Keys;
  readonly build: Build;
  readonly options: WorkerOptions;
  readonly terms: WorkerTerms;
}

class RunningWorker {
  readonly #id: string = randomUUID();
  readonly #ground: Ground;
  readonly #queue: JobQueue<QueueJob>;
  readonly #worker: JobWorker<QueueJob, Outcome>;
  readonly #metrics: WorkerMetrics;
  readonly #news: BroadcastChannel;
  readonly #alive: NodeJS.Timeout;
  #probes: ProbeServer | null = null;
  #stopping: Promise<void> | undefined;

  static async start(ground: Ground): Promise<RunningWorker> {
    // Fetched here, so that clients do without it.
    const { WorkerMetrics } = await import("./metrics.ts");
    const running = new RunningWorker(ground, WorkerMetrics);
    const { listen } = ground.options;
    try {
      if (listen !== undefined) running.#probes = await serveProbes(listen, running.#answers());
      await running.#worker.waitUntilReady();
      await running.#sayAlive();
    } catch (error) {
      await running.stop();
      throw error;
    }
    return running;
  }

  private constructor(ground: Ground, Metrics: typeof WorkerMetrics) {
    this.#ground = ground;
    const { store, keys, build, peers: own } = ground;
    const name = queueName(build);
    const shared = { connection: store.redis, prefix: keys.prefix };
    this.#queue = new own.bullmq.Queue(name, shared);
    this.#queue.on("error", () => {});
    this.#metrics = new Metrics(() =>
      this.#queue.getJobCounts("waiting", "active", "delayed", "waiting-children", "failed"),
    );
    const channel = `riskpool-${this.#id}`;
    this.#news = new BroadcastChannel(channel);
    this.#news.onmessage = (event) => {
      this.#metrics.hear((event as { readonly data: ThreadNews }).data);
    };
    this.#worker = this.#employ(name, channel);
    this.#alive = setInterval(() => void this.#sayAlive().catch(() => {}), ALIVE_MS.every);
  }

  #employ(name: string, channel: string): JobWorker<QueueJob, Outcome> {
    const { store, keys, options, terms, peers: own } = this.#ground;
    const leaseMs = 1000 * terms.lockSeconds;
    const workerData: ThreadTerms = {
      ...{ redis: options.redis, channel, leaseMs },
      prefix: options.prefix ?? "riskpool",
    };
    const worker = new own.bullmq.Worker<QueueJob, Outcome>(
      name,
      new URL(PROCESSOR, import.meta.url),
      {
        connection: store.redis,
        prefix: keys.prefix,
        concurrency: terms.concurrency,
        useWorkerThreads: true,
        // Not the caller's flags: `--import` of a loader has no business in there.
        workerThreadsOptions: { workerData, execArgv: [] },
        lockDuration: leaseMs,
        stalledInterval: leaseMs / 2,
        maxStalledCount: terms.stalledMax,
        runRetryDelay: 1000,
      },
    );
    // A server that is away comes back; locks that were lost meanwhile are what tokens are for.
    worker.on("error", () => {});
    worker.on("stalled", () => this.#metrics.stalled());
    worker.on("failed", (job, error) => {
      if (job?.finishedOn === undefined) return;
      const text = encoded(sentError(givenUp(error)));
      store.fail(job.data, text).catch(() => {});
    });
    return worker;
  }

  #answers(): Parameters<typeof serveProbes>[1] {
    return {
      isReady: () => this.#stopping === undefined && this.#ground.store.redis.status === "ready",
      metrics: () => this.#metrics.page(),
    };
  }

  async #sayAlive(): Promise<void> {
    const { store, build, terms } = this.#ground;
    await store.announce(queueName(build), this.#id, terms.concurrency, ALIVE_MS.lasts);
  }

  handle(): WorkerHandle {
    const { build } = this.#ground;
    const probes = this.#probes && { host: this.#probes.host, port: this.#probes.port };
    return {
      ...{ id: this.#id, build, probes },
      metrics: async () => (await this.#metrics.page()).text,
      stop: () => this.stop(),
    };
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const { store, build, terms } = this.#ground;
    clearInterval(this.#alive);
    const gone = store.announce(queueName(build), this.#id, terms.concurrency, 1);
    await within(CLOSE_MS, gone);
    await this.#worker.pause(true);
    const closing = this.#worker.close();
    const isDone = await within(1000 * terms.graceSeconds, closing);
    if (!isDone) {
      this.#worker.cancelAllJobs("the worker ends");
      await within(HAND_BACK_MS, closing);
    }
    this.#news.close();
    await within(CLOSE_MS, Promise.allSettled([this.#queue.close(), this.#probes?.close()]));
    store.redis.disconnect();
  }
}

function givenUp(error: Error): PoolError {
  const words = `a piece of work failed again and again, the last time with: ${error.message}`;
  return faultOf("QUEUE_FAILED", words, "work that some worker can do");
}
