import { type Arena, CELL_BYTES, OPTION_BYTES } from "../engine/index.ts";
import { exp, log, normalCdf } from "../numeric/index.ts";
import type { Legs } from "./account.ts";
import { CALL_NUMBERS } from "./node-legs.ts";

/** Cells over the seven standard deviations to either side where almost every path falls; with these
 * VaR and ES of a real chain come within 7e-10 of full revaluation. */
const CORE_CELLS = 256;
const CORE_DEVIATIONS = 7;
/** Longest cell, in log return: e^x is then good to 4e-10 of itself. */
const CELL_MAX = 0.02;
/** Error of one option's cubic, as a part of the node's size, that is let pass. */
const TOLERANCE = 3e-10;
/** Error of the cubic Hermite fit of a call, per A·v·(h/v)^4: max f''''/384 of A·S·v·φ-like shapes. */
const HERMITE_ERROR = 1.4e-3;
const PIECES_MAX = 64;
/** Standard deviations of an option's own to either side of its strike where it bends. */
const BEND_REACH = 7;
/** Most buckets in a base cell: a path finds its cell at once where each bucket lies in one cell. */
const BUCKETS_MAX = 4;

/** Consecutive cells of a node. */
export interface Cells {
  readonly from: number;
  /** After the last. */
  readonly to: number;
}

/** What is smooth of a loss: a polynomial by its values and slopes at the edges, and slope·S + constant. */
export interface SmoothPart {
  /** Addresses of [cells + 1] f64, of which those of the cells asked for are looked at; 0 for none. */
  readonly values: number;
  readonly slopes: number;
  readonly slope: number;
  readonly constant: number;
}

/**
 * The cells of one node: edges in log return that follow the book.
 *
 * Between two edges every part of the book is smooth, so a cubic through value and slope at both
 * ends is exact to the tolerance above.
 */
export class NodeGrid {
  readonly edges: Float64Array;
  readonly cells: number;
  /** Width of the base cells in the core, or of an equal part of them; buckets share their edges. */
  readonly bucketWidth: number;
  /** Whether every edge has its mirror image: {@link baseEdges} with no others among them. */
  readonly isEven: boolean;
  /** Edges and what groups of four need besides. */
  readonly padded: number;
  /** Address of the edges. */
  readonly edgesAt: number;
  readonly #arena: Arena;
  readonly #spot: number;

  /** @param edges  ascending log returns, see {@link baseEdges} and {@link mergeEdges} */
  constructor(arena: Arena, edges: Float64Array, bucketWidth: number, isEven: boolean) {
    this.#arena = arena;
    this.edges = edges;
    this.isEven = isEven;
    this.bucketWidth = bucketWidth;
    this.cells = edges.length - 1;
    this.padded = Math.ceil(edges.length / 4) * 4;
    this.edgesAt = arena.reserve(this.padded * 8);
    this.#spot = arena.reserve(this.padded * 8);
    const view = arena.f64(this.edgesAt, this.padded);
    view.fill(edges.at(-1)!);
    view.set(edges);
    arena.kernels.expColumn(this.#spot, this.edgesAt, this.padded);
  }

  /** S = e^x at the edges: a view that is void once the memory has grown. */
  get spots(): Float64Array {
    return this.#arena.f64(this.#spot, this.edges.length);
  }

  /**
   * Values and slopes of calls at some edges, as views that the next call overwrites.
   *
   * @param from  first edge that is wanted; the views begin at it
   * @param to    edge after the last
   */
  price(
    calls: ArrayLike<number>,
    from: number = 0,
    to: number = this.edges.length,
  ): { readonly values: Float64Array; readonly slopes: Float64Array } {
    const arena = this.#arena;
    const mark = arena.mark();
    const first = from - (from % 4);
    const count = Math.ceil((to - first) / 4) * 4;
    const options = calls.length > 0 ? arena.put(calls) : 0;
    const values = arena.take(count * 8);
    const slopes = arena.take(count * 8);
    if (calls.length > 0) {
      arena.kernels.addCallsWithSlopes(
        values,
        slopes,
        this.edgesAt + first * 8,
        this.#spot + first * 8,
        count,
        options,
        calls.length / (OPTION_BYTES / 8),
      );
    }
    arena.release(mark);
    return {
      values: arena.f64(values, count).subarray(from - first),
      slopes: arena.f64(slopes, count).subarray(from - first),
    };
  }

  /**
   * Lays Hermite cells of what stands at the edges, and of slope·S + constant besides.
   *
   * @param out     address of [4·(to - from)] f64, see {@link NodeGrid.add}
   * @param smooth  addresses of [cells + 1] f64 values and slopes; 0 for none
   */
  hermite(out: number, { values, slopes, slope, constant }: SmoothPart, { from, to }: Cells): void {
    const first = from * 8;
    const isLinear = values === 0;
    this.#arena.kernels.hermite(
      out,
      this.edgesAt + first,
      this.#spot + first,
      isLinear ? 0 : values + first,
      isLinear ? 0 : slopes + first,
      slope,
      constant,
      to - from,
    );
  }

