/** Brownian motion and one level that it may touch: what a payoff is worth on either side of that. */

import { exp } from "./elementary.ts";
import { normalCdf, normalLogCdf, normalPdf } from "./normal.ts";

/** How the logarithm of a price moves until one date: mean + deviation · standard normal. */
export interface Motion {
  readonly mean: number;
  /** ≥ 0; at 0 the price moves along a straight line. */
  readonly deviation: number;
}

/** A level of the log price. `up`: it is touched from below. */
export interface Barrier {
  readonly direction: "up" | "down";
  /** Log price; in the same units as every other one. */
  readonly at: number;
}

/** Pays asset·e^X + cash at the date where the log price X is between `from` and `to`. */
export interface Claim {
  readonly asset: number;
  readonly cash: number;
  readonly from: number;
  readonly to: number;
}

/** A value, undiscounted, and its derivative by the log price now. */
export interface Sloped {
  readonly value: number;
  readonly slope: number;
}

const NOTHING: Sloped = { value: 0, slope: 0 };

/** Beyond this weight the product of weight and tail is taken in logarithms; e^709 is the largest. */
const WEIGHT_MAX = 600;
const INVERSE_SQRT_TWO_PI = 0.3989422804014327;

/** Whether a log price is at the level or beyond it. */
export function isBeyond(barrier: Barrier, x: number): boolean {
  return barrier.direction === "up" ? x >= barrier.at : x <= barrier.at;
}

/** e^w · N(d), also where the one overflows and the other underflows. */
export function weightedTail(w: number, d: number): number {
  return w > WEIGHT_MAX ? exp(w + normalLogCdf(d)) : exp(w) * normalCdf(d);
}

/** e^w · (N(high) - N(low)), from the tails that are small. */
function weightedBetween(w: number, low: number, high: number): number {
  if (high === Number.POSITIVE_INFINITY) return weightedTail(w, -low);
  if (low === Number.NEGATIVE_INFINITY) return weightedTail(w, high);
  if (w > WEIGHT_MAX) {
    return low > 0
      ? weightedTail(w, -low) - weightedTail(w, -high)
      : weightedTail(w, high) - weightedTail(w, low);
  }
  const between = low > 0 ? normalCdf(-low) - normalCdf(-high) : normalCdf(high) - normalCdf(low);
  return exp(w) * between;
}

/** What a payoff jumps by at an end, times e^w and how likely the price is d deviations away. */
function weightedEnd(w: number, claim: Claim, at: number, d: number): number {
  if (!Number.isFinite(at)) return 0;
  const density =
    w > WEIGHT_MAX ? INVERSE_SQRT_TWO_PI * exp(w - 0.5 * d * d) : exp(w) * normalPdf(d);
  return (claim.asset * exp(at) + claim.cash) * density;
}

/**
 * e^w · E[claim] of a motion from x, where only prices between two ends count. The slope is the
 * one by x, with w held.
 */
function weightedClaim(
  motion: Motion,
  w: number,
  x: number,
  claim: Claim,
  from: number,
  to: number,
): Sloped {
  if (!(from < to)) return NOTHING;
  const { asset, cash } = claim;
  const { mean, deviation } = motion;
  const low = (from - x - mean) / deviation;
  const high = (to - x - mean) / deviation;
  const growth = x + mean + 0.5 * deviation * deviation;
  const grown =
    asset === 0 ? 0 : asset * weightedBetween(w + growth, low - deviation, high - deviation);
  const paid = cash === 0 ? 0 : cash * weightedBetween(w, low, high);
  const ends = weightedEnd(w, claim, from, low) - weightedEnd(w, claim, to, high);
  return { value: grown + paid, slope: grown + ends / deviation };
}

/** A claim on a price that moves along a straight line; `beside` says on which side of a corner x is. */
function certainClaim(motion: Motion, x: number, claim: Claim, beside: number): Sloped {
  const end = beside + motion.mean;
  if (!(end > claim.from && end < claim.to)) return NOTHING;
  const slope = claim.asset * exp(x + motion.mean);
  return { value: slope + claim.cash, slope };
}

/**
 * Value of a claim when the log price starts at x.
 *
 * @param beside  a point next to x: says which side counts where the value has a corner or a jump
 * @source        F. Black & M. Scholes (1973)
 */
