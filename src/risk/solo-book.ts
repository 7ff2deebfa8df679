import { inPieces, readInstant, YEAR_MS } from "../basics/index.ts";
import { BATCH, type Kernels } from "../engine/index.ts";
import type { PoolDocument } from "../pool/index.ts";
import { type Accounts, accountsOf, byId } from "./account.ts";
import { batchError, tailMoments, type WeightedScenarios } from "./contribution.ts";
import { layPoolWork, MEMORY_MAX } from "./layout.ts";
import { liquidatedParticipants, marginBookOf, marginedOptions } from "./margin.ts";
import type { PoolRun } from "./run.ts";
import type { Estimate } from "./valuation.ts";

/** Scenarios that a mean is taken over where all of them would take too long. */
const MEAN_SCENARIOS = 4096;

/** What is kept of a run so that a small book can be laid on its paths. */
export interface RunRecord {
  readonly request: PoolRun["request"];
  readonly model: PoolRun["model"];
  readonly discountRate: number;
  /** Years from now. */
  readonly times: readonly number[];
  /** The whole tail, then every chunk's own. */
  readonly groups: readonly WeightedScenarios[];
  readonly sizes: readonly number[];
}

/** Keeps what small books need, and nothing of the kernel's memory. */
export async function recordOf(run: PoolRun): Promise<RunRecord> {
  const { request, model, parameters, laid, chunks } = run;
  const { groups } = await tailMoments(run, request.primary);
  return {
    request,
    model,
    discountRate: parameters.discountRate ?? 0,
    times: laid.accounts.times,
    groups,
    sizes: chunks.map(({ count }) => count),
  };
}

/** Whether everything that ends inside the horizon does so at a date that the run's paths have. */
export function isOnGrid({ request, times }: RunRecord, document: PoolDocument): boolean {
  const horizon = times.at(-1)!;
  return [...document.options, ...(document.barriers ?? [])].every(({ expiry }) => {
    const years = (readInstant(expiry) - request.pool.asOfMs) / YEAR_MS;
    return years >= horizon || times.includes(years);
  });
}

/**
 * A small book as functions of log returns on the time grid of a run.
 *
 * @param document  as the run's, with fewer or other positions, all of them on the grid
 */
export function accountsOn({ times, discountRate }: RunRecord, document: PoolDocument): Accounts {
  return accountsOf(document, times.at(-1)!, discountRate, {
    times,
    isolated: document.liquidation !== undefined,
    options: marginedOptions(document),
    cross: liquidatedParticipants(document),
  });
}

/** What a replay found. */
export interface ReplayedTail {
  readonly tail: Estimate;
  readonly mean: Estimate;
  /** Losses in the scenarios that the mean is of. */
  readonly sample: Float64Array;
}

/**
 * What one small book loses the pool more than another on the scenarios of a run: over its tail, and
 * on average.
 *
 * A book is laid by itself on the time grid of the run, so that its paths are the run's, and only the
 * tail is walked. Whatever depends on the way is what it would be in the pool: liquidation, barriers,
 * several assets in one account. Maintenance by open interest sees the small book only.
 *
 * @param before  null for nothing
 */
export async function replayTail(
  kernels: Kernels,
  record: RunRecord,
  { before, after }: { readonly before: PoolDocument | null; readonly after: PoolDocument },
  breathe: () => Promise<void>,
): Promise<ReplayedTail> {
  const tails = new Float64Array(record.groups.length);
  const means = new Float64Array(Math.min(MEAN_SCENARIOS, record.request.scenarios));
  for (const [document, sign] of [
    [after, 1],
    [before, -1],
  ] as const) {
    if (document === null) continue;
    await addBook(kernels, record, document, { sign, tails, means, breathe });
  }
  const mean = means.reduce((sum, loss) => sum + loss, 0) / means.length;
  const square = means.reduce((sum, loss) => sum + (loss - mean) ** 2, 0);
  return {
    tail: { value: tails[0]!, standardError: batchError(tails, record.sizes, 1) },
    mean: {
      value: mean,
      standardError: Math.sqrt(square / (means.length - 1) / means.length),
    },
    sample: means,
  };
}

/** Adds a book's averages over the tails, and its losses in the first scenarios. */
async function addBook(
  kernels: Kernels,
  record: RunRecord,
  document: PoolDocument,
  to: {
    readonly sign: number;
    readonly tails: Float64Array;
    readonly means: Float64Array;
    readonly breathe: () => Promise<void>;
  },
): Promise<void> {
  const { request, model, discountRate, groups } = record;
  const { sign, tails, means, breathe } = to;
  const { asOfMs } = request.pool;
  const work = layPoolWork(kernels, {
    accounts: accountsOn(record, document),
    covers: [],
    asOfMs,
    model,
    seed: request.seed,
    mode: "profile",
    margin: marginBookOf(document, [...document.assets].sort(byId), { asOfMs, discountRate }),
    continuous: request.monitoring === "continuous",
    bytesMax: request.bytesMax ?? MEMORY_MAX,
  });
  const { simulation } = await inPieces(work, breathe);
  simulation.withMoments = false;
  for (const [g, { scenarios, weights }] of groups.entries()) {
    for (let from = 0; from < scenarios.length; from += BATCH) {
      const count = Math.min(BATCH, scenarios.length - from);
      const losses = simulation.runList(scenarios, weights, from, count);
      for (let i = 0; i < count; i++) tails[g]! += sign * weights[from + i]! * losses[i]!;
      await breathe();
    }
  }
  for (let from = 0; from < means.length; from += BATCH) {
    const count = Math.min(BATCH, means.length - from);
    const losses = simulation.runRange(from, count);
    for (let i = 0; i < count; i++) means[from + i]! += sign * losses[i]!;
    await breathe();
  }
}