  /**
   * Adds legs to Hermite cells.
   *
   * @param cells  [4·(to - from)] value left, value right, slope·width left, slope·width right
   * @param from   first cell that `cells` holds
   * @param to     cell after the last
   */
  add(legs: Legs, cells: Float64Array, from: number = 0, to: number = this.cells): void {
    if (to <= from) return;
    const { values, slopes } = this.price(legs.calls, from, to + 1);
    const steps = legs.settled.length > 0 ? this.#settledSteps(legs) : null;
    const { edges, spots } = this;
    let { slope, constant } = legs;
    for (let c = 0; steps && c < from; c++) {
      slope += steps.slope[c]!;
      constant += steps.constant[c]!;
    }
    for (let c = from; c < to; c++) {
      if (steps) {
        slope += steps.slope[c]!;
        constant += steps.constant[c]!;
      }
      const i = c - from;
      const width = edges[c + 1]! - edges[c]!;
      const left = slope * spots[c]!;
      const right = slope * spots[c + 1]!;
      cells[4 * i]! += values[i]! + left + constant;
      cells[4 * i + 1]! += values[i + 1]! + right + constant;
      cells[4 * i + 2]! += width * (slopes[i]! + left);
      cells[4 * i + 3]! += width * (slopes[i + 1]! + right);
    }
  }

  /** Value at a log return among the edges, of cells by their address. */
  valueAt(cells: number, x: number): number {
    const cell = Math.max(0, firstFrom(this.edges, x) - 1);
    const start = this.edges[cell]!;
    const t = (x - start) / (this.edges[cell + 1]! - start);
    const [c0, c2, c1, c3] = this.#arena.f64(cells + cell * CELL_BYTES + 16, 4);
    return c0! + t * (c1! + t * (c2! + t * c3!));
  }

  /** Cell that begins at x, or the first one after it. */
  cellFrom(x: number): number {
    return Math.min(this.cells, firstFrom(this.edges, x));
  }

  // A settled option is linear to the right of its strike: steps of slope and constant at a cell.
  #settledSteps(legs: Legs): { slope: Float64Array; constant: Float64Array } {
    const slope = new Float64Array(this.cells);
    const constant = new Float64Array(this.cells);
    for (const leg of legs.settled) {
      const kink = leg.constant > 0 ? log(leg.constant / leg.slope) : Number.NEGATIVE_INFINITY;
      const cell = firstFrom(this.edges, kink);
      if (cell >= this.cells) continue;
      slope[cell]! += leg.sign * leg.slope;
      constant[cell]! -= leg.sign * leg.constant;
    }
    return { slope, constant };
  }
}

/** slope·S + constant + settled options. */
export function linearAndSettled(legs: Legs, spot: number): number {
  let sum = legs.slope * spot + legs.constant;
  for (const leg of legs.settled) sum += leg.sign * Math.max(0, leg.slope * spot - leg.constant);
  return sum;
}

