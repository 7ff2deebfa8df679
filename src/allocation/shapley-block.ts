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
import type { Arena } from "../engine/index.ts";
import type { MemberLosses } from "../sharing/index.ts";

/** Scenarios of a block: its columns stay near the processor. */
const BLOCK = 512;
/** Kernels take so many scenarios at a time. */
const GROUP = 64;
/** Least scenarios in the tail of a block. */
const BLOCK_TAIL = 10;
const ORDERS_MAX = 2 ** 31;
const MEMORY_MAX = 1.75 * 2 ** 30;
/** Numbers between two turns of others: some 10 ms of work. */
export const STRETCH: number = 2 ** 22;

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
   * in the tail. More make less of what `SampledShapley.parts` corrects, and cost as much more.
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

/** What was asked for, checked. */
export interface Plan {
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

/** @throws PoolError as `sampledShapley` */
export function planOf({ members, scenarios }: MemberLosses, sampling: ShapleySampling): Plan {
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
export interface LaidLosses {
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

/** Lays everyone's losses block by block, each column asked for once. */
export function* layWork(arena: Arena, losses: MemberLosses, plan: Plan): Work<LaidLosses> {
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

/** What each loss weighs in ES: 1 / k beyond the quantile; losses that are the quantile share the rest. */
export function shortfallWeights(total: Float64Array, level: Level): Float64Array {
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
export function averages(
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
