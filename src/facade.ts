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
import { PoolError, received } from "./basics/index.ts";
import { type Backend, type Executor, type Kernels, kernelDigest } from "./engine/index.ts";
import type { Pool } from "./pool/index.ts";
import {
  type AllocateOptions,
  type ExplainOptions,
  poolOf,
  readRequest,
  type ValueOptions,
} from "./request.ts";
import type { Measurement, RunPlan, Valuation, ValueRequest } from "./risk/index.ts";
import { type Gain, type Settlement, settle } from "./settlement/index.ts";
import type { LimitTerms } from "./terms/index.ts";

declare const RISKPOOL_VERSION: string | undefined;

/** Version of this package. */
export const version: string =
  typeof RISKPOOL_VERSION === "string" ? RISKPOOL_VERSION : "0.0.0-source";

// Chunks of their own, which a page fetches when they are first asked for.
const risk = () => import("./risk/value.ts");
const allocation = () => import("./allocation/index.ts");
const both = () => Promise.all([risk(), allocation()]);

/** What `engine.value` finds; plain JSON. */
export interface PoolValuation extends Valuation {
  /** Null where the document has no contribution terms. */
  readonly allocation: Allocation | null;
}

/** A compiled kernel and what can be done with it. Any number of valuations may run at once. */
export class Engine {
  readonly version: string = version;
  /** SHA-256 of the kernel; both backends have its bits. */
  readonly kernel: string = kernelDigest;
  /** What runs the kernels. */
  readonly backend: Backend;
  readonly #instantiate: () => Kernels;
  readonly #executor: Executor;
  // Instances keep their memory; one is reused by the next run instead of growing a new one.
  readonly #idle: Kernels[] = [];
  /** Runs under way. */
  readonly #running = new Set<AbortController>();
  #isDisposed = false;
  /** The last desk of every pool, and the options it was made with. */
  readonly #desks = new WeakMap<Pool, { readonly key: string; readonly desk: QuoteDesk }>();

