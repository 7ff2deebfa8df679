import type {
  Allocation,
  Comparison,
  Explanation,
  InsiderFinding,
  InsiderTerms,
  LimitPolicy,
  LossRule,
  Policy,
  Proposal,
  Quote,
  SharedRealisedLoss,
} from "./allocation/index.ts";
import type { Answers, AnyAnswer, PoolValuation } from "./answer.ts";
import { part, unlessAborted } from "./basics/index.ts";
import type { Answer, Source } from "./batch/index.ts";
import { type Backend, type Executor, type Kernels, kernelDigest } from "./engine/index.ts";
import { Instances } from "./instances.ts";
import { allocation, risk, shards } from "./parts.ts";
import type { AllocateOptions, BatchOptions, ExplainOptions, ValueOptions } from "./request.ts";
import type {
  Measurement,
  RunPlan,
  RunShard,
  ShardChoice,
  ShardJob,
  ShardSource,
} from "./risk/index.ts";
import type { Gain, Settlement } from "./settlement/index.ts";
import type { LimitTerms } from "./terms/index.ts";

export type { PoolValuation } from "./answer.ts";

declare const RISKPOOL_VERSION: string | undefined;

/** Version of this package. */
export const version: string =
  typeof RISKPOOL_VERSION === "string" ? RISKPOOL_VERSION : "0.0.0-source";

// A page begins with the kernel and this file; what reads its questions comes with the first one.
const answering = part("reading pools and settling losses", () => import("./answer.ts"));

/**
 * A compiled kernel and what can be done with it. Any number of valuations may run at once. A pool
 * document must stay as it is until the answer comes: the first call reads it when it can.
 */
export class Engine {
  readonly version: string = version;
  /** SHA-256 of the kernel; both backends have its bits. */
  readonly kernel: string = kernelDigest;
  /** What runs the kernels. */
  readonly backend: Backend;
  readonly #instances: Instances;
  #answers: Answers | undefined;

  /** @internal Engines come from `load`. */
  constructor(backend: Backend, instantiate: () => Kernels, executor: Executor) {
    this.backend = backend;
    this.#instances = new Instances(instantiate, executor);
  }

