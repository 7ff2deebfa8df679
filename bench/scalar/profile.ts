/** Value profiles: cubics of equal width through values and slopes. */
import { exponential } from "./exponential";
import { denominator, numerator } from "./option";

/**
 * Adds the values of calls to a column, and their derivatives by log return to another: that of a
 * call is its leg in the asset.
 *
 * shape   values, slopes, x, spot [count] f64; options [optionCount × 5] f64
 */
export function addCallsAndSlopes(
  values: usize, slopes: usize, x: usize, spot: usize, count: i32, options: usize, optionCount: i32,
): void {
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
      store<f64>(slopes + p, load<f64>(slopes + p) + first);
    }
  }
}

/**
 * Makes the cubics of cells between neighbouring nodes, in the part of the cell.
 *
 * shape   cubics [4·cells], values, slopes [cells + 1] f64
 */
export function makeCubics(cubics: usize, values: usize, slopes: usize, cells: i32, width: f64): void {
  for (let cell = 0; cell < cells; cell++) {
    const at = <usize>cell << 3;
    const f = load<f64>(values + at), g = load<f64>(slopes + at) * width;
    const h = load<f64>(slopes + at, 8) * width, step = load<f64>(values + at, 8) - f;
    const out = cubics + (at << 2);
    store<f64>(out, f);
    store<f64>(out, g, 8);
    store<f64>(out, 3.0 * step - 2.0 * g - h, 16);
    store<f64>(out, g + h - 2.0 * step, 24);
  }
}

/** Adds a profile's value at each x to a column; beyond the ends it goes on as at the ends. */
export function addCubics(
  values: usize, x: usize, count: i32, cubics: usize, cells: i32, low: f64, perUnit: f64,
): void {
  const end = <usize>count << 3;
  for (let p: usize = 0; p < end; p += 8) {
    const place = min(<f64>cells, max(0.0, (load<f64>(x + p) - low) * perUnit));
    const cell = min(cells - 1, <i32>place);
    const t = place - <f64>cell;
    const c = cubics + (<usize>cell << 5);
    const sum = load<f64>(c) + t * (load<f64>(c, 8) + t * (load<f64>(c, 16) + t * load<f64>(c, 24)));
    store<f64>(values + p, load<f64>(values + p) + sum);
  }
}
