import type { Arena } from "../engine/index.ts";
import { exp, log } from "../numeric/index.ts";
import { type Legs, noLegs } from "./account.ts";
import { legsValue, linearAndSettled } from "./node-grid.ts";
import { CALL_NUMBERS, type NodeLegs } from "./node-legs.ts";
import { type SampleBlock, type Samples, shapeOf } from "./sample.ts";

/** Change of a place, in log return or in the polynomials' own, below which a root is found. */
const ROOT_ERROR = 1e-13;

/** Log returns between which an account's equity is negative; infinite where that goes on. */
export type Span = readonly [from: number, to: number];

/** An account that is worth nothing to its owner somewhere: the pool keeps its collateral there. */
export interface Floor {
  /** Row of {@link NodeLegs}. */
  readonly row: number;
  readonly spans: readonly Span[];
}

/**
 * Where the accounts that are floored at a node are worth nothing.
 *
 * The equity of one short option or of one perpetual is concave in the price, so it is positive on
 * one interval, whose ends a few samples bracket. Other accounts are tried edge by edge.
 *
 * @param edges  ascending log returns at which those are tried
 */
export function floorsOf(
  arena: Arena,
  node: number,
  legs: NodeLegs,
  samples: Samples,
  edges: ArrayLike<number>,
): Floor[] {
  const floors: Floor[] = [];
  if (legs.firstFloored === legs.accounts.length) return floors;
  const sampled = sampledRows(arena, legs, samples);
  const sharp = new Set(samples.sharp);
  let scan: Scan | undefined;
  for (let row = legs.firstFloored; row < legs.accounts.length; row++) {
    const account = legs.accounts[row]!;
    const value = account.value.get(node)!;
    const collateral = account.collateral.get(node) ?? noLegs();
    const call = legs.from[row]!;
    const calls = legs.from[row + 1]! - call;
    const isShort = calls === 1 && legs.calls[CALL_NUMBERS * call + 3]! < 0 && !sharp.has(call);
    let spans: readonly Span[] | null = null;
    if (value.settled.length === 0 && (calls === 0 || isShort)) {
      const before = account.valueNow + Math.max(0, -(account.valueNow + account.collateralNow));
      const slope = samples.slope[row]! + collateral.slope;
      const constant = samples.constant[row]! + before + collateral.constant;
      const option = sampled.get(row);
      spans = option
        ? spansOfShort(samples, option, slope, constant)
        : spansOfLinear(slope, constant);
    }
    if (!spans) {
      scan ??= scanOf(arena, edges);
      spans = spansOf(arena, scan, value, collateral);
    }
    if (spans.length > 0) floors.push({ row, spans });
  }
  return floors;
}

function spansOfLinear(slope: number, constant: number): Span[] {
  const spot = -constant / slope;
  if (!(spot > 0)) return slope < 0 || constant < 0 ? [[-Infinity, Infinity]] : [];
  const x = log(spot);
  return slope > 0 ? [[-Infinity, x]] : [[x, Infinity]];
}

/** Samples and coefficients of one option. */
interface SampledOption {
  readonly block: SampleBlock;
  /** First number of the option in both columns. */
  readonly first: number;
  readonly values: Float64Array;
  readonly coefficients: Float64Array;
}

/** The options of the floored rows that have one. */
function sampledRows(arena: Arena, legs: NodeLegs, samples: Samples): Map<number, SampledOption> {
  const options = new Map<number, SampledOption>();
  for (const block of samples.blocks) {
    const from = block.rows.findIndex((row) => row >= legs.firstFloored);
    if (from < 0) continue;
    const { values, coefficients } = transformed(arena, block, from);
    for (let place = from; place < block.rows.length; place++) {
      const first = (place - from) * block.points;
      options.set(block.rows[place]!, { block, first, values, coefficients });
    }
  }
  return options;
}

/** Copies of the samples of a block's last rows, and their coefficients. */
function transformed(arena: Arena, block: SampleBlock, first: number) {
  const { points } = block;
  const rows = block.rows.length - first;
  const from = block.values + first * points * 8;
  const mark = arena.mark();
  const out = arena.take(rows * points * 8);
  const transform = arena.put(shapeOf(points).transform);
  arena.kernels.addProduct(out, 0, from, points, transform, rows, points, points);
  const values = arena.f64(from, rows * points).slice();
  const coefficients = arena.f64(out, rows * points).slice();
  arena.release(mark);
  return { values, coefficients };
}

