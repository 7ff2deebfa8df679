import type { BarrierPosition } from "../book/index.ts";
import {
  type Barrier,
  type Claim,
  claimValue,
  exp,
  log,
  type Motion,
  type Sloped,
  touchedClaim,
  untouchedClaim,
} from "../numeric/index.ts";

/**
 * A barrier position at its node: two functions of the asset's log return there, one for paths
 * that have not touched the barrier so far and one for those that have.
 *
 * All numbers are the owner's, in the pool currency at the node's date; log returns are from the
 * spot now.
 */
export interface BarrierLeg {
  readonly id: string;
  /** Years from now to the node: the horizon, or the position's own expiry if that comes first. */
  readonly date: number;
  /** The log return at which the barrier is touched, and from where. */
  readonly barrier: Barrier;
  /** Whether the touch is what makes the contract pay: knock-in and one-touch. */
  readonly needsTouch: boolean;
  /** How the log price moves from the node to expiry, at the position's own volatility. */
  readonly motion: Motion;
  /** What is paid at expiry, discounted to the node, with quantity and side in it. */
  readonly claim: Claim;
  /** Log returns at which one of the functions has a corner or a jump. */
  readonly kinks: readonly number[];
  readonly valueNow: number;
  /** The owner owes no more: minus the collateral of an isolated short, else -Infinity. */
  readonly floor: number;
}

/** What a leg needs to know beyond the position. */
export interface BarrierSetting {
  /** Price of the asset now. */
  readonly spot: number;
  /** To the position's expiry. */
  readonly years: number;
  /** Years. */
  readonly horizon: number;
  /** Per year, continuously compounded. */
  readonly discountRate: number;
}

/**
 * Turns a position into a leg.
 *
 * Beyond the node the price is lognormal with the position's volatility, whatever price it then
 * starts from (sticky strike), grows with the carry of the position's own forward, and value is
 * discounted at the discount rate: the conventions of options.
 */
export function barrierLeg(position: BarrierPosition, setting: BarrierSetting): BarrierLeg {
  const { spot, years, horizon } = setting;
  const left = Math.max(0, years - horizon);
  const barrier: Barrier = {
    direction: position.direction,
    at: log(position.barrier / spot),
  };
  const needsTouch = position.kind === "knock-in" || position.kind === "one-touch";
  const motion = motionOf(position, setting, left);
  const claim = claimOf(position, setting, left);
  const now = motionOf(position, setting, years);
  const claimNow = claimOf(position, setting, years);
  return {
    id: position.id,
    date: Math.min(years, horizon),
    barrier,
    needsTouch,
    motion,
    claim,
    kinks: kinksOf(barrier, motion, claim),
    valueNow: aliveAt({ barrier, needsTouch, motion: now, claim: claimNow }, 0).value,
    floor:
      position.collateral === undefined ? Number.NEGATIVE_INFINITY : -Number(position.collateral),
  };
}

function motionOf(position: BarrierPosition, setting: BarrierSetting, left: number): Motion {
  const { spot, years } = setting;
  const { forward, impliedVolatility } = position;
  const carry = forward === undefined ? 0 : log(forward / spot) / years;
  return {
    mean: (carry - 0.5 * impliedVolatility * impliedVolatility) * left,
    deviation: impliedVolatility * Math.sqrt(left),
  };
}

function claimOf(position: BarrierPosition, setting: BarrierSetting, left: number): Claim {
  const { spot, discountRate } = setting;
  const factor =
    (position.side === "long" ? 1 : -1) * position.quantity * exp(-discountRate * left);
  const [from, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const { strike } = position;
  if (strike === undefined) return { asset: 0, cash: factor * Number(position.cash), from, to };
  const at = log(strike / spot);
  return position.type === "call"
    ? { asset: factor * spot, cash: -factor * strike, from: at, to }
    : { asset: -factor * spot, cash: factor * strike, from, to: at };
}

function kinksOf(barrier: Barrier, motion: Motion, claim: Claim): number[] {
  // With uncertainty left only the touch itself is a corner; without, everything at its date is.
  if (motion.deviation > 0) return [barrier.at];
  const later = [barrier.at, claim.from, claim.to].map((at) => at - motion.mean);
  return [...new Set([barrier.at, ...later.filter(Number.isFinite)])].sort((a, b) => a - b);
}

/**
 * Value and slope of a leg at a log return when the barrier has not been touched before. At the
 * barrier and beyond it is touched there and then.
 *
 * @param beside  a point next to x: says which side counts at a kink
 * @source        see untouchedClaim and touchedClaim in numeric
 */
export function aliveAt(
  leg: Pick<BarrierLeg, "barrier" | "needsTouch" | "motion" | "claim">,
  x: number,
  beside: number = x,
): Sloped {
  const value = leg.needsTouch ? touchedClaim : untouchedClaim;
  return value(leg.motion, leg.barrier, leg.claim, x, beside);
}

/** Value and slope of a leg at a log return when the barrier has been touched; else as {@link aliveAt}. */
export function touchedAt(
  leg: Pick<BarrierLeg, "needsTouch" | "motion" | "claim">,
  x: number,
  beside: number = x,
): Sloped {
  return leg.needsTouch ? claimValue(leg.motion, leg.claim, x, beside) : { value: 0, slope: 0 };
}

/**
 * What the pool loses by a leg at a log return: its value less its value now, and never more than
 * the owner's collateral leaves to lose.
 *
 * For full revaluation, and for tables of one asset's moves.
 */
export function barrierLoss(leg: BarrierLeg, x: number, isTouched: boolean): number {
  const { value } = isTouched ? touchedAt(leg, x) : aliveAt(leg, x);
  return Math.max(value, leg.floor) - worthNow(leg);
}

/** Value now to the owner, who owes no more than the collateral. */
export function worthNow(leg: BarrierLeg): number {
  return Math.max(leg.valueNow, leg.floor);
}
