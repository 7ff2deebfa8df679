import { digestOf } from "../basics/index.ts";
import {
  allNumbers,
  type Executor,
  type Kernels,
  kernelDigest,
  type Moments,
  type Part,
} from "../engine/index.ts";
import type { MarketParameters } from "../market/index.ts";
import { type LiquidationState, LiquidationTally } from "./liquidation-summary.ts";
import { isLiquidated, needsMoments, prepare } from "./pool-run.ts";
import { type PartRange, partsOfRun, type ShardChoice, shardRange } from "./shard-range.ts";
import type { ValueRequest } from "./value-request.ts";

/**
 * Moments of consecutive parts of one chunk. Those that begin a chunk are added up in order, as the
 * whole run adds them; every other part stands alone, because what is added before it is elsewhere.
 */
export interface PartSums extends PartRange {
  /** Places of the numbers that are not zero, ascending; null where all of them are given. */
  readonly at: Uint32Array | null;
  readonly values: Float64Array;
}

/**
 * What a run leaves behind of some of its parts: the exact state from which, with those of all other
 * parts, it goes on as if it had simulated all of them.
 */
export interface RunShard extends PartRange {
  /** SHA-256 of what decides every path and its loss. */
  readonly job: string;
  readonly kernel: string;
  readonly version: string;
  readonly scenarios: number;
  readonly seed: string;
  /** Parts of the whole run. */
  readonly parts: number;
  /** Scenarios of this shard: [first, first + losses.length). */
  readonly first: number;
  /** Whether moments of all paths were gathered: without them there are Euler contributions alone. */
  readonly withMoments: boolean;
  /** How many moments, sums and counts a part has. */
  readonly momentCount: number;
  readonly losses: Float64Array;
  /** In order of parts. */
  readonly sums: readonly PartSums[];
  readonly liquidations: LiquidationState | null;
}

/**
 * What decides every path of a request and its loss. Levels, paths to look at and what is found
 * about everyone do not: shards answer other questions about the same paths too.
 *
 * @param parameters  of the market, as `marketOf` has them
 */
export function jobDigest(request: ValueRequest, parameters: MarketParameters): string {
  const { pool, scenarios, seed, horizonDays, stepDays, monitoring, mode } = request;
  return digestOf({
    pool: pool.digest,
    market: parameters,
    scenarios,
    seed: String(seed),
    horizonDays,
    stepDays: stepDays ?? null,
    monitoring,
    mode,
  });
}

/** What a shard says that it is of, known before any of it is simulated. */
export type ShardJob = Pick<
  RunShard,
  "job" | "kernel" | "version" | "scenarios" | "parts" | keyof PartRange
>;

/** What a shard will say that it is of. @throws PoolError as {@link shardRange} and `runPool` */
export function shardJob(
  kernels: Kernels,
  executor: Executor,
  request: ValueRequest,
  choice: ShardChoice,
): ShardJob {
  const { version, scenarios } = request;
  const range = shardRange(choice, scenarios);
  const { parameters } = prepare(kernels, executor, request);
  const parts = partsOfRun(scenarios).length;
  const job = jobDigest(request, parameters);
  return { job, kernel: kernelDigest, version, scenarios, parts, ...range };
}

/**
 * Simulates some parts of a run.
 *
 * @throws PoolError as {@link shardRange} and `runPool`
 */
