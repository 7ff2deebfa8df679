/** The beta distribution and the binomial distribution made of it. */

import { exp, log } from "./elementary.ts";
import { deviance, stirlingError } from "./gamma.ts";
import { normalQuantile } from "./normal.ts";

const TWO_PI = 2 * Math.PI;
const EPSILON = 2.220446049250313e-16;
const TINY = 1e-300;

/**
 * x^a·y^b·Γ(a+b) / (Γ(a)·Γ(b)) with y = 1 − x, the density times x·y.
 *
 * @source C. Loader, Fast and Accurate Computation of Binomial Probabilities (2000), dbinom_raw
 */
function betaTerm(a: number, b: number, x: number, y: number): number {
  const n = a + b;
  const exponent =
    stirlingError(n) -
    stirlingError(a) -
    stirlingError(b) -
    deviance(a, n * x) -
    deviance(b, n * y);
  return exp(exponent) * Math.sqrt((a * b) / (TWO_PI * n));
}

/** Continued fraction for I_x(a, b), good for x < (a+1)/(a+b+2). */
function betaFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m < 1_000_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    const factor = d * c;
    fraction *= factor;
    if (Math.abs(factor - 1) < EPSILON) break;
  }
  return fraction;
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/**
 * Regularised incomplete beta function: `lower` I_x(a, b) and `upper` 1 − I_x(a, b), each with full
 * relative accuracy where it is the smaller one (1e-12 for a, b ≤ 1e7).
 *
 * @param a  > 0
 * @param b  > 0
 * @param x  in [0, 1]
 * @param y  1 − x, for an x so near 1 that it has lost its digits
 */
export function incompleteBeta(
  a: number,
  b: number,
  x: number,
  y: number = 1 - x,
): { lower: number; upper: number } {
  if (!(a > 0) || !(b > 0) || !(x >= 0) || !(y >= 0)) {
    return { lower: Number.NaN, upper: Number.NaN };
  }
  if (x === 0) return { lower: 0, upper: 1 };
  if (y === 0) return { lower: 1, upper: 0 };
  const front = betaTerm(a, b, x, y);
  if (x * (a + b + 2) < a + 1) {
    const lower = Math.min(1, (front * betaFraction(a, b, x)) / a);
    return { lower, upper: 1 - lower };
  }
  const upper = Math.min(1, (front * betaFraction(b, a, y)) / b);
  return { lower: 1 - upper, upper };
}

/** Below this ln(x/(1−x)) the distribution function is x^a / (a·B(a, b)) to all digits. */
export const DEEP: number = -60;

/** −ln B(a, b): what the density x^(a−1)·(1−x)^(b−1) is multiplied by, as a logarithm. */
export function betaLogScale(a: number, b: number): number {
  // At the mean, where Loader's form has nothing to cancel.
  const x = a / (a + b);
  const y = b / (a + b);
  return log(betaTerm(a, b, x, y)) - a * log(x) - b * log(y);
}

/**
 * The x with I_x(a, b) = `lower`, and y = 1 − x with its own digits. Relative error 1e-11.
 *
 * @param lower  in [0, 1]
 * @param upper  1 − lower, for a lower so near 1 that it has lost its digits
 */
export function betaQuantile(
  a: number,
  b: number,
  lower: number,
  upper: number = 1 - lower,
): { x: number; y: number } {
  if (!(a > 0) || !(b > 0) || !(lower >= 0 && upper >= 0)) return { x: Number.NaN, y: Number.NaN };
  if (lower === 0) return { x: 0, y: 1 };
  if (upper === 0) return { x: 1, y: 0 };
  return logistic(betaLogOdds(a, b, lower, upper));
}

/**
 * ln(x/(1−x)) of {@link betaQuantile}, which has room for an x that no double can hold.
 *
 * Newton's method for the logarithm of the smaller tail in ln(x/y): it is concave there, so the
 * method converges from any start.
 *
 * @param lower  in (0, 1)
 * @param upper  1 − lower
 */
export function betaLogOdds(a: number, b: number, lower: number, upper: number): number {
  const scale = betaLogScale(a, b);
  const left = (log(lower) + log(a) - scale) / a;
  if (left < DEEP) return left;
  const right = (log(upper) + log(b) - scale) / b;
  if (right < DEEP) return -right;
  const fromBelow = lower <= upper;
  const target = log(fromBelow ? lower : upper);
  let t = log(a / b);
  let good = t;
  for (let step = 0; step < 200; step++) {
    const { x, y } = logistic(t);
    const tails = incompleteBeta(a, b, x, y);
    const tail = fromBelow ? tails.lower : tails.upper;
    // A step so far out that the tail vanishes is halved, never extrapolated.
    if (!(tail > 0)) {
      t = 0.5 * (t + good);
      continue;
    }
    good = t;
    const slope = betaTerm(a, b, x, y) / tail;
    const move = ((target - log(tail)) / slope) * (fromBelow ? 1 : -1);
    t += move;
    if (Math.abs(move) < 1e-15 * Math.max(1, Math.abs(t))) break;
  }
  return t;
}

function logistic(t: number): { x: number; y: number } {
  const small = exp(-Math.abs(t));
  const near = 1 / (1 + small);
  return t < 0 ? { x: small * near, y: near } : { x: near, y: small * near };
}

/**
 * Probability of at most k successes in n independent trials.
 *
 * @param k     whole number; below 0 the result is 0, from n on it is 1
 * @param n     whole number ≥ 0
 * @param chance  of success in one trial, in [0, 1]
 */
export function binomialCdf(k: number, n: number, chance: number): number {
  if (!(chance >= 0 && chance <= 1) || !(n >= 0)) return Number.NaN;
  if (k < 0) return 0;
  if (k >= n) return 1;
  return incompleteBeta(n - k, k + 1, 1 - chance, chance).lower;
}

/**
 * Smallest k with binomialCdf(k, n, chance) ≥ p, exact for n up to 1e7.
 *
 * A p that is a value of the distribution function but for rounding (64 units in the last place)
 * counts as that value. Starts from the normal approximation, then brackets and halves.
 *
 * @param p       in [0, 1]
 * @param n       whole number ≥ 0
 * @param chance  of success in one trial, in [0, 1]
 */
export function binomialQuantile(p: number, n: number, chance: number): number {
  if (!(p >= 0 && p <= 1) || !(chance >= 0 && chance <= 1) || !(n >= 0)) return Number.NaN;
  if (p === 0 || n === 0 || chance === 0) return 0;
  if (p === 1 || chance === 1) return n;
  const wanted = p * (1 - 64 * EPSILON);
  const reaches = (k: number): boolean => binomialCdf(k, n, chance) >= wanted;
  const spread = Math.sqrt(n * chance * (1 - chance));
  const start = Math.floor(n * chance + normalQuantile(p) * spread);
  let high = Math.min(n, Math.max(0, start));
  let low = high;
  // Invariant sought: low does not reach (or is -1), high does.
  for (let step = 1; !reaches(high); step *= 2) {
    low = high;
    high = Math.min(n, high + step);
  }
  if (low === high) {
    for (let step = 1; low >= 0 && reaches(low); step *= 2) {
      high = low;
      low = Math.max(-1, low - step);
    }
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (reaches(middle)) high = middle;
    else low = middle;
  }
  return high;
}