/** Value of legs at one log return, by the scalar formulas. */
export function legsValue(legs: Legs, x: number): number {
  const spot = exp(x);
  let sum = linearAndSettled(legs, spot);
  for (let i = 0; i < legs.calls.length; i += 5) {
    const d1 = x * legs.calls[i]! + legs.calls[i + 1]!;
    const d2 = d1 - legs.calls[i + 2]!;
    sum += legs.calls[i + 3]! * spot * normalCdf(d1) - legs.calls[i + 4]! * normalCdf(d2);
  }
  return sum;
}

/** Log return at which the cells of a node end, just beyond the model's bound. */
export function rangeOf(bound: number): number {
  return bound * (1 + 1e-9) + 1e-12;
}

/**
 * Edges that follow the options alive at a node.
 *
 * @param bound      largest |log return| of the model at this date
 * @param deviation  standard deviation of the log return at this date
 * @param calls      [calls × 5] as assembly/option.ts reads them
 * @returns          ascending log returns, the width of the cells in the core, and whether every edge has
 *                   its mirror image
 */
export function baseEdges(
  bound: number,
  deviation: number,
  calls: ArrayLike<number>,
): { readonly edges: Float64Array; readonly width: number; readonly isEven: boolean } {
  const base = baseOf(bound, deviation);
  const pieces = piecesOf(base.edges, calls, deviation);
  const { right, half, width } = base;
  if (!pieces) return evenly(base.edges, width);
  let count = 0;
  let finest = 1;
  for (let c = 0; c < right.length; c++) {
    count += pieces[c]!;
    if (c < half) finest = Math.max(finest, pieces[c]!);
  }
  const edges = new Float64Array(2 * count + 1);
  let up = count;
  let start = 0;
  for (let c = 0; c < right.length; c++) {
    const own = pieces[c]!;
    const end = right[c]!;
    const step = (end - start) / own;
    for (let k = 1; k < own; k++) edges[++up] = start + k * step;
    edges[++up] = end;
    start = end;
  }
  for (let i = 1; i <= count; i++) edges[count - i] = -edges[count + i]!;
  return evenly(edges, width / Math.min(BUCKETS_MAX, finest));
}

/** Edges that are mirror images, unless some of them are too near each other. */
function evenly(edges: Float64Array, width: number) {
  const isEven = areApart(edges);
  return { edges: isEven ? edges : apart(edges), width, isEven };
}

/** The grid of a node whose options bend nowhere faster than it can follow. */
interface BaseGrid {
  readonly deviation: number;
  /** Edges to the right of no move. */
  readonly right: readonly number[];
  /** These, no move and their mirror images. */
  readonly edges: Float64Array;
  /** Cells of the core to the right of no move, and their width. */
  readonly half: number;
  readonly width: number;
}

/** By bound: pools of one market and horizon share theirs. */
const baseGrids = new Map<number, BaseGrid>();
const BASE_GRIDS_MAX = 64;

function baseOf(bound: number, deviation: number): BaseGrid {
  const known = baseGrids.get(bound);
  if (known?.deviation === deviation) return known;
  const range = rangeOf(bound);
  const core = Math.min(range, Math.max(CORE_DEVIATIONS * deviation, range / 64));
  const half = Math.max(CORE_CELLS / 2, Math.ceil(core / CELL_MAX));
  const right: number[] = [];
  for (let i = 1; i <= half; i++) right.push((core * i) / half);
  let width = core / half;
  let edge = core;
  while (edge < range * (1 - 1e-12)) {
    width = Math.min(width * 1.08, CELL_MAX);
    edge = edge + width * 1.5 > range ? range : edge + width;
    right.push(edge);
  }
  const made = { deviation, right, edges: withMirrors(right), half, width: core / half };
  if (baseGrids.size >= BASE_GRIDS_MAX) baseGrids.clear();
  baseGrids.set(bound, made);
  return made;
}

/** Edges to the right of no move, with it and their mirror images. */
function withMirrors(right: ArrayLike<number>): Float64Array {
  const count = right.length;
  const edges = new Float64Array(2 * count + 1);
  for (let i = 0; i < count; i++) {
    edges[count + 1 + i] = right[i]!;
    edges[count - 1 - i] = -right[i]!;
  }
  return edges;
}

/**
 * Pieces of the cells to the right of no move, where options close to expiry bend faster than the
 * base cells can follow: powers of two; null where all are whole. Cells to the left have as many as
 * their mirror images: an even grid lets sums over its edges be folded.
 */
