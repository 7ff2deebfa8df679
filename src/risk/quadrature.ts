import { type Moments, wholeNode } from "../engine/index.ts";
import { exp } from "../numeric/index.ts";
import type { Account, Accounts, Legs } from "./account.ts";
import { batchError, tailMoments } from "./contribution.ts";
import { legsValue } from "./node-grid.ts";
import type { PoolRun } from "./run.ts";
import type { Estimate } from "./valuation.ts";

/** Log returns and what each of them weighs: averages of smooth functions to the last digits. */
export interface Points {
  readonly x: Float64Array;
  readonly weights: Float64Array;
}

/** What is left of all scenarios at one node. */
interface NodePoints {
  /** Index of the asset, and years from now. */
  readonly asset: number;
  readonly time: number;
  readonly tail: Points;
  readonly all: Points;
  /** Edges of the cells that the tail reached, and [edges × chunks] their weights in each chunk's tail. */
  readonly edges: Float64Array;
  readonly tailEdges: Float64Array;
  /** The same of all cells, and all scenarios. */
  readonly allEdges: Float64Array;
  readonly chunkEdges: Float64Array;
}

/**
 * What the scenarios of a run weigh, asset by asset: the average of any function of one price over
 * all scenarios, or over the pool's tail, without a scenario.
 *
 * The moments that every cell of a node gathered up to the third fix two points and weights in it
 * which average every cubic exactly, and a Black–Scholes value to some ten digits. This is the adjoint
 * of the value profiles turned on a position that they do not hold.
 *
 * @source Gauss (1814); Golub & Welsch, Calculation of Gauss quadrature rules (1969)
 */
export class ScenarioQuadrature {
  readonly #nodes: readonly NodePoints[];
  readonly #sizes: readonly number[];

  private constructor(nodes: readonly NodePoints[], sizes: readonly number[]) {
    this.#nodes = nodes;
    this.#sizes = sizes;
  }

  /** Takes what is needed of a run that gathered moments; the tails run once more. */
  static async of(run: PoolRun): Promise<ScenarioQuadrature> {
    const { laid, chunks, moments, request } = run;
    const { moments: tails } = await tailMoments(run, request.primary);
    const [whole, ...parts] = tails;
    const sizes = chunks.map(({ count }) => count);
    const { accounts, grids } = laid;
    const nodes = accounts.nodes.map(({ step, asset }, node): NodePoints => {
      const { edges, cells } = grids[node]!;
      const of = (group: Moments) => wholeNode(group, node, cells);
      const sum = new Float64Array(4 * cells);
      const lists = moments.map(of);
      for (const list of lists) for (let i = 0; i < sum.length; i++) sum[i]! += list[i]!;
      const scenarios = sizes.reduce((above, size) => above + size, 0);
      const tails = parts.map(of);
      const tail = of(whole!);
      const tailCells = reached([tail, ...tails], cells);
      const allCells = reached([sum], cells);
      return {
        asset,
        time: accounts.times[step]!,
        tail: pointsOf(edges, tail, 1),
        all: pointsOf(edges, sum, 1 / scenarios),
        edges: edges.slice(tailCells.from, tailCells.to + 1),
        tailEdges: hats(tails, tailCells, () => 1),
        allEdges: edges.slice(allCells.from, allCells.to + 1),
        chunkEdges: hats(lists, allCells, (k) => 1 / sizes[k]!),
      };
    });
    return new ScenarioQuadrature(nodes, sizes);
  }

