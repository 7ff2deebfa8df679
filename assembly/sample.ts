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
 * A sum of these polynomials at many points, and its derivative by x: what `chebyshev` and a product with
 * the coefficients give, without the polynomials.
 *
 * shape   values, slopes [count] f64; coefficients [degrees] f64; y and rate as chebyshev
 *         count divides by 4, degrees >= 1
 * reads   coefficients, y, rate   writes  values, slopes
 * bits    of that product: a sum adds in the order of degrees
 */
export function series(values: usize, slopes: usize, coefficients: usize, y: usize, rate: usize, count: i32, degrees: i32): void {
  const width = <usize>count << 3;
  const end = coefficients + (<usize>degrees << 3);
  for (let p: usize = 0; p < width; p += 32) {
    const y0 = v128.load(y + p), y1 = v128.load(y + p, 16);
    const rate0 = v128.load(rate + p), rate1 = v128.load(rate + p, 16);
    const twice0 = f64x2.add(y0, y0), twice1 = f64x2.add(y1, y1);
    const double0 = f64x2.add(rate0, rate0), double1 = f64x2.add(rate1, rate1);
    const zero = f64x2.splat(0), one = f64x2.splat(1);
    let before0 = one, before1 = one, value0 = y0, value1 = y1;
    let slopeBefore0 = zero, slopeBefore1 = zero, slope0 = rate0, slope1 = rate1;
    const first = v128.load64_splat(coefficients);
    let sum0 = f64x2.add(zero, f64x2.mul(first, one)), sum1 = sum0;
    let slopes0 = f64x2.add(zero, f64x2.mul(first, zero)), slopes1 = slopes0;
    for (let at = coefficients + 8; at < end; at += 8) {
      const factor = v128.load64_splat(at);
      sum0 = f64x2.add(sum0, f64x2.mul(factor, value0));
      sum1 = f64x2.add(sum1, f64x2.mul(factor, value1));
      slopes0 = f64x2.add(slopes0, f64x2.mul(factor, slope0));
      slopes1 = f64x2.add(slopes1, f64x2.mul(factor, slope1));
      const next0 = f64x2.sub(f64x2.mul(twice0, value0), before0);
      const next1 = f64x2.sub(f64x2.mul(twice1, value1), before1);
      const nextSlope0 = f64x2.sub(f64x2.add(f64x2.mul(double0, value0), f64x2.mul(twice0, slope0)), slopeBefore0);
      const nextSlope1 = f64x2.sub(f64x2.add(f64x2.mul(double1, value1), f64x2.mul(twice1, slope1)), slopeBefore1);
      before0 = value0;
      before1 = value1;
      value0 = next0;
      value1 = next1;
      slopeBefore0 = slope0;
      slopeBefore1 = slope1;
      slope0 = nextSlope0;
      slope1 = nextSlope1;
    }
    v128.store(values + p, f64x2.add(zero, sum0));
    v128.store(values + p, f64x2.add(zero, sum1), 16);
    v128.store(slopes + p, f64x2.add(zero, slopes0));
    v128.store(slopes + p, f64x2.add(zero, slopes1), 16);
  }
}
