import { inPieces, type Level, levelFraction, scenariosNeeded } from "../basics/index.ts";
import type { Kernels } from "../engine/index.ts";
import { OwnLosses, ownersOf, type PoolRun } from "../risk/index.ts";
import type { MemberLosses } from "../sharing/index.ts";
import { eulerShortfall } from "./average-rule.ts";
import type { RawShares } from "./raw-share.ts";
import { EXACT_MAX, exactShapleyWork } from "./shapley-exact.ts";
import { sampledShapleyWork } from "./shapley-sampling.ts";

/** Sampled orders, each other one the reverse of that before. */
const ORDERS = 2000;
/** Coalitions times scenarios that all are gone through in: some three seconds. */
const COALITION_SCENARIOS_MAX = 2 ** 32;

/** Runs work on an instance of the kernels that holds nothing else. */
export type OnSpareKernels = <Result>(
  work: (kernels: Kernels) => Promise<Result>,
) => Promise<Result>;

/**
 * Shapley shares of ES: what everyone adds to the ES of those who came before, averaged over all
 * orders. By all coalitions for up to 20 owners, over 2,000 sampled orders for more.
 *
 * @source Shapley (1953); Denault, Coherent allocation of risk capital (2001), section 4
 */
export async function shapleyShares(
  run: PoolRun,
  level: Level,
  onSpare: OnSpareKernels,
): Promise<RawShares> {
  const { laid, losses, breathe, request } = run;
  const owners = ownersOf(laid);
  const isExact = owners.length <= EXACT_MAX;
  const { raw: euler, total } = await eulerShortfall(run, level);
  const columns = await OwnLosses.of(laid, losses.length, level, breathe);
  const affordable = Math.floor(COALITION_SCENARIOS_MAX / 2 ** owners.length);
  const least = scenariosNeeded(level);
  const scenarios = isExact ? Math.min(columns.count, Math.max(least, affordable)) : columns.count;
  const matrix: MemberLosses = {
    members: owners.length,
    scenarios,
    column: (member) => columns.column(owners[member]!).subarray(0, scenarios),
  };
  const sampling = {
    level: levelFraction(level),
    euler: euler.map(({ value }) => value),
    orders: ORDERS,
    seed: request.seed,
  };
  const { parts, standardErrors } = await onSpare((kernels) => {
    const work = isExact
      ? exactShapleyWork(kernels, matrix, sampling)
      : sampledShapleyWork(kernels, matrix, sampling);
    return inPieces<RawParts>(work, breathe);
  });
  return {
    measure: "expected-shortfall",
    total,
    raw: owners.map((_, i) => ({ value: parts[i]!, standardError: standardErrors[i]! })),
    shareErrors: null,
    scenarios,
  };
}

interface RawParts {
  readonly parts: Float64Array;
  readonly standardErrors: Float64Array;
}
