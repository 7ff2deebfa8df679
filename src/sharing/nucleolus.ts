import { assert, received, refuse } from "../basics/index.ts";
import { type LinearConstraint, linearProgram } from "../numeric/index.ts";
import { coalitionCosts } from "./shapley.ts";

/** Players whose nucleolus is found by linear programs over all coalitions. */
export const NUCLEOLUS_PLAYERS_MAX = 10;

/** How far the coalition that is worst off can be kept from leaving. */
export interface LeastCore {
  /**
   * The least that can be reached for the largest excess, charge less own cost, over all coalitions
   * but nobody and everyone: negative, every coalition gains by staying; positive, the core is empty.
   */
  readonly excess: number;
  /** [players] one of the allocations that reach it; their sum is the cost of all. */
  readonly parts: Float64Array;
  /** Whether the excess is positive, but for rounding: whatever is charged, someone had better leave. */
  readonly isCoreEmpty: boolean;
}

/** Coalitions of which one linear program has settled the excess. */
interface Settled {
  readonly coalition: number;
  /** What the coalition is charged, in units of the largest cost. */
  readonly charge: number;
}

/** A part of a program's solution below this is rounding; costs are scaled to at most 1. */
const TOLERANCE = 1e-9;

/**
 * The least core: charges that make the largest excess of any coalition as small as it can be.
 *
 * @param players  2 … 10
 * @param cost     cost of a coalition, bits as for {@link shapley}
 * @throws         PoolError NUMBER_RANGE, NUMBER_NOT_FINITE
 * @cost           one linear program of players + 1 rows and 2^players columns
 * @source         Maschler, Peleg & Shapley, Geometric properties of the kernel, nucleolus, and
 *                 related solution concepts (1979)
 */
export function leastCore(players: number, cost: (coalition: number) => number): LeastCore {
  const { costs, scale } = scaledCosts(players, cost, 2);
  const { excess, parts } = leastExcess(players, costs, openCoalitions(players), []);
  return {
    excess: excess * scale,
    parts: parts.map((part) => part * scale),
    isCoreEmpty: excess > TOLERANCE,
  };
}

/**
 * The nucleolus of a cost game: of all charges those whose largest excess is least, among these those
 * whose second largest is, and so on. It is one point, and in the core where the core is not empty.
 *
 * A sequence of linear programs: each finds the least largest excess of the coalitions that are still
 * open; those whose constraint has a price are settled, with all that follow from them.
 *
 * @param players  1 … 10; put more into groups
 * @param cost     cost of a coalition, bits as for {@link shapley}; the negative of a value
 * @returns        [players] parts that sum to the cost of all, to some 1e-9 of the largest cost
 * @throws         PoolError NUMBER_RANGE, NUMBER_NOT_FINITE
 * @cost           at most players - 1 programs as in {@link leastCore}
 * @source         Schmeidler, The nucleolus of a characteristic function game (1969); Kopelowitz,
 *                 Computation of the kernels of simple games and the nucleolus of n-person games (1967)
 */
export function nucleolus(players: number, cost: (coalition: number) => number): Float64Array {
  const { costs, scale } = scaledCosts(players, cost, 1);
  const all = costs.length - 1;
  const span = new Span(players);
  span.add(all);
  const settled: Settled[] = [];
  let open = openCoalitions(players);
  let parts: Float64Array = Float64Array.of(costs[all]!);
  while (span.rank < players) {
    const step = leastExcess(players, costs, open, settled);
    parts = step.parts;
    const before = span.rank;
    for (const coalition of step.binding) {
      if (span.add(coalition)) {
        settled.push({ coalition, charge: costs[coalition]! + step.excess });
      }
    }
    assert(span.rank > before, "every program settles a coalition");
    open = open.filter((coalition) => !span.holds(coalition));
  }
  return parts.map((part) => part * scale);
}

/**
 * The least t with x(S) ≤ cost(S) + t for the open coalitions, and the charges x that reach it.
 *
 * The dual is solved, which has a row for every player: least Σ cost·λ + Σ charge·μ with Σ λ = 1, and
 * Σ λ + Σ μ = 0 over the coalitions of every player; its prices are t and x.
 */
function leastExcess(
  players: number,
  costs: Float64Array,
  open: readonly number[],
  settled: readonly Settled[],
): { readonly excess: number; readonly parts: Float64Array; readonly binding: readonly number[] } {
  const all = costs.length - 1;
  const fixed = [{ coalition: all, charge: costs[all]! }, ...settled];
  const members = [...open, ...fixed.map(({ coalition }) => coalition)];
  const constraints: LinearConstraint[] = Array.from({ length: players }, (_, player) => ({
    coefficients: members.map((coalition) => (coalition >> player) & 1),
    relation: "=",
    bound: 0,
  }));
  constraints.push({
    coefficients: members.map((_, i) => (i < open.length ? 1 : 0)),
    relation: "=",
    bound: 1,
  });
  const solution = linearProgram({
    objective: [...open.map((coalition) => costs[coalition]!), ...fixed.map((one) => one.charge)],
    constraints,
    free: fixed.map((_, i) => open.length + i),
  });
  assert(solution.state === "optimal", "some charges are best and no excess is below all bounds");
  const { duals, x } = solution;
  return {
    excess: -duals[players]!,
    parts: duals.slice(0, players),
    binding: open.filter((_, i) => x[i]! > TOLERANCE),
  };
}

/** Coalitions whose charge follows from those that were added. */
class Span {
  rank = 0;
  /** Rows in echelon form, each with its first entry. */
  readonly #rows: { readonly lead: number; readonly row: Float64Array }[] = [];
  readonly #players: number;

  constructor(players: number) {
    this.#players = players;
  }

  /** Adds a coalition; false where it followed from the others. */
  add(coalition: number): boolean {
    const row = this.#rest(coalition);
    const lead = row.findIndex((value) => Math.abs(value) > TOLERANCE);
    if (lead < 0) return false;
    const size = row[lead]!;
    this.#rows.push({ lead, row: row.map((value) => value / size) });
    this.rank++;
    return true;
  }

  holds(coalition: number): boolean {
    return this.#rest(coalition).every((value) => Math.abs(value) <= TOLERANCE);
  }

  #rest(coalition: number): Float64Array {
    const rest = Float64Array.from({ length: this.#players }, (_, i) => (coalition >> i) & 1);
    for (const { lead, row } of this.#rows) {
      const factor = rest[lead]!;
      if (factor === 0) continue;
      for (let i = 0; i < rest.length; i++) rest[i]! -= factor * row[i]!;
    }
    return rest;
  }
}

/** All but nobody and everyone. */
function openCoalitions(players: number): number[] {
  return Array.from({ length: 2 ** players - 2 }, (_, i) => i + 1);
}

function scaledCosts(
  players: number,
  cost: (coalition: number) => number,
  least: number,
): { readonly costs: Float64Array; readonly scale: number } {
  if (!(Number.isInteger(players) && players >= least && players <= NUCLEOLUS_PLAYERS_MAX)) {
    refuse({
      code: "NUMBER_RANGE",
      pointer: "/players",
      detail: "every coalition is a column of a linear program; put players into groups",
      expected: `integer, ${least} … ${NUCLEOLUS_PLAYERS_MAX}`,
      received: received(players),
    });
  }
  const costs = coalitionCosts(players, cost);
  const scale = costs.reduce((size, value) => Math.max(size, Math.abs(value)), 0) || 1;
  return { costs: costs.map((value) => value / scale), scale };
}
