import { atOnce } from "../basics/index.ts";
import { type BackendChoice, compileKernelSync, instantiate } from "../engine/index.ts";
import type { MemberLosses } from "../sharing/index.ts";
import type { ShapleySampling } from "./shapley-block.ts";
import { type SampledShapley, sampledShapleyWork } from "./shapley-sampling.ts";

/**
 * Shapley values of expected shortfall for many members, from random orders of joining.
 *
 * An order and its reverse are gone through at once, because what they miss is much the same with
 * other signs. Scenarios are cut into blocks, orders are dealt to the blocks, and a coalition is
 * measured on the scenarios of its block: the average over blocks is unbiased for the average game.
 * That game lacks what ES of few scenarios lacks: 0.7 % of it for jointly normal losses at 97.5 % in
 * blocks of 512, measured. The parts make up for it by everyone's own Euler contributions, to the ES of
 * all scenarios less to that of the blocks: so that they sum to the whole ES, someone without losses
 * keeps a part of 0, members alike keep parts alike, and nobody's sign or unit matters, as scaling would make it.
 *
 * @param losses  asked for each column once, in order
 * @throws  PoolError MEMBERS_NONE, NUMBER_RANGE, NUMBER_NOT_FINITE, TAIL_TOO_THIN, BUDGET_EXCEEDED,
 *          UNIT_SUSPECT, MATRIX_SHAPE
 * @cost    orders · members · blockScenarios additions and comparisons; 8 bytes of kernel memory for a loss
 * @source  Castro, Gómez & Tejada, Polynomial calculation of the Shapley value based on sampling
 *          (2009); reverses: Mitchell, Cooper, Frank & Holmes, Sampling permutations for Shapley value
 *          estimation (2022)
 */
export function sampledShapley(
  losses: MemberLosses,
  sampling: ShapleySampling,
  backend: BackendChoice = "auto",
): SampledShapley {
  return atOnce(sampledShapleyWork(instantiate(compileKernelSync(backend)), losses, sampling));
}
