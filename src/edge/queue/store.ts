import type { Redis } from "ioredis";
import { sha256 } from "../digest.ts";
import type { Keys } from "./keys.ts";
import { ABORT, ALIVE, BEAT, BEGIN, COMMIT, LEAVE, RELEASE, SLOTS, TELL } from "./scripts.ts";

/** What may be done with a piece of work. */
export type Beginning =
  | { readonly state: "started"; readonly token: number }
  /** It is done; its run is over; another has it. */
  | { readonly state: "found" | "over" | "busy" }
  /** It has been started too often; with the last error, if one was told. */
  | { readonly state: "poisoned"; readonly cause: string };

/**
 * What became of a result. `duplicate`: it was there already, and is the same. `fenced`: a later
 * start has taken over. `differs`: another result is there, and stays.
 */
export type Committed = "committed" | "duplicate" | "fenced" | "differs";

/** What has ever happened under a prefix. */
export interface QueueCounts {
  readonly starts: number;
  readonly commits: number;
  readonly duplicates: number;
  readonly fenced: number;
  readonly differing: number;
}

/** A piece of work, and the run in which someone waits for it. */
export interface Place {
  readonly run: string;
  readonly unit: string;
}

/** What of a piece of work a run hears, by the name of its field. */
export type RunFields = Readonly<Record<string, string>>;

/** How long a lease and what is kept may last, milliseconds. */
export interface Lives {
  readonly leaseMs: number;
  readonly keepMs: number;
}

/**
 * Everything that a queue keeps besides BullMQ's jobs: specs by their digests, results by what they
 * are results of. Every key has an end, which is put off while someone waits.
 */
export class Store {
  readonly redis: Redis;
  readonly keys: Keys;
  readonly #lives: Lives;

  constructor(redis: Redis, keys: Keys, lives: Lives) {
    this.redis = redis;
    this.keys = keys;
    this.#lives = lives;
  }

