/**
 * Cells: a node's profile, from values and slopes at its edges to the cubics that paths look up.
 *
 *   hermite   value left, value right, slope·width left, slope·width right of every cell
 */
import { CELL_BYTES } from "./profile";

// @ts-ignore: decorator
@inline function numberAt(column: usize, index: i32): f64 {
  return load<f64>(column + (<usize>index << 3));
}

/**
 * Hermite cells of values that stand at the edges, and of slope·S + constant besides.
 *
 * shape   out [4·count] f64; x, spot [count + 1] f64; values, slopes [count + 1] f64, both 0 for none
 * reads   x, spot, values, slopes   writes  out
 * bits    what stands at the edges is the first term, slope·S + constant the second
 */
export function hermite(out: usize, x: usize, spot: usize, values: usize, slopes: usize, slope: f64, constant: f64, count: i32): void {
  let start = load<f64>(x), linear = slope * load<f64>(spot);
  let value = values ? load<f64>(values) : 0, rate = values ? load<f64>(slopes) : 0;
  for (let c = 0; c < count; c++) {
    const end = numberAt(x, c + 1), nextLinear = slope * numberAt(spot, c + 1);
    const nextValue = values ? numberAt(values, c + 1) : 0, nextRate = values ? numberAt(slopes, c + 1) : 0;
    const width = end - start;
    const at = out + (<usize>c << 5);
    store<f64>(at, value + (linear + constant));
    store<f64>(at, nextValue + (nextLinear + constant), 8);
    store<f64>(at, width * rate + width * linear, 16);
    store<f64>(at, width * nextRate + width * nextLinear, 24);
    start = end;
    linear = nextLinear;
    value = nextValue;
    rate = nextRate;
  }
}

/**
 * Lays the cells of a node, see profile.ts.
 *
 * shape   cells [count × CELL_BYTES], x [count + 1] f64, hermite [4·count] f64; count >= 1
 * reads   x, hermite   writes  cells
 */
export function layCells(cells: usize, x: usize, hermite: usize, count: i32): void {
  let start = load<f64>(x);
  for (let c = 0; c < count; c++) {
    const end = numberAt(x, c + 1);
    const from = hermite + (<usize>c << 5), at = cells + <usize>c * CELL_BYTES;
    const f0 = load<f64>(from), f1 = load<f64>(from, 8), g0 = load<f64>(from, 16), g1 = load<f64>(from, 24);
    store<f64>(at, start);
    store<f64>(at, 1 / (end - start), 8);
    store<f64>(at, f0, 16);
    store<f64>(at, 3 * (f1 - f0) - 2 * g0 - g1, 24);
    store<f64>(at, g0, 32);
    store<f64>(at, 2 * (f0 - f1) + g0 + g1, 40);
    store<f64>(at, c == count - 1 ? Infinity : end, 48);
    store<f64>(at, 0, 56);
    start = end;
  }
}

/**
 * Lays the first cell that reaches into every bucket, see profile.ts.
 *
 * shape   first [2·half] u32, x [count + 1] f64; bucket b begins at (b - half) · width
 * reads   x   writes  first
 */
export function layBuckets(first: usize, x: usize, count: i32, half: i32, width: f64): void {
  // An edge at the bucket's own start counts as inside it; rounding moves it by less than this.
  const slack = 1e-9 * width;
  let cell = 0;
  for (let b = 0; b < 2 * half; b++) {
    const start = <f64>(b - half) * width + slack;
    while (cell < count - 1 && numberAt(x, cell + 1) <= start) cell++;
    store<u32>(first + (<usize>b << 2), <u32>cell * <u32>CELL_BYTES);
  }
}
