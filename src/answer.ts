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
  QuoteDesk,
  SharedRealisedLoss,
} from "./allocation/index.ts";
// Readers by their files: through the room's door all of it would come along.
import { readInsiderTerms } from "./allocation/insider-terms.ts";
import { readLimitPolicy } from "./allocation/limit-policy.ts";
import { readLossToShare } from "./allocation/loss-to-share.ts";
import { readPolicies, readPrevious, readRules } from "./allocation/read-policy.ts";
import { type Issue, PoolError, received, unlessAborted } from "./basics/index.ts";
import {
  type Answer,
  answersOf,
  type BatchRun,
  readItem,
  type Source,
  variantOf,
} from "./batch/index.ts";
import type { CompiledKernel, Executor, Kernels } from "./engine/index.ts";
import type { Instances } from "./instances.ts";
import { allocation, risk, shards } from "./parts.ts";
import { isPool, type Pool } from "./pool/index.ts";
import {
  type AllocateOptions,
  type BatchOptions,
  type BatchWorkers,
  checkBatch,
  type ExplainOptions,
  optionsOf,
  poolOf,
  readRequest,
  readShared,
  type ValueOptions,
} from "./request.ts";
import type {
  Measurement,
  PoolRun,
  RunPlan,
  RunShard,
  ShardChoice,
  ShardJob,
  ShardSource,
  Valuation,
  ValueRequest,
} from "./risk/index.ts";
import { type Gain, type Settlement, settle } from "./settlement/index.ts";
import type { LimitTerms } from "./terms/index.ts";

/** What `engine.value` finds; plain JSON. */
export interface PoolValuation extends Valuation {
  /** Null where the document has no contribution terms. */
  readonly allocation: Allocation | null;
}

/** An answer of a batch, of either kind. */
export type AnyAnswer = Answer<PoolValuation | Measurement>;

type AllocationPart = Awaited<ReturnType<typeof allocation>>;

/** Whatever has the paths of a request simulated. */
type StartRun = (
  kernels: Kernels,
  executor: Executor,
  asked: ValueRequest & { readonly signal: AbortSignal },
) => Promise<PoolRun>;

/** Values the items of a batch. */
interface ItemWork extends Pick<BatchRun, "ahead" | "stop"> {
  value(
    item: ReturnType<typeof readItem<ValueOptions>>,
    index: number,
    signal: AbortSignal,
  ): Promise<PoolValuation | Measurement>;
}

/** Faults that end a batch, whatever item they came with. */
const ENDS: readonly string[] = ["DISPOSED", "WORKER_LOST"];

/** A run under way, and what may be done with it. */
interface Under {
  readonly run: PoolRun;
  readonly part: AllocationPart;
  /** Gives work inside the run an instance of its own. */
  readonly spare: <Result>(work: (kernels: Kernels) => Promise<Result>) => Promise<Result>;
  /** The same run from another seed. */
  readonly again: (seed: bigint) => Promise<PoolRun>;
}

/**
 * Reads what an engine is asked, has it run and shapes the answer: the methods of `Engine`, which
 * say what each takes and throws. A page fetches it at its first question.
 */
export class Answers {
  readonly #instances: Instances;
  readonly #version: string;
  /** What the instances are instances of, once a batch has asked. */
  #kernel: Promise<CompiledKernel> | undefined;
  /** The last desk of every pool, and the options it was made with. */
  readonly #desks = new WeakMap<Pool, { readonly key: string; readonly desk: QuoteDesk }>();

  constructor(instances: Instances, version: string) {
    this.#instances = instances;
    this.#version = version;
  }

  #read(pool: unknown, options: ValueOptions): ValueRequest {
    return readRequest(pool, options, this.#version);
  }

