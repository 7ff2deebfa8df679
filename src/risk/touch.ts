import { type Barrier, exp, type Sloped } from "../numeric/index.ts";
import type { Account } from "./account.ts";
import { aliveAt, type BarrierLeg, touchedAt, worthNow } from "./barrier.ts";

/**
 * How barrier legs enter the simulation.
 *
 * A node's profile holds every leg as if its barrier had not been touched. Where a path did touch
 * it, a correction is added: the leg touched less the leg untouched, one more cubic on the node's
 * own cells. A path then costs one look-up for all legs that were not touched, and a leg's average
 * is that of its profile and that of its correction.
 */

/** Barrier contracts of one owner that the same touch decides. */
export interface TouchGroup {
  /** Index of the participant. */
  readonly owner: number;
  /** Index of the node, which names the asset and the last date that counts. */
  readonly node: number;
  readonly barrier: Barrier;
  /** In the order of ids. */
  readonly legs: readonly BarrierLeg[];
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
  edges: Float64Array,
  legs: readonly BarrierLeg[],
  deviation: number,
): Float64Array {
  if (legs.length === 0) return edges;
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
 * Adds to Hermite cells what the pool loses by a leg while its barrier is untouched, or, beyond the
 * barrier, touched: its worth to the owner less what it is worth now.
 *
 * @param cells  [4·cells] value left, value right, slope·width left, slope·width right; changed
 */
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
 * The groups of a book, in the order of nodes, barriers and owners: the order of the document does
 * not show in any bit.
 */
export function touchGroups(accounts: readonly Account[]): TouchGroup[] {
  const placed = accounts.flatMap(({ owner, barriers }) =>
    [...barriers].flatMap(([node, legs]) => legs.map((leg) => ({ owner, node, leg }))),
  );
  placed.sort(
    (a, b) =>
      a.node - b.node ||
      compareBarriers(a.leg.barrier, b.leg.barrier) ||
      a.owner - b.owner ||
      byId(a.leg, b.leg),
  );
  const groups: (TouchGroup & { readonly legs: BarrierLeg[] })[] = [];
  for (const { owner, node, leg } of placed) {
    const last = groups.at(-1);
    const isSame =
      last?.owner === owner &&
      last.node === node &&
      compareBarriers(last.barrier, leg.barrier) === 0;
    if (isSame) last.legs.push(leg);
    else groups.push({ owner, node, barrier: leg.barrier, legs: [leg] });
  }
  return groups;
}

function compareBarriers(a: Barrier, b: Barrier): number {
  if (a.direction !== b.direction) return a.direction < b.direction ? -1 : 1;
  return a.at - b.at;
}
