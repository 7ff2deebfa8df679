import type { Estimate } from "./valuation.ts";

/** Numbers that are added one after the other; sums of so many are then added in pairs. */
const BLOCK = 128;

/** Mean and spread of a column. */
export interface Mean {
  readonly mean: Estimate;
  readonly deviation: number;
}

/**
 * Mean and spread of a column, in one pass.
 *
 * Sums are of differences from the first number, so that squares of a large mean do not drown a
 * small spread, and blocks are added in pairs: rounding grows with the logarithm of the length, and
 * the shape depends on the length only.
 *
 * @source Chan, Golub & LeVeque, Algorithms for computing the sample variance (1983); Higham, The
 *         accuracy of floating point summation (1993)
 */
export function meanOf(values: Float64Array): Mean {
  const n = values.length;
  const shift = values[0]!;
  const sums = new Float64Array(Math.ceil(n / BLOCK));
  const squares = new Float64Array(sums.length);
  for (let block = 0; block < sums.length; block++) {
    const last = Math.min(n, (block + 1) * BLOCK);
    let sum = 0;
    let square = 0;
    for (let i = block * BLOCK; i < last; i++) {
      const apart = values[i]! - shift;
      sum += apart;
      square += apart * apart;
    }
    sums[block] = sum;
    squares[block] = square;
  }
  return finish(n, shift, sums, squares);
}

function finish(n: number, shift: number, sums: Float64Array, squares: Float64Array): Mean {
  const total = inPairs(sums, 0, sums.length);
  const square = inPairs(squares, 0, squares.length);
  const deviation = n > 1 ? Math.sqrt(Math.max(0, square - (total * total) / n) / (n - 1)) : 0;
  // Adding 0 turns -0 into 0.
  const value = shift + total / n + 0;
  return { mean: { value, standardError: deviation / Math.sqrt(n) }, deviation };
}

function inPairs(sums: Float64Array, from: number, to: number): number {
  if (to - from <= 2) {
    let sum = 0;
    for (let i = from; i < to; i++) sum += sums[i]!;
    return sum;
  }
  const middle = from + Math.ceil((to - from) / 2);
  return inPairs(sums, from, middle) + inPairs(sums, middle, to);
}
