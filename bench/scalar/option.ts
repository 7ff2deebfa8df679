/** Values of calls as assembly/option.ts makes them, one point at a time: the same bits. */
import { exponential } from "./exponential";

// @ts-ignore: decorator
@inline
export function numerator(a: f64, y: f64): f64 {
  return 220.206867912376 + y * (112.079291497871 + y * (6.37396220353165 + y * 3.52624965998911e-2))
    + a * (221.213596169931 + y * (33.912866078383 + y * 0.700383064443688));
}

// @ts-ignore: decorator
@inline
export function denominator(a: f64, y: f64): f64 {
  return 440.413735824752 + y * (637.333633378831 + y * (86.7807322029461 + y * 1.75566716318264))
    + a * (793.826512519948 + y * (296.564248779674 + y * (16.064177579207 + y * 8.83883476483184e-2)));
}

/**
 * Adds the values of calls to a column.
 *
 * shape   values, x, spot [count] f64; options [optionCount × 5] f64
 */
export function addCalls(values: usize, x: usize, spot: usize, count: i32, options: usize, optionCount: i32): void {
  const end = <usize>count << 3;
  for (let option = 0; option < optionCount; option++) {
    const inverse = load<f64>(options), shift = load<f64>(options, 8), deviation = load<f64>(options, 16);
    const forward = load<f64>(options, 24), strike = load<f64>(options, 32);
    options += 40;
    for (let p: usize = 0; p < end; p += 8) {
      const d1 = load<f64>(x + p) * inverse + shift;
      const d2 = d1 - deviation;
      const a = min(abs(d1), 39.0), b = min(abs(d2), 39.0);
      const y = a * a, z = b * b;
      const qa = denominator(a, y), qb = denominator(b, z);
      const w = strike * exponential(z * -0.5) / (qa * qb);
      const na = numerator(a, y) * qb * w, nb = numerator(b, z) * qa * w;
      const first = d1 > 0 ? load<f64>(spot + p) * forward - na : na;
      const second = d2 > 0 ? strike - nb : nb;
      store<f64>(values + p, load<f64>(values + p) + (first - second));
    }
  }
}

/** Adds slope · spot + constant to a column. */
export function addLinear(values: usize, spot: usize, count: i32, slope: f64, constant: f64): void {
  const end = <usize>count << 3;
  for (let p: usize = 0; p < end; p += 8) {
    store<f64>(values + p, load<f64>(values + p) + (slope * load<f64>(spot + p) + constant));
  }
}
