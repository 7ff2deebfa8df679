import { type Arena, OPTION_BYTES } from "../engine/index.ts";
import { exp, log, normalCdf } from "../numeric/index.ts";
import { type Account, type Legs, noLegs } from "./account.ts";
import { barrierEdges } from "./touch.ts";

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

/**
 * The cells of one node: edges in log return that follow the book.
 *
 * Between two edges every part of the book is smooth, so a cubic through value and slope at both
 * ends is exact to the tolerance above.
 */
export class NodeGrid {
  readonly edges: Float64Array;
  /** S = e^x at the edges. */
  readonly spots: Float64Array;
  readonly cells: number;
  /** Width of the base cells in the core; buckets of this width share their edges. */
  readonly bucketWidth: number;
  /** Isolated accounts that are worthless on some cells: [cells] 1 where value and collateral are positive. */
  readonly maskOf: ReadonlyMap<Account, Uint8Array>;
  readonly #arena: Arena;
  readonly #padded: number;
  readonly #at: { x: number; spot: number; values: number; slopes: number };

  /**
   * @param bound      largest |log return| of the model at this date
   * @param deviation  standard deviation of the log return at this date
   * @param node       index of the node
   * @param accounts   all accounts that have legs here
   */
  constructor(
    arena: Arena,
    bound: number,
    deviation: number,
    node: number,
    accounts: readonly Account[],
  ) {
    this.#arena = arena;
    const calls: number[] = [];
    const kinks: number[] = [];
    for (const account of accounts) {
      const legs = account.value.get(node);
      if (!legs) continue;
      for (const number of legs.calls) calls.push(number);
      for (const leg of legs.settled)
        if (leg.constant > 0) kinks.push(log(leg.constant / leg.slope));
    }
    const core = baseEdges(bound, deviation);
    this.bucketWidth = core.width;
    const barriers = accounts.flatMap((account) => account.barriers.get(node) ?? []);
    const base = barrierEdges(
      merge(refine(core.edges, calls, deviation), kinks),
      barriers,
      deviation,
    );
    // Only an account of its own at a single node is floored here; joint ones have their kernel.
    const floored = accounts.filter((account) => isFlooredAt(account, node));
    const roots: number[] = [];
    if (floored.length > 0) {
      const scan = layEdges(arena, base);
      for (const account of floored) roots.push(...rootsOf(arena, scan, account, node));
    }
    this.edges = merge(base, roots);
    this.cells = this.edges.length - 1;
    const laid = layEdges(arena, this.edges);
    this.#padded = laid.padded;
    this.spots = laid.spots;
    this.#at = {
      x: laid.x,
      spot: laid.spot,
      values: arena.take(laid.padded * 8),
      slopes: arena.take(laid.padded * 8),
    };
    this.maskOf = new Map(
      floored
        .map((account) => [account, this.#aliveCells(account, node)] as const)
        .filter(([, alive]) => alive.includes(0)),
    );
  }

  /** Value and slope of calls at all edges, as views that the next call overwrites. */
  #price(calls: readonly number[]): { values: Float64Array; slopes: Float64Array } {
    const { x, spot, values, slopes } = this.#at;
    const mark = this.#arena.mark();
    const options = calls.length > 0 ? this.#arena.put(calls) : 0;
    const valueView = this.#arena.f64(values, this.#padded).fill(0);
    const slopeView = this.#arena.f64(slopes, this.#padded).fill(0);
    if (calls.length > 0) {
      this.#arena.kernels.addCallsWithSlopes(
        values,
        slopes,
        x,
        spot,
        this.#padded,
        options,
        calls.length / (OPTION_BYTES / 8),
      );
    }
    this.#arena.release(mark);
    return { values: valueView, slopes: slopeView };
  }

  #aliveCells(account: Account, node: number): Uint8Array {
    const value = account.value.get(node) ?? noLegs();
    const collateral = account.collateral.get(node) ?? noLegs();
    const { values } = this.#price(value.calls);
    const equity = (i: number) =>
      values[i]! +
      linearAndSettled(value, this.spots[i]!) +
      linearAndSettled(collateral, this.spots[i]!);
    const alive = new Uint8Array(this.cells);
    let left = equity(0);
    for (let c = 0; c < this.cells; c++) {
      const right = equity(c + 1);
      alive[c] = left + right > 0 ? 1 : 0;
      left = right;
    }
    return alive;
  }

  /**
   * Adds legs to Hermite cells.
   *
   * @param cells  [4·cells] value left, value right, slope·width left, slope·width right
   */
  add(legs: Legs, cells: Float64Array, alive?: Uint8Array): void {
    const { values, slopes } = this.#price(legs.calls);
    const steps = this.#settledSteps(legs);
    let slope = legs.slope;
    let constant = legs.constant;
    for (let c = 0; c < this.cells; c++) {
      slope += steps.slope[c]!;
      constant += steps.constant[c]!;
      if (alive && alive[c] === 0) continue;
      const width = this.edges[c + 1]! - this.edges[c]!;
      const left = slope * this.spots[c]!;
      const right = slope * this.spots[c + 1]!;
      cells[4 * c]! += values[c]! + left + constant;
      cells[4 * c + 1]! += values[c + 1]! + right + constant;
      cells[4 * c + 2]! += width * (slopes[c]! + left);
      cells[4 * c + 3]! += width * (slopes[c + 1]! + right);
    }
  }

  /** Adds what the pool bears of a masked account: value less value now where alive, else minus collateral. */
  addMasked(account: Account, alive: Uint8Array, node: number, cells: Float64Array): void {
    const before = account.valueNow + Math.max(0, -(account.valueNow + account.collateralNow));
    const value = account.value.get(node) ?? noLegs();
    this.add({ ...value, constant: value.constant - before }, cells, alive);
    const collateral = account.collateral.get(node) ?? noLegs();
    const dead = alive.map((bit) => 1 - bit);
    this.add(
      { calls: [], slope: -collateral.slope, constant: -collateral.constant - before, settled: [] },
      cells,
      dead,
    );
  }

  // A settled option is linear to the right of its strike: steps of slope and constant at a cell.
  #settledSteps(legs: Legs): { slope: Float64Array; constant: Float64Array } {
    const slope = new Float64Array(this.cells);
    const constant = new Float64Array(this.cells);
    for (const leg of legs.settled) {
      const kink = leg.constant > 0 ? log(leg.constant / leg.slope) : Number.NEGATIVE_INFINITY;
      const cell = firstCellFrom(this.edges, kink);
      if (cell >= this.cells) continue;
      slope[cell]! += leg.sign * leg.slope;
      constant[cell]! -= leg.sign * leg.constant;
    }
    return { slope, constant };
  }
}