  /** Gives work inside a run an instance of its own. */
  #onSpare(signal: AbortSignal): Under["spare"] {
    return (work) => this.#instances.lend(signal, work);
  }

  /** Runs a request and does something with the run that takes the rules of allocation. */
  #under<Result>(
    request: ValueRequest,
    work: (under: Under) => Result | Promise<Result>,
  ): Promise<Result> {
    return this.#instances.lend(request.signal, async (kernels, signal) => {
      const parts = Promise.all([risk(), allocation()]);
      const [{ startRun }, part] = await unlessAborted(signal, parts);
      const again = (seed: bigint) =>
        startRun(kernels, this.#instances.executor, { ...request, seed, signal });
      return work({ run: await again(request.seed), part, spare: this.#onSpare(signal), again });
    });
  }

  value(pool: unknown, options: ValueOptions = {}): Promise<PoolValuation> {
    return this.#valued(this.#read(pool, options), startRun);
  }

  async runShard(
    pool: unknown,
    choice: ShardChoice,
    options: ValueOptions = {},
  ): Promise<RunShard> {
    const request = this.#read(pool, options);
    return this.#instances.lend(request.signal, async (kernels, signal) => {
      const { runShard } = await unlessAborted(signal, shards());
      const asked = { ...request, contributions: extentOf(request), signal };
      return runShard(kernels, this.#instances.executor, asked, choice);
    });
  }

  async shardJob(
    pool: unknown,
    choice: ShardChoice,
    options: ValueOptions = {},
  ): Promise<ShardJob> {
    const request = this.#read(pool, options);
    return this.#instances.lend(request.signal, async (kernels, signal) => {
      const { shardJob } = await unlessAborted(signal, shards());
      return shardJob(kernels, this.#instances.executor, { ...request, signal }, choice);
    });
  }

  mergeShards(
    pool: unknown,
    source: ShardSource,
    options: ValueOptions = {},
  ): Promise<PoolValuation> {
    return this.#valued(this.#read(pool, options), async (kernels, executor, asked) => {
      const { mergeShards } = await unlessAborted(asked.signal, shards());
      return mergeShards(kernels, executor, asked, source);
    });
  }

  /** Values a pool on the run that is started for it. */
  #valued(request: ValueRequest, start: StartRun): Promise<PoolValuation> {
    const { executor } = this.#instances;
    return this.#instances.lend(request.signal, async (kernels, signal) => {
      const terms = request.pool.document.contribution;
      const { valuationOf } = await unlessAborted(signal, risk());
      const asked = { ...request, signal };
      const run = await start(kernels, executor, { ...asked, contributions: extentOf(request) });
      const valuation = await valuationOf({ ...run, request: asked }, executor);
      if (!terms) return { ...valuation, allocation: null };
      const { allocationsOf } = await unlessAborted(signal, allocation());
      const [own] = await allocationsOf(run, [terms], this.#onSpare(signal));
      return { ...valuation, allocation: own ?? null };
    });
  }

  async measure(pool: unknown, options: ValueOptions = {}): Promise<Measurement> {
    const request = this.#read(pool, options);
    const { executor } = this.#instances;
    return this.#instances.lend(request.signal, async (kernels, signal) => {
      const { measurementOf, startRun } = await unlessAborted(signal, risk());
      const asked = { ...request, contributions: "euler" as const, signal };
      return measurementOf(await startRun(kernels, executor, asked), executor);
    });
  }

  async *valueMany(source: Source<unknown>, options: BatchOptions = {}): AsyncGenerator<AnyAnswer> {
    const { figures = "value", order, ahead, workers, ...given } = optionsOf(options);
    const threads = readWorkers(workers, given);
    checkBatch(options);
    const shared = readShared(given);
    const { signal, leave } = this.#instances.join(shared.signal);
    try {
      const { value, ...rest } = threads
        ? await this.#elsewhere(threads, shared, figures, ahead)
        : this.#here(shared, figures, ahead);
      const work = async (item: unknown, index: number, own: AbortSignal): Promise<AnyAnswer> => {
        const read = readItem<ValueOptions>(item);
        const { id } = read;
        try {
          return { index, id, valuation: await value(read, index, own), error: null };
        } catch (error) {
          // What ends the batch, or is a fault of ours, is no answer.
          if (!(error instanceof PoolError) || own.aborted || ENDS.includes(error.code)) {
            throw error;
          }
          return { index, id, valuation: null, error };
        }
      };
      yield* answersOf(source, work, { order, signal, ...rest });
    } finally {
      leave();
    }
  }

  /** Values items in this thread, or on the executor's. */
  #here(shared: ValueOptions, figures: "value" | "measure", ahead: number | undefined): ItemWork {
    const room = ahead ?? Math.max(1, this.#instances.executor.workers);
    return {
      ahead: () => room,
      value: ({ parts, options }, _, signal) => {
        const { pool, changes } = parts();
        const asked = Object.assign({}, shared, options, { signal });
        return this[figures](variantOf(pool, changes), asked);
      },
    };
  }

  /** Has items valued by workers; what cannot be sent to them is read here. */
  async #elsewhere(
    workers: BatchWorkers,
    { signal: _, ...shared }: ValueOptions,
    figures: "value" | "measure",
    ahead: number | undefined,
  ): Promise<ItemWork> {
    this.#kernel ??= this.#instances.lend(undefined, async ({ kernel }) => kernel);
    const kernel = await this.#kernel;
    const line = workers.open({ version: this.#version, kernel, shared, figures, ahead });
    return {
      ...line,
      async value({ parts, options: own }, index) {
        const { signal: __, ...options } = own ?? {};
        const silent = spoken(options);
        if (silent.length > 0) throw new PoolError(silent, "item");
        const { pool, changes } = parts();
        const document = isPool(pool) ? pool.document : pool;
        // Of a document that is the caller's own it is not known whether it stays as it is.
        const isBase = isPool(pool) || (typeof pool === "string" && changes.length > 0);
        const task = { index, document, isBase, changes, options };
        const found = line.value(task).catch((error: Partial<Error> | undefined) => {
          if (error?.name !== "DataCloneError") throw error;
          const read = variantOf(pool, changes);
          return line.value({ ...task, document: read.document, isBase: false, changes: [] });
        });
        return (await found) as PoolValuation;
      },
    };
  }

  async allocate(pool: unknown, options: AllocateOptions = {}): Promise<Allocation[]> {
    const { rules, previous, ...rest } = optionsOf(options);
    const request = { ...this.#read(pool, rest), contributions: "all" as const };
    const { document } = request.pool;
    const terms = readRules(rules, document);
    const before = readPrevious(previous, document);
    return this.#under(request, ({ run, part, spare }) =>
      part.allocationsOf(run, terms, spare, before),
    );
  }

  async compare(
    pool: unknown,
    policies: readonly Policy[],
    options: ValueOptions = {},
  ): Promise<Comparison> {
    const request = { ...this.#read(pool, options), contributions: "all" as const };
    const read = readPolicies(policies, request.pool.document);
    const next = request.seed === 2n ** 64n - 1n ? 0n : request.seed + 1n;
    return this.#under(request, ({ run, part, spare, again }) =>
      part.comparisonOf(run, read, () => again(next), spare),
    );
  }

  async explain(pool: unknown, options: ExplainOptions = {}): Promise<Explanation> {
    const { scenario = null, ...rest } = optionsOf(options);
    const request = this.#read(pool, rest);
    return this.#under(request, ({ run, part }) => part.explanationOf(run, scenario));
  }

  async share(
    pool: unknown,
    loss: string,
    rule: LossRule,
    options: ValueOptions = {},
  ): Promise<SharedRealisedLoss> {
    const request = this.#read(pool, options);
    const read = readLossToShare(loss, rule, request.pool.document);
    return this.#under(request, ({ run, part }) => part.sharedByRule(run, read));
  }

  async selfDealing(
    pool: unknown,
    insider: InsiderTerms,
    options: ValueOptions = {},
  ): Promise<InsiderFinding> {
    const request = this.#read(pool, options);
    const terms = readInsiderTerms(insider, request.pool.document);
    return this.#under(request, ({ run, part }) => part.insiderFinding(run, terms));
  }

  async suggestLimits(
    pool: unknown,
    policy: LimitPolicy = {},
    options: ValueOptions = {},
  ): Promise<LimitTerms> {
    const request = { ...this.#read(pool, options), contributions: "all" as const };
    const read = readLimitPolicy(policy, request.pool.document);
    return this.#under(request, ({ run, part }) => part.suggestedLimits(run, read));
  }

  async quote(pool: unknown, position: Proposal, options: ValueOptions = {}): Promise<Quote> {
    const request = { ...this.#read(pool, options), contributions: "all" as const };
    const key = keyOf(request);
    const known = this.#desks.get(request.pool);
    let desk = known?.key === key ? known.desk : null;
    if (!desk) {
      desk = await this.#under(request, ({ run, part }) => part.QuoteDesk.of(run));
      this.#desks.set(request.pool, { key, desk });
    }
    this.#instances.check();
    return desk.quote(position, (work) =>
      this.#instances.lend(request.signal, (kernels, signal) =>
        work(kernels, this.#instances.executor.breather(signal)),
      ),
    );
  }

  async plan(pool: unknown, options: ValueOptions = {}): Promise<RunPlan> {
    const { executor } = this.#instances;
    const watch = executor.stopwatch();
    const request = this.#read(pool, options);
    const reading = watch() / 1000;
    return this.#instances.lend(request.signal, async (kernels, signal) => {
      const { planPool } = await unlessAborted(signal, risk());
      return planPool(kernels, executor, { ...request, signal }, reading);
    });
  }
}

/** Settles a loss down the waterfall of a pool, a document or its text. */
export function settlePool(pool: unknown, loss: string, gains?: readonly Gain[]): Settlement {
  const { document } = poolOf(pool);
  return settle(document.waterfall, document.currency, loss, gains);
}

/** Options that speak to the caller while a run goes on: no word of them comes out of a worker. */
const SPEAKING = ["onProgress", "onMeasured"] as const;

function spoken(options: ValueOptions): Issue[] {
  return SPEAKING.filter((name) => options[name] !== undefined).map((name) => ({
    code: "OPTION_CONFLICT",
    pointer: `/options/${name}`,
    detail: `workers that value whole items do not call back; leave ${name} out, or the workers`,
    expected: "left out",
    received: received(options[name]),
  }));
}

/** Reads what values a batch elsewhere. @throws PoolError TYPE, OPTION_CONFLICT */
function readWorkers(workers: unknown, given: ValueOptions): BatchWorkers | null {
  if (workers === undefined) return null;
  const issues = spoken(given);
  if (typeof (workers as Partial<BatchWorkers> | null)?.open !== "function") {
    issues.push({
      code: "TYPE",
      pointer: "/options/workers",
      detail: "these are no workers that value items; take batchWorkers() of riskpool/node",
      expected: "batchWorkers(), or left out",
      received: received(workers),
    });
  }
  if (issues.length > 0) throw new PoolError(issues, "request");
  return workers as BatchWorkers;
}

/** What has to be found about everyone: covariances are of all scenarios, every other rule looks at tails. */
function extentOf({ pool, contributions }: ValueRequest): "all" | "euler" {
  return pool.document.contribution?.rule === "covariance" ? "all" : contributions;
}

const startRun: StartRun = async (kernels, executor, asked) =>
  (await unlessAborted(asked.signal, risk())).startRun(kernels, executor, asked);

/** What decides the figures of a run, besides the pool. */
function keyOf(request: ValueRequest): string {
  const { market, scenarios, seed, horizonDays, stepDays, monitoring, levels, primary } = request;
  const options = { market, scenarios, horizonDays, stepDays, monitoring, levels, primary };
  return JSON.stringify({ ...options, seed: String(seed), mode: request.mode });
}
