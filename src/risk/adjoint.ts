import type { Work } from "../basics/index.ts";
import type { Arena } from "../engine/index.ts";
import type { LaidPool } from "./layout.ts";
import type { BarrierRow, DeadCells, NodeProfile } from "./node-profile.ts";
import { type Samples, shapeOf } from "./sample.ts";

/** Everyone's average losses over groups of scenarios. */
export interface Averages {
  /** Numbers from one owner's averages to the next one's. */
  readonly stride: number;
  /** [owners × stride] profiles' averages by group: participants in their order, then the pool itself. */
  readonly profiles: Float64Array;
  /** Per group: averages of joint accounts' shortfalls, covers' payments and what is liquidated. */
  readonly sums: readonly Float64Array[];
}

/** Owners whose sharp cells are multiplied together. */
const STRIP = 64;

/**
 * The adjoint of the value profiles: everyone's average loss for a dot product.
 *
 * A profile is a cubic per cell, so its average over weighted scenarios is linear in the cells'
 * Hermite numbers; these are linear in value and slope at the edges, these in the coefficients of
 * the sampled options' polynomials, and these in the samples. The weights of each follow from those
 * before, and the first from the moments Σw, Σw·t, Σw·t², Σw·t³ that the kernel gathered: once for
 * everyone. A participant then costs one number per sample and group.
 *
 * @param moments  one list per group, as `takeMoments` returns them; scaled by `scales`
 * @source own; adjoint of Hermite and Chebyshev interpolation
 */
export function* averagesWork(
  pool: LaidPool,
  moments: readonly Float64Array[],
  scales: readonly number[],
): Work<Averages> {
  const { arena } = pool.simulation;
  const groups = moments.length;
  const stride = Math.ceil(groups / 4) * 4;
  const owners = pool.accounts.participants.length + 1;
  const start = arena.mark();
  const out = arena.take(owners * stride * 8);
  for (const [index, profile] of pool.profiles.entries()) {
    const mark = arena.mark();
    const first = pool.momentStarts[index]!;
    const weights = weigh(arena, profile, moments, scales, first, stride);
    yield;
    addLinear(arena, profile, weights, out);
    addSampled(arena, profile, weights, out);
    yield;
    yield* addSharp(arena, profile, weights, out);
    arena.release(mark);
  }
  const profiles = arena.f64(out, owners * stride).slice();
  arena.release(start);
  const sums = moments.map((list, group) =>
    list.slice(pool.sumStart, pool.heldAt).map((sum) => sum * scales[group]!),
  );
  return { stride, profiles, sums };
}

/** Kernel memory that {@link averagesWork} takes at most. */
export function averagesBytes(pool: LaidPool, groups: number): number {
  const stride = Math.ceil(groups / 4) * 4;
  const nodes = pool.profiles.map(({ grid, samples, sharpRows, dead, legs }) => {
    const sharp = Math.min(STRIP, sharpRows.length + dead.length) * 4 * grid.cells;
    const edges = 2 * grid.cells * stride;
    // Folded edges take half as much again, and half the polynomials.
    const basis = samples.degrees * grid.cells;
    const sampled = samples.degrees * stride + edges + basis + Math.max(edges / 2, basis);
    return 4 * grid.cells * stride + Math.max(2 * legs.accounts.length, sharp, sampled);
  });
  const owners = pool.accounts.participants.length + 1;
  return 8 * (owners * stride + Math.max(0, ...nodes));
}

/** What a node's cells are weighed with. */
interface CellWeights {
  /** Cells that any scenario reached. */
  readonly from: number;
  readonly to: number;
  /** Address of [4·(to - from) × stride] f64. */
  readonly address: number;
  readonly stride: number;
}

function weigh(
  arena: Arena,
  profile: NodeProfile,
  moments: readonly Float64Array[],
  scales: readonly number[],
  first: number,
  stride: number,
): CellWeights {
  const { from, to } = evened(occupied(moments, first, profile.grid.cells), profile.grid.cells);
  const cells = to - from;
  const address = arena.take(4 * cells * stride * 8);
  const mark = arena.mark();
  const list = arena.reserve(4 * cells * 8);
  const view = arena.f64(list, 4 * cells);
  moments.forEach((all, group) => {
    view.set(all.subarray(first + 4 * from, first + 4 * to));
    arena.kernels.cellWeights(address, stride, group, list, cells, scales[group]!);
  });
  arena.release(mark);
  return { from, to, address, stride };
}

