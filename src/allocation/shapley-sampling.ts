import { tailCount, type Work } from "../basics/index.ts";
import { Arena, type Kernels } from "../engine/index.ts";
import type { MemberLosses } from "../sharing/index.ts";
import {
  averages,
  type LaidLosses,
  layWork,
  type Plan,
  planOf,
  type ShapleySampling,
  STRETCH,
  shortfallWeights,
} from "./shapley-block.ts";

/** Tells these draws from those of the paths of a simulation of the same seed. */
const STREAM = 0x53_48_41_50;
const KEYS_BYTES = 320;

/** Sampled Shapley values of ES. All columns are [members], in the unit of the losses. */
export interface SampledShapley {
  /**
   * Parts that sum to the ES of all scenarios: {@link unshifted}, plus what every member's Euler
   * contribution to the ES of all scenarios has beyond its average over the blocks.
   */
  readonly parts: Float64Array;
  /** Of the parts, from orders and scenarios together: by how far blocks differ. Infinite for one block, which says nothing of its own spread. */
  readonly standardErrors: Float64Array;
  /** Averages of what members add to the ES of a block. */
  readonly unshifted: Float64Array;
  /** Of {@link unshifted} beside the exact Shapley values on the same blocks: from orders alone. */
  readonly orderErrors: Float64Array;
  /** The sum of the parts: ES of all scenarios. */
  readonly expectedShortfall: number;
  /** The sum of {@link unshifted}: the average ES of a block. */
  readonly blockShortfall: number;
  readonly blocks: number;
  /** Scenarios of each block. */
  readonly blockScenarios: number;
  /** Orders that were gone through, reverses among them. */
  readonly orders: number;
}

/** `sampledShapley` in pieces of some ten milliseconds, with kernels that nothing else uses meanwhile. */
export function* sampledShapleyWork(
  kernels: Kernels,
  losses: MemberLosses,
  sampling: ShapleySampling,
): Work<SampledShapley> {
  const plan = planOf(losses, sampling);
  const matrix = yield* layWork(new Arena(kernels, plan.memoryMax), losses, plan);
  const { blocks, scenarios, level } = plan;
  const wholeWeights = shortfallWeights(matrix.total, level);
  const blockWeights = new Float64Array(scenarios);
  for (let b = 0; b < blocks; b++) {
    const first = b * plan.size;
    const own = shortfallWeights(matrix.total.subarray(first, first + plan.size), level);
    blockWeights.set(
      own.map((weight) => weight / blocks),
      first,
    );
  }
  const walks = yield* walksWork(matrix, plan);
  const blockEuler = averages(matrix, plan, blockWeights);
  const euler = sampling.euler ?? averages(matrix, plan, wholeWeights);
  const parts = walks.unshifted.map((part, m) => part + (euler[m]! - blockEuler[m]!));
  return {
    parts,
    ...walks,
    expectedShortfall: Array.from(euler).reduce((sum, part) => sum + part, 0),
    blockShortfall: blockEuler.reduce((sum, part) => sum + part, 0),
    blocks,
    blockScenarios: plan.size,
    orders: 2 * plan.pairs * blocks,
  };
}

/** Averages over orders and blocks. */
type Walks = Pick<SampledShapley, "unshifted" | "standardErrors" | "orderErrors">;

function* walksWork({ arena, columns, totals }: LaidLosses, plan: Plan): Work<Walks> {
  const { members, blocks, size, pairs } = plan;
  const { kernels } = arena;
  const parts = arena.reserve(members * 8);
  const order = arena.reserve(members * 4);
  const scratch = arena.reserve(6 * size * 8);
  const shuffle = shuffleOf(arena, plan);
  const [places, marginals] = [arena.u32(order, members), arena.f64(parts, members)];
  const tail = tailCount(plan.level, size);
  // Of blocks: sum and squares of their averages, and of the errors that orders leave in these.
  const spread = { sum: new Float64Array(members), squares: new Float64Array(members) };
  const errors = new Float64Array(members);
  for (let b = 0, done = 0; b < blocks; b++) {
    const means = new Float64Array(members);
    const squares = new Float64Array(members);
    const block = columns + b * members * size * 8;
    for (let p = 0; p < pairs; p++, done += members * size) {
      shuffle(b * pairs + p, places);
      kernels.marginals(parts, order, members, block, totals + b * size * 8, scratch, size, tail);
      for (let m = 0; m < members; m++) {
        // Welford's update: no difference of large numbers.
        const apart = marginals[m]! - means[m]!;
        means[m]! += apart / (p + 1);
        squares[m]! += apart * (marginals[m]! - means[m]!);
      }
      if (done < STRETCH) continue;
      done = 0;
      yield;
    }
    for (let m = 0; m < members; m++) {
      const apart = means[m]! - spread.sum[m]!;
      spread.sum[m]! += apart / (b + 1);
      spread.squares[m]! += apart * (means[m]! - spread.sum[m]!);
      errors[m]! += squares[m]! / (pairs * (pairs - 1));
    }
  }
  return {
    unshifted: spread.sum,
    standardErrors: spread.squares.map((square) =>
      blocks > 1 ? Math.sqrt(square / (blocks * (blocks - 1))) : Number.POSITIVE_INFINITY,
    ),
    orderErrors: errors.map((variance) => Math.sqrt(variance) / blocks),
  };
}

/**
 * Writes the order of a number: a shuffle of all members that depends on seed and number only.
 *
 * A 32-bit word times the number of choices over 2^32 is a choice; of n choices none is likelier than
 * another by more than n / 2^32.
 *
 * @source Durstenfeld, Algorithm 235: Random permutation (1964)
 */
function shuffleOf(
  arena: Arena,
  { members, seed }: Plan,
): (number: number, order: Uint32Array) => void {
  const { kernels } = arena;
  const keys = arena.reserve(KEYS_BYTES);
  const out = arena.reserve(members * 4 + 16);
  kernels.schedule(keys, Number(seed & 0xffffffffn), Number(seed >> 32n));
  const words = arena.u32(out, members);
  return (number, order) => {
    for (let i = 0; i < members; i += 4) {
      kernels.philox(out + i * 4, keys, number, i / 4, STREAM, 0);
    }
    for (let i = 0; i < members; i++) order[i] = i;
    for (let i = members - 1; i > 0; i--) {
      const j = Math.floor((words[i]! * (i + 1)) / 2 ** 32);
      const other = order[j]!;
      order[j] = order[i]!;
      order[i] = other;
    }
  };
}