export function claimValue(motion: Motion, claim: Claim, x: number, beside: number = x): Sloped {
  if (motion.deviation === 0) return certainClaim(motion, x, claim, beside);
  return weightedClaim(motion, 0, x, claim, claim.from, claim.to);
}

/** {@link weightedClaim} where only prices on the near side of the level count, or on the far one. */
function weightedPart(
  motion: Motion,
  w: number,
  x: number,
  claim: Claim,
  barrier: Barrier,
  side: "near" | "far",
): Sloped {
  const isBelow = (barrier.direction === "up") === (side === "near");
  return isBelow
    ? weightedClaim(motion, w, x, claim, claim.from, Math.min(claim.to, barrier.at))
    : weightedClaim(motion, w, x, claim, Math.max(claim.from, barrier.at), claim.to);
}

/**
 * The paths from x to the near side by way of the level: as many as from the mirrored start
 * 2·level - x, with weight e^(2·mean·(level - x)/deviation²).
 */
function mirrored(motion: Motion, barrier: Barrier, claim: Claim, x: number): Sloped {
  const tilt = (2 * motion.mean) / (motion.deviation * motion.deviation);
  const w = tilt * (barrier.at - x);
  const image = weightedPart(motion, w, 2 * barrier.at - x, claim, barrier, "near");
  return { value: image.value, slope: -tilt * image.value - image.slope };
}

/**
 * Value of a claim that is paid only if the level is never touched until the date; 0 where x is
 * beyond the level.
 *
 * @param beside  as for {@link claimValue}
 * @source        reflection principle; M. Rubinstein & E. Reiner, Breaking Down the Barriers (1991)
 */
export function untouchedClaim(
  motion: Motion,
  barrier: Barrier,
  claim: Claim,
  x: number,
  beside: number = x,
): Sloped {
  if (isBeyond(barrier, beside)) return NOTHING;
  if (motion.deviation === 0) {
    const isTouched = isBeyond(barrier, beside + motion.mean);
    return isTouched ? NOTHING : certainClaim(motion, x, claim, beside);
  }
  const near = weightedPart(motion, 0, x, claim, barrier, "near");
  const image = mirrored(motion, barrier, claim, x);
  return { value: near.value - image.value, slope: near.slope - image.slope };
}

/**
 * Value of a claim that is paid only if the level is touched until the date; all of the claim
 * where x is beyond the level. Summed from its own parts, not taken as the difference from the
 * whole claim: a small chance keeps its digits.
 *
 * @param beside  as for {@link claimValue}
 * @source        as {@link untouchedClaim}
 */
export function touchedClaim(
  motion: Motion,
  barrier: Barrier,
  claim: Claim,
  x: number,
  beside: number = x,
): Sloped {
  if (isBeyond(barrier, beside)) return claimValue(motion, claim, x, beside);
  if (motion.deviation === 0) {
    const isTouched = isBeyond(barrier, beside + motion.mean);
    return isTouched ? certainClaim(motion, x, claim, beside) : NOTHING;
  }
  const far = weightedPart(motion, 0, x, claim, barrier, "far");
  const image = mirrored(motion, barrier, claim, x);
  return { value: far.value + image.value, slope: far.slope + image.slope };
}

/**
 * Value of one unit that is paid the moment the level is touched, if that is before the date.
 *
 * @param discount  rate · years until the date; NaN comes back when it is so far below 0 that the
 *                  formula leaves the real numbers: (mean/deviation)² + 2·discount < 0
 * @source          Rubinstein & Reiner (1991); E. G. Haug, The Complete Guide to Option Pricing
 *                  Formulas (2007), §4.17.1, term F
 */
export function valueAtTouch(
  motion: Motion,
  barrier: Barrier,
  discount: number,
  x: number,
): number {
  if (isBeyond(barrier, x)) return 1;
  const { mean, deviation } = motion;
  const distance = barrier.at - x;
  if (deviation === 0) {
    const share = distance / mean;
    return isBeyond(barrier, x + mean) ? exp(-discount * share) : 0;
  }
  const root = Math.sqrt(mean * mean + 2 * discount * deviation * deviation);
  const variance = deviation * deviation;
  const side = barrier.direction === "up" ? -1 : 1;
  return (
    weightedTail(((mean + root) / variance) * distance, (side * (distance + root)) / deviation) +
    weightedTail(((mean - root) / variance) * distance, (side * (distance - root)) / deviation)
  );
}
