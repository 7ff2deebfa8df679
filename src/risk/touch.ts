import type { Arena } from "../engine/index.ts";
import { type Barrier, exp, type Sloped } from "../numeric/index.ts";
import { aliveAt, type BarrierLeg, touchedAt, worthNow } from "./barrier.ts";

/**
 * How barrier legs enter the simulation.
 *
 * A node's profile holds every leg as if its barrier had not been touched. Where a path did touch
 * it, a correction is added: the leg touched less the leg untouched, one more cubic on the node's
 * own cells. A path then costs one look-up for all legs that were not touched, and a leg's average
 * is that of its profile and that of its correction.
 */

/** A question to a path: had it touched the barrier by the node's date? */
export interface Touch {
  /** Index of the node, which names the asset and the last date that counts. */
  readonly node: number;
  /** In log returns from now: the running maximum (up) or minimum (down) decides. */
  readonly barrier: Barrier;
}

/** A leg at its place in the book. */
export interface PlacedBarrier {
  readonly leg: BarrierLeg;
  /** Index of the participant. */
  readonly owner: number;
  readonly node: number;
  /** Place of its account among those that answer for several positions together; -1 for none. */
  readonly account: number;
}

/** What to add on the paths that touched: all legs of one owner that the same touch decides. */
export interface TouchedCorrection {
  /** Place in the list of touches. */
  readonly touch: number;
  readonly owner: number;
  readonly node: number;
  /** Where it is not -1, the correction belongs to this account's equity as well as to the loss. */
  readonly account: number;
  /** [4·cells] Hermite cells, as NodeGrid.add leaves them. */
  readonly cells: Float64Array;
}

/** Longest relative error of a leg's cubic, as for options: a part of the size of the node's legs. */
const TOLERANCE = 3e-10;
/** Error of the cubic Hermite fit of a bend of width v and height 1, per (h/v)^4: max |N''''|/384. */
const HERMITE_ERROR = 1.44e-3;
/** Widths of a bend to either side of its centre; beyond them it is straight. */
const BEND_REACH = 7;
/** The same for a layer, which falls as e^-x. */
const LAYER_REACH = 25;
/** No cell is made narrower than this for a bend. */
const CELL_MIN = 1e-9;
/** Edges nearer than this are one, as in node-grid.ts. */
const GAP_MIN = 1e-12;

/** Where a function bends faster than the base cells may follow. */
interface Bend {
  readonly from: number;
  readonly to: number;
  /** Widest cell that follows it. */
  readonly width: number;
}

/**
 * Edges of a node's cells with those that barrier legs ask for: the touch, strikes at settlement,
 * the log returns at which an owner's collateral is used up, and finer cells where a contract is
 * about to expire.
 *
 * @param edges      ascending log returns; the first and the last stay
 * @param deviation  standard deviation of the log return at the node
 */
export function barrierEdges(
  edges: ArrayLike<number>,
  legs: readonly BarrierLeg[],
  deviation: number,
): Float64Array {
  if (legs.length === 0) return Float64Array.from(edges);
  const cut = merged(
    edges,
    legs.flatMap((leg) => leg.kinks),
  );
  const size = [...legs].sort(byId).reduce((sum, leg) => sum + sizeOf(leg, deviation), 0);
  const bends = deviation > 0 ? legs.flatMap((leg) => bendsOf(leg, TOLERANCE * size)) : [];
  const fine: number[] = [];
  for (let c = 0; c < cut.length - 1; c++) divide(cut[c]!, cut[c + 1]!, bends, fine);
  fine.push(cut[cut.length - 1]!);
  return merged(
    fine,
    legs.flatMap((leg) => rootsOf(leg, fine)),
  );
}

function byId(a: BarrierLeg, b: BarrierLeg): number {
  return a.id < b.id ? -1 : 1;
}

function merged(edges: ArrayLike<number>, extra: readonly number[]): Float64Array {
  const low = edges[0]! + CELL_MIN;
  const high = edges[edges.length - 1]! - CELL_MIN;
  const inside = extra.filter((x) => x > low && x < high);
  const kept: number[] = [];
  for (const x of Float64Array.from([...Array.from(edges), ...inside]).sort()) {
    if (kept.length === 0 || x - kept.at(-1)! > GAP_MIN) kept.push(x);
  }
  return Float64Array.from(kept);
}

