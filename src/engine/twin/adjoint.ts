/**
 * Dot products with moments in plain JavaScript, see assembly/adjoint.ts.
 */
import type { TwinMemory } from "./memory.ts";

/** Adds Σ values[i] · weights[g][i] to each of a list of sums, in the lanes of the kernel. */
export function addDots(
  memory: TwinMemory,
  values: number,
  weights: number,
  sums: number,
  count: number,
  groups: number,
): void {
  const { f64 } = memory;
  const from = values >>> 3;
  const to = sums >>> 3;
  for (let g = 0; g < groups; g++) {
    const weight = (weights >>> 3) + g * count;
    // Four sums apart: two vectors of two lanes.
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let p = 0;
    for (; p + 2 < count; p += 4) {
      a += f64[from + p]! * f64[weight + p]!;
      b += f64[from + p + 1]! * f64[weight + p + 1]!;
      c += f64[from + p + 2]! * f64[weight + p + 2]!;
      d += f64[from + p + 3]! * f64[weight + p + 3]!;
    }
    if (p < count) {
      a += f64[from + p]! * f64[weight + p]!;
      b += f64[from + p + 1]! * f64[weight + p + 1]!;
    }
    f64[to + g] = f64[to + g]! + (a + c + (b + d));
  }
}
