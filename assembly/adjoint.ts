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
 * Writes the weights of the value at every edge, and of its derivative there, for two groups of scenarios:
 * what the Hermite numbers of the cells to both sides of an edge weigh, together.
 *
 * shape   values, slopes [(cells+1) × groups] f64: columns `group` and `group` + 1 are written;
 *         first, second [cells×4] f64 moments of the two; widths [cells] f64; cells >= 1
 * reads   first, second, widths   writes  values, slopes
 * lanes   a group each
 * source  own; adjoint of cubic Hermite interpolation
 */
export function edgeWeights(
  values: usize, slopes: usize, groups: i32, group: i32, first: usize, second: usize, widths: usize, cells: i32, firstScale: f64, secondScale: f64,
): void {
  const row = <usize>groups << 3;
  const scale = f64x2.replace_lane(f64x2.splat(firstScale), 1, secondScale);
  const two = f64x2.splat(2), three = f64x2.splat(3);
  let value = values + (<usize>group << 3), slope = slopes + (<usize>group << 3);
  // What the cell before has left for the edge between.
  let valueLeft = f64x2.splat(0), slopeLeft = valueLeft;
  for (let cell = 0; cell < cells; cell++) {
    const lowA = v128.load(first), lowB = v128.load(second);
    const highA = v128.load(first, 16), highB = v128.load(second, 16);
    const m0 = f64x2.mul(v128.shuffle<i64>(lowA, lowB, 0, 2), scale);
    const m1 = f64x2.mul(v128.shuffle<i64>(lowA, lowB, 1, 3), scale);
    const m2 = f64x2.mul(v128.shuffle<i64>(highA, highB, 0, 2), scale);
    const m3 = f64x2.mul(v128.shuffle<i64>(highA, highB, 1, 3), scale);
    const width = v128.load64_splat(widths);
    const right = f64x2.sub(f64x2.mul(three, m2), f64x2.mul(two, m3)), bend = f64x2.sub(m3, m2);
    v128.store(value, f64x2.add(valueLeft, f64x2.sub(m0, right)));
    v128.store(slope, f64x2.add(slopeLeft, f64x2.mul(width, f64x2.add(f64x2.sub(m1, m2), bend))));
    valueLeft = right;
    slopeLeft = f64x2.mul(width, bend);
    first += 32;
    second += 32;
    widths += 8;
    value += row;
    slope += row;
  }
  v128.store(value, valueLeft);
  v128.store(slope, slopeLeft);
}

/**
 * Sums and differences of rows that mirror each other, from the middle outwards: of the row in the middle
 * the sum is itself, the difference nothing.
 *
 * shape   rows [(2·reach + 1) × columns] f64; sums, differences [(reach + 1) × columns] f64
 *         columns divides by 2
 * reads   rows   writes  sums, differences
 */
export function foldRows(sums: usize, differences: usize, rows: usize, reach: i32, columns: i32): void {
  const width = <usize>columns << 3;
  let left = rows + <usize>reach * width, right = left;
  memory.copy(sums, left, width);
  memory.fill(differences, 0, width);
  for (let k = 0; k < reach; k++) {
    sums += width;
    differences += width;
    left -= width;
    right += width;
    for (let c: usize = 0; c < width; c += 16) {
      const after = v128.load(right + c), before = v128.load(left + c);
      v128.store(sums + c, f64x2.add(after, before));
      v128.store(differences + c, f64x2.sub(after, before));
    }
  }
}