function sizeOf({ claim }: BarrierLeg, deviation: number): number {
  return claim.asset === 0 ? Math.abs(claim.cash) : Math.abs(claim.asset) * deviation;
}

function bendsOf({ barrier, motion, claim }: BarrierLeg, allowed: number): Bend[] {
  const { mean, deviation } = motion;
  if (deviation === 0) return [];
  const { asset, cash } = claim;
  const bend = (centre: number, scale: number, reach: number, height: number): Bend => ({
    from: centre - reach * scale,
    to: centre + reach * scale,
    width: scale * Math.sqrt(Math.sqrt(allowed / (height * HERMITE_ERROR))),
  });
  const corner = (at: number) => Math.abs(asset) * exp(at) * deviation;
  const isPaid = barrier.at > claim.from && barrier.at < claim.to;
  const jump = isPaid ? Math.abs(asset * exp(barrier.at) + cash) : 0;
  // At the barrier jumps of paths and of their mirror images add up; corners cancel but for drift.
  const tilt = Math.abs(2 * mean) / deviation;
  const height = 2 * jump + corner(barrier.at) * Math.min(1, tilt + deviation);
  const strikes = [claim.from, claim.to].filter(Number.isFinite);
  return [
    bend(barrier.at - mean, deviation, BEND_REACH, height),
    // A drift that is strong for the deviation makes a layer of its own at the barrier.
    ...(tilt > 1 ? [bend(barrier.at, deviation / tilt, LAYER_REACH, height)] : []),
    ...strikes.map((at) => bend(at - mean, deviation, BEND_REACH, corner(at))),
  ];
}

/** Halves a cell until it follows all bends, and lists the starts of its parts. */
function divide(from: number, to: number, bends: readonly Bend[], starts: number[]): void {
  const width = to - from;
  const tight =
    width < 2 * CELL_MIN
      ? []
      : bends.filter((bend) => bend.width < width && bend.from < to && bend.to > from);
  if (tight.length === 0) {
    starts.push(from);
    return;
  }
  const middle = from + width / 2;
  divide(from, middle, tight, starts);
  divide(middle, to, tight, starts);
}

/** Log returns at which a leg, untouched or touched, is worth just what its owner can be made to pay. */
function rootsOf(leg: BarrierLeg, edges: readonly number[]): number[] {
  if (leg.floor === Number.NEGATIVE_INFINITY) return [];
  const roots: number[] = [];
  for (const valueAt of [aliveAt, touchedAt]) {
    for (let c = 0; c < edges.length - 1; c++) {
      const beside = (edges[c]! + edges[c + 1]!) / 2;
      const isSolvent = (x: number) => valueAt(leg, x, beside).value > leg.floor;
      if (isSolvent(edges[c]!) === isSolvent(edges[c + 1]!)) continue;
      roots.push(bisect(isSolvent, edges[c]!, edges[c + 1]!));
    }
  }
  return roots;
}

