/**
 * Products of matrices in plain JavaScript, see assembly/product.ts.
 */
import type { TwinMemory } from "./memory.ts";

/** Adds a · b to rows of `out`: each sum in the order of the inner index, and then to `out`. */
export function addProduct(
  memory: TwinMemory,
  out: number,
  places: number,
  a: number,
  stride: number,
  b: number,
  rows: number,
  inner: number,
  columns: number,
): void {
  const { f64, u32 } = memory;
  for (let row = 0; row < rows; row++) {
    const from = (a >>> 3) + row * stride;
    const to = (out >>> 3) + (places === 0 ? row : u32[(places >>> 2) + row]!) * columns;
    for (let c = 0; c < columns; c += 4) {
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let at = (b >>> 3) + c;
      for (let i = 0; i < inner; i++) {
        const factor = f64[from + i]!;
        s0 += factor * f64[at]!;
        s1 += factor * f64[at + 1]!;
        s2 += factor * f64[at + 2]!;
        s3 += factor * f64[at + 3]!;
        at += columns;
      }
      f64[to + c] = f64[to + c]! + s0;
      f64[to + c + 1] = f64[to + c + 1]! + s1;
      f64[to + c + 2] = f64[to + c + 2]! + s2;
      f64[to + c + 3] = f64[to + c + 3]! + s3;
    }
  }
}