function piecesOf(
  edges: Float64Array,
  calls: ArrayLike<number>,
  deviation: number,
): Uint8Array | null {
  if (!(deviation > 0)) return null;
  const count = edges.length - 1;
  const middle = count / 2;
  let size = 0;
  for (let i = 3; i < calls.length; i += CALL_NUMBERS) size += Math.abs(calls[i]!) * deviation;
  const widest = Math.max(widthOf(edges, 0), widthOf(edges, count - 1));
  const fourth = widest * widest * widest * widest * HERMITE_ERROR;
  let pieces: Uint8Array | null = null;
  for (let i = 0; i < calls.length; i += CALL_NUMBERS) {
    const v = calls[i + 2]!;
    // At its strike a call's forward leg is its strike leg.
    const height = Math.max(Math.abs(calls[i + 3]!), Math.abs(calls[i + 4]!));
    if (fourth * height <= TOLERANCE * size * v * v * v) continue;
    const centre = (v / 2 - calls[i + 1]!) * v;
    const width = v * Math.sqrt(Math.sqrt((TOLERANCE * size) / (height * v * HERMITE_ERROR)));
    // Cells grow outwards: from either end, as far as they are too wide.
    const from = Math.max(0, firstFrom(edges, centre - BEND_REACH * v) - 1);
    const to = Math.min(count, firstFrom(edges, centre + BEND_REACH * v));
    pieces ??= new Uint8Array(count).fill(1);
    for (let c = from; c < Math.min(to, middle) && split(pieces, edges, c, width); c++);
    for (let c = to - 1; c >= Math.max(from, middle) && split(pieces, edges, c, width); c--);
  }
  return pieces && folded(pieces);
}

function widthOf(edges: Float64Array, cell: number): number {
  return edges[cell + 1]! - edges[cell]!;
}

/** Has a cell cut into pieces of at most a width; false where it is no wider. */
function split(pieces: Uint8Array, edges: Float64Array, cell: number, width: number): boolean {
  const whole = widthOf(edges, cell);
  if (!(whole > width)) return false;
  let wanted = 1;
  while (wanted * width < whole && wanted < PIECES_MAX) wanted *= 2;
  if (wanted > pieces[cell]!) pieces[cell] = wanted;
  return true;
}

/** Of a cell and its mirror image the larger number, for the cells to the right. */
function folded(pieces: Uint8Array): Uint8Array {
  const middle = pieces.length / 2;
  const out = pieces.slice(middle);
  for (let i = 0; i < middle; i++) out[i] = Math.max(out[i]!, pieces[middle - 1 - i]!);
  return out;
}

/** Index of the first edge at or after x, allowing for rounding. */
function firstFrom(edges: Float64Array, x: number): number {
  let low = 0;
  let high = edges.length;
  const from = x - GAP_MIN;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! >= from) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Edges nearer than this are one: the function between them cannot change visibly. */
const GAP_MIN = 1e-12;

/**
 * Edges with others among them, where they are apart.
 *
 * @param edges  ascending and apart
 */
export function mergeEdges(edges: Float64Array, extra: readonly number[]): Float64Array {
  const low = edges[0]!;
  const high = edges[edges.length - 1]!;
  const inside = extra.filter((x) => x > low + 1e-9 && x < high - 1e-9);
  if (inside.length === 0) return edges;
  const all = new Float64Array(edges.length + inside.length);
  all.set(edges);
  all.set(inside, edges.length);
  all.sort();
  return areApart(all) ? all : apart(all);
}

/** Ascending edges without those too near the one before. */
function apart(edges: Float64Array): Float64Array {
  const out = edges.slice();
  let count = 1;
  let last = edges[0]!;
  for (const edge of edges.subarray(1)) {
    if (edge - last <= GAP_MIN) continue;
    out[count++] = edge;
    last = edge;
  }
  return out.slice(0, count);
}

function areApart(edges: Float64Array): boolean {
  for (let i = 1; i < edges.length; i++) if (edges[i]! - edges[i - 1]! <= GAP_MIN) return false;
  return true;
}
