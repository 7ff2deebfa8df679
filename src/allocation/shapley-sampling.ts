import {
  type Issue,
  type Level,
  level as levelOf,
  received,
  refuse,
  TAIL_SCENARIOS_MIN,
  tailCount,
  tailTooThin,
  type Work,
} from "../basics/index.ts";
import { Arena, type Kernels } from "../engine/index.ts";
import type { MemberLosses } from "../sharing/index.ts";

/** Scenarios of a block: its columns stay near the processor through a walk. */
const BLOCK = 512;
/** Kernels take so many scenarios at a time. */
const GROUP = 64;
/** Least scenarios in the tail of a block. */
const BLOCK_TAIL = 10;
/** Tells these draws from those of the paths of a simulation of the same seed. */
const STREAM = 0x53_48_41_50;
const KEYS_BYTES = 320;
const ORDERS_MAX = 2 ** 31;
const MEMORY_MAX = 1.75 * 2 ** 30;
/** Numbers between two turns of others: some 10 ms of work. */
const STRETCH = 2 ** 22;

/** How Shapley values are sampled. */
export interface ShapleySampling {
  /** Level of ES, e.g. 0.975. */
  readonly level: number;
  /** Orders of joining, each other one the reverse of that before; default 2,000. */
  readonly orders?: number;
  /** Seed of the orders, 0 … 2^64 − 1; default 0. */
  readonly seed?: bigint;
  /**
   * Scenarios of a block, each with a tail of its own; default 512, or as many as have ten scenarios
   * in the tail. More make less of what {@link SampledShapley.parts} corrects, and cost as much more.
   */
  readonly blockScenarios?: number;
  /**
   * [members] Euler contributions to the ES that the parts are to sum to, where it is not the ES of
   * these scenarios but of a longer run.
   */
  readonly euler?: ArrayLike<number>;
  /** Most the kernel's memory may grow to, bytes; default 1.75 GiB. Losses take 8 bytes each. */
  readonly memoryMax?: number;
}