export async function runShard(
  kernels: Kernels,
  executor: Executor,
  request: ValueRequest,
  choice: ShardChoice,
): Promise<RunShard> {
  const range = shardRange(choice, request.scenarios);
  const all = partsOfRun(request.scenarios);
  const { parameters, lay } = prepare(kernels, executor, request);
  const parts = all.slice(range.from, range.end);
  const first = parts[0]!.first;
  const count = parts.at(-1)!.first + parts.at(-1)!.count - first;
  const losses = new Float64Array(count);
  const withMoments = needsMoments(request);
  const shape = { kernel: kernelDigest, version: request.version, withMoments, losses };
  const simulate = async (mode: "profile" | "audit", keepLosses: boolean) => {
    const laid = await lay(mode);
    const tally = isLiquidated(request) ? new LiquidationTally(count) : null;
    const sums = new SumsInOrder(all, laid.simulation.momentStarts);
    laid.simulation.withMoments = withMoments;
    // Each part is a chunk of its own here: its moments come apart from those of the others.
    await executor.run(laid.simulation, parts, {
      signal: request.signal,
      onProgress: ({ done, total }) => request.onProgress?.({ done, total, estimate: null }),
      onBatch: (at, [batch, ...statistics]) => {
        if (keepLosses) losses.set(batch!, at - first);
        tally?.add(at - first, statistics);
      },
      onChunk: (index, moments) => sums.add(range.from + index, moments),
    });
    const { momentCount } = laid.simulation;
    return { momentCount, sums: sums.finish(range.end), liquidations: tally?.state ?? null };
  };
  const isAudit = request.mode === "audit";
  if (isAudit) await simulate("audit", true);
  const simulated = await simulate("profile", !isAudit);
  return {
    ...shape,
    ...simulated,
    ...range,
    job: jobDigest(request, parameters),
    scenarios: request.scenarios,
    seed: String(request.seed),
    parts: all.length,
    first,
  };
}

/** Adds what may be added: the parts with which a chunk begins. */
class SumsInOrder {
  readonly #all: readonly Part[];
  readonly #done: PartSums[] = [];
  /** The first part of a chunk whose parts are being added up. */
  #from = 0;
  #sum: Moments | null = null;
  readonly #starts: readonly number[];

  /**
   * @param all     parts of the whole run
   * @param starts  see {@link momentsOf}
   */
  constructor(all: readonly Part[], starts: readonly number[]) {
    this.#all = all;
    this.#starts = starts;
  }

  /** @param moments  of the next part */
  add(part: number, moments: Moments): void {
    const sum = this.#sum;
    if (sum) this.#sum = sum.add(moments);
    else if (part === 0 || this.#all[part - 1]!.closes) {
      this.#from = part;
      this.#sum = moments;
    } else this.#push({ from: part, end: part + 1 }, moments);
    if (this.#all[part]!.closes) this.#close(part + 1);
  }

  #push(range: PartRange, moments: Moments): void {
    this.#done.push({
      ...packed(allNumbers(moments, this.#starts)),
      from: range.from,
      end: range.end,
    });
  }

  #close(end: number): void {
    if (this.#sum) this.#push({ from: this.#from, end }, this.#sum);
    this.#sum = null;
  }

  /** @param end  behind the last part that was added */
  finish(end: number): readonly PartSums[] {
    this.#close(end);
    return this.#done;
  }
}

/** Leaves zeros out where that makes a column shorter; a negative zero is none. */
function packed(values: Float64Array): Pick<PartSums, "at" | "values"> {
  let count = 0;
  for (let i = 0; i < values.length; i++) count += Number(!Object.is(values[i], 0));
  // Eight bytes and four for each of them, against eight for every one.
  if (12 * count >= 8 * values.length) return { at: null, values: values.slice() };
  const at = new Uint32Array(count);
  const kept = new Float64Array(count);
  for (let i = 0, next = 0; i < values.length; i++) {
    if (Object.is(values[i], 0)) continue;
    at[next] = i;
    kept[next++] = values[i]!;
  }
  return { at, values: kept };
}

/** The numbers of a part, zeros included. @param into  [momentCount] overwritten */
export function unpacked({ at, values }: PartSums, into: Float64Array): Float64Array {
  if (!at) {
    into.set(values);
    return into;
  }
  into.fill(0);
  for (let i = 0; i < at.length; i++) into[at[i]!] = values[i]!;
  return into;
}