  #script(
    script: string,
    keys: readonly string[],
    words: readonly (string | number | Uint8Array)[] = [],
  ): Promise<unknown> {
    const args = words.map((word) =>
      word instanceof Uint8Array ? Buffer.from(word.buffer, word.byteOffset, word.length) : word,
    );
    return this.redis.eval(script, keys.length, ...keys, ...args);
  }

  /** Begins a run: workers do nothing for one that is not open. */
  async open(run: string): Promise<void> {
    const key = this.keys.run(run);
    await this.redis.multi().hset(key, "state", "open").pexpire(key, this.#lives.keepMs).exec();
  }

  /** Ends a run without a result; what is under way for it stops at its next beat. */
  async abort(run: string): Promise<void> {
    await this.#script(ABORT, [this.keys.run(run)]);
  }

  /** What a run has heard of its work. */
  heard(run: string): Promise<RunFields> {
    return this.redis.hgetall(this.keys.run(run));
  }

  /** Takes note of what was heard. */
  async forget(run: string, fields: readonly string[]): Promise<void> {
    if (fields.length > 0) await this.redis.hdel(this.keys.run(run), ...fields);
  }

  /** Tells the client of a run that a piece of its work has failed for good: the first word stays. */
  async fail({ run, unit }: Place, text: string): Promise<void> {
    await this.#script(TELL, [this.keys.run(run)], [`fault:${unit}`, text]);
  }

  /** Keeps a text by its digest, for as long as this run has use for it. */
  async hold(run: string, digest: string, text: string): Promise<void> {
    const { keepMs } = this.#lives;
    const holders = this.keys.holders(digest);
    await this.redis
      .multi()
      .set(this.keys.spec(digest), text, "PX", keepMs)
      .sadd(holders, run)
      .pexpire(holders, keepMs)
      .exec();
  }

  /** A text by its digest; null where it is gone. */
  spec(digest: string): Promise<string | null> {
    return this.redis.get(this.keys.spec(digest));
  }

  /** Lets go of a text and of what was made from it; the last to do so removes both. */
  async release(run: string, digest: string, units: readonly string[]): Promise<void> {
    const { keys } = this;
    const made = units.flatMap((unit) => [keys.unit(unit), keys.value(unit)]);
    await this.#script(RELEASE, [keys.holders(digest), keys.spec(digest), ...made], [run]);
  }

  /** Puts off the end of everything that someone waits for. */
  async renew(run: string, digests: readonly string[], units: readonly string[]): Promise<void> {
    const { keys } = this;
    const pipeline = this.redis.pipeline();
    const names = [
      keys.run(run),
      ...digests.flatMap((digest) => [keys.spec(digest), keys.holders(digest)]),
      ...units.flatMap((unit) => [keys.unit(unit), keys.value(unit)]),
    ];
    for (const name of names) pipeline.pexpire(name, this.#lives.keepMs);
    await pipeline.exec();
  }

  /** Removes a run that is over. */
  async close(run: string): Promise<void> {
    await this.redis.unlink(this.keys.run(run));
  }

  /** Takes a token for a piece of work, unless there is a reason not to begin. */
  async begin({ run, unit }: Place, startsMax: number): Promise<Beginning> {
    const { keys } = this;
    const { leaseMs, keepMs } = this.#lives;
    const names = [keys.unit(unit), keys.value(unit), keys.run(run), keys.counts(), keys.tokens()];
    const words = [unit, startsMax, leaseMs, keepMs];
    const answer = (await this.#script(BEGIN, names, words)) as [string, number, string?];
    const [state, token, cause = ""] = answer;
    return (state === "poisoned" ? { state, cause } : { state, token }) as Beginning;
  }

  /** Says that work goes on, and hears whether it should. @param done  scenarios so far */
  async beat({ run, unit }: Place, token: number, done: number): Promise<"go" | "over" | "fenced"> {
    const names = [this.keys.unit(unit), this.keys.run(run), this.keys.counts()];
    const answer = await this.#script(BEAT, names, [unit, token, done, this.#lives.leaseMs]);
    return answer as "go" | "over" | "fenced";
  }

  /** Commits a result, if this start may. @param ms  that it took */
  async commit(place: Place, token: number, bytes: Uint8Array, ms: number): Promise<Committed> {
    const { keys } = this;
    const { run, unit } = place;
    const names = [keys.unit(unit), keys.value(unit), keys.run(run), keys.counts()];
    const took = Math.max(1, Math.round(ms));
    const words = [unit, token, sha256(bytes), bytes, took, this.#lives.keepMs];
    return (await this.#script(COMMIT, names, words)) as Committed;
  }

  /** Lets another begin, because of an error: the start counts. */
  async fault(unit: string, token: number, cause: string): Promise<void> {
    await this.#script(LEAVE, [this.keys.unit(unit)], [token, 0, cause]);
  }

  /** Lets another begin; the start does not count. */
  async handBack(unit: string, token: number): Promise<void> {
    await this.#script(LEAVE, [this.keys.unit(unit)], [token, 1, ""]);
  }

  /** Which of some pieces of work have a result. */
  async committed(units: readonly string[]): Promise<readonly boolean[]> {
    const pipeline = this.redis.pipeline();
    for (const unit of units) {
      pipeline.hexists(this.keys.unit(unit), "digest").exists(this.keys.value(unit));
    }
    const answers = (await pipeline.exec()) ?? [];
    return units.map((_, i) => answers[2 * i]?.[1] === 1 && answers[2 * i + 1]?.[1] === 1);
  }

  /** A result; null where there is none. */
  async value(unit: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const bytes = await this.redis.getBuffer(this.keys.value(unit));
    // Into memory of its own: columns are views of it, at multiples of eight bytes.
    return bytes && Uint8Array.from(bytes);
  }

  /** Says that a worker is alive. @param slots  pieces of work that it runs at a time */
  async announce(queue: string, worker: string, slots: number, lifeMs: number): Promise<void> {
    await this.#script(ALIVE, [this.keys.workers(queue)], [worker, slots, lifeMs]);
  }

  /** Pieces of work that are run at a time by the workers of a queue. */
  async slots(queue: string): Promise<number> {
    return Number(await this.#script(SLOTS, [this.keys.workers(queue)]));
  }

  async counts(): Promise<QueueCounts> {
    const told = await this.redis.hgetall(this.keys.counts());
    const count = (name: string) => Number(told[name] ?? 0);
    return {
      starts: count("starts"),
      commits: count("commits"),
      duplicates: count("duplicates"),
      fenced: count("fenced"),
      differing: count("differing"),
    };
  }
}
