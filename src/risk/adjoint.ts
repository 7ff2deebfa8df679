import type { Work } from "../basics/index.ts";
import type { Arena, Moments, NodeMoments } from "../engine/index.ts";
import type { LaidPool } from "./layout.ts";
import type { Cells } from "./node-grid.ts";
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
 * everyone. A participant then costs one number per sample and group. Where few have options, their
 * polynomials are taken to the edges instead.
 *
 * @param moments  of each group; scaled by `scales`
 * @source own; adjoint of Hermite and Chebyshev interpolation
 */
export function* averagesWork(
  pool: LaidPool,
  moments: readonly Moments[],
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
    const groups = moments.map((group) => group.ofNode(index));
    const { from, to } = reachOf(groups, profile.grid.cells);
    const weighed = { groups, scales, from, to, stride };
    const weights = atEdges(arena, profile, weighed);
    yield;
    addLinear(arena, profile, weights, out);
    addSampled(arena, profile, weights, out);
    arena.release(mark);
    yield;
    yield* addSharp(arena, profile, weighed, out);
  }
  const profiles = arena.f64(out, owners * stride).slice();
  arena.release(start);
  const sums = moments.map((own, group) => own.sums.map((sum) => sum * scales[group]!));
  return { stride, profiles, sums };
}

/** Kernel memory that {@link averagesWork} takes at most. */
export function averagesBytes(pool: LaidPool, groups: number): number {
  const stride = Math.ceil(groups / 4) * 4;
  const nodes = pool.profiles.map(({ grid, samples, sharpRows, dead, barriers, legs }) => {
    const rows = sharpRows.length + dead.length + barriers.length;
    const { cells } = grid;
    const sharp = rows > 0 ? 4 * cells * (Math.min(STRIP, rows) + stride + 1) : 0;
    const edges = 2 * cells * stride;
    // Folded edges take half as much again, and half the polynomials.
    const basis = samples.degrees * cells;
    const sampled = samples.degrees * stride + basis + Math.max(edges / 2, basis);
    const linear = 4 * cells + 2 * stride + 3 * legs.accounts.length;
    return Math.max(sharp, edges + Math.max(9 * cells, linear, sampled));
  });
  const owners = pool.accounts.participants.length + 1;
  return 8 * (owners * stride + Math.max(0, ...nodes));
}

/** Moments of a node's cells. */
interface Weighed extends Cells {
  readonly groups: readonly NodeMoments[];
  readonly scales: readonly number[];
  readonly stride: number;
}

/** Weights of the values at a node's edges and of the slopes there. */
interface EdgeWeights extends Cells {
  /** Address of [2·edges × stride] f64: the slopes' stand behind the values'. */
  readonly values: number;
  readonly slopes: number;
  readonly stride: number;
}

function atEdges(arena: Arena, profile: NodeProfile, weighed: Weighed): EdgeWeights {
  const { groups, scales, from, to, stride } = weighed;
  const cells = to - from;
  const bytes = (cells + 1) * stride * 8;
  const values = arena.reserve(2 * bytes);
  const slopes = values + bytes;
  const mark = arena.mark();
  const pair = arena.reserve(8 * cells * 8);
  const widths = arena.reserve(cells * 8);
  const { edges } = profile.grid;
  const view = arena.f64(widths, cells);
  for (let c = 0; c < cells; c++) view[c] = edges[from + c + 1]! - edges[from + c]!;
  const both = arena.f64(pair, 8 * cells);
  const second = pair + 4 * cells * 8;
  for (let group = 0; group < stride; group += 2) {
    both.fill(0);
    // Columns beyond the last group are nothing.
    for (let i = 0; i < 2 && group + i < groups.length; i++) {
      const own = groups[group + i]!;
      if (own.from < own.to) both.set(own.numbers, 4 * (i * cells + own.from - from));
    }
    const [scale, otherScale] = [scales[group] ?? 0, scales[group + 1] ?? 0];
    const { kernels } = arena;
    kernels.edgeWeights(
      values,
      slopes,
      stride,
      group,
      pair,
      second,
      widths,
      cells,
      scale,
      otherScale,
    );
  }
  arena.release(mark);
  return { from, to, values, slopes, stride };
}

/**
 * Cells that any group reached: all others have no weight and need no multiplication. As many to the right
 * of the middle as to the left of it, since such a range may be folded.
 */
