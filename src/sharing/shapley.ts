import { received, refuse } from "../basics/index.ts";

/** Players whose coalitions are gone through one by one. */
export const PLAYERS_MAX = 20;

/**
 * Shapley value of a cost game: everyone's marginal cost, averaged over all orders of joining.
 *
 * @param players  number of players, 1 … 20
 * @param cost     cost of a coalition; bit i of the number is player i, and the cost of nobody is 0
 * @returns        [players] parts that sum to the cost of all
 * @throws         PoolError NUMBER_RANGE
 * @cost           2^players costs, players · 2^players additions
 * @source         Shapley, A value for n-person games (1953)
 */
export function shapley(players: number, cost: (coalition: number) => number): Float64Array {
  const costs = coalitionCosts(players, cost);
  const weights = new Float64Array(players);
  // (s! (n-s-1)!) / n! = 1 / (n · C(n-1, s))
  let choices = 1;
  for (let size = 0; size < players; size++) {
    weights[size] = 1 / (players * choices);
    choices = (choices * (players - 1 - size)) / (size + 1);
  }
  const marginals = new Float64Array(players);
  return Float64Array.from({ length: players }, (_, player) => {
    const bit = 1 << player;
    marginals.fill(0);
    for (let coalition = 0; coalition < costs.length; coalition++) {
      if (coalition & bit) continue;
      marginals[sizeOf(coalition)]! += costs[coalition | bit]! - costs[coalition]!;
    }
    return marginals.reduce((sum, marginal, size) => sum + weights[size]! * marginal, 0);
  });
}

/** The coalition that an allocation charges most above its own cost. */
export interface CoreExcess {
  /** Bits as in {@link shapley}. */
  readonly coalition: number;
  /** What it is charged less what it would cost alone: positive where it had better leave. */
  readonly excess: number;
}

/**
 * Whether anyone had better leave: an allocation is in the core where no coalition is charged more
 * than its own cost.
 *
 * @param parts  [players] what everyone is charged
 * @param cost   as for {@link shapley}
 * @throws       PoolError NUMBER_RANGE
 * @source       Gillies (1959); as a test of capital allocations Denault, Coherent allocation of
 *               risk capital (2001)
 */
export function coreExcess(
  parts: ArrayLike<number>,
  cost: (coalition: number) => number,
): CoreExcess {
  const costs = coalitionCosts(parts.length, cost);
  const charged = new Float64Array(costs.length);
  let worst: CoreExcess = { coalition: 0, excess: Number.NEGATIVE_INFINITY };
  for (let coalition = 1; coalition < costs.length; coalition++) {
    const last = coalition & -coalition;
    charged[coalition] = charged[coalition ^ last]! + parts[31 - Math.clz32(last)]!;
    const excess = charged[coalition]! - costs[coalition]!;
    if (excess > worst.excess) worst = { coalition, excess };
  }
  return worst;
}

/**
 * The cost of every coalition, by its bits; of nobody it is 0.
 *
 * @throws  PoolError NUMBER_RANGE, NUMBER_NOT_FINITE
 */
export function coalitionCosts(players: number, cost: (coalition: number) => number): Float64Array {
  if (!(Number.isInteger(players) && players >= 1 && players <= PLAYERS_MAX)) {
    refuse({
      code: "NUMBER_RANGE",
      pointer: "/players",
      detail: "coalitions are gone through one by one; put players into groups",
      expected: `integer, 1 … ${PLAYERS_MAX}`,
      received: received(players),
    });
  }
  const costs = new Float64Array(2 ** players);
  for (let coalition = 1; coalition < costs.length; coalition++) {
    const value = cost(coalition);
    if (!Number.isFinite(value)) {
      refuse({
        code: "NUMBER_NOT_FINITE",
        pointer: `/cost/${coalition}`,
        detail: "every coalition has a cost",
        expected: "a finite number",
        received: received(value),
      });
    }
    costs[coalition] = value;
  }
  return costs;
}

function sizeOf(coalition: number): number {
  let size = 0;
  for (let rest = coalition; rest !== 0; rest &= rest - 1) size++;
  return size;
}
