import { number, object, received } from "../basics/index.ts";
import { exp } from "../numeric/index.ts";
import { gather } from "./argument.ts";

/** A rate with one bend, steeper by `jump` above it. */
export interface KinkedCurve {
  /** Rate of an unused pool, fraction per year. */
  readonly base: number;
  /** Fraction per year for a utilisation of 1, up to the kink. */
  readonly slope: number;
  /** Utilisation of the bend; 1 or more for none. */
  readonly kink: number;
  /** Fraction per year for a utilisation of 1, counted from the kink. */
  readonly jump: number;
}

/** A rate that rises by `slope1` up to the optimum and by `slope2` from there to full use. */
export interface TwoSlopeCurve {
  /** Rate of an unused pool, fraction per year. */
  readonly base: number;
  /** Rise from no use to the optimum, fraction per year. */
  readonly slope1: number;
  /** Rise from the optimum to full use, fraction per year. */
  readonly slope2: number;
  /** Utilisation, above 0 and below 1. */
  readonly optimal: number;
}

/** A curve whose height follows how long utilisation was off its target. */
export interface AdaptiveCurve {
  /** Utilisation at which nothing moves, above 0 and below 1. */
  readonly target: number;
  /** ≥ 1: the rate of full use in times of that at the target, and of that in times of no use. */
  readonly steepness: number;
  /** Growth of the rate at target per year of full use, as an exponent. */
  readonly speed: number;
  /** Bounds of the rate at target, fractions per year. */
  readonly lowest: number;
  readonly highest: number;
}

/** What an adaptive curve charged over a period, and where it stands after it. */
export interface AdaptiveRate {
  /** Rate of the period, fraction per year. */
  readonly average: number;
  /** Rate when it ends. */
  readonly end: number;
  /** Rate at target when it ends: the start of the next period. */
  readonly rateAtTarget: number;
}

/** The constants of Morpho's curve, immutable on every chain it is on. */
export const MORPHO_CURVE: AdaptiveCurve = Object.freeze({
  target: 0.9,
  steepness: 4,
  speed: 50,
  lowest: 0.001,
  highest: 2,
});

/** No curve in use comes near; what lies beyond is another unit, and could overflow. */
const RATE_MAX = 1e6;

const rate = number({ min: 0, max: RATE_MAX, unit: "fraction per year, 1 = 100 %" });
const utilised = number({
  min: 0,
  max: 1,
  unit: "borrowed over supplied, 1 = 100 %",
  hint: "a utilisation is a fraction of what was supplied",
});
const inside = number({ exclusiveMin: 0, exclusiveMax: 1, unit: "utilisation, 1 = 100 %" });
const amount = number({ min: 0, unit: "amount, in the same unit as the other" });

const kinked = object<KinkedCurve>({
  base: rate,
  slope: rate,
  kink: number({ min: 0, max: RATE_MAX, unit: "utilisation, 1 = 100 %" }),
  jump: rate,
});
const twoSlope = object<TwoSlopeCurve>({
  base: rate,
  slope1: rate,
  slope2: rate,
  optimal: inside,
});
const adaptive = object<AdaptiveCurve>({
  target: inside,
  steepness: number({ min: 1, max: RATE_MAX, unit: "times the rate at target" }),
  speed: number({ min: 0, max: RATE_MAX, unit: "exponent per year" }),
  lowest: rate,
  highest: rate,
});

/**
 * How much of a pool is in use: borrowed / supplied, and 0 for a pool that is empty.
 *
 * @param borrowed  ≥ 0, at most what was supplied; in any unit
 * @param supplied  ≥ 0, in the same unit
 * @returns         0 … 1
 * @throws          PoolError TYPE, NUMBER_NOT_FINITE, NUMBER_RANGE, OVERBORROWED; all at once
 */
export function utilisation(borrowed: number, supplied: number): number {
  const found = gather({ borrowed: amount, supplied: amount }, { borrowed, supplied });
  if (found.issues.length === 0 && borrowed > supplied) {
    found.add({
      code: "OVERBORROWED",
      pointer: "/borrowed",
      detail:
        "more is borrowed than was supplied; count interest owed to the suppliers as supplied, and settle a loss before asking for a rate",
      expected: `number >= 0 and <= ${supplied} (amount, at most what was supplied)`,
      received: received(borrowed),
    });
  }
  found.throwIfAny("utilisation");
  return borrowed === 0 ? 0 : borrowed / supplied;
}

/**
 * Borrow rate on a curve with one bend: base + slope · min(U, kink) + jump · max(U − kink, 0).
 *
 * @param used  utilisation, 0 … 1
 * @returns     fraction per year; never falls as utilisation rises
 * @throws      PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE; all at once
 * @source      Compound, JumpRateModel (compound-protocol)
 */
