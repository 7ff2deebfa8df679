/**
 * Samples: values of options at the Chebyshev points of a node, a row for every account, and the
 * polynomials that lead from samples to any point.
 *
 * source  Trefethen, Approximation Theory and Approximation Practice (2013), chapters 3 and 8
 */
import { addCalls, OPTION_BYTES } from "./option";
import { expX2, logX2 } from "./vector-math";

// The sign bit of a double.
// @ts-ignore: decorator
@inline const SIGN: usize = memory.data<u64>([0x8000000000000000, 0x8000000000000000], 16);

/**
 * Log returns of places in [-1, 1], and the prices there: x = spread · sinh(stretch · y), S = e^x.
 *
 * shape   x, spot, y [count] f64; count divides by 2
 * reads   y   writes  x, spot
 */
export function samplePoints(x: usize, spot: usize, y: usize, spread: f64, stretch: f64, count: i32): void {
  const one = f64x2.splat(1), two = f64x2.splat(2);
  const width = <usize>count << 3;
  for (let p: usize = 0; p < width; p += 16) {
    const up = expX2(f64x2.mul(f64x2.splat(stretch), v128.load(y + p)));
    const place = f64x2.div(f64x2.mul(f64x2.splat(spread), f64x2.sub(up, f64x2.div(one, up))), two);
    v128.store(x + p, place);
    v128.store(spot + p, expX2(place));
  }
}

/**
 * The way back: y = asinh(x / spread) / stretch, held in [-1, 1] since the polynomials grow fast outside,
 * and its derivative by x.
 *
 * shape   y, rate, x [count] f64; count divides by 2
 * reads   x   writes  y, rate
 */
export function places(y: usize, rate: usize, x: usize, spread: f64, stretch: f64, count: i32): void {
  const one = f64x2.splat(1), stretches = f64x2.splat(stretch), spreads = f64x2.splat(spread);
  const square = f64x2.mul(spreads, spreads);
  const width = <usize>count << 3;
  for (let p: usize = 0; p < width; p += 16) {
    const at = v128.load(x + p);
    const root = f64x2.sqrt(f64x2.add(f64x2.mul(at, at), square));
    const size = f64x2.div(logX2(f64x2.div(f64x2.add(f64x2.abs(at), root), spreads)), stretches);
    const held = f64x2.pmin(size, one);
    v128.store(y + p, v128.or(held, v128.and(at, v128.load(SIGN))));
    v128.store(rate + p, f64x2.div(one, f64x2.mul(root, stretches)));
  }
}

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

/**
 * A sum of these polynomials at many points, and its derivative by x. Polynomials of even and of odd degree
 * are summed apart: at the mirror image of a point the one sum is the same, the other turned over.
 *
 * shape   values, slopes [count] f64; coefficients [degrees] f64; y and rate as chebyshev
 *         count divides by 4, degrees >= 1
 *         mirrored 1 to write the sums at -y as well, going back from the first: [count] f64 before it
 * reads   coefficients, y, rate   writes  values, slopes
 * bits    even degrees in their order, then odd ones in theirs
 */
export function series(values: usize, slopes: usize, coefficients: usize, y: usize, rate: usize, count: i32, degrees: i32, mirrored: i32): void {
  const width = <usize>count << 3;
  const end = coefficients + (<usize>degrees << 3);
  const zero = f64x2.splat(0), one = f64x2.splat(1);
  for (let p: usize = 0; p < width; p += 32) {
    const y0 = v128.load(y + p), y1 = v128.load(y + p, 16);
    const rate0 = v128.load(rate + p), rate1 = v128.load(rate + p, 16);
    const twice0 = f64x2.add(y0, y0), twice1 = f64x2.add(y1, y1);
    const double0 = f64x2.add(rate0, rate0), double1 = f64x2.add(rate1, rate1);
    // T of an even degree and of the odd one after it, and their slopes.
    let even0 = one, even1 = one, odd0 = y0, odd1 = y1;
    let evenSlope0 = zero, evenSlope1 = zero, oddSlope0 = rate0, oddSlope1 = rate1;
    let sum0 = zero, sum1 = zero, sums0 = zero, sums1 = zero;
    let other0 = zero, other1 = zero, others0 = zero, others1 = zero;
    for (let at = coefficients; at < end; at += 16) {
      const factor = v128.load64_splat(at);
      sum0 = f64x2.add(sum0, f64x2.mul(factor, even0));
      sum1 = f64x2.add(sum1, f64x2.mul(factor, even1));
      sums0 = f64x2.add(sums0, f64x2.mul(factor, evenSlope0));
      sums1 = f64x2.add(sums1, f64x2.mul(factor, evenSlope1));
      if (at + 8 >= end) break;
      const next = v128.load64_splat(at, 8);
      other0 = f64x2.add(other0, f64x2.mul(next, odd0));
      other1 = f64x2.add(other1, f64x2.mul(next, odd1));
      others0 = f64x2.add(others0, f64x2.mul(next, oddSlope0));
      others1 = f64x2.add(others1, f64x2.mul(next, oddSlope1));
      evenSlope0 = f64x2.sub(f64x2.add(f64x2.mul(double0, odd0), f64x2.mul(twice0, oddSlope0)), evenSlope0);
      evenSlope1 = f64x2.sub(f64x2.add(f64x2.mul(double1, odd1), f64x2.mul(twice1, oddSlope1)), evenSlope1);
      even0 = f64x2.sub(f64x2.mul(twice0, odd0), even0);
      even1 = f64x2.sub(f64x2.mul(twice1, odd1), even1);
      oddSlope0 = f64x2.sub(f64x2.add(f64x2.mul(double0, even0), f64x2.mul(twice0, evenSlope0)), oddSlope0);
      oddSlope1 = f64x2.sub(f64x2.add(f64x2.mul(double1, even1), f64x2.mul(twice1, evenSlope1)), oddSlope1);
      odd0 = f64x2.sub(f64x2.mul(twice0, even0), odd0);
      odd1 = f64x2.sub(f64x2.mul(twice1, even1), odd1);
    }
    if (mirrored) {
      storeBack(values - p, f64x2.sub(sum0, other0), f64x2.sub(sum1, other1));
      storeBack(slopes - p, f64x2.sub(others0, sums0), f64x2.sub(others1, sums1));
    }
    v128.store(values + p, f64x2.add(sum0, other0));
    v128.store(values + p, f64x2.add(sum1, other1), 16);
    v128.store(slopes + p, f64x2.add(others0, sums0));
    v128.store(slopes + p, f64x2.add(others1, sums1), 16);
  }
}

/** Stores four numbers back from an address. */
// @ts-ignore: decorator
@inline
function storeBack(first: usize, low: v128, high: v128): void {
  v128.store(first - 8, v128.shuffle<i64>(low, low, 1, 0));
  v128.store(first - 24, v128.shuffle<i64>(high, high, 1, 0));
}
