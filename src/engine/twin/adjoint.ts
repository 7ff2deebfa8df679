/**
 * The adjoint of a table of cells in plain JavaScript, see assembly/adjoint.ts.
 */
import type { TwinMemory } from "./memory.ts";

/** Writes the weights of the four Hermite numbers of every cell, for one group of scenarios. */
export function cellWeights(
  memory: TwinMemory,
  weights: number,
  groups: number,
  group: number,
  moments: number,
  cells: number,
  scale: number,
): void {
  const { f64 } = memory;
  let from = moments >>> 3;
  let out = (weights >>> 3) + group;
  for (let cell = 0; cell < cells; cell++) {
    const m0 = f64[from]! * scale;
    const m1 = f64[from + 1]! * scale;
    const m2 = f64[from + 2]! * scale;
    const m3 = f64[from + 3]! * scale;
    const right = 3 * m2 - 2 * m3;
    const bend = m3 - m2;
    f64[out] = m0 - right;
    f64[out + groups] = right;
    f64[out + 2 * groups] = m1 - m2 + bend;
    f64[out + 3 * groups] = bend;
    from += 4;
    out += 4 * groups;
  }
}

/** Writes the weights of the value at every edge, and of its derivative there, for two groups. */
export function edgeWeights(
  { f64 }: TwinMemory,
  values: number,
  slopes: number,
  groups: number,
  group: number,
  first: number,
  second: number,
  widths: number,
  cells: number,
  firstScale: number,
  secondScale: number,
): void {
  for (let lane = 0; lane < 2; lane++) {
    const scale = lane === 0 ? firstScale : secondScale;
    let from = (lane === 0 ? first : second) >>> 3;
    let value = (values >>> 3) + group + lane;
    let slope = (slopes >>> 3) + group + lane;
    let valueLeft = 0;
    let slopeLeft = 0;
    for (let cell = 0; cell < cells; cell++) {
      const m0 = f64[from]! * scale;
      const m1 = f64[from + 1]! * scale;
      const m2 = f64[from + 2]! * scale;
      const m3 = f64[from + 3]! * scale;
      const width = f64[(widths >>> 3) + cell]!;
      const right = 3 * m2 - 2 * m3;
      const bend = m3 - m2;
      f64[value] = valueLeft + (m0 - right);
      f64[slope] = slopeLeft + width * (m1 - m2 + bend);
      valueLeft = right;
      slopeLeft = width * bend;
      from += 4;
      value += groups;
      slope += groups;
    }
    f64[value] = valueLeft;
    f64[slope] = slopeLeft;
  }
}

/** Sums and differences of rows that mirror each other, from the middle outwards. */
export function foldRows(
  { f64 }: TwinMemory,
  sums: number,
  differences: number,
  rows: number,
  reach: number,
  columns: number,
): void {
  const middle = (rows >>> 3) + reach * columns;
  for (let c = 0; c < columns; c++) {
    f64[(sums >>> 3) + c] = f64[middle + c]!;
    f64[(differences >>> 3) + c] = 0;
  }
  for (let k = 1; k <= reach; k++) {
    for (let c = k * columns; c < (k + 1) * columns; c++) {
      const after = f64[middle + c]!;
      const before = f64[middle + c - 2 * k * columns]!;
      f64[(sums >>> 3) + c] = after + before;
      f64[(differences >>> 3) + c] = after - before;
    }
  }
}