export function kinkedRate(used: number, curve: KinkedCurve): number {
  gather({ utilisation: utilised, curve: kinked }, { utilisation: used, curve }).throwIfAny("rate");
  const { base, slope, kink, jump } = curve;
  return base + slope * Math.min(used, kink) + jump * Math.max(used - kink, 0);
}

/**
 * Borrow rate on two straight lines that meet at the optimum:
 * base + slope1 · U / optimal up to it, + slope2 · (U − optimal) / (1 − optimal) beyond.
 *
 * @param used  utilisation, 0 … 1
 * @returns     fraction per year; never falls as utilisation rises
 * @throws      PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE; all at once
 * @source      Aave v3, DefaultReserveInterestRateStrategy (aave-v3-core)
 */
export function twoSlopeRate(used: number, curve: TwoSlopeCurve): number {
  gather({ utilisation: utilised, curve: twoSlope }, { utilisation: used, curve }).throwIfAny(
    "rate",
  );
  const { base, slope1, slope2, optimal } = curve;
  if (used <= optimal) return base + slope1 * (used / optimal);
  return base + slope1 + slope2 * ((used - optimal) / (1 - optimal));
}

/**
 * What suppliers earn: the borrow rate on what is in use, less the part that the pool keeps.
 *
 * @param borrowRate     fraction per year
 * @param used           utilisation, 0 … 1
 * @param reserveFactor  0 … 1, the part of interest that goes to the pool's reserve
 * @returns              fraction per year on all that is supplied
 * @throws               PoolError TYPE, NUMBER_NOT_FINITE, NUMBER_RANGE; all at once
 */
export function supplyRate(borrowRate: number, used: number, reserveFactor: number): number {
  gather(
    {
      borrowRate: rate,
      utilisation: utilised,
      reserveFactor: number({ min: 0, max: 1, unit: "part of the interest, 1 = 100 %" }),
    },
    { borrowRate, utilisation: used, reserveFactor },
  ).throwIfAny("rate");
  return borrowRate * used * (1 - reserveFactor);
}

/**
 * Borrow rate over a period on a curve that shifts while utilisation is off its target.
 *
 * The error is 0 at the target, 1 in full use and −1 without use. The rate at target grows by
 * exp(speed · error · years) and stays between its bounds; the rate is (C · error + 1) times it,
 * C = steepness − 1 above the target and 1 − 1 / steepness below. The average is that of the
 * trapezoids through start, middle and end, as the protocol takes it: with 50 per year, at most
 * 1 % above the true mean for periods within five days. The chain's own exponential is a polynomial
 * of second degree and may differ by almost 1 % from this.
 *
 * @param rateAtTarget  when the period starts, between the bounds of the curve
 * @param used          utilisation throughout the period, 0 … 1
 * @param years         length of the period, in years of 365 days, ≥ 0
 * @param curve         {@link MORPHO_CURVE} when left out
 * @throws              PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE; all at once
 * @source              Morpho, AdaptiveCurveIrm (morpho-blue-irm)
 */
export function adaptiveRate(
  rateAtTarget: number,
  used: number,
  years: number,
  curve: AdaptiveCurve = MORPHO_CURVE,
): AdaptiveRate {
  checkAdaptive(rateAtTarget, used, years, curve);
  const { target, steepness, speed, lowest, highest } = curve;
  const error = (used - target) / (used > target ? 1 - target : target);
  const growth = speed * error * years;
  const grown = (exponent: number) =>
    Math.min(highest, Math.max(lowest, rateAtTarget * exp(exponent)));
  const middle = grown(growth / 2);
  const end = grown(growth);
  const height = error * (error > 0 ? steepness - 1 : 1 - 1 / steepness) + 1;
  return {
    average: (height * (rateAtTarget + 2 * middle + end)) / 4,
    end: height * end,
    rateAtTarget: end,
  };
}

function checkAdaptive(
  rateAtTarget: number,
  used: number,
  years: number,
  curve: AdaptiveCurve,
): void {
  const fields = {
    rateAtTarget: rate,
    utilisation: utilised,
    years: number({ min: 0, unit: "years of 365 days" }),
    curve: adaptive,
  };
  const found = gather(fields, { rateAtTarget, utilisation: used, years, curve });
  if (found.issues.length === 0) {
    const { lowest, highest } = curve;
    if (lowest > highest) {
      found.add({
        code: "NUMBER_RANGE",
        pointer: "/curve/lowest",
        detail: "the bounds of the rate at target are the wrong way round",
        expected: `number >= 0 and <= ${highest} (fraction per year, 1 = 100 %)`,
        received: received(lowest),
      });
    } else if (rateAtTarget < lowest || rateAtTarget > highest) {
      found.add({
        code: "NUMBER_RANGE",
        pointer: "/rateAtTarget",
        detail: "a rate at target never leaves the bounds of its curve",
        expected: `number >= ${lowest} and <= ${highest} (fraction per year, 1 = 100 %)`,
        received: received(rateAtTarget),
      });
    }
  }
  found.throwIfAny("rate");
}