function bisect(isSolvent: (x: number) => boolean, from: number, to: number): number {
  const side = isSolvent(from);
  let low = from;
  let high = to;
  for (let i = 0; i < 60 && high - low > 1e-15; i++) {
    const middle = (low + high) / 2;
    if (isSolvent(middle) === side) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Hermite cells of one of a leg's functions, held at its floor: [4·cells] as NodeGrid.add. */
function hermiteOf(
  edges: ArrayLike<number>,
  leg: BarrierLeg,
  valueAt: (leg: BarrierLeg, x: number, beside: number) => Sloped,
): Float64Array {
  const cells = new Float64Array(4 * (edges.length - 1));
  let right: Sloped | undefined;
  for (let c = 0; c < edges.length - 1; c++) {
    const from = edges[c]!;
    const to = edges[c + 1]!;
    const middle = (from + to) / 2;
    const isCorner = leg.kinks.some((kink) => Math.abs(kink - from) <= 2 * GAP_MIN);
    const left: Sloped = right && !isCorner ? right : valueAt(leg, from, middle);
    right = valueAt(leg, to, middle);
    if (left.value + right.value > 2 * leg.floor) {
      cells.set(
        [left.value, right.value, (to - from) * left.slope, (to - from) * right.slope],
        4 * c,
      );
    } else {
      cells.set([leg.floor, leg.floor], 4 * c);
    }
  }
  return cells;
}

/**
 * Adds to Hermite cells what a leg is worth to its owner while its barrier is untouched; beyond
 * the barrier, touched. It belongs to the equity of an account that answers for several positions.
 *
 * @param cells  [4·cells] value left, value right, slope·width left, slope·width right; changed
 */
export function addUntouched(edges: ArrayLike<number>, leg: BarrierLeg, cells: Float64Array): void {
  const values = hermiteOf(edges, leg, aliveAt);
  for (let i = 0; i < cells.length; i++) cells[i]! += values[i]!;
}

/** As {@link addUntouched}, less what the leg is worth now: the pool's loss from it. */
export function addUntouchedLoss(
  edges: ArrayLike<number>,
  leg: BarrierLeg,
  cells: Float64Array,
): void {
  const values = hermiteOf(edges, leg, aliveAt);
  const before = worthNow(leg);
  for (let i = 0; i < cells.length; i += 4) {
    cells[i]! += values[i]! - before;
    cells[i + 1]! += values[i + 1]! - before;
    cells[i + 2]! += values[i + 2]!;
    cells[i + 3]! += values[i + 3]!;
  }
}

/**
 * Adds to Hermite cells what the touch changes: the leg touched less the leg untouched, each held
 * at its floor. Exactly 0 beyond the barrier.
 */
export function addTouchedCorrection(
  edges: ArrayLike<number>,
  leg: BarrierLeg,
  cells: Float64Array,
): void {
  const touched = hermiteOf(edges, leg, touchedAt);
  const untouched = hermiteOf(edges, leg, aliveAt);
  for (let i = 0; i < cells.length; i++) cells[i]! += touched[i]! - untouched[i]!;
}

/**
 * The questions that a book's legs put to every path, and what to add for the answer yes.
 *
 * Legs of one owner with the same node and barrier are one correction. Both lists are in the order
 * of nodes, barriers and owners, and legs are added in the order of their ids: the order given
 * does not show in any bit.
 *
 * @param edgesOf  edges of a node's cells, by its index
 */
export function touchedCorrections(
  placed: readonly PlacedBarrier[],
  edgesOf: (node: number) => ArrayLike<number>,
): { readonly touches: readonly Touch[]; readonly corrections: readonly TouchedCorrection[] } {
  const touches: Touch[] = [];
  const corrections: TouchedCorrection[] = [];
  const sorted = [...placed].sort(
    (a, b) => compareTouch(a, b) || a.owner - b.owner || byId(a.leg, b.leg),
  );
  let before: PlacedBarrier | undefined;
  for (const one of sorted) {
    const isSameTouch = before !== undefined && compareTouch(before, one) === 0;
    if (!isSameTouch) touches.push({ node: one.node, barrier: one.leg.barrier });
    const edges = edgesOf(one.node);
    if (!isSameTouch || before?.owner !== one.owner) {
      corrections.push({
        touch: touches.length - 1,
        owner: one.owner,
        node: one.node,
        account: one.account,
        cells: new Float64Array(4 * (edges.length - 1)),
      });
    }
    addTouchedCorrection(edges, one.leg, corrections.at(-1)!.cells);
    before = one;
  }
  return { touches, corrections };
}

function compareTouch(a: PlacedBarrier, b: PlacedBarrier): number {
  const [one, other] = [a.leg.barrier, b.leg.barrier];
  if (a.node !== b.node) return a.node - b.node;
  if (one.direction !== other.direction) return one.direction < other.direction ? -1 : 1;
  return one.at - other.at;
}

/**
 * Adds a correction to a column for the paths that touched.
 *
 * @param cubics   address of the correction's cells as cubics
 * @param places   addresses of [count] i32 cell offsets and [count] f64 places at its node
 * @param touched  [count] 0 where the path did not touch
 * @param column   address of [count] f64; changed
 * @param count    divides by 2
 */
export function addTouched(
  arena: Arena,
  cubics: number,
  places: { readonly at: number; readonly t: number },
  touched: ArrayLike<number>,
  column: number,
  count: number,
): void {
  const mark = arena.mark();
  const spare = arena.take(count * 8);
  arena.kernels.addCubic(cubics, places.at, places.t, spare, count);
  const amounts = arena.f64(spare, count);
  const sums = arena.f64(column, count);
  for (let p = 0; p < count; p++) if (touched[p] !== 0) sums[p]! += amounts[p]!;
  arena.release(mark);
}