/** Cells beyond the ones that any path reached have no weight and need no multiplication. */
function occupied(moments: readonly Float64Array[], start: number, cells: number) {
  let from = cells - 1;
  let to = 1;
  // List by list: one runs through memory, all of them at a cell would jump about in it.
  for (const list of moments) {
    let first = 0;
    while (first < from && list[start + 4 * first] === 0) first++;
    from = first;
    let last = cells;
    while (last > to && list[start + 4 * (last - 1)] === 0) last--;
    to = last;
  }
  return { from, to: Math.max(to, from + 1) };
}

/** As many cells to the right of the middle as to the left of it: such a range may be folded. */
function evened({ from, to }: { readonly from: number; readonly to: number }, cells: number) {
  const first = Math.min(from, cells - to);
  return { from: first, to: cells - first };
}

function layPlaces(arena: Arena, places: ArrayLike<number>): number {
  const address = arena.reserve(places.length * 4);
  arena.u32(address, places.length).set(places);
  return address;
}

/** slope·S + constant of every row. */
function addLinear(arena: Arena, profile: NodeProfile, weights: CellWeights, out: number): void {
  const { grid, samples, legs } = profile;
  const { from, to, address, stride } = weights;
  const inner = 4 * (to - from);
  const mark = arena.mark();
  const shapes = arena.reserve(2 * inner * 8);
  const view = arena.f64(shapes, 2 * inner);
  const { edges, spots } = grid;
  for (let c = from; c < to; c++) {
    const left = spots[c]!;
    const right = spots[c + 1]!;
    const width = edges[c + 1]! - edges[c]!;
    const i = 4 * (c - from);
    view[i] = left;
    view[i + 1] = right;
    view[i + 2] = width * left;
    view[i + 3] = width * right;
    view.fill(1, inner + i, inner + i + 2);
    view.fill(0, inner + i + 2, inner + i + 4);
  }
  const both = arena.take(2 * stride * 8);
  arena.kernels.addProduct(both, 0, shapes, inner, address, 2, inner, stride);
  const rows = legs.accounts.length;
  const linear = arena.reserve(2 * rows * 8);
  const numbers = arena.f64(linear, 2 * rows);
  for (let row = 0; row < rows; row++) {
    numbers[2 * row] = samples.slope[row]!;
    numbers[2 * row + 1] = samples.constant[row]!;
  }
  const places = layPlaces(arena, legs.owners);
  arena.kernels.addProduct(out, places, linear, 2, both, rows, 2, stride);
  arena.release(mark);
}

/** The sampled options of every row. */
function addSampled(arena: Arena, profile: NodeProfile, weights: CellWeights, out: number): void {
  const { grid, samples, legs } = profile;
  const { degrees } = samples;
  if (degrees === 0) return;
  const { from, to, address, stride } = weights;
  const { kernels } = arena;
  const cells = to - from;
  const mark = arena.mark();
  const values = arena.take((cells + 1) * stride * 8);
  const slopes = arena.take((cells + 1) * stride * 8);
  const edges = grid.edges.subarray(from, to + 1);
  const widths = arena.reserve(cells * 8);
  const view = arena.f64(widths, cells);
  for (let c = 0; c < cells; c++) view[c] = edges[c + 1]! - edges[c]!;
  kernels.edgeWeights(values, slopes, address, widths, cells, stride);
  const coefficients = arena.take(degrees * stride * 8);
  addCoefficientWeights(arena, samples, edges, { values, slopes, stride }, coefficients);
  for (const { points, values: sampled, rows } of samples.blocks) {
    const before = arena.mark();
    const transform = arena.put(shapeOf(points).transform);
    const places = arena.reserve(rows.length * 4);
    const owners = arena.u32(places, rows.length);
    for (let i = 0; i < rows.length; i++) owners[i] = legs.owners[rows[i]!]!;
    // From samples to coefficients or from those weights to the samples', whichever is less.
    if (rows.length < stride) {
      const own = arena.take(rows.length * points * 8);
      kernels.addProduct(own, 0, sampled, points, transform, rows.length, points, points);
      kernels.addProduct(out, places, own, points, coefficients, rows.length, points, stride);
    } else {
      const atPoints = arena.take(points * stride * 8);
      kernels.addProduct(atPoints, 0, transform, points, coefficients, points, points, stride);
      kernels.addProduct(out, places, sampled, points, atPoints, rows.length, points, stride);
    }
    arena.release(before);
  }
  arena.release(mark);
}

/** Weights of the value at every edge and of the slope there. */
interface EdgeWeights {
  /** Addresses of [edges × stride] f64. */
  readonly values: number;
  readonly slopes: number;
  readonly stride: number;
}

