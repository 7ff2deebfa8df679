/** Search for the root of a function of one variable. */

import { assert } from "../basics/index.ts";

/**
 * Bisection: a place between `from` and `to` where f changes its sign, to the last bit that the two
 * ends allow, or to `tolerance`. Slow, at most some sixty steps for ends of one size, and sure.
 *
 * @param f  of opposite signs at the two ends, or 0 at one of them; one root, or one of several
 */
export function rootBetween(
  f: (x: number) => number,
  from: number,
  to: number,
  tolerance = 0,
): number {
  const start = f(from);
  if (start === 0) return from;
  const end = f(to);
  if (end === 0) return to;
  assert(start < 0 !== end < 0, "a root lies between values of opposite signs");
  let low = from;
  let high = to;
  while (Math.abs(high - low) > tolerance) {
    const middle = low + (high - low) / 2;
    if (middle === low || middle === high) break;
    const value = f(middle);
    if (value === 0) return middle;
    if (value < 0 === start < 0) low = middle;
    else high = middle;
  }
  return low + (high - low) / 2;
}
