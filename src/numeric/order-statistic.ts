/** Which order statistics enclose a quantile. */

import { binomialQuantile } from "./beta.ts";

/**
 * Ranks of the two order statistics that enclose the quantile at `level` with at least
 * `confidence`, whatever the distribution.
 *
 * lower = qbinom((1−c)/2; n, level), upper = qbinom((1+c)/2; n, level) + 1. A sample too small to
 * bound the quantile from above has `upper` null, one too small to bound it from below `lower` 0:
 * 1-based ranks run from 1 to n.
 *
 * @param level       of the quantile, in (0, 1): 0.99
 * @param n           sample size, whole, ≥ 1
 * @param confidence  of the interval, in (0, 1): 0.95
 * @source            David & Nagaraja, Order Statistics (2003), section 7.1
 */
export function orderStatisticInterval(
  level: number,
  n: number,
  confidence: number,
): { lower: number; upper: number | null } {
  const lower = binomialQuantile((1 - confidence) / 2, n, level);
  const upper = binomialQuantile((1 + confidence) / 2, n, level) + 1;
  return { lower, upper: upper <= n ? upper : null };
}
