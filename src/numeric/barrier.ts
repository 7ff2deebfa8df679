/** Options that depend on whether a price touches a level: one value at a time, in closed form. */

import { PoolError, received } from "../basics/index.ts";
import { checkNumbers } from "./black.ts";
import { exp, log } from "./elementary.ts";
import {
  type Barrier,
  type Claim,
  claimValue,
  type Motion,
  touchedClaim,
  untouchedClaim,
  valueAtTouch,
} from "./passage.ts";

/** A lognormal price. */
export interface LognormalInput {
  /** > 0, pool currency per coin. */
  readonly spot: number;
  /** ≥ 0, per year: 0.8 = 80 %. */
  readonly volatility: number;
  /** ≥ 0, to expiry, of 365 days. */
  readonly years: number;
  /** Continuously compounded per year, discounts what is paid; 0 when left out. */
  readonly rate?: number;
  /** Growth of the forward per year: rate less yield; 0 when left out. */
  readonly carry?: number;
}

/** Pays asset·S + cash at expiry if S is above the strike (call) or below it (put). */
export interface DigitalInput extends LognormalInput {
  readonly type: "call" | "put";
  /** > 0, pool currency per coin. */
  readonly strike: number;
  /** Coins; 0 when left out. */
  readonly asset?: number;
  /** Pool currency; 0 when left out. */
  readonly cash?: number;
}

/** The level that brings a contract to life or ends it, watched without a break until expiry. */
export interface BarrierTerms {
  readonly kind: "knock-in" | "knock-out";
  /** `up`: touched from below. A spot at the barrier or beyond has touched it. */
  readonly direction: "up" | "down";
  /** > 0, pool currency per coin. */
  readonly barrier: number;
}

/** A European option with a barrier. */
export interface BarrierOptionInput extends LognormalInput, BarrierTerms {
  readonly type: "call" | "put";
  /** > 0, pool currency per coin. */
  readonly strike: number;
  /** Pool currency: paid at the touch when knocked out, at expiry when never knocked in. */
  readonly rebate?: number;
}

/** A fixed amount for touching a level, or for never touching it. */
export interface TouchInput extends LognormalInput {
  readonly kind: "one-touch" | "no-touch";
  readonly direction: "up" | "down";
  /** > 0, pool currency per coin. */
  readonly barrier: number;
  /** Pool currency. */
  readonly cash: number;
  /** When a one-touch pays; expiry when left out. A no-touch pays at expiry. */
  readonly paid?: "touch" | "expiry";
}

/** Between this many standard deviations of one interval and a barrier watched at its ends. */
const DISCRETE_SHIFT = 0.5825971579390106;

/** Everything in logarithms of the price over the spot. */
function setting(input: LognormalInput): { motion: Motion; discount: number } {
  const { volatility, years, rate = 0, carry = 0 } = input;
  const mean = (carry - 0.5 * volatility * volatility) * years;
  return {
    motion: { mean, deviation: volatility * Math.sqrt(years) },
    discount: exp(-rate * years),
  };
}

function levelOf(input: {
  readonly spot: number;
  readonly barrier: number;
  readonly direction: "up" | "down";
}): Barrier {
  return { direction: input.direction, at: log(input.barrier / input.spot) };
}

function claimOf(input: DigitalInput): Claim {
  const { type, spot, strike, asset = 0, cash = 0 } = input;
  const at = log(strike / spot);
  return type === "call"
    ? { asset: asset * spot, cash, from: at, to: Number.POSITIVE_INFINITY }
    : { asset: asset * spot, cash, from: Number.NEGATIVE_INFINITY, to: at };
}

function check(
  input: LognormalInput,
  positive: { readonly [name: string]: number },
  finite: { readonly [name: string]: number | undefined } = {},
): void {
  const { spot, volatility, years, rate, carry } = input;
  checkNumbers({ spot, ...positive }, { volatility, years }, { rate, carry, ...finite });
}

/**
 * Value of a European digital: cash or nothing, asset or nothing, or both (a gap option).
 *
 * @throws PoolError NUMBER_NOT_FINITE, NUMBER_RANGE
 * @source Haug (2007), §4.19
 */
export function digitalOption(input: DigitalInput): number {
  check(input, { strike: input.strike }, { asset: input.asset, cash: input.cash });
  const { motion, discount } = setting(input);
  return discount * claimValue(motion, claimOf(input), 0).value;
}

/**
 * Value of a European digital with a barrier, paid at expiry.
 *
 * @throws PoolError NUMBER_NOT_FINITE, NUMBER_RANGE
 * @source M. Rubinstein & E. Reiner, Unscrambling the Binary Code (1991); Haug (2007), §4.19.5
 */
