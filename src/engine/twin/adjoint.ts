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

/** Adds the weights of cells up at their edges: of the value there, and of its derivative. */
export function edgeWeights(
  memory: TwinMemory,
  values: number,
  slopes: number,
  weights: number,
  widths: number,
  cells: number,
  groups: number,
): void {
  const { f64 } = memory;
  let at = weights >>> 3;
  let value = values >>> 3;
  let slope = slopes >>> 3;
  for (let cell = 0; cell < cells; cell++) {
    const width = f64[(widths >>> 3) + cell]!;
    for (let g = 0; g < groups; g++) {
      f64[value + g] = f64[value + g]! + f64[at + g]!;
      f64[value + groups + g] = f64[at + groups + g]!;
      f64[slope + g] = f64[slope + g]! + width * f64[at + 2 * groups + g]!;
      f64[slope + groups + g] = width * f64[at + 3 * groups + g]!;
    }
    at += 4 * groups;
    value += groups;
    slope += groups;
  }
}
