import { inPieces, type Level, levelFraction, tailCount, type Work } from "../basics/index.ts";
import type { Kernels } from "../engine/index.ts";
import {
  measureTail,
  type Owner,
  OwnLosses,
  ownersOf,
  type PoolRun,
  worstLosses,
} from "../risk/index.ts";
import { type MemberLosses, shapley } from "../sharing/index.ts";
import { eulerShortfall, shortfallOf } from "./average-rule.ts";
import { BATCHES, batchedShares, type RawShares } from "./raw-share.ts";
import { sampledShapleyWork } from "./shapley-sampling.ts";

/** Owners whose coalitions are gone through one by one; of more, orders are sampled. */
const EXACT_MAX = 16;
/** Losses of all coalitions together: a second or two. */
const LOSSES_MAX = 2 ** 29;
/** Sampled orders, each other one the reverse of that before. */
const ORDERS = 2000;

/** Runs work on an instance of the kernels that holds nothing else. */
export type OnSpareKernels = <Result>(
  work: (kernels: Kernels) => Promise<Result>,
) => Promise<Result>;

/**
 * Shapley shares of ES: what everyone adds to the ES of those who came before, averaged over all
 * orders. Exact on a sample of scenarios for up to 16 owners, over 2,000 sampled orders for more.
 *
 * @source Shapley (1953); Denault, Coherent allocation of risk capital (2001), section 4
 */
export async function shapleyShares(
  run: PoolRun,
  level: Level,
  onSpare: OnSpareKernels,
): Promise<RawShares> {
  const owners = ownersOf(run.laid);
  return owners.length <= EXACT_MAX
    ? exactShares(run, level, owners)
    : sampledShares(run, level, owners, onSpare);
}

async function sampledShares(
  run: PoolRun,
  level: Level,
  owners: readonly Owner[],
  onSpare: OnSpareKernels,
): Promise<RawShares> {
  const { laid, losses, breathe, request } = run;
  const { raw: euler, total } = await eulerShortfall(run, level);
  const columns = await OwnLosses.of(laid, losses.length, level, breathe);
  const matrix: MemberLosses = {
    members: owners.length,
    scenarios: columns.count,
    column: (member) => columns.column(owners[member]!),
  };
  const sampling = {
    level: levelFraction(level),
    orders: ORDERS,
    seed: request.seed,
    euler: euler.map(({ value }) => value),
  };
  const { parts, standardErrors } = await onSpare((kernels) =>
    inPieces(sampledShapleyWork(kernels, matrix, sampling), breathe),
  );
  return {
    measure: "expected-shortfall",
    total,
    raw: owners.map((_, i) => ({
      value: parts[i]!,
      // One block says nothing of its own spread.
      standardError: Number.isNaN(standardErrors[i])
        ? Number.POSITIVE_INFINITY
        : standardErrors[i]!,
    })),
    shareErrors: null,
    scenarios: columns.count,
  };
}

async function exactShares(
  run: PoolRun,
  level: Level,
  owners: readonly Owner[],
): Promise<RawShares> {
  const { laid, losses, breathe } = run;
  const columns = await OwnLosses.of(laid, losses.length, level, breathe);
  const coalitions = 2 ** owners.length;
  const least = Math.ceil(BATCHES / (1 - level / 1e6));
  const count = Math.min(columns.count, Math.max(least, Math.floor(LOSSES_MAX / coalitions)));
  const own: Float64Array[] = [];
  for (const owner of owners) {
    own.push(columns.column(owner).slice(0, count));
    await breathe();
  }
  const size = Math.floor(count / BATCHES);
  const ranges: [number, number][] = [[0, count]];
  for (let b = 0; b < BATCHES; b++) ranges.push([b * size, (b + 1) * size]);
  const values: Float64Array[] = [];
  for (const [from, to] of ranges) {
    const part = own.map((column) => column.subarray(from, to));
    const costs = await inPieces(coalitionShortfalls(part, level), breathe);
    values.push(shapley(owners.length, (coalition) => costs[coalition]!));
  }
  return {
    measure: "expected-shortfall",
    total: shortfallOf(run, level),
    ...batchedShares(owners.map((_, i) => values.map((all) => all[i]!))),
    scenarios: count,
  };
}

/** ES of every coalition's loss: bit i of its number is player i. */
function* coalitionShortfalls(own: readonly Float64Array[], level: Level): Work<Float64Array> {
  const scenarios = own[0]!.length;
  const worst = Math.min(scenarios, Math.ceil(tailCount(level, scenarios)) + 1);
  const costs = new Float64Array(2 ** own.length);
  // The loss of the coalition that was last reached with each player as its first: one addition leads
  // to every coalition, and nothing is ever subtracted.
  const sums = own.map(() => new Float64Array(scenarios));
  const nobody = new Float64Array(scenarios);
  for (let coalition = 1; coalition < costs.length; coalition++) {
    const first = lowestBit(coalition);
    const others = coalition & (coalition - 1);
    const before = others === 0 ? nobody : sums[lowestBit(others)]!;
    const sum = sums[first]!;
    const added = own[first]!;
    for (let s = 0; s < scenarios; s++) sum[s] = before[s]! + added[s]!;
    costs[coalition] = measureTail(worstLosses(sum, worst), scenarios, level).expectedShortfall;
    if (coalition % 64 === 0) yield;
  }
  return costs;
}

function lowestBit(coalition: number): number {
  return 31 - Math.clz32(coalition & -coalition);
}
