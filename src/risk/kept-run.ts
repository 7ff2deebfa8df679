import type { Kernels } from "../engine/index.ts";
import { isSameBook } from "../pool/index.ts";
import type { PoolRun } from "./run.ts";
import type { ValueRequest } from "./value-request.ts";

/** Losses of more scenarios are given back when they have been measured. */
const SCENARIOS_MAX = 1 << 20;

/** One run for each instance: its memory still holds the pool. */
const kept = new WeakMap<Kernels, PoolRun>();

/** What decides the losses of a run, besides the book. */
function keyOf({ request, parameters }: Pick<PoolRun, "request" | "parameters">): string {
  const { scenarios, seed, horizonDays, stepDays, monitoring, mode, bytesMax } = request;
  const numbers = [scenarios, String(seed), horizonDays, stepDays, monitoring, mode, bytesMax];
  return JSON.stringify([...numbers, parameters]);
}

/** Keeps a run until its instance lays another pool. */
export function keepRun(kernels: Kernels, run: PoolRun): void {
  if (run.request.scenarios > SCENARIOS_MAX) return;
  kept.set(kernels, run);
}

/**
 * The run that an instance still holds, if it has the losses that are asked for: levels, layers and
 * rules may change without a simulation. Null where a new run is needed.
 *
 * @param parameters  of the market, as `marketOf` has them
 */
export function keptRun(
  kernels: Kernels,
  request: ValueRequest,
  parameters: PoolRun["parameters"],
): PoolRun | null {
  const run = kept.get(kernels);
  if (!run) return null;
  const before = run.request;
  const hasAll = request.contributions === "euler" || before.contributions === "all";
  const isSame =
    hasAll &&
    run.laid.simulation.arena.isWhole &&
    isSameBook(before.pool.document, request.pool.document) &&
    keyOf(run) === keyOf({ request, parameters });
  return isSame ? run : null;
}
