/** How heavy the tails of returns are. */

import { exp, lgamma, log, log1p, minimise, semidefiniteCholesky } from "../numeric/index.ts";

/** The degrees of freedom that were fitted lie within these, both included as "at the bound". */
export const DEGREES_OF_FREEDOM_MIN = 2.1;
export const DEGREES_OF_FREEDOM_MAX = 200;

const LOG_PI = 1.1447298858494002;

/** Degrees of freedom of a multivariate Student t with unit variances. */
export interface TailFit {
  /** In [2.1, 200]. */
  readonly degreesOfFreedom: number;
  readonly logLikelihood: number;
  /** From the curvature of the log-likelihood; null when the fit lies at a bound. */
  readonly standardError: number | null;
  /** 200 at the upper bound means that the tails are no heavier than normal. */
  readonly atBound: boolean;
}

/**
 * Fits the degrees of freedom of a multivariate Student t by maximum likelihood with its
 * correlation held fixed, for returns of mean 0 and variance 1 in each column.
 *
 * The density is that of a t with scale matrix R·(ν−2)/ν, so that its variances are 1 for every ν.
 * Rows that depend on others (a singular R) carry no density of their own and are left out.
 *
 * @param standardised  [rows×width] mean 0, variance 1
 * @param correlation   [width×width] positive semidefinite
 * @source              McNeil, Frey & Embrechts, Quantitative Risk Management (2015), section 6.2
 */
export function fitDegreesOfFreedom(
  standardised: Float64Array,
  correlation: Float64Array,
  width: number,
): TailFit {
  const { distances, dimension, logDeterminant } = squaredDistances(
    standardised,
    correlation,
    width,
  );
  const likelihood = (n: number): number => {
    const rows = distances.length;
    const constant =
      lgamma((n + dimension) / 2) -
      lgamma(n / 2) -
      (dimension / 2) * (LOG_PI + log(n - 2)) -
      0.5 * logDeterminant;
    let sum = 0;
    for (let r = 0; r < rows; r++) sum += log1p(distances[r]! / (n - 2));
    return rows * constant - ((n + dimension) / 2) * sum;
  };
  // In ln(ν − 2) the likelihood has one hump of even width.
  const low = log(DEGREES_OF_FREEDOM_MIN - 2);
  const high = log(DEGREES_OF_FREEDOM_MAX - 2);
  const found = minimise((t) => -likelihood(2 + exp(t)), low, high, 1e-9);
  const atBound = found.x === low || found.x === high;
  const degreesOfFreedom = atBound
    ? found.x === low
      ? DEGREES_OF_FREEDOM_MIN
      : DEGREES_OF_FREEDOM_MAX
    : 2 + exp(found.x);
  const logLikelihood = likelihood(degreesOfFreedom);
  // A step of 1 % of ν − 2: wide against the rounding of the sum, narrow against the hump.
  const h = 0.01 * (degreesOfFreedom - 2);
  const curvature =
    (likelihood(degreesOfFreedom + h) - 2 * logLikelihood + likelihood(degreesOfFreedom - h)) /
    (h * h);
  const standardError = !atBound && curvature < 0 ? 1 / Math.sqrt(-curvature) : null;
  return { degreesOfFreedom, logLikelihood, standardError, atBound };
}

/** z'·R⁻¹·z of each row, by forward substitution through the pivots of R. */
function squaredDistances(
  standardised: Float64Array,
  correlation: Float64Array,
  width: number,
): { distances: Float64Array; dimension: number; logDeterminant: number } {
  const { lower, pivots, rank } = semidefiniteCholesky(correlation, width);
  const distances = new Float64Array(standardised.length / width);
  const solved = new Float64Array(width);
  let logDeterminant = 0;
  for (let j = 0; j < width; j++) {
    if (pivots[j] === 1) logDeterminant += 2 * log(lower[j * width + j]!);
  }
  for (let r = 0; r < distances.length; r++) {
    let sum = 0;
    for (let j = 0; j < width; j++) {
      if (pivots[j] === 0) continue;
      let rest = standardised[r * width + j]!;
      for (let k = 0; k < j; k++) rest -= lower[j * width + k]! * solved[k]!;
      solved[j] = rest / lower[j * width + j]!;
      sum += solved[j]! * solved[j]!;
    }
    distances[r] = sum;
  }
  return { distances, dimension: rank, logDeterminant };
}
