import {
  type Answer,
  type AnyAnswer,
  type BatchOptions,
  type Issue,
  load,
  type Measurement,
  PoolError,
  type PoolValuation,
  received,
  type Source,
} from "../../index.ts";
import { Client } from "./client.ts";
import { ChunkCrew } from "./crew.ts";
import { Keys } from "./keys.ts";
import { limitIssues } from "./limits.ts";
import { peers } from "./peers.ts";
import { proven, type ServerOptions } from "./settings.ts";
import { type QueueCounts, Store } from "./store.ts";
import { type QueueValueOptions, valueInShards } from "./valuation.ts";

/** Starts after which a piece of work is given up. */
const STARTS_MAX = 10;
/** Seconds for which what a crashed client has left behind is kept. */
const KEEP_SECONDS = 86_400;

/** Where a queue is, and how it is kept. */
export interface QueueOptions extends ServerOptions {
  /** First word of all keys; `riskpool` when left out. Workers must have the same. */
  readonly prefix?: string;
  /**
   * Seconds for which specs and results are kept when nobody asks for them any more: a day when left
   * out. Whoever submits the same again within that time goes on with what was found.
   */
  readonly keepSeconds?: number;
  /** Starts after which a piece of work is given up, 1 … 1,000; 10 when left out. */
  readonly startsMax?: number;
}

/** How many pools are valued on a queue: as `engine.valueMany` has it. */
export type QueueBatchOptions = Omit<BatchOptions, "workers">;

/**
 * Values pools on the workers of a queue: what `engine.value` and `engine.valueMany` find, bit for
 * bit, whoever runs which part of it and whoever dies meanwhile.
 */
export class Queue {
  readonly #client: Client;

  /** @internal Queues come from `openQueue`. */
  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * Values a pool in shards, which are merged by a worker as well.
   *
   * @param options  as for `engine.value`, and `shards`; estimates in `onProgress` are null
   * @throws         PoolError as `engine.value`; QUEUE_POISON, QUEUE_FAILED, RESULT_DIFFERS,
   *                 QUEUE_CLOSED; the signal's reason when aborted
   *
   * @example
   * const queue = await openQueue({ redis: "redis://127.0.0.1:6379" });
   * const result = await queue.value(pool, { scenarios: 10_000_000, shards: { count: 24 } });
   */
  async value(pool: unknown, options: QueueValueOptions = {}): Promise<PoolValuation> {
    refuseSpeaking(options, ["onMeasured"]);
    return valueInShards(this.#client, pool, options);
  }

  /**
   * Values many pools, or many variants of one: as `engine.valueMany`, in chunks of some seconds that
   * are valued by workers anywhere.
   *
   * @throws PoolError as `engine.valueMany`; of the queue
   */
  valueMany(
    source: Source<unknown>,
    options: QueueBatchOptions & { readonly figures: "measure" },
  ): AsyncGenerator<Answer<Measurement>, void, void>;
  valueMany(
    source: Source<unknown>,
    options?: QueueBatchOptions & { readonly figures?: "value" },
  ): AsyncGenerator<Answer<PoolValuation>, void, void>;
  valueMany(
    source: Source<unknown>,
    options?: QueueBatchOptions,
  ): AsyncGenerator<AnyAnswer, void, void>;
  async *valueMany(
    source: Source<unknown>,
    options: QueueBatchOptions = {},
  ): AsyncGenerator<AnyAnswer, void, void> {
    refuseSpeaking(options, ["workers"]);
    const crew = new ChunkCrew(this.#client);
    try {
      yield* this.#client.engine.valueMany(source, { ...options, workers: crew });
    } finally {
      crew.end();
    }
  }

  /** Pieces of work that the workers of this build run at a time: 0 where none is alive. */
  slots(): Promise<number> {
    return this.#client.slots();
  }

  /** What has ever happened under this queue's prefix. */
  counts(): Promise<QueueCounts> {
    return this.#client.store.counts();
  }

  /** Ends what is under way and closes the connection. */
  async close(): Promise<void> {
    await this.#client.close();
    await this.#client.engine.dispose();
  }
}

/**
 * Opens a queue on a Redis or Valkey server whose settings keep what was committed.
 *
 * @throws PoolError PEER_MISSING, REDIS_URL, REDIS_UNREACHABLE, REDIS_AUTH; every setting that is not
 *         safe: REDIS_APPEND_OFF, REDIS_APPEND_SYNC, REDIS_APPEND_FAILS, REDIS_EVICTION,
 *         REDIS_VERSION, REDIS_REPLICA; and every problem of the options
 */
export async function openQueue(options: QueueOptions): Promise<Queue> {
  const { startsMax, keepMs, issues } = readLimits(options);
  const keys = new Keys(options.prefix);
  const own = await peers();
  const redis = await proven(own, options, issues);
  try {
    const store = new Store(redis, keys, { leaseMs: 0, keepMs });
    return new Queue(new Client(own, await load(), store, keys, { startsMax, keepMs }));
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}

function readLimits({ startsMax = STARTS_MAX, keepSeconds = KEEP_SECONDS }: QueueOptions): {
  readonly startsMax: number;
  readonly keepMs: number;
  readonly issues: readonly Issue[];
} {
  const issues = limitIssues([
    { name: "startsMax", value: startsMax, isWhole: true, min: 1, max: 1000 },
    { name: "keepSeconds", value: keepSeconds, isWhole: false, min: 60, max: 30 * 86_400 },
  ]);
  return { startsMax, keepMs: Math.round(1000 * keepSeconds), issues };
}

/** Refuses options that only an engine in this process can do something with. */
function refuseSpeaking(options: object, names: readonly string[]): void {
  const given = options as Readonly<Record<string, unknown>>;
  const issues = names.flatMap((name) => {
    if (given[name] === undefined) return [];
    const issue: Issue = {
      code: "OPTION_CONFLICT",
      pointer: `/options/${name}`,
      detail: `a queue has workers of its own, which call nobody back; leave ${name} out, or take an engine`,
      expected: "left out",
      received: received(given[name]),
    };
    return [issue];
  });
  if (issues.length > 0) throw new PoolError(issues, "request");
}
