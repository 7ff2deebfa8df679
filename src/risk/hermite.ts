/** Hermite cells → cubics c0, c2, c1, c3 as the kernel reads them. */
export function cubicsOf(cells: Float64Array): Float64Array {
  const out = new Float64Array(cells.length);
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
