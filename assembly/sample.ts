/**
 * Samples: values of options at the Chebyshev points of a node, a row for every account, and the
 * polynomials that lead from samples to any point.
 *
 * source  Trefethen, Approximation Theory and Approximation Practice (2013), chapters 3 and 8
 */
import { addCalls, OPTION_BYTES } from "./option";

/**
 * Adds every option's values to the row of its account.
 *
 * shape   rows [..×points] f64, rowOf [optionCount] u32, x, spot [points] f64, options as addCalls
 *         points divides by 4
 * reads   rowOf, x, spot, options   writes  rows
 * bits    a row adds its options in their order
 */
export function addCallsToRows(rows: usize, rowOf: usize, x: usize, spot: usize, points: i32, options: usize, optionCount: i32): void {
  const width = <usize>points << 3;
  for (let option = 0; option < optionCount; option++) {
    const row = rows + <usize>load<u32>(rowOf + (<usize>option << 2)) * width;
    addCalls(row, x, spot, points, options + <usize>option * OPTION_BYTES, 1);
  }
}

/**
 * Chebyshev polynomials T_0 … T_(degrees-1) of y at many points, and their derivatives by x.
 *
 * shape   values, slopes [degrees×count] f64; y in [-1, 1] and its derivative by x, `rate`, [count] f64;
 *         count divides by 2, degrees >= 2
 * reads   y, rate   writes  values, slopes
 */
export function chebyshev(values: usize, slopes: usize, y: usize, rate: usize, count: i32, degrees: i32): void {
  const width = <usize>count << 3;
  const last = <usize>(degrees - 1) * width;
  for (let p: usize = 0; p < width; p += 16) {
    const place = v128.load(y + p), speed = v128.load(rate + p);
    const twice = f64x2.add(place, place), double = f64x2.add(speed, speed);
    let before = f64x2.splat(1), value = place;
    let slopeBefore = f64x2.splat(0), slope = speed;
    v128.store(values + p, before);
    v128.store(slopes + p, slopeBefore);
    let at = p;
    for (; at < last; ) {
      at += width;
      v128.store(values + at, value);
      v128.store(slopes + at, slope);
      const next = f64x2.sub(f64x2.mul(twice, value), before);
      const nextSlope = f64x2.sub(f64x2.add(f64x2.mul(double, value), f64x2.mul(twice, slope)), slopeBefore);
      before = value;
      value = next;
      slopeBefore = slope;
      slope = nextSlope;
    }
  }
}