  /** @internal Engines come from `load`. */
  constructor(backend: Backend, instantiate: () => Kernels, executor: Executor) {
    this.backend = backend;
    this.#instantiate = instantiate;
    this.#executor = executor;
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
  async value(pool: unknown, options: ValueOptions = {}): Promise<PoolValuation> {
    const request = readRequest(pool, options, version);
    return this.#withInstance(request.signal, async (kernels, signal) => {
      const terms = request.pool.document.contribution;
      const { startRun, valuationOf } = await risk();
      const asked = { ...request, signal };
      // Covariances are of all scenarios; every other rule looks at tails, which are run again.
      const contributions = terms?.rule === "covariance" ? "all" : request.contributions;
      const run = await startRun(kernels, this.#executor, { ...asked, contributions });
      const valuation = await valuationOf({ ...run, request: asked }, this.#executor);
      if (!terms) return { ...valuation, allocation: null };
      const { allocationsOf } = await allocation();
      const [own] = await allocationsOf(run, [terms], this.#onSpare(signal));
      return { ...valuation, allocation: own ?? null };
    });
  }

  /**
   * Measures a pool: the risk of its loss and what the waterfall does with it, but not whose it is.
   * What follows a control, or sweeps over thousands of variants, need not wait for more.
   *
   * The last run of up to a million scenarios is kept: asked again with other levels or layers of
   * the same book, it answers without a simulation. {@link Engine.value} begins from it too.
   *
   * @param options  as for {@link Engine.value}; `contributions` and `samplePaths` change nothing
   * @throws         PoolError as {@link Engine.value}
   */
  async measure(pool: unknown, options: ValueOptions = {}): Promise<Measurement> {
    const request = readRequest(pool, options, version);
    return this.#withInstance(request.signal, async (kernels, signal) => {
      const { measurementOf, startRun } = await risk();
      const asked = { ...request, contributions: "euler" as const, signal };
      return measurementOf(await startRun(kernels, this.#executor, asked), this.#executor);
    });
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
  async allocate(pool: unknown, options: AllocateOptions = {}): Promise<Allocation[]> {
    const { rules, previous, ...rest } = optionsOf(options);
    const request = readRequest(pool, rest, version);
    const { document } = request.pool;
    const terms = readRules(rules, document);
    const before = readPrevious(previous, document);
    return this.#withInstance(request.signal, async (kernels, signal) => {
      const [{ startRun }, { allocationsOf }] = await both();
      const wanted = { ...request, contributions: "all" as const, signal };
      const run = await startRun(kernels, this.#executor, wanted);
      return allocationsOf(run, terms, this.#onSpare(signal), before);
    });
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
    options: ValueOptions = {},
  ): Promise<Comparison> {
    const request = { ...readRequest(pool, options, version), contributions: "all" as const };
    const read = readPolicies(policies, request.pool.document);
    return this.#withInstance(request.signal, async (kernels, signal) => {
      const [{ startRun }, { comparisonOf }] = await both();
      const start = (seed: bigint) =>
        startRun(kernels, this.#executor, { ...request, seed, signal });
      const next = request.seed === 2n ** 64n - 1n ? 0n : request.seed + 1n;
      return comparisonOf(
        await start(request.seed),
        read,
        () => start(next),
        this.#onSpare(signal),
      );
    });
  }

  /**
   * Takes everyone's contribution, or what happened in one scenario, apart: every unit of it labelled
   * with position, layer and rule.
   *
   * @param options  as for {@link Engine.value}, and `scenario`
   * @throws         PoolError as {@link Engine.value}; NUMBER_RANGE at /options/scenario
   */
  async explain(pool: unknown, options: ExplainOptions = {}): Promise<Explanation> {
    const { scenario = null, ...rest } = optionsOf(options);
    const request = readRequest(pool, rest, version);
    return this.#withInstance(request.signal, async (kernels, signal) => {
      const [{ startRun }, { explanationOf }] = await both();
      return explanationOf(
        await startRun(kernels, this.#executor, { ...request, signal }),
        scenario,
      );
    });
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
    options: ValueOptions = {},
  ): Promise<SharedRealisedLoss> {
    const request = readRequest(pool, options, version);
    const read = readLossToShare(loss, rule, request.pool.document);
    return this.#withInstance(request.signal, async (kernels, signal) => {
      const [{ startRun }, { sharedByRule }] = await both();
      return sharedByRule(await startRun(kernels, this.#executor, { ...request, signal }), read);
    });
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
    options: ValueOptions = {},
  ): Promise<InsiderFinding> {
    const request = readRequest(pool, options, version);
    const terms = readInsiderTerms(insider, request.pool.document);
    return this.#withInstance(request.signal, async (kernels, signal) => {
      const [{ startRun }, { insiderFinding }] = await both();
      return insiderFinding(await startRun(kernels, this.#executor, { ...request, signal }), terms);
    });
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
    policy: LimitPolicy = {},
    options: ValueOptions = {},
  ): Promise<LimitTerms> {
    const request = { ...readRequest(pool, options, version), contributions: "all" as const };
    const read = readLimitPolicy(policy, request.pool.document);
    return this.#withInstance(request.signal, async (kernels, signal) => {
      const [{ startRun }, { suggestedLimits }] = await both();
      return suggestedLimits(await startRun(kernels, this.#executor, { ...request, signal }), read);
    });
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
  async quote(pool: unknown, position: Proposal, options: ValueOptions = {}): Promise<Quote> {
    const request = readRequest(pool, options, version);
    const key = keyOf(request);
    const known = this.#desks.get(request.pool);
    let desk = known?.key === key ? known.desk : null;
    if (!desk) {
      desk = await this.#withInstance(request.signal, async (kernels, signal) => {
        const [{ startRun }, { QuoteDesk }] = await both();
        const wanted = { ...request, contributions: "all" as const, signal };
        return QuoteDesk.of(await startRun(kernels, this.#executor, wanted));
      });
      this.#desks.set(request.pool, { key, desk });
    }
    if (this.#isDisposed) throw disposed();
    return desk.quote(position, (work) =>
      this.#withInstance(request.signal, (kernels, signal) =>
        work(kernels, this.#executor.breather(signal)),
      ),
    );
  }

  /**
   * Says what a valuation would take before it runs: bytes, core-seconds, how it would be cut.
   * Lays the pool and tries some paths, which takes a tenth of a second for a thousand positions.
   *
   * @throws PoolError as {@link Engine.value}
   */
  async plan(pool: unknown, options: ValueOptions = {}): Promise<RunPlan> {
    const request = readRequest(pool, options, version);
    return this.#withInstance(request.signal, async (kernels, signal) => {
      const { planPool } = await risk();
      return planPool(kernels, this.#executor, { ...request, signal });
    });
  }

  /** Gives work inside a run an instance of its own. */
  #onSpare(signal: AbortSignal) {
    return <Result>(work: (kernels: Kernels) => Promise<Result>): Promise<Result> =>
      this.#withInstance(signal, work);
  }

  async #withInstance<Result>(
    given: AbortSignal | undefined,
    work: (kernels: Kernels, signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    if (this.#isDisposed) throw disposed();
    // A signal of its own, so that a disposal can end the run as the caller can.
    const control = new AbortController();
    const abort = () => control.abort(given?.reason);
    given?.addEventListener("abort", abort);
    if (given?.aborted) abort();
    this.#running.add(control);
    try {
      const kernels = this.#idle.pop() ?? this.#instantiate();
      const result = await work(kernels, control.signal);
      // Only after success: an instance whose run failed is left to the collector.
      if (!this.#isDisposed) this.#idle.push(kernels);
      return result;
    } finally {
      given?.removeEventListener("abort", abort);
      this.#running.delete(control);
    }
  }

  /**
   * Settles one realised loss down the pool's waterfall, exactly, in minor units.
   *
   * @param loss   decimal text in the pool currency
   * @param gains  what participants gained, where the last resort takes from gains
   */
  settle(pool: unknown, loss: string, gains?: readonly Gain[]): Settlement {
    const { document } = poolOf(pool);
    return settle(document.waterfall, document.currency, loss, gains);
  }

  /**
   * Gives back the memory of all instances and ends the executor's threads. Runs under way are
   * refused with DISPOSED, and so is every later one.
   */
  async dispose(): Promise<void> {
    this.#isDisposed = true;
    this.#idle.length = 0;
    for (const control of this.#running) control.abort(disposed());
    await this.#executor.dispose?.();
  }
}

/** Refuses what is no object before it is taken apart. */
function optionsOf<Options extends object>(given: Options): Options {
  if (typeof given === "object" && given !== null) return given;
  throw new PoolError(
    [
      {
        code: "TYPE",
        pointer: "/options",
        detail: "options must be an object, or left out",
        expected: "object",
        received: received(given),
      },
    ],
    "request",
  );
}

/** What decides the figures of a run, besides the pool. */
function keyOf(request: ValueRequest): string {
  const { market, scenarios, seed, horizonDays, stepDays, monitoring, levels, primary } = request;
  const options = { market, scenarios, horizonDays, stepDays, monitoring, levels, primary };
  return JSON.stringify({ ...options, seed: String(seed), mode: request.mode });
}

function disposed(): PoolError {
  return new PoolError([
    {
      code: "DISPOSED",
      pointer: "",
      detail: "the engine has been disposed of; load another one",
      expected: "a call before dispose()",
    },
  ]);
}