/** Sampled Shapley values of ES. All columns are [members], in the unit of the losses. */
export interface SampledShapley {
  /**
   * Parts that sum to the ES of all scenarios: {@link unshifted}, plus what every member's Euler
   * contribution to the ES of all scenarios has beyond its average over the blocks.
   */
  readonly parts: Float64Array;
  /** Of the parts, from orders and scenarios together: by how far blocks differ. NaN for one block. */
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

/** What was asked for, checked. */
interface Plan {
  readonly members: number;
  readonly scenarios: number;
  readonly level: Level;
  readonly seed: bigint;
  readonly blocks: number;
  /** Scenarios of a block. */
  readonly size: number;
  /** Orders of a block, each with its reverse. */
  readonly pairs: number;
  readonly memoryMax: number;
}

function planOf({ members, scenarios }: MemberLosses, sampling: ShapleySampling): Plan {
  const level = levelOf(sampling.level);
  need(members >= 1, {
    code: "MEMBERS_NONE",
    pointer: "/members",
    detail: "a loss without members is nobody's",
    expected: "one member or more",
    received: received(members),
  });
  if (!(tailCount(level, scenarios) >= TAIL_SCENARIOS_MIN)) throw tailTooThin(level, scenarios);
  const least = Math.ceil(BLOCK_TAIL / (1 - level / 1e6) / GROUP) * GROUP;
  const most = scenarios - (scenarios % GROUP);
  const size = sampling.blockScenarios ?? Math.min(Math.max(BLOCK, least), most);
  need(size % GROUP === 0 && size >= least && size <= most, {
    code: "NUMBER_RANGE",
    pointer: "/blockScenarios",
    detail: "a block has a tail of its own, and whole groups of scenarios, as kernels take them",
    expected: `${least} … ${most}, a multiple of ${GROUP}`,
    received: received(size),
  });
  const orders = sampling.orders ?? 2000;
  need(Number.isInteger(orders) && orders >= 2 && orders <= ORDERS_MAX, {
    code: "NUMBER_RANGE",
    pointer: "/orders",
    detail: "orders are gone through one by one, each with its reverse",
    expected: `integer, 2 … ${ORDERS_MAX}`,
    received: received(orders),
  });
  const seed = sampling.seed ?? 0n;
  need(seed >= 0n && seed < 2n ** 64n, {
    code: "NUMBER_RANGE",
    pointer: "/seed",
    detail: "a seed has 64 bits",
    expected: "0 … 2^64 - 1",
    received: received(seed),
  });
  checkEuler(sampling.euler, members);
  const blocks = Math.floor(scenarios / size);
  // Two or more to a block, whose difference says how much an order matters.
  const pairs = Math.max(2, Math.ceil(orders / 2 / blocks));
  const memoryMax = sampling.memoryMax ?? MEMORY_MAX;
  return { members, scenarios, level, seed, blocks, size, pairs, memoryMax };
}

function checkEuler(euler: ShapleySampling["euler"], members: number): void {
  if (!euler) return;
  need(euler.length === members, {
    code: "MATRIX_SHAPE",
    pointer: "/euler",
    detail: "every member has a contribution",
    expected: `${members} numbers`,
    received: received(euler.length),
  });
  for (let m = 0; m < members; m++) checkFinite(Number.isFinite(euler[m]), `/euler/${m}`);
}

/** Everyone's losses in a kernel's memory. */
interface LaidLosses {
  readonly arena: Arena;
  /** Address of [blocks × members × size] losses. */
  readonly columns: number;
  /** Address of [members × rest] losses in the scenarios beyond the last block. */
  readonly beyond: number;
  /** Address of [blocks × size] sums of all members' losses. */
  readonly totals: number;
  /** [scenarios] the same, with those beyond. */
  readonly total: Float64Array;
}

function* layWork(arena: Arena, losses: MemberLosses, plan: Plan): Work<LaidLosses> {
  const { members, scenarios, blocks, size } = plan;
  const inBlocks = blocks * size;
  const rest = scenarios - inBlocks;
  const columns = arena.reserve(members * inBlocks * 8);
  const beyond = arena.reserve(members * rest * 8);
  const totals = arena.reserve(inBlocks * 8);
  const total = new Float64Array(scenarios);
  for (let m = 0, done = 0; m < members; m++, done += scenarios) {
    const column = losses.column(m);
    let check = 0;
    for (let s = 0; s < scenarios; s++) {
      const loss = column[s]!;
      total[s]! += loss;
      check += loss * 0;
    }
    checkFinite(check === 0, `/losses/${m}`);
    for (let b = 0; b < blocks; b++) {
      const to = arena.f64(columns + (b * members + m) * size * 8, size);
      to.set(column.subarray(b * size, (b + 1) * size));
    }
    arena.f64(beyond + m * rest * 8, rest).set(column.subarray(inBlocks, scenarios));
    if (done >= STRETCH) {
      done = 0;
      yield;
    }
  }
  checkFinite(
    total.every((loss) => Number.isFinite(loss)),
    "/losses",
  );
  arena.f64(totals, inBlocks).set(total.subarray(0, inBlocks));
  return { arena, columns, beyond, totals, total };
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
    standardErrors: spread.squares.map((square) => Math.sqrt(square / (blocks * (blocks - 1)))),
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

/** What each loss weighs in ES: 1 / k beyond the quantile; losses that are the quantile share the rest. */
function shortfallWeights(total: Float64Array, level: Level): Float64Array {
  const k = tailCount(level, total.length);
  const quantile = total.slice().sort()[total.length - Math.ceil(k)]!;
  let beyond = 0;
  let at = 0;
  for (const loss of total) {
    beyond += Number(loss > quantile);
    at += Number(loss === quantile);
  }
  const share = (k - beyond) / at / k;
  return total.map((loss) => (loss > quantile ? 1 / k : loss === quantile ? share : 0));
}

/** Everyone's weighted sum of losses. */
function averages(
  { arena, columns, beyond }: LaidLosses,
  { members, scenarios, blocks, size }: Plan,
  weights: Float64Array,
): Float64Array {
  const sums = new Float64Array(members);
  const inBlocks = blocks * size;
  const rest = scenarios - inBlocks;
  for (let s = 0; s < scenarios; s++) {
    const weight = weights[s]!;
    if (weight === 0) continue;
    const isIn = s < inBlocks;
    const block = Math.floor(s / size);
    const stride = isIn ? size : rest;
    const first = isIn
      ? columns + (block * members * size + (s % size)) * 8
      : beyond + (s - inBlocks) * 8;
    const losses = arena.f64(first, (members - 1) * stride + 1);
    for (let m = 0; m < members; m++) sums[m]! += weight * losses[m * stride]!;
  }
  return sums;
}

function checkFinite(isNumber: boolean, pointer: string): void {
  need(isNumber, {
    code: "NUMBER_NOT_FINITE",
    pointer,
    detail: "losses, contributions and their sums are amounts",
    expected: "finite numbers",
  });
}

function need(holds: boolean, issue: Issue): void {
  if (!holds) refuse(issue);
}
