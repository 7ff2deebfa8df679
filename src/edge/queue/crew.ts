import { randomUUID } from "node:crypto";
import { PoolError } from "../../index.ts";
import { sha256 } from "../digest.ts";
import type { Client } from "./client.ts";
import { decoded, encoded } from "./codec.ts";
import type { QueueJob } from "./job.ts";
import type { ChunkSpec, ItemAnswer, ItemSpec } from "./spec.ts";
import type { RunWatch } from "./watch.ts";

/** Milliseconds that a chunk should take: many of them per worker, each worth its way. */
const CHUNK_MS = 2000;
/** Items of a first chunk, whose time tells how many the next may have. */
const FIRST = 4;
/** Milliseconds without a further item after which a chunk is sent as it is. */
const PAUSE_MS = 10;
/** Chunks for each slot of a worker, so that it has the next when it is done with one. */
const AHEAD = 2;
/** Items of a batch that are under way at a time when nothing else is said: the engine's most. */
const ITEMS_AHEAD = 1024;
/** Times that a chunk is submitted anew because Redis has lost what was found. */
const AGAIN_MAX = 3;
/** Part of the latest time in the running mean. */
const WEIGHT = 0.3;

/** What the items of a batch have in common, as `engine.valueMany` says it. */
export interface CrewJob {
  readonly figures: "value" | "measure";
  readonly shared: object;
  /** Items under way at a time; 1,024 when left out. */
  readonly ahead: number | undefined;
}

/** What items must have in common to share a chunk: those of a batch do. */
type Shared = Pick<ChunkSpec, "figures" | "shared">;

/** One item, as `engine.valueMany` gives it to what values items elsewhere. */
export interface CrewTask {
  readonly document: unknown;
  readonly isBase: boolean;
  readonly changes: unknown;
  readonly options: object;
}

