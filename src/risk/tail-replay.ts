import { inPieces } from "../basics/index.ts";
import { BATCH, type Kernels } from "../engine/index.ts";
import type { PoolDocument } from "../pool/index.ts";
import { accountsOf, byId } from "./account.ts";
import { batchError, tailGroups, type WeightedScenarios } from "./contribution.ts";
import { layPoolWork, MEMORY_MAX } from "./layout.ts";
import { liquidatedParticipants, marginBookOf, marginedOptions } from "./margin.ts";
import type { PoolRun } from "./pool-run.ts";
import type { Estimate } from "./valuation.ts";

/** Scenarios that a mean is taken over where all of them would take too long. */
const MEAN_SCENARIOS = 4096;

/** What must be kept of a run to walk its tail again with another book. */
export interface TailRecord {
  readonly run: Pick<PoolRun, "request" | "model" | "parameters">;
  readonly times: readonly number[];
  /** The whole tail, then every chunk's own. */
  readonly groups: readonly WeightedScenarios[];
  readonly sizes: readonly number[];
}

/** Keeps what a replay needs, and nothing of the kernel's memory. */
export function tailRecordOf(run: PoolRun): TailRecord {
  const { request, model, parameters } = run;
  return {
    run: { request, model, parameters },
    times: run.laid.accounts.times,
    groups: tailGroups(run, request.primary),
    sizes: run.chunks.map(({ count }) => count),
  };
}

/**
 * What a small book loses the pool on the scenarios of a run: over its tail, and on average.
 *
 * The book is laid by itself on the time grid of the run, so that its paths are the run's, and only
 * the tail is walked. Whatever depends on the way is then what it would be in the pool: liquidation,
 * barriers, several assets in one account. Maintenance by open interest sees the small book only.
 *
 * @param document  as the pool's, with nothing in it but the book
 */
export async function replayTail(
  kernels: Kernels,
  { run, times, groups, sizes }: TailRecord,
  document: PoolDocument,
  breathe: () => Promise<void>,
): Promise<{ readonly tail: Estimate; readonly mean: Estimate }> {
  const { request, model, parameters } = run;
  const { asOfMs } = request.pool;
  const discountRate = parameters.discountRate ?? 0;
  const accounts = accountsOf(document, times.at(-1)!, discountRate, {
    times,
    isolated: document.liquidation !== undefined,
    options: marginedOptions(document),
    cross: liquidatedParticipants(document),
  });
  const margin = marginBookOf(document, [...document.assets].sort(byId), { asOfMs, discountRate });
  const laid = await inPieces(
    layPoolWork(kernels, {
      accounts,
      covers: [],
      asOfMs,
      model,
      seed: request.seed,
      mode: "profile",
      margin,
      continuous: request.monitoring === "continuous",
      bytesMax: request.bytesMax ?? MEMORY_MAX,
    }),
    breathe,
  );
  const { simulation } = laid;
  simulation.withMoments = false;
  const averageOf = async ({ scenarios, weights }: WeightedScenarios): Promise<number> => {
    let sum = 0;
    for (let from = 0; from < scenarios.length; from += BATCH) {
      const count = Math.min(BATCH, scenarios.length - from);
      const losses = simulation.runList(scenarios, weights, from, count);
      for (let i = 0; i < count; i++) sum += weights[from + i]! * losses[i]!;
      await breathe();
    }
    return sum;
  };
  const tails: number[] = [];
  for (const group of groups) tails.push(await averageOf(group));
  const count = Math.min(MEAN_SCENARIOS, request.scenarios);
  const losses = new Float64Array(count);
  for (let from = 0; from < count; from += BATCH) {
    losses.set(simulation.runRange(from, Math.min(BATCH, count - from)), from);
    await breathe();
  }
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / count;
  const square = losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0);
  return {
    tail: { value: tails[0]!, standardError: batchError(tails, sizes, 1) },
    mean: { value: mean, standardError: Math.sqrt(square / (count - 1) / count) },
  };
}