function reachOf(groups: readonly NodeMoments[], cells: number): Cells {
  let from = (cells - 1) / 2;
  for (const own of groups) {
    if (own.from < own.to) from = Math.min(from, own.from, cells - own.to);
  }
  from = Math.floor(from);
  return { from, to: cells - from };
}

function layPlaces(arena: Arena, places: ArrayLike<number>): number {
  const address = arena.reserve(places.length * 4);
  arena.u32(address, places.length).set(places);
  return address;
}

/** slope·S + constant of every row. */
function addLinear(arena: Arena, profile: NodeProfile, weights: EdgeWeights, out: number): void {
  const { grid, samples, legs } = profile;
  const { from, to, values, stride } = weights;
  const edges = to - from + 1;
  const mark = arena.mark();
  // S and its slope are the same; of a constant the slope is nothing.
  const shapes = arena.reserve(4 * edges * 8);
  const view = arena.f64(shapes, 4 * edges);
  const spots = grid.spots.subarray(from, to + 1);
  view.set(spots);
  view.set(spots, edges);
  view.fill(1, 2 * edges, 3 * edges);
  view.fill(0, 3 * edges);
  const both = arena.take(2 * stride * 8);
  arena.kernels.addProduct(both, 0, shapes, 2 * edges, values, 2, 2 * edges, stride);
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

/**
 * Rows with sampled options whose own values at the edges cost less than the weights of polynomials, for
 * some 20 to 40 groups. It does not depend on groups: that there are more of them changes no bit.
 */
const FEW = 8;

/** The sampled options of every row, where there are few: their values and slopes at the edges. */
function addFew(arena: Arena, profile: NodeProfile, weights: EdgeWeights, out: number): void {
  const { grid, samples, legs } = profile;
  const { from, to, values, stride } = weights;
  const edges = to - from + 1;
  const mark = arena.mark();
  const table = arena.reserve(FEW * 2 * edges * 8);
  const owners: number[] = [];
  for (const block of samples.blocks) {
    for (const [place, row] of block.rows.entries()) {
      const before = arena.mark();
      const own = samples.series([{ block, place }], grid, { from, to });
      const at = arena.f64(table + owners.length * 2 * edges * 8, 2 * edges);
      at.set(arena.f64(own.values + from * 8, edges));
      at.set(arena.f64(own.slopes + from * 8, edges), edges);
      arena.release(before);
      owners.push(legs.owners[row]!);
    }
  }
  const places = layPlaces(arena, owners);
  const { kernels } = arena;
  kernels.addProduct(out, places, table, 2 * edges, values, owners.length, 2 * edges, stride);
  arena.release(mark);
}

/** The sampled options of every row. */
function addSampled(arena: Arena, profile: NodeProfile, weights: EdgeWeights, out: number): void {
  const { grid, samples, legs } = profile;
  const { degrees } = samples;
  if (degrees === 0) return;
  if (samples.blocks.reduce((sum, { rows }) => sum + rows.length, 0) <= FEW) {
    addFew(arena, profile, weights, out);
    return;
  }
  const { from, to, stride } = weights;
  const { kernels } = arena;
  const mark = arena.mark();
  const edges = grid.edges.subarray(from, to + 1);
  const coefficients = arena.take(degrees * stride * 8);
  addCoefficientWeights(arena, samples, edges, weights, coefficients);
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
  arena.kernels.foldRows(sum, difference, rows, reach, stride);
  return { sum, difference };
}

/** What is not sampled, on the cells themselves. */
function* addSharp(arena: Arena, profile: NodeProfile, weighed: Weighed, out: number): Work<void> {
  const { groups, scales, from, to, stride } = weighed;
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
  if (sharp.size === 0) return;
  const start = arena.mark();
  const cells = to - from;
  const inner = 4 * cells;
  const address = arena.take(inner * stride * 8);
  const own = arena.reserve(inner * 8);
  groups.forEach((moments, group) => {
    const list = arena.f64(own, inner);
    list.fill(0);
    if (moments.from < moments.to) list.set(moments.numbers, 4 * (moments.from - from));
    arena.kernels.cellWeights(address, stride, group, own, cells, scales[group]!);
  });
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
      const numbers = new Float64Array(inner);
      profile.addSharp(rows, dead, numbers, from, to);
      yield* profile.addBarriers(barriers, numbers, from, to);
      arena.f64(table + i * inner * 8, inner).set(numbers);
    }
    arena.kernels.addProduct(out, places, table, inner, address, some.length, inner, stride);
    arena.release(mark);
  }
  arena.release(start);
}
