import {
  type Change,
  type Engine,
  type NamedShard,
  type Pool,
  PoolError,
  readPool,
  readShard,
  variantOf,
  writeShard,
} from "../../index.ts";
import { sha256 } from "../digest.ts";
import { decoded, encoded } from "./codec.ts";
import { type QueueJob, shardUnit, type Task } from "./job.ts";
import { faultOf, sentError } from "./sent-error.ts";
import type { ChunkSpec, ItemAnswer, ItemSpec, PoolSpec } from "./spec.ts";
import type { Store } from "./store.ts";

/** Bytes that Redis takes for one value, less some for the command around it. */
const BYTES_MAX = 500e6;
/** Bases of batches that a thread keeps read. */
const BASES_MAX = 4;

/** How work is stopped, and how it tells how far it is. */
export interface Reins {
  readonly signal: AbortSignal;
  /** Hears how many scenarios are done. */
  readonly onDone: (scenarios: number) => void;
}

/** A pool that has been read, with what it is asked. */
interface ReadSpec {
  readonly digest: string;
  readonly pool: Pool;
  readonly options: PoolSpec["options"];
}

/**
 * Does pieces of work with an engine of its own. What the last one was made from is kept: the next is
 * most often another shard of the same run.
 */
export class TaskRunner {
  readonly #engine: Engine;
  readonly #store: Store;
  #last: ReadSpec | null = null;
  readonly #bases = new Map<string, unknown>();

  constructor(engine: Engine, store: Store) {
    this.#engine = engine;
    this.#store = store;
  }

  /**
   * The bytes of a result.
   *
   * @throws PoolError as the engine does; SPEC_GONE, SHARDS_GONE, SHARD_LARGE; the signal's reason
   */
  async run({ spec, task }: Pick<QueueJob, "spec" | "task">, reins: Reins): Promise<Uint8Array> {
    if (task.kind === "chunk") return bytesOf(await this.#chunk(await this.#text(spec), reins));
    const { pool, options } = await this.#read(spec);
    const { signal, onDone } = reins;
    const asked = { ...options, signal };
    if (task.kind === "merge") {
      return bytesOf(await this.#engine.mergeShards(pool, this.#shards(task), asked));
    }
    const range = { from: task.from, end: task.end };
    const onProgress = ({ done }: { readonly done: number }) => onDone(done);
    const shard = await this.#engine.runShard(pool, range, { ...asked, onProgress });
    const bytes = writeShard(shard, { sha256 });
    if (bytes.length > BYTES_MAX) throw tooLarge(bytes.length);
    return bytes;
  }

  async #text(digest: string): Promise<string> {
    const text = await this.#store.spec(digest);
    if (text !== null) return text;
    const words = "what the work is made from is no longer in Redis; submit it again";
    throw faultOf("SPEC_GONE", words, "a spec that is kept until its work is done");
  }

  async #read(digest: string): Promise<ReadSpec> {
    if (this.#last?.digest !== digest) {
      const { pool, options } = decoded<PoolSpec>(await this.#text(digest));
      this.#last = { digest, pool: readPool(pool), options };
    }
    return this.#last;
  }

  /** Shards one after the other: no more than one is held besides what is merged. */
  async *#shards({
    shards,
    bounds,
  }: Extract<Task, { readonly kind: "merge" }>): AsyncGenerator<NamedShard> {
    for (const [i, end] of bounds.slice(1).entries()) {
      const name = shardUnit(shards, bounds[i]!, end);
      const bytes = await this.#store.value(name);
      if (bytes === null) {
        const words = `the shard of parts ${bounds[i]!} to ${end - 1} is no longer in Redis`;
        throw faultOf("SHARDS_GONE", words, "shards that are kept until they are merged");
      }
      yield readShard(bytes, name, { sha256 });
    }
  }

  async #chunk(text: string, { signal }: Reins): Promise<ItemAnswer[]> {
    const { figures, shared, items } = decoded<ChunkSpec>(text);
    const pools: unknown[] = [];
    for (const item of items) pools.push(await this.#poolOf(item));
    const source = items.map(({ changes, options }, i) => ({
      pool: pools[i],
      changes: changes as Change[],
      options,
    }));
    const answers: ItemAnswer[] = [];
    const asked = { ...shared, figures, signal, ahead: 1 };
    for await (const { valuation, error } of this.#engine.valueMany(source, asked)) {
      answers.push(error ? { error: sentError(error) } : { valuation });
    }
    return answers;
  }

  /** An item's pool: a base is read once, and what is wrong with it is told by every item of it. */
  async #poolOf({ base, document }: ItemSpec): Promise<unknown> {
    if (base === null) return document;
    const known = this.#bases.get(base);
    if (known !== undefined) return known;
    const pool = readBase(decoded(await this.#text(base)));
    this.#bases.set(base, pool);
    if (this.#bases.size > BASES_MAX) this.#bases.delete(this.#bases.keys().next().value!);
    return pool;
  }
}

function readBase(document: unknown): unknown {
  try {
    return variantOf(document);
  } catch (error) {
    if (error instanceof PoolError) return document;
    throw error;
  }
}

const bytesOf = (answer: unknown): Uint8Array => new TextEncoder().encode(encoded(answer));

function tooLarge(bytes: number): PoolError {
  const words = `a shard of ${Math.round(bytes / 1e6)} MB is more than Redis takes for one value; cut the run into more shards`;
  return faultOf("SHARD_LARGE", words, `at most ${BYTES_MAX / 1e6} MB`);
}