/**
 * Weights of the polynomials' coefficients, from those of values and slopes at the edges.
 *
 * Polynomials are even or odd, and their slopes the other way round: where edges mirror each other,
 * a pair of them needs one product with the sum of its weights or with their difference.
 */
function addCoefficientWeights(
  arena: Arena,
  samples: Samples,
  edges: Float64Array,
  { values, slopes, stride }: EdgeWeights,
  out: number,
): void {
  const { kernels } = arena;
  const { degrees } = samples;
  const reach = mirrored(edges);
  const count = Math.ceil((reach === null ? edges.length : reach + 1) / 4) * 4;
  if (reach === null) {
    const basis = samples.basis(edges, count);
    kernels.addProduct(out, 0, basis.values, count, values, degrees, edges.length, stride);
    kernels.addProduct(out, 0, basis.slopes, count, slopes, degrees, edges.length, stride);
    return;
  }
  const basis = samples.basis(edges.subarray(reach), count);
  for (const [table, weights, odd] of [
    [basis.values, values, 1],
    [basis.slopes, slopes, 0],
  ] as const) {
    const mark = arena.mark();
    const { sum, difference } = fold(arena, weights, reach, stride);
    for (const parity of [0, 1]) {
      const rows = Math.ceil((degrees - parity) / 2);
      const places = arena.reserve(rows * 4);
      const view = arena.u32(places, rows);
      for (let row = 0; row < rows; row++) view[row] = 2 * row + parity;
      const first = table + parity * count * 8;
      const folded = parity === odd ? difference : sum;
      kernels.addProduct(out, places, first, 2 * count, folded, rows, reach + 1, stride);
    }
    arena.release(mark);
  }
}

/** Edges to either side of the middle, if they are mirror images; else null. */
function mirrored(edges: Float64Array): number | null {
  const reach = (edges.length - 1) / 2;
  for (let i = 0; i <= reach; i++) if (edges[i] !== -edges[edges.length - 1 - i]!) return null;
  return Number.isInteger(reach) ? reach : null;
}

/** Sums and differences of the rows that mirror each other, from the middle outwards. */
function fold(arena: Arena, rows: number, reach: number, stride: number) {
  const size = (reach + 1) * stride;
  const sum = arena.reserve(size * 8);
  const difference = arena.reserve(size * 8);
  const all = arena.f64(rows, (2 * reach + 1) * stride);
  const sums = arena.f64(sum, size);
  const differences = arena.f64(difference, size);
  sums.set(all.subarray(reach * stride, (reach + 1) * stride));
  differences.fill(0, 0, stride);
  for (let k = 1; k <= reach; k++) {
    const right = (reach + k) * stride;
    const left = (reach - k) * stride;
    for (let g = 0; g < stride; g++) {
      sums[k * stride + g] = all[right + g]! + all[left + g]!;
      differences[k * stride + g] = all[right + g]! - all[left + g]!;
    }
  }
  return { sum, difference };
}

/** What is not sampled, on the cells themselves. */
function* addSharp(
  arena: Arena,
  profile: NodeProfile,
  { from, to, address, stride }: CellWeights,
  out: number,
): Work<void> {
  const sharp = new Map<number, { rows: number[]; dead: DeadCells[]; barriers: BarrierRow[] }>();
  const of = (row: number) => {
    const owner = profile.legs.owners[row]!;
    let own = sharp.get(owner);
    if (!own) {
      own = { rows: [], dead: [], barriers: [] };
      sharp.set(owner, own);
    }
    return own;
  };
  for (const row of profile.sharpRows) of(row).rows.push(row);
  for (const one of profile.dead) if (one.from < to && one.to > from) of(one.row).dead.push(one);
  for (const one of profile.barriers) of(one.row).barriers.push(one);
  const inner = 4 * (to - from);
  const all = [...sharp];
  for (let first = 0; first < all.length; first += STRIP) {
    yield;
    const some = all.slice(first, first + STRIP);
    const mark = arena.mark();
    const table = arena.reserve(some.length * inner * 8);
    const places = layPlaces(
      arena,
      some.map(([owner]) => owner),
    );
    for (const [i, [, { rows, dead, barriers }]] of some.entries()) {
      const cells = new Float64Array(inner);
      profile.addSharp(rows, dead, cells, from, to);
      yield* profile.addBarriers(barriers, cells, from, to);
      arena.f64(table + i * inner * 8, inner).set(cells);
    }
    arena.kernels.addProduct(out, places, table, inner, address, some.length, inner, stride);
    arena.release(mark);
  }
}
