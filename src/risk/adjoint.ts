import type { LaidPool } from "./layout.ts";

/**
 * The adjoint of the value profiles: everyone's average loss for a dot product.
 *
 * A profile is a cubic per cell, so its average over weighted scenarios is linear in the cell's
 * four Hermite numbers (value left and right, slope·width left and right). Their weights follow
 * from the moments Σw, Σw·t, Σw·t², Σw·t³ that the kernel gathered, once for everyone:
 *
 *   value left   m0 - 3 m2 + 2 m3     slope left   m1 - 2 m2 + m3
 *   value right       3 m2 - 2 m3     slope right      - m2 + m3
 *
 * @param moments  one list per group, as `takeMoments` returns them; scaled by `scales`
 * @returns        per node [groups × 4·cells] weights, plus the sums of accounts and covers
 * @source own; adjoint of cubic Hermite interpolation
 */
export function adjointOf(
  pool: LaidPool,
  moments: readonly Float64Array[],
  scales: readonly number[],
): Adjoint {
  const nodes = pool.grids.map((grid, index) => {
    const start = pool.momentStarts[index]!;
    const range = occupied(moments, start, grid.cells);
    const width = 4 * (range.to - range.from);
    const weights = new Float64Array(width * moments.length);
    moments.forEach((list, group) => {
      const scale = scales[group]!;
      for (let c = range.from; c < range.to; c++) {
        const at = start + 4 * c;
        const m0 = list[at]! * scale;
        const m1 = list[at + 1]! * scale;
        const m2 = list[at + 2]! * scale;
        const m3 = list[at + 3]! * scale;
        const out = group * width + 4 * (c - range.from);
        weights[out] = m0 - 3 * m2 + 2 * m3;
        weights[out + 1] = 3 * m2 - 2 * m3;
        weights[out + 2] = m1 - 2 * m2 + m3;
        weights[out + 3] = m3 - m2;
      }
    });
    return { ...range, address: pool.simulation.arena.put(weights) };
  });
  const sums = moments.map((list, group) =>
    list.slice(pool.sumStart, pool.heldAt).map((sum) => sum * scales[group]!),
  );
  return { groups: moments.length, nodes, sums };
}

export interface Adjoint {
  readonly groups: number;
  /** Per node: the cells that any scenario reached, and their weights in kernel memory. */
  readonly nodes: readonly {
    readonly from: number;
    readonly to: number;
    readonly address: number;
  }[];
  /** Per group: averages of the joint accounts' shortfalls, then of the covers' payments. */
  readonly sums: readonly Float64Array[];
}

/** Cells beyond the ones that any path reached have no weight and need no multiplication. */
function occupied(moments: readonly Float64Array[], start: number, cells: number) {
  const isEmpty = (c: number) => moments.every((list) => list[start + 4 * c] === 0);
  let from = 0;
  let to = cells;
  while (from < to - 1 && isEmpty(from)) from++;
  while (to > from + 1 && isEmpty(to - 1)) to--;
  return { from, to };
}

/**
 * Adds the averages of one profile to those of its owner.
 *
 * @param cells   [4·cells] Hermite cells of the profile
 * @param totals  [groups] averages so far; changed
 */
export function addAverages(
  pool: LaidPool,
  adjoint: Adjoint,
  node: number,
  cells: Float64Array,
  totals: Float64Array,
): void {
  const { arena } = pool.simulation;
  const { from, to, address } = adjoint.nodes[node]!;
  const mark = arena.mark();
  const values = arena.put(cells.subarray(4 * from, 4 * to));
  const sums = arena.take(adjoint.groups * 8);
  arena.kernels.addDots(values, address, sums, 4 * (to - from), adjoint.groups);
  const view = arena.f64(sums, adjoint.groups);
  for (let g = 0; g < adjoint.groups; g++) totals[g]! += view[g]!;
  arena.release(mark);
}