  /**
   * Mean loss by a small book over all scenarios and over the pool's tail.
   *
   * @param accounts  on the time grid of the run
   * @returns         null where an account needs more than one price, or one that the run's book does
   *                  not: it depends on the way, on several assets, or on a date without a node
   */
  averages({ list, nodes, times }: Accounts): BookAverages | null {
    const sums = {
      tail: new Float64Array(1 + this.#chunks),
      all: new Float64Array(1 + this.#chunks),
    };
    for (const account of list) {
      const [key, ...more] = account.value.keys();
      if (account.margined || account.barriers.size > 0 || more.length > 0) return null;
      // Collateral alone, or an account that was opened and not used.
      if (key === undefined) continue;
      const others = [...account.collateral.keys()].filter((node) => node !== key);
      if (others.length > 0) return null;
      const { asset, step } = nodes[key]!;
      const node = this.#nodes.find((one) => one.asset === asset && one.time === times[step]);
      if (!node) return null;
      const loss = lossOf(account, account.value.get(key)!, account.collateral.get(key));
      this.#add(sums.tail, loss, node.tail, node.edges, node.tailEdges);
      this.#add(sums.all, loss, node.all, node.allEdges, node.chunkEdges);
    }
    return sums;
  }

  /**
   * The law of what a book loses more than another: losses with their weights over all scenarios.
   *
   * @returns  null where it depends on more than one price
   */
  law(after: Accounts, before: Accounts | null): LossLaw | null {
    const loaded = [...after.list, ...(before?.list ?? [])].flatMap((account) =>
      [...account.value.keys()].map((key) => ({ account, key })),
    );
    const places = loaded.map(({ account, key }) => {
      const { nodes, times } = after.list.includes(account) ? after : before!;
      const { asset, step } = nodes[key]!;
      return this.#nodes.find((one) => one.asset === asset && one.time === times[step]);
    });
    const [node] = places;
    if (!node || places.some((one) => one !== node)) return null;
    const losses = new Float64Array(node.all.x.length);
    for (const { account, key } of loaded) {
      const sign = after.list.includes(account) ? 1 : -1;
      const loss = lossOf(account, account.value.get(key)!, account.collateral.get(key));
      for (let i = 0; i < losses.length; i++) losses[i]! += sign * loss(node.all.x[i]!);
    }
    const scenarios = this.#sizes.reduce((sum, size) => sum + size, 0);
    return { losses, weights: node.all.weights, scenarios };
  }

  /**
   * Size of an asset's move until the horizon, up or down, that all but a part of the scenarios stay
   * below: good to the width of a cell, a quarter of a percent of the price or so.
   *
   * @param asset  index
   * @param level  in (0, 1)
   * @returns      fraction of the price; null where the pool holds nothing of the asset at the horizon
   */
  moveAt(asset: number, level: number): number | null {
    const horizon = this.#nodes.reduce((last, { time }) => Math.max(last, time), 0);
    const node = this.#nodes.find((one) => one.asset === asset && one.time === horizon);
    if (!node) return null;
    const { x, weights } = node.all;
    const moves = Array.from(x, (at, i) => ({ size: Math.abs(exp(at) - 1), weight: weights[i]! }));
    moves.sort((a, b) => a.size - b.size);
    let below = 0;
    for (const { size, weight } of moves) {
      below += weight;
      if (below >= level) return size;
    }
    return moves.at(-1)?.size ?? null;
  }

  /** An average of a book, or of one less another. */
  estimate(sums: Float64Array): Estimate {
    return { value: sums[0]!, standardError: batchError(sums, this.#sizes, 1) };
  }

  get #chunks(): number {
    return this.#sizes.length;
  }

  #add(
    sums: Float64Array,
    loss: (x: number) => number,
    { x, weights }: Points,
    edges: Float64Array,
    byChunk: Float64Array,
  ): void {
    for (let i = 0; i < x.length; i++) sums[0]! += weights[i]! * loss(x[i]!);
    const chunks = this.#chunks;
    for (let e = 0; e < edges.length; e++) {
      const here = loss(edges[e]!);
      for (let k = 0; k < chunks; k++) sums[1 + k]! += byChunk[e * chunks + k]! * here;
    }
  }
}

/** Losses and what they weigh. */
export interface LossLaw {
  readonly losses: Float64Array;
  /** Alike when undefined. */
  readonly weights?: Float64Array;
  /** How many scenarios stand behind them. */
  readonly scenarios: number;
}

/** Averages over the whole, then over every chunk. */
export interface BookAverages {
  readonly tail: Float64Array;
  readonly all: Float64Array;
}

/** What an account on one node costs the pool, by the node's log return. */
function lossOf(account: Account, value: Legs, collateral: Legs | undefined) {
  const { valueNow, collateralNow, floored } = account;
  if (!floored) return (x: number) => legsValue(value, x) - valueNow;
  const now = valueNow + Math.max(0, -(valueNow + collateralNow));
  return (x: number) => {
    const worth = legsValue(value, x);
    const backing = collateral
      ? collateral.slope === 0
        ? collateral.constant
        : collateral.slope * exp(x) + collateral.constant
      : 0;
    return worth + Math.max(0, -(worth + backing)) - now;
  };
}

/** Cells that any scenario of some groups reached. */
function reached(groups: readonly Float64Array[], cells: number) {
  let from = 0;
  const isEmpty = (c: number) => groups.every((moments) => moments[4 * c] === 0);
  while (from < cells - 1 && isEmpty(from)) from++;
  let to = cells;
  while (to > from + 1 && isEmpty(to - 1)) to--;
  return { from, to };
}

/** Two points in every cell that was reached, or one where its scenarios are as good as one. */
export function pointsOf(edges: Float64Array, moments: Float64Array, scale: number): Points {
  const x: number[] = [];
  const weights: number[] = [];
  const add = (cell: number, t: number, weight: number) => {
    const start = edges[cell]!;
    x.push(start + t * (edges[cell + 1]! - start));
    weights.push(weight * scale);
  };
  for (let c = 0; 4 * c < moments.length; c++) {
    const m0 = moments[4 * c]!;
    if (m0 === 0) continue;
    // About the mean, where nothing cancels but what must.
    const mean = moments[4 * c + 1]! / m0;
    const second = moments[4 * c + 2]! / m0 - mean * mean;
    const third = moments[4 * c + 3]! / m0 - mean * (3 * second + mean * mean);
    if (!(second > SPREAD_MIN)) {
      add(c, mean, m0);
      continue;
    }
    // Points of the two-point rule with these moments: u² − s·u − second = 0.
    const s = third / second;
    const root = Math.sqrt(s * s + 4 * second);
    const right = (s + root) / 2;
    const left = (s - root) / 2;
    add(c, mean + left, (m0 * right) / root);
    add(c, mean + right, (-m0 * left) / root);
  }
  return { x: Float64Array.from(x), weights: Float64Array.from(weights) };
}

/** Variance of the place in a cell, in its widths squared, below which it is rounding. */
const SPREAD_MIN = 1e-9;

/** Weights of the edges in the mean of a function that is straight between them, by group. */
function hats(
  groups: readonly Float64Array[],
  { from, to }: { readonly from: number; readonly to: number },
  scaleOf: (group: number) => number,
): Float64Array {
  const count = groups.length;
  const weights = new Float64Array((to - from + 1) * count);
  groups.forEach((moments, k) => {
    const scale = scaleOf(k);
    for (let c = from; c < to; c++) {
      const right = moments[4 * c + 1]!;
      weights[(c - from) * count + k]! += scale * (moments[4 * c]! - right);
      weights[(c - from + 1) * count + k]! += scale * right;
    }
  });
  return weights;
}
