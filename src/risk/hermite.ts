/**
 * Hermite cells → cubics c0, c2, c1, c3 as the kernel reads them.
 *
 * @param out  [cells] where they go, which may be where they are; a column of their own when left out
 */
export function cubicsOf(
  cells: Float64Array,
  out: Float64Array = new Float64Array(cells.length),
): Float64Array {
  for (let i = 0; i < cells.length; i += 4) {
    const f0 = cells[i]!;
    const f1 = cells[i + 1]!;
    const g0 = cells[i + 2]!;
    const g1 = cells[i + 3]!;
    out[i] = f0;
    out[i + 1] = 3 * (f1 - f0) - 2 * g0 - g1;
    out[i + 2] = g0;
    out[i + 3] = 2 * (f0 - f1) + g0 + g1;
  }
  return out;
}

/** What rounding may take off a cubic, as a part of the numbers it is made of: far more than it does. */
const SLACK = 1e-12;

/**
 * Least values from a middle cell outwards: no value on the cells from there to c is below number c.
 * A cubic stays above the lowest of its four Bézier points.
 *
 * @param cells  [4·cells] as `NodeGrid.add` has them
 * @source Farin, Curves and Surfaces for CAGD (2002), §4.3 (convex hull)
 */
export function minimaOf(cells: Float64Array, middle: number): Float64Array {
  const minima = new Float64Array(cells.length / 4);
  const least = (c: number): number => {
    const f0 = cells[4 * c]!;
    const f1 = cells[4 * c + 1]!;
    const g0 = cells[4 * c + 2]! / 3;
    const g1 = cells[4 * c + 3]! / 3;
    const size = Math.abs(f0) + Math.abs(f1) + Math.abs(g0) + Math.abs(g1);
    return Math.min(f0, f1, f0 + g0, f1 - g1) - SLACK * size;
  };
  const from = Math.min(middle, minima.length - 1);
  let low = least(from);
  minima[from] = low;
  for (let c = from + 1; c < minima.length; c++) {
    low = Math.min(low, least(c));
    minima[c] = low;
  }
  low = minima[from]!;
  for (let c = from - 1; c >= 0; c--) {
    low = Math.min(low, least(c));
    minima[c] = low;
  }
  return minima;
}
