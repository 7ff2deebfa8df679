/**
 * Cells of a node's profile in plain JavaScript, see assembly/cell.ts.
 */
import { CELL_BYTES } from "../plan.ts";
import type { TwinMemory } from "./memory.ts";

/** Hermite cells of values that stand at the edges, and of slope·S + constant besides. */
export function hermite(
  { f64 }: TwinMemory,
  out: number,
  x: number,
  spot: number,
  values: number,
  slopes: number,
  slope: number,
  constant: number,
  count: number,
): void {
  const spots = spot >>> 3;
  const valueAt = (i: number) => (values ? f64[(values >>> 3) + i]! : 0);
  const rateAt = (i: number) => (values ? f64[(slopes >>> 3) + i]! : 0);
  for (let c = 0; c < count; c++) {
    const width = f64[(x >>> 3) + c + 1]! - f64[(x >>> 3) + c]!;
    const left = slope * f64[spots + c]!;
    const right = slope * f64[spots + c + 1]!;
    const at = (out >>> 3) + 4 * c;
    f64[at] = valueAt(c) + (left + constant);
    f64[at + 1] = valueAt(c + 1) + (right + constant);
    f64[at + 2] = width * rateAt(c) + width * left;
    f64[at + 3] = width * rateAt(c + 1) + width * right;
  }
}

/** Lays the cells of a node. */
export function layCells(
  { f64 }: TwinMemory,
  cells: number,
  x: number,
  hermite: number,
  count: number,
): void {
  for (let c = 0; c < count; c++) {
    const start = f64[(x >>> 3) + c]!;
    const end = f64[(x >>> 3) + c + 1]!;
    const from = (hermite >>> 3) + 4 * c;
    const f0 = f64[from]!;
    const f1 = f64[from + 1]!;
    const g0 = f64[from + 2]!;
    const g1 = f64[from + 3]!;
    const at = (cells + c * CELL_BYTES) >>> 3;
    f64[at] = start;
    f64[at + 1] = 1 / (end - start);
    f64[at + 2] = f0;
    f64[at + 3] = 3 * (f1 - f0) - 2 * g0 - g1;
    f64[at + 4] = g0;
    f64[at + 5] = 2 * (f0 - f1) + g0 + g1;
    f64[at + 6] = c === count - 1 ? Number.POSITIVE_INFINITY : end;
    f64[at + 7] = 0;
  }
}

/** Lays the first cell that reaches into every bucket. */
export function layBuckets(
  { f64, u32 }: TwinMemory,
  first: number,
  x: number,
  count: number,
  half: number,
  width: number,
): void {
  const slack = 1e-9 * width;
  let cell = 0;
  for (let b = 0; b < 2 * half; b++) {
    const start = (b - half) * width + slack;
    while (cell < count - 1 && f64[(x >>> 3) + cell + 1]! <= start) cell++;
    u32[(first >>> 2) + b] = cell * CELL_BYTES;
  }
}
