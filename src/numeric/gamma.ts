/** The gamma function and the distributions made of it. */

import { exp, log, log1p } from "./elementary.ts";

const HALF_LOG_TWO_PI = 0.9189385332046728;
const TWO_PI = 2 * Math.PI;
const EPSILON = 2.220446049250313e-16;
const TINY = 1e-300;

/**
 * What Stirling's formula misses: ln Γ(x+1) − ((x+½)·ln x − x + ½·ln 2π), for x > 0.
 *
 * Absolute error 2e-15. With it products of gamma functions need no difference of large numbers.
 *
 * @source C. Loader, Fast and Accurate Computation of Binomial Probabilities (2000)
 */
export function stirlingError(x: number): number {
  let shifted = x;
  let sum = 0;
  // Each step up is exact: error(x) = error(x+1) + (x+½)·ln(1+1/x) − 1.
  for (; shifted < 16; shifted++) sum += (shifted + 0.5) * log1p(1 / shifted) - 1;
  const w = 1 / (shifted * shifted);
  const series =
    1 / 12 - w * (1 / 360 - w * (1 / 1260 - w * (1 / 1680 - w * (1 / 1188 - w * (691 / 360360)))));
  return sum + series / shifted;
}

/**
 * Deviance x·ln(x/m) + m − x ≥ 0, without cancellation where x is near m; x ≥ 0, m > 0.
 *
 * @source C. Loader (2000), function bd0
 */
export function deviance(x: number, m: number): number {
  if (x === 0) return m;
  if (Math.abs(x - m) < 0.1 * (x + m)) {
    const v = (x - m) / (x + m);
    let sum = (x - m) * v;
    let term = 2 * x * v;
    for (let j = 1; j < 1000; j++) {
      term *= v * v;
      const next = sum + term / (2 * j + 1);
      if (next === sum) return next;
      sum = next;
    }
  }
  return x * log(x / m) + m - x;
}

/** ln Γ(x) for x > 0; error at most 4e-15 or one part in 1e15, whichever is larger. */
export function lgamma(x: number): number {
  if (!(x > 0)) return Number.NaN;
  return (x - 0.5) * log(x) - x + HALF_LOG_TWO_PI + stirlingError(x);
}

/** x^a·e^-x / Γ(a+1). */
function poissonTerm(a: number, x: number): number {
  return exp(-stirlingError(a) - deviance(a, x)) / Math.sqrt(TWO_PI * a);
}

/**
 * Regularised incomplete gamma functions: `lower` P(a, x) and `upper` Q(a, x) = 1 − P, each with
 * full relative accuracy where it is the smaller one (1e-13 for a ≤ 1e6).
 *
 * Series for x < a + 1, Legendre's continued fraction (modified Lentz) beyond.
 *
 * @param a  shape > 0
 * @param x  ≥ 0
 */
export function incompleteGamma(a: number, x: number): { lower: number; upper: number } {
  if (!(a > 0) || !(x >= 0)) return { lower: Number.NaN, upper: Number.NaN };
  if (x === 0) return { lower: 0, upper: 1 };
  if (x === Number.POSITIVE_INFINITY) return { lower: 1, upper: 0 };
  const front = poissonTerm(a, x);
  if (x < a + 1) {
    let term = 1;
    let sum = 1;
    for (let k = 1; term > sum * EPSILON * 0.1; k++) {
      term *= x / (a + k);
      sum += term;
    }
    const lower = Math.min(1, front * sum);
    return { lower, upper: 1 - lower };
  }
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < 1_000_000; k++) {
    const numerator = -k * (k - a);
    b += 2;
    d = 1 / nonZero(numerator * d + b);
    c = nonZero(b + numerator / c);
    const factor = d * c;
    fraction *= factor;
    if (Math.abs(factor - 1) < EPSILON) break;
  }
  const upper = Math.min(1, front * a * fraction);
  return { lower: 1 - upper, upper };
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/**
 * The x with P(a, x) = `lower`, or Q(a, x) = `upper`; both are given so that neither tail loses
 * digits, and the smaller one is solved for. Relative error 1e-12.
 *
 * Newton's method for the logarithm of the probability in ln x: it is concave there, so the method
 * converges from any start.
 *
 * @param a      shape > 0
 * @param lower  in [0, 1]
 * @param upper  1 − lower
 */
export function gammaQuantile(a: number, lower: number, upper: number = 1 - lower): number {
  if (!(a > 0) || !(lower >= 0 && upper >= 0)) return Number.NaN;
  if (lower === 0) return 0;
  if (upper === 0) return Number.POSITIVE_INFINITY;
  const fromBelow = lower <= upper;
  const target = log(fromBelow ? lower : upper);
  let t = log(a);
  let good = t;
  for (let step = 0; step < 200; step++) {
    const x = exp(t);
    const tails = incompleteGamma(a, x);
    const tail = fromBelow ? tails.lower : tails.upper;
    // A step so far out that the tail vanishes is halved, never extrapolated.
    if (!(tail > 0)) {
      t = 0.5 * (t + good);
      continue;
    }
    good = t;
    const slope = (a * poissonTerm(a, x)) / tail;
    const move = ((target - log(tail)) / slope) * (fromBelow ? 1 : -1);
    t += move;
    if (Math.abs(move) < 1e-15 * Math.max(1, Math.abs(t))) break;
  }
  return exp(t);
}

/**
 * Quantile of the chi-square distribution.
 *
 * @param degreesOfFreedom  > 0, need not be whole
 * @param p                 probability of being at most the result
 * @param q                 1 − p, for a p so near 1 that it has lost its digits
 */
export function chiSquareQuantile(degreesOfFreedom: number, p: number, q: number = 1 - p): number {
  return 2 * gammaQuantile(0.5 * degreesOfFreedom, p, q);
}

/** Probability that a chi-square variable is at most x. */
export function chiSquareCdf(degreesOfFreedom: number, x: number): number {
  return incompleteGamma(0.5 * degreesOfFreedom, 0.5 * x).lower;
}

/** Density of the chi-square distribution at x > 0. */
export function chiSquarePdf(degreesOfFreedom: number, x: number): number {
  const a = 0.5 * degreesOfFreedom;
  return (a * poissonTerm(a, 0.5 * x)) / x;
}