interface Waiting {
  readonly item: ItemSpec;
  readonly resolve: (valuation: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Values the items of one batch on a client's queue, in chunks of some seconds. Stands where threads
 * stand otherwise: order, room, faults and the end of a batch are the engine's.
 */
export class ChunkCrew {
  readonly #client: Client;
  readonly #run: string = randomUUID();
  readonly #watch: RunWatch;
  /** Digests of documents that items share, once they are in Redis. */
  readonly #bases = new Map<unknown, Promise<string>>();
  readonly #held = new Set<string>();
  readonly #chunks = new Map<string, QueueJob>();
  /** Answers that are waited for, by what they are answers to. */
  readonly #under = new Map<string, Promise<readonly ItemAnswer[]>>();
  #turn = 0;
  #opened: Promise<void> | undefined;
  #waiting: Waiting[] = [];
  /** Items without an answer, whether they wait or are on their way. */
  readonly #asked = new Set<Waiting>();
  #job: Shared | null = null;
  #ahead = ITEMS_AHEAD;
  #stopped: { readonly reason: unknown } | null = null;
  #timer: NodeJS.Timeout | undefined;
  /** Milliseconds that an item takes; null until one is known. */
  #itemMs: number | null = null;
  #slots = 1;

  constructor(client: Client) {
    this.#client = client;
    this.#watch = client.watch(this.#run, { kept: () => this.#kept() });
  }

  /** Begins with the batch. Its items are refused with a DataCloneError where they cannot be sent. */
  open({ figures, shared, ahead }: CrewJob): {
    ahead(): number;
    value(task: CrewTask): Promise<unknown>;
    stop(reason: unknown): void;
  } {
    this.#job = { figures, shared };
    this.#ahead = ahead ?? ITEMS_AHEAD;
    return {
      ahead: () => this.#ahead,
      value: (task) => this.#value(task),
      stop: (reason) => {
        this.#stopped = { reason };
        clearTimeout(this.#timer);
        this.#waiting = [];
        for (const { reject } of this.#asked) reject(reason);
      },
    };
  }

  async #value({ changes, options, isBase, document }: CrewTask): Promise<unknown> {
    // Written at once: the caller may change what is their own as soon as this returns.
    const own = { changes, options, ...(isBase ? {} : { document }) };
    const plain = decoded<Omit<ItemSpec, "base">>(encoded(own));
    const base = isBase ? await this.#base(document) : null;
    if (this.#stopped) throw this.#stopped.reason;
    return new Promise((resolve, reject) => {
      const waiting: Waiting = { item: { ...plain, base }, resolve, reject };
      this.#asked.add(waiting);
      this.#waiting.push(waiting);
      this.#fill();
    });
  }

  /** Ends what is under way and clears up. */
  end(): void {
    clearTimeout(this.#timer);
    const { store } = this.#client;
    this.#client.leave(this.#watch, async () => {
      // What is on its way there would arrive behind us.
      await Promise.allSettled([...this.#under.values(), ...this.#bases.values()]);
      if (!this.#opened) return;
      const jobs = [...this.#chunks.values()];
      await store.abort(this.#run);
      await this.#client.withdraw(jobs);
      for (const { spec, unit } of jobs) await store.release(this.#run, spec, [unit]);
      for (const base of this.#held) await store.release(this.#run, base, []);
      await store.close(this.#run);
    });
  }

  #kept(): readonly [digests: readonly string[], units: readonly string[]] {
    const jobs = [...this.#chunks.values()];
    const specs = [...this.#held, ...jobs.map(({ spec }) => spec)];
    return [specs, jobs.map(({ unit }) => unit)];
  }

  /** Digest of a document that is kept in Redis; puts it there where it is not. */
  #base(document: unknown): Promise<string> {
    const known = this.#bases.get(document);
    if (known) return known;
    const text = encoded(document);
    const digest = sha256(text);
    const held = this.#begun().then(async () => {
      await this.#client.store.hold(this.#run, digest, text);
      this.#held.add(digest);
      return digest;
    });
    this.#bases.set(document, held);
    return held;
  }

  #begun(): Promise<void> {
    this.#opened ??= this.#client.store.open(this.#run);
    return this.#opened;
  }

  /** Items that a chunk should have. */
  #size(): number {
    if (this.#itemMs === null) return FIRST;
    const room = Math.floor(this.#ahead / (AHEAD * this.#slots));
    return Math.max(1, Math.min(room, Math.round(CHUNK_MS / this.#itemMs)));
  }

  #fill(): void {
    clearTimeout(this.#timer);
    if (this.#waiting.length >= this.#size()) this.#send();
    else this.#timer = setTimeout(() => this.#send(), PAUSE_MS);
  }

  #send(): void {
    while (this.#waiting.length > 0) {
      const some = this.#waiting.splice(0, this.#size());
      void this.#valued(some, this.#job!);
    }
  }

  async #valued(some: readonly Waiting[], job: Shared): Promise<void> {
    try {
      const answers = await this.#chunk(some, job);
      some.forEach((waiting, i) => {
        const answer = answers[i]!;
        const { resolve, reject } = waiting;
        this.#asked.delete(waiting);
        if ("valuation" in answer) resolve(answer.valuation);
        else reject(PoolError.from(answer.error));
      });
    } catch (error) {
      // One item that takes its worker with it must not cost the others their answer.
      const isPoison = error instanceof PoolError && error.code === "QUEUE_POISON";
      if (!isPoison || some.length === 1) {
        for (const waiting of some) {
          this.#asked.delete(waiting);
          waiting.reject(error);
        }
        return;
      }
      const half = Math.ceil(some.length / 2);
      await this.#valued(some.slice(0, half), job);
      await this.#valued(some.slice(half), job);
    }
  }

  /** Answers to some items; equal chunks that are under way at a time are one. */
  #chunk(some: readonly Waiting[], job: Shared): Promise<readonly ItemAnswer[]> {
    const text = encoded({ ...job, items: some.map(({ item }) => item) } satisfies ChunkSpec);
    const known = this.#under.get(text);
    if (known) return known;
    const answers = this.#answers(text, some.length).finally(() => this.#under.delete(text));
    this.#under.set(text, answers);
    return answers;
  }

  async #answers(text: string, count: number): Promise<readonly ItemAnswer[]> {
    const { store, build } = this.#client;
    const run = this.#run;
    await this.#begun();
    this.#slots = Math.max(1, await this.#client.slots());
    const spec = sha256(text);
    const unit = sha256(encoded([build, spec]));
    for (let again = 0; again <= AGAIN_MAX; again++) {
      const turn = this.#turn++;
      const job = this.#client.job({ run, turn, unit, spec, task: { kind: "chunk" } });
      this.#chunks.set(unit, job);
      await store.hold(run, spec, text);
      const submit = () => this.#client.submit(job);
      await submit();
      this.#learn(await this.#watch.done(this.#client.awaited(job, submit)), count);
      const bytes = await store.value(unit);
      if (bytes === null) continue;
      await store.release(run, spec, [unit]);
      this.#chunks.delete(unit);
      return decoded<readonly ItemAnswer[]>(new TextDecoder().decode(bytes));
    }
    throw gone();
  }

  /** @param ms  that a chunk took; 0 where it was done before */
  #learn(ms: number, items: number): void {
    if (ms === 0) return;
    const latest = Math.max(ms, 1) / items;
    this.#itemMs = this.#itemMs === null ? latest : this.#itemMs + WEIGHT * (latest - this.#itemMs);
  }
}

const gone = () =>
  new PoolError([
    {
      code: "SPEC_GONE",
      pointer: "",
      detail: "what was found of a chunk is no longer in Redis; begin the batch again",
      expected: "results that are kept until they are taken",
    },
  ]);
