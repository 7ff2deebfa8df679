/**
 * The adjoint of a table of cells: from moments of scenarios to the weights of its numbers.
 */

/**
 * Writes the weights of the four Hermite numbers of every cell, for one group of scenarios.
 *
 *   value left   m0 - 3 m2 + 2 m3     slope left   m1 - 2 m2 + m3
 *   value right       3 m2 - 2 m3     slope right      - m2 + m3
 *
 * shape   moments [cells×4] f64, weights [4·cells × groups] f64: column `group` is written
 * reads   moments   writes  weights
 * source  own; adjoint of cubic Hermite interpolation
 */
export function cellWeights(weights: usize, groups: i32, group: i32, moments: usize, cells: i32, scale: f64): void {
  const row = <usize>groups << 3;
  let out = weights + (<usize>group << 3);
  for (let cell = 0; cell < cells; cell++) {
    const m0 = load<f64>(moments) * scale, m1 = load<f64>(moments, 8) * scale;
    const m2 = load<f64>(moments, 16) * scale, m3 = load<f64>(moments, 24) * scale;
    moments += 32;
    const right = 3.0 * m2 - 2.0 * m3, bend = m3 - m2;
    store<f64>(out, m0 - right);
    store<f64>(out + row, right);
    store<f64>(out + 2 * row, m1 - m2 + bend);
    store<f64>(out + 3 * row, bend);
    out += 4 * row;
  }
}

/**
 * Adds the weights of cells up at their edges: of the value there, and of its derivative.
 *
 * shape   values, slopes [(cells+1)×groups] f64, weights [4·cells × groups] f64, widths [cells] f64;
 *         groups divides by 2
 * reads   weights, widths   writes  values, slopes: zero before
 */
export function edgeWeights(values: usize, slopes: usize, weights: usize, widths: usize, cells: i32, groups: i32): void {
  const row = <usize>groups << 3;
  for (let cell = 0; cell < cells; cell++) {
    const width = v128.load64_splat(widths + (<usize>cell << 3));
    for (let g: usize = 0; g < row; g += 16) {
      const at = weights + g, value = values + g, slope = slopes + g;
      v128.store(value, f64x2.add(v128.load(value), v128.load(at)));
      v128.store(value + row, v128.load(at + row));
      v128.store(slope, f64x2.add(v128.load(slope), f64x2.mul(width, v128.load(at + 2 * row))));
      v128.store(slope + row, f64x2.mul(width, v128.load(at + 3 * row)));
    }
    weights += 4 * row;
    values += row;
    slopes += row;
  }
}
