import { received, refuse, tailCount, type Work } from "../basics/index.ts";
import { Arena, type Kernels } from "../engine/index.ts";
import { type MemberLosses, PLAYERS_MAX, shapley } from "../sharing/index.ts";
import { spreadError } from "./raw-share.ts";
import {
  averages,
  layWork,
  planOf,
  type ShapleySampling,
  shortfallWeights,
} from "./shapley-block.ts";

/** Most members whose coalitions are gone through. */
export const EXACT_MAX: number = PLAYERS_MAX;
/** Coalitions between two turns of others: some 10 ms of work. */
const STRETCH_COALITIONS = 2 ** 14;

/** Shapley values of ES by all coalitions; both columns are [members], in the unit of the losses. */
export interface ExactShapley {
  /** They sum to the ES of all scenarios. */
  readonly parts: Float64Array;
  /** By how far blocks of scenarios differ; infinite for one block. */
  readonly standardErrors: Float64Array;
}

/**
 * Shapley values of ES for as many as {@link PLAYERS_MAX} members, from the ES of every coalition.
 *
 * Scenarios are cut into blocks as `sampledShapley` cuts them, and what ES of few scenarios lacks is
 * made up for in the same way, by everyone's Euler contributions.
 *
 * @param kernels  that nothing else uses meanwhile
 * @throws  PoolError as `sampledShapley`
 * @cost    blocks · 2^members additions and selections of a block's scenarios
 * @source  Shapley, A value for n-person games (1953)
 */
export function* exactShapleyWork(
  kernels: Kernels,
  losses: MemberLosses,
  sampling: Pick<ShapleySampling, "level" | "euler" | "blockScenarios">,
): Work<ExactShapley> {
  const plan = planOf(losses, sampling);
  const { members, blocks, size, level } = plan;
  if (members > EXACT_MAX) {
    refuse({
      code: "NUMBER_RANGE",
      pointer: "/members",
      detail: "the coalitions of so many cannot be gone through; sample orders instead",
      expected: `1 … ${EXACT_MAX}`,
      received: received(members),
    });
  }
  const matrix = yield* layWork(new Arena(kernels, plan.memoryMax), losses, plan);
  const { arena, columns, total } = matrix;
  const all = 2 ** members;
  const costs = arena.reserve(all * 8);
  const scratch = arena.reserve((members * (size + 2) + 6 * size) * 8);
  const tail = tailCount(level, size);
  const values: Float64Array[] = [];
  const weights = new Float64Array(plan.scenarios);
  for (let b = 0; b < blocks; b++) {
    const block = columns + b * members * size * 8;
    for (let from = 1; from < all; from += STRETCH_COALITIONS) {
      const to = Math.min(all, from + STRETCH_COALITIONS);
      kernels.coalitions(costs, members, from, to, block, scratch, size, tail);
      yield;
    }
    const cost = arena.f64(costs, all);
    values.push(shapley(members, (coalition) => cost[coalition]!));
    const first = b * size;
    const own = shortfallWeights(total.subarray(first, first + size), level);
    weights.set(
      own.map((weight) => weight / blocks),
      first,
    );
    yield;
  }
  const inBlocks = averages(matrix, plan, weights);
  const euler = sampling.euler ?? averages(matrix, plan, shortfallWeights(total, level));
  return {
    parts: inBlocks.map((part, m) => {
      const mean = values.reduce((sum, own) => sum + own[m]!, 0) / blocks;
      return mean + (euler[m]! - part);
    }),
    standardErrors: inBlocks.map((_, m) =>
      blocks > 1 ? spreadError(values.map((own) => own[m]!)) : Number.POSITIVE_INFINITY,
    ),
  };
}