/** Null where nothing positive was met: there may still be something between the points. */
function spansOfShort(
  samples: Samples,
  { block, first, values, coefficients }: SampledOption,
  slope: number,
  constant: number,
): Span[] | null {
  const { y, spots, points } = block;
  const equityAt = (place: number) =>
    clenshaw(coefficients, first, points, place) +
    slope * exp(samples.logReturnAt(place)) +
    constant;
  const equityOf = (i: number) => values[first + i]! + slope * spots[i]! + constant;
  const spans: Span[] = [];
  // Points descend. Below `low` and above `high` is what was found not to be positive.
  let low = 0;
  while (low < points && equityOf(low) <= 0) low++;
  let high = low - 1;
  let peak = y[low]!;
  if (low === points) {
    if (!(equityAt(0) > 0)) return null;
    peak = 0;
    while (y[high]! < 0) high--;
    low = high + 1;
  } else while (low < points && equityOf(low) > 0) low++;
  const below = low < points ? y[low]! : -1;
  const above = high >= 0 ? y[high]! : 1;
  if (low < points || equityAt(below) <= 0) {
    const inside = low > 0 && y[low - 1]! <= peak ? y[low - 1]! : peak;
    spans.push([-Infinity, samples.logReturnAt(rootBetween(equityAt, inside, below))]);
  }
  if (high >= 0 || equityAt(above) <= 0) {
    spans.push([samples.logReturnAt(rootBetween(equityAt, peak, above)), Infinity]);
  }
  return spans;
}

/**
 * Σ c_k T_k(y).
 *
 * @source Clenshaw (1955)
 */
function clenshaw(coefficients: Float64Array, first: number, count: number, y: number): number {
  let next = 0;
  let afterNext = 0;
  for (let k = count - 1; k > 0; k--) {
    const here = coefficients[first + k]! + 2 * y * next - afterNext;
    afterNext = next;
    next = here;
  }
  return coefficients[first]! + y * next - afterNext;
}

/**
 * A zero of a function between two places where its signs differ.
 *
 * @source Ridders, A new algorithm for computing a single root of a real continuous function (1979)
 */
function rootBetween(of: (x: number) => number, from: number, to: number): number {
  let [a, b] = [from, to];
  let [fa, fb] = [of(a), of(b)];
  let best = b;
  // Zero but for rounding at the end that is known not to be positive.
  if (fa > 0 === fb > 0) return b;
  for (let i = 0; i < 60; i++) {
    const middle = (a + b) / 2;
    const fm = of(middle);
    const root = Math.sqrt(fm * fm - fa * fb);
    if (!(root > 0)) return middle;
    const guess = middle + ((middle - a) * (fa > fb ? fm : -fm)) / root;
    const fg = of(guess);
    const moved = Math.abs(guess - best);
    best = guess;
    if (fg === 0 || moved <= ROOT_ERROR) return guess;
    if (fm > 0 !== fg > 0) [a, fa, b, fb] = [middle, fm, guess, fg];
    else if (fa > 0 !== fg > 0) [b, fb] = [guess, fg];
    else [a, fa] = [guess, fg];
  }
  return best;
}

/** Log returns at which accounts that are not simple are tried. */
interface Scan {
  readonly edges: ArrayLike<number>;
  readonly spots: Float64Array;
  readonly x: number;
  readonly spot: number;
  readonly padded: number;
}

function scanOf(arena: Arena, edges: ArrayLike<number>): Scan {
  const padded = Math.ceil(edges.length / 4) * 4;
  const x = arena.reserve(padded * 8);
  const spot = arena.reserve(padded * 8);
  const view = arena.f64(x, padded);
  view.fill(edges[edges.length - 1]!);
  view.set(edges);
  arena.kernels.expColumn(spot, x, padded);
  return { edges, spots: arena.f64(spot, edges.length).slice(), x, spot, padded };
}

function spansOf(arena: Arena, scan: Scan, value: Legs, collateral: Legs): Span[] {
  const mark = arena.mark();
  const values = arena.take(scan.padded * 8);
  if (value.calls.length > 0) {
    const options = arena.put(value.calls);
    const count = value.calls.length / CALL_NUMBERS;
    arena.kernels.addCalls(values, scan.x, scan.spot, scan.padded, options, count);
  }
  const view = arena.f64(values, scan.padded);
  const equity = (x: number) => legsValue(value, x) + legsValue(collateral, x);
  const spans: Span[] = [];
  let from: number | null = null;
  for (let i = 0; i < scan.edges.length; i++) {
    const spot = scan.spots[i]!;
    const here = view[i]! + linearAndSettled(value, spot) + linearAndSettled(collateral, spot);
    const isDead = here < 0 || (here === 0 && from !== null);
    if (isDead === (from !== null)) continue;
    const x = i === 0 ? -Infinity : rootBetween(equity, scan.edges[i - 1]!, scan.edges[i]!);
    if (from === null) from = x;
    else {
      spans.push([from, x]);
      from = null;
    }
  }
  arena.release(mark);
  if (from !== null) spans.push([from, Infinity]);
  return spans;
}