  /**
   * Waits for what answers, unless the caller or a disposal ends that first.
   *
   * @param wanted  what else the answer will take: fetched at the same time, and waited for there
   */
  async #ask(
    options: { readonly signal?: AbortSignal } | undefined,
    ...wanted: (() => Promise<unknown>)[]
  ): Promise<Answers> {
    // It has not been read yet, and may be anything.
    const given: Partial<AbortSignal> | undefined = options?.signal;
    const signal =
      typeof given?.addEventListener === "function" ? (given as AbortSignal) : undefined;
    const { Answers } = await this.#instances.watch(signal, (own) => {
      for (const each of wanted) each().catch(() => {});
      return unlessAborted(own, answering());
    });
    this.#answers ??= new Answers(this.#instances, version);
    return this.#answers;
  }

  /**
   * Values a pool: risk, contributions, waterfall, exposures; and what everyone has to put in, where
   * the document has contribution terms.
   *
   * @param pool  a validated `Pool`, a pool document, or its JSON text
   * @throws      PoolError with every problem of the document and the options; the signal's
   *              reason when aborted
   *
   * @example
   * const engine = await load();
   * const result = await engine.value(pool, { scenarios: 100_000, seed: 7n });
   * result.risk.levels[1].expectedShortfall.value;
   */
  async value(pool: unknown, options?: ValueOptions): Promise<PoolValuation> {
    return (await this.#ask(options, risk)).value(pool, options);
  }

  /**
   * Measures a pool: the risk of its loss and what the waterfall does with it, but not whose it is.
   * What follows a control, or sweeps over thousands of variants, need not wait for more.
   *
   * The last run of up to a million scenarios is kept: asked again with other levels or layers of
   * the same book, it answers without a simulation. {@link Engine.value} of Euler contributions alone
   * begins from it too; all figures about everyone take moments that a measurement does not gather.
   *
   * @param options  as for {@link Engine.value}; `contributions` and `samplePaths` change nothing
   * @throws         PoolError as {@link Engine.value}
   */
  async measure(pool: unknown, options?: ValueOptions): Promise<Measurement> {
    return (await this.#ask(options, risk)).measure(pool, options);
  }

  /**
   * Values many pools, or many variants of one: an answer for every item, its error included.
   *
   * An item is taken from the source when there is room for it, so that a source of any length is
   * valued in bounded memory. All items see the same random numbers unless their options say
   * otherwise: what differs between two variants is the variants. Variants that differ in terms and
   * levels only, one after the other, are answered from one simulation.
   *
   * @param source   pools as {@link Engine.value} takes them, or { pool, changes, options, id }
   * @param options  shared by all items
   * @throws         PoolError of the shared options; what the source throws; the signal's reason
   *
   * @example
   * const base = readPool(document);
   * const sizes = ["1000000.00", "2000000.00"].map((value) => ({
   *   pool: base,
   *   changes: [{ op: "replace" as const, path: "/waterfall/layers/members/size", value }],
   * }));
   * for await (const { valuation, error } of engine.valueMany(sizes, { figures: "measure" })) {
   *   console.log(valuation?.waterfall.socialised.probability ?? error);
   * }
   */
  valueMany(
    source: Source<unknown>,
    options: BatchOptions & { readonly figures: "measure" },
  ): AsyncGenerator<Answer<Measurement>, void, void>;
  valueMany(
    source: Source<unknown>,
    options?: BatchOptions & { readonly figures?: "value" },
  ): AsyncGenerator<Answer<PoolValuation>, void, void>;
  valueMany(source: Source<unknown>, options?: BatchOptions): AsyncGenerator<AnyAnswer, void, void>;
  async *valueMany(
    source: Source<unknown>,
    options?: BatchOptions,
  ): AsyncGenerator<AnyAnswer, void, void> {
    yield* (await this.#ask(options, risk)).valueMany(source, options);
  }

  /**
   * Simulates some parts of a valuation and leaves their state, for {@link Engine.mergeShards} here
   * or elsewhere. A run has the parts that its number of scenarios says, 8,192 scenarios or fewer
   * each; any machine may run any of them. `writeShard` makes a file of the answer.
   *
   * @param choice   { index, count } of shards of nearly the same size, or parts { from, end }
   * @param options  as for {@link Engine.value}
   * @throws         PoolError as {@link Engine.value}, and at /shard
   */
  async runShard(pool: unknown, choice: ShardChoice, options?: ValueOptions): Promise<RunShard> {
    return (await this.#ask(options, shards)).runShard(pool, choice, options);
  }

  /**
   * What {@link Engine.runShard} would say that its answer is of, with nothing simulated: whether a
   * shard that is there already is the one that is wanted.
   *
   * @throws PoolError as {@link Engine.runShard}
   */
  async shardJob(pool: unknown, choice: ShardChoice, options?: ValueOptions): Promise<ShardJob> {
    return (await this.#ask(options, shards)).shardJob(pool, choice, options);
  }

  /**
   * Values a pool from the shards of its simulation, in any order: the bits of {@link Engine.value},
   * receipt included. A shard is let go once it has been taken, so that they may come one by one.
   * The same shard may come twice. Levels and paths to look at may differ from those that it was run
   * with.
   *
   * @param options  as for {@link Engine.value}
   * @throws         PoolError as {@link Engine.value}, and with every problem at /shards:
   *                 SHARD_BUILD, SHARD_JOB, SHARD_OVERLAP, SHARD_GAP, SHARD_DAMAGED
   *
   * @example
   * const shards = [];
   * for (const index of [2, 0, 1]) {
   *   const shard = await engine.runShard(pool, { index, count: 3 }, options);
   *   shards.push({ name: `${index}`, shard });
   * }
   * const result = await engine.mergeShards(pool, shards, options);
   */
  async mergeShards(
    pool: unknown,
    source: ShardSource,
    options?: ValueOptions,
  ): Promise<PoolValuation> {
    return (await this.#ask(options, risk, shards)).mergeShards(pool, source, options);
  }

  /**
   * Who has to put in how much, by one or more rules on the same simulated paths.
   *
   * @param options  as for {@link Engine.value}, and `rules`: those of the document when left out,
   *                 Euler shares of ES where it has none
   * @returns        one allocation per rule, in their order
   * @throws         PoolError as {@link Engine.value}
   *
   * @example
   * const [euler, shapley] = await engine.allocate(pool, {
   *   rules: [{ rule: "euler-es", noNegative: true }, { rule: "shapley" }],
   * });
   */
  async allocate(pool: unknown, options?: AllocateOptions): Promise<Allocation[]> {
    return (await this.#ask(options, risk, allocation)).allocate(pool, options);
  }

  /**
   * Scores policies on the same simulated paths: who puts in how much, and who bears what that does
   * not cover. A second run, with the next seed, says how much of it is chance.
   *
   * @param policies  one to 32
   * @param options   as for {@link Engine.value}
   * @throws          PoolError as {@link Engine.value}, and with every problem at /policies
   */
  async compare(
    pool: unknown,
    policies: readonly Policy[],
    options?: ValueOptions,
  ): Promise<Comparison> {
    return (await this.#ask(options, risk, allocation)).compare(pool, policies, options);
  }

  /**
   * Takes everyone's contribution, or what happened in one scenario, apart: every unit of it labelled
   * with position, layer and rule.
   *
   * @param options  as for {@link Engine.value}, and `scenario`
   * @throws         PoolError as {@link Engine.value}; NUMBER_RANGE at /options/scenario
   */
  async explain(pool: unknown, options?: ExplainOptions): Promise<Explanation> {
    return (await this.#ask(options, risk, allocation)).explain(pool, options);
  }

  /**
   * Shares a realised loss among participants by a rule that is fitted to their simulated losses:
   * residuals by mean, variance or covariance, conditional mean, quantile.
   *
   * @param loss     decimal text in the pool currency: what participants lost the pool together
   * @param options  as for {@link Engine.value}
   * @throws         PoolError as {@link Engine.value}, and at /loss and /rule
   */
  async share(
    pool: unknown,
    loss: string,
    rule: LossRule,
    options?: ValueOptions,
  ): Promise<SharedRealisedLoss> {
    return (await this.#ask(options, risk, allocation)).share(pool, loss, rule, options);
  }

  /**
   * What someone can take from the pool who holds both sides of a perpetual in two accounts: the best
   * expected profit under the terms, and the margin or fee that ends it, on the simulated paths.
   *
   * @param insider  the perpetual's asset and what is asked of an account
   * @param options  as for {@link Engine.value}
   * @throws         PoolError as {@link Engine.value}, and with every problem at /insider
   */
  async selfDealing(
    pool: unknown,
    insider: InsiderTerms,
    options?: ValueOptions,
  ): Promise<InsiderFinding> {
    return (await this.#ask(options, risk, allocation)).selfDealing(pool, insider, options);
  }

  /**
   * Limits that the simulated risk and the cost of moving prices ask for, in the form of the pool
   * document's `limits`.
   *
   * @param options  as for {@link Engine.value}
   * @throws         PoolError as {@link Engine.value}, and with every problem at /policy
   */
  async suggestLimits(
    pool: unknown,
    policy?: LimitPolicy,
    options?: ValueOptions,
  ): Promise<LimitTerms> {
    return (await this.#ask(options, risk, allocation)).suggestLimits(pool, policy, options);
  }

  /**
   * What one more position would mean for a pool, and what it would pay: marginal ES, premium, fees,
   * and every limit that it would break.
   *
   * The first quote of a pool values it; later ones with the same options answer from what that run
   * left behind. Take `Pool` objects from `readPool`: documents and texts are read anew each time.
   *
   * @param position  { option }, { barrier } or { perpetual }, with a `participant` who is new
   * @param options   as for {@link Engine.value}
   * @throws          PoolError as {@link Engine.value}, and with every problem at /position
   *
   * @example
   * const { marginalShortfall, price, isAllowed } = await engine.quote(pool, { option });
   */
  async quote(pool: unknown, position: Proposal, options?: ValueOptions): Promise<Quote> {
    return (await this.#ask(options, risk, allocation)).quote(pool, position, options);
  }

  /**
   * Says what a valuation would take before it runs: bytes, core-seconds, how it would be cut.
   * Lays the pool and tries some paths, which takes a tenth of a second for a thousand positions.
   *
   * @throws PoolError as {@link Engine.value}
   */
  async plan(pool: unknown, options?: ValueOptions): Promise<RunPlan> {
    return (await this.#ask(options, risk)).plan(pool, options);
  }

  /**
   * Settles one realised loss down the pool's waterfall, exactly, in minor units. `settle` does the
   * same at once for a waterfall that has been read.
   *
   * @param loss   decimal text in the pool currency
   * @param gains  what participants gained, where the last resort takes from gains
   * @throws       PoolError with every problem of the document, the loss and the gains
   */
  async settle(pool: unknown, loss: string, gains?: readonly Gain[]): Promise<Settlement> {
    return (await answering()).settlePool(pool, loss, gains);
  }

  /**
   * Gives back the memory of all instances and ends the executor's threads. Runs under way are
   * refused with DISPOSED, and so is every later one; losses are still settled.
   */
  dispose(): Promise<void> {
    return this.#instances.dispose();
  }
}
