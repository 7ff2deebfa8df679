/** Student's t distribution. */

import { betaQuantile, incompleteBeta } from "./beta.ts";
import { exp, log1p } from "./elementary.ts";
import { deviance, stirlingError } from "./gamma.ts";

const SQRT_TWO_PI = 2.5066282746310002;

/**
 * Density of Student's t.
 *
 * @param x                 any
 * @param degreesOfFreedom  > 0, need not be whole
 * @source C. Loader (2000): saddle-point form, no difference of large logarithms
 */
export function studentPdf(x: number, degreesOfFreedom: number): number {
  const n = degreesOfFreedom;
  if (!(n > 0)) return Number.NaN;
  const gammas = stirlingError((n + 1) / 2) - stirlingError(n / 2) - deviance(n / 2, (n + 1) / 2);
  const ratio = (x * x) / n;
  return exp(gammas - 0.5 * n * log1p(ratio)) / (SQRT_TWO_PI * Math.sqrt(1 + ratio));
}

/**
 * Probability that Student's t is at most x; relative error 1e-12 in the lower tail.
 *
 * @param x                 any
 * @param degreesOfFreedom  > 0, need not be whole
 */
export function studentCdf(x: number, degreesOfFreedom: number): number {
  const n = degreesOfFreedom;
  if (!(n > 0)) return Number.NaN;
  const square = x * x;
  if (square === Number.POSITIVE_INFINITY) return x < 0 ? 0 : 1;
  const tails = incompleteBeta(n / 2, 0.5, n / (n + square), square / (n + square));
  return x < 0 ? 0.5 * tails.lower : 0.5 + 0.5 * tails.upper;
}

/**
 * Quantile of Student's t, relative error 1e-11.
 *
 * P(|t| > x) = I(n/2, ½) at n/(n+x²) is inverted, from the centre when p is near ½.
 *
 * @param p                 in (0, 1)
 * @param degreesOfFreedom  > 0, need not be whole
 */
export function studentQuantile(p: number, degreesOfFreedom: number): number {
  const n = degreesOfFreedom;
  if (!(n > 0) || !(p >= 0 && p <= 1)) return Number.NaN;
  if (p === 0.5) return 0;
  const outside = p < 0.5 ? 2 * p : 2 * (1 - p);
  const inside = p < 0.5 ? 1 - 2 * p : 2 * p - 1;
  const { x, y } = betaQuantile(n / 2, 0.5, outside, inside);
  const size = Math.sqrt((n * y) / x);
  return p < 0.5 ? -size : size;
}