export function digitalBarrier(input: DigitalInput & BarrierTerms): number {
  const { strike, barrier, asset, cash } = input;
  check(input, { strike, barrier }, { asset, cash });
  return barrierClaim(input, claimOf(input));
}

function barrierClaim(input: LognormalInput & BarrierTerms, claim: Claim): number {
  const { motion, discount } = setting(input);
  const value = input.kind === "knock-in" ? touchedClaim : untouchedClaim;
  return discount * value(motion, levelOf(input), claim, 0).value;
}

/**
 * Value of a European option with a barrier and, where agreed, a rebate.
 *
 * @throws PoolError NUMBER_NOT_FINITE, NUMBER_RANGE (also for a rate too far below 0 to value a
 *         rebate at the touch)
 * @source M. Rubinstein & E. Reiner, Breaking Down the Barriers (1991); Haug (2007), §4.17.1
 */
export function barrierOption(input: BarrierOptionInput): number {
  const { type, strike, barrier, rebate = 0 } = input;
  check(input, { strike, barrier }, { rebate });
  const sign = type === "call" ? 1 : -1;
  const claim = claimOf({ ...input, asset: sign, cash: -sign * strike });
  // Rounding may take a worthless option below nothing.
  const value = Math.max(0, barrierClaim(input, claim));
  if (rebate === 0) return value;
  const repaid: TouchInput =
    input.kind === "knock-out"
      ? { ...input, kind: "one-touch", cash: rebate, paid: "touch" }
      : { ...input, kind: "no-touch", cash: rebate };
  return value + touchOption(repaid);
}

/**
 * Value of a fixed amount that is paid if a level is touched until expiry, or if it is not.
 *
 * @throws PoolError NUMBER_NOT_FINITE, NUMBER_RANGE
 * @source Rubinstein & Reiner, Unscrambling the Binary Code (1991); Haug (2007), §4.17.1, E and F
 */
export function touchOption(input: TouchInput): number {
  const { kind, barrier, cash, paid = "expiry" } = input;
  check(input, { barrier }, { cash });
  const { motion, discount } = setting(input);
  const level = levelOf(input);
  const always = {
    asset: 0,
    cash,
    from: Number.NEGATIVE_INFINITY,
    to: Number.POSITIVE_INFINITY,
  };
  if (kind === "no-touch") return discount * untouchedClaim(motion, level, always, 0).value;
  if (paid === "expiry") return discount * touchedClaim(motion, level, always, 0).value;
  const { rate = 0, years } = input;
  const value = valueAtTouch(motion, level, rate * years, 0);
  if (Number.isNaN(value)) throw rateTooLow(rate);
  return cash * value;
}

function rateTooLow(rate: number): PoolError {
  return new PoolError(
    [
      {
        code: "NUMBER_RANGE",
        pointer: "/rate",
        detail: "the rate is too far below 0 for a payment at the touch; let it be paid at expiry",
        expected: "rate >= -(carry - volatility²/2)²/(2·volatility²)",
        received: received(rate),
      },
    ],
    "option",
  );
}

/**
 * Probability that a price touches a barrier within some time.
 *
 * @param input  `carry` is the expected growth of the price per year
 * @throws       PoolError NUMBER_NOT_FINITE, NUMBER_RANGE
 * @source       reflection principle, e.g. Karatzas & Shreve, Brownian Motion and Stochastic
 *               Calculus (1991), §2.8 and §3.5.C
 */
export function firstPassageProbability(
  input: LognormalInput & Pick<BarrierTerms, "direction" | "barrier">,
): number {
  return touchOption({ ...input, rate: 0, kind: "one-touch", cash: 1 });
}

/**
 * The barrier that, watched without a break, is touched about as often as `barrier` is when it is
 * looked at only once per interval: further away by 0.5826 standard deviations of one interval.
 * Good to the third digit of an option's value unless the spot stands within a few of them.
 *
 * @param interval  > 0, years between two looks
 * @throws          PoolError NUMBER_NOT_FINITE, NUMBER_RANGE
 * @source          Broadie, Glasserman & Kou, A Continuity Correction for Discrete Barrier Options
 *                  (1997); 0.5826 = -zeta(1/2)/sqrt(2 pi)
 */
export function discreteBarrier(input: {
  readonly direction: "up" | "down";
  readonly barrier: number;
  readonly volatility: number;
  readonly interval: number;
}): number {
  const { direction, barrier, volatility, interval } = input;
  checkNumbers({ barrier, interval }, { volatility });
  const away = direction === "up" ? 1 : -1;
  return barrier * exp(away * DISCRETE_SHIFT * volatility * Math.sqrt(interval));
}
