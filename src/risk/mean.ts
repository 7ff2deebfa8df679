import type { Estimate } from "./valuation.ts";

/** Numbers that are added one after the other; sums of so many are then added in pairs. */
const BLOCK = 128;

/**
 * Mean, spread and counts of min(max(x - from, 0), size) over a column, in one pass.
 *
 * Sums are of differences from the first number, so that squares of a large mean do not drown a
 * small spread, and blocks are added in pairs: rounding grows with the logarithm of the length, and
 * the shape depends on the length only.
 *
 * @param from  -Infinity for the numbers themselves
 * @source Chan, Golub & LeVeque, Algorithms for computing the sample variance (1983); Higham, The
 *         accuracy of floating point summation (1993)
 */
export function drawOf(
  values: Float64Array,
  from: number,
  size: number,
): { readonly mean: Estimate; readonly deviation: number; readonly hit: number; readonly full: number } {
  const n = values.length;
  const base = from === Number.NEGATIVE_INFINITY ? 0 : from;
  const least = from === Number.NEGATIVE_INFINITY ? from : 0;
  const end = base + size;
  const shift = Math.min(Math.max(values[0]! - base, least), size);
  const blocks = Math.ceil(n / BLOCK);
  const sums = new Float64Array(blocks);
  const squares = new Float64Array(blocks);
  let hit = 0;
  let full = 0;
  for (let block = 0; block < blocks; block++) {
    const last = Math.min(n, (block + 1) * BLOCK);
    let sum = 0;
    let square = 0;
    for (let i = block * BLOCK; i < last; i++) {
      const value = values[i]!;
      if (value > from) {
        hit++;
        if (value >= end) full++;
      }
      const draw = value - base;
      const apart = (draw < least ? least : draw > size ? size : draw) - shift;
      sum += apart;
      square += apart * apart;
    }
    sums[block] = sum;
    squares[block] = square;
  }
  const total = inPairs(sums, 0, blocks);
  const variance =
    n > 1 ? Math.max(0, inPairs(squares, 0, blocks) - (total * total) / n) / (n - 1) : 0;
  const deviation = Math.sqrt(variance);
  const mean = { value: shift + total / n, standardError: deviation / Math.sqrt(n) };
  return { mean, deviation, hit, full };
}

function inPairs(sums: Float64Array, from: number, to: number): number {
  if (to - from === 1) return sums[from]!;
  if (to === from) return 0;
  const middle = from + Math.ceil((to - from) / 2);
  return inPairs(sums, from, middle) + inPairs(sums, middle, to);
}