/** Whether an account is floored and lives at this node alone. */
export function isFlooredAt(account: Account, node: number): boolean {
  return account.floored && !isJoint(account) && account.value.has(node);
}

/** Whether an account's equity depends on more than one node. */
export function isJoint(account: Account): boolean {
  const nodes = new Set([...account.value.keys(), ...account.collateral.keys()]);
  return account.floored && nodes.size > 1;
}

/** slope·S + constant + settled options. */
function linearAndSettled(legs: Legs, spot: number): number {
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

function baseEdges(bound: number, deviation: number): { edges: number[]; width: number } {
  const range = bound * (1 + 1e-9) + 1e-12;
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
  return { edges: [...right.map((x) => -x).reverse(), 0, ...right], width: core / half };
}

/** Splits cells where options close to expiry bend faster than the base cells can follow. */
function refine(edges: number[], calls: readonly number[], deviation: number): number[] {
  if (!(deviation > 0)) return edges;
  let size = 0;
  for (let i = 0; i < calls.length; i += 5) size += Math.abs(calls[i + 3]!) * deviation;
  const pieces = new Uint8Array(edges.length - 1).fill(1);
  for (let i = 0; i < calls.length; i += 5) {
    const v = calls[i + 2]!;
    const centre = (v / 2 - calls[i + 1]!) * v;
    const share =
      (TOLERANCE * size) / (Math.abs(calls[i + 3]!) * exp(Math.max(0, centre)) * v * HERMITE_ERROR);
    const width = v * Math.sqrt(Math.sqrt(share));
    const end = centre + 7 * v;
    for (let c = Math.max(0, firstCellFrom(edges, centre - 7 * v) - 1); c < pieces.length; c++) {
      if (edges[c]! > end) break;
      const wanted = Math.min(PIECES_MAX, Math.ceil((edges[c + 1]! - edges[c]!) / width));
      if (wanted > pieces[c]!) pieces[c] = wanted;
    }
  }
  const out: number[] = [];
  for (let c = 0; c < pieces.length; c++) {
    const step = (edges[c + 1]! - edges[c]!) / pieces[c]!;
    for (let k = 0; k < pieces[c]!; k++) out.push(edges[c]! + k * step);
  }
  out.push(edges.at(-1)!);
  return out;
}

/** Index of the first edge at or after x, allowing for rounding. */
function firstCellFrom(edges: ArrayLike<number>, x: number): number {
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

function merge(edges: ArrayLike<number>, extra: readonly number[]): Float64Array {
  const low = edges[0]!;
  const high = edges[edges.length - 1]!;
  const inside = extra.filter((x) => x > low + 1e-9 && x < high - 1e-9);
  const all = Float64Array.from([...Array.from(edges), ...inside]).sort();
  const out: number[] = [];
  for (const x of all) if (out.length === 0 || x - out.at(-1)! > GAP_MIN) out.push(x);
  return Float64Array.from(out);
}

function layEdges(arena: Arena, edges: Float64Array) {
  const padded = Math.ceil(edges.length / 4) * 4;
  const x = arena.take(padded * 8);
  const spot = arena.take(padded * 8);
  const view = arena.f64(x, padded);
  view.fill(edges.at(-1)!);
  view.set(edges);
  arena.kernels.expColumn(spot, x, padded);
  return { padded, x, spot, edges, spots: arena.f64(spot, edges.length).slice() };
}

/** Log returns at which an account's collateral plus value crosses zero. */
function rootsOf(
  arena: Arena,
  scan: ReturnType<typeof layEdges>,
  account: Account,
  node: number,
): number[] {
  const value = account.value.get(node) ?? noLegs();
  const collateral = account.collateral.get(node) ?? noLegs();
  const mark = arena.mark();
  const values = arena.take(scan.padded * 8);
  if (value.calls.length > 0) {
    const options = arena.put(value.calls);
    arena.kernels.addCalls(values, scan.x, scan.spot, scan.padded, options, value.calls.length / 5);
  }
  const view = arena.f64(values, scan.padded);
  const roots: number[] = [];
  let previous = 0;
  for (let i = 0; i < scan.edges.length; i++) {
    const spot = scan.spots[i]!;
    const equity = view[i]! + linearAndSettled(value, spot) + linearAndSettled(collateral, spot);
    if (i > 0 && equity > 0 !== previous > 0) {
      roots.push(bisect(value, collateral, scan.edges[i - 1]!, scan.edges[i]!));
    }
    previous = equity;
  }
  arena.release(mark);
  return roots;
}

function bisect(value: Legs, collateral: Legs, from: number, to: number): number {
  const equity = (x: number) => legsValue(value, x) + legsValue(collateral, x);
  const side = equity(from) > 0;
  let low = from;
  let high = to;
  for (let i = 0; i < 60 && high - low > 1e-15; i++) {
    const middle = (low + high) / 2;
    if (equity(middle) > 0 === side) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
