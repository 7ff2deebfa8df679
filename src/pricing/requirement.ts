import {
  array,
  flag,
  integer,
  number,
  object,
  optional,
  received,
  refuse,
} from "../basics/index.ts";
import { checkArguments, notNegative, part, positive } from "./argument.ts";

/** What is known of the risk when a requirement is set; volatilities of a day. */
export interface RequirementInput {
  /** Of late. */
  readonly volatility: number;
  /** Over the long look-back, ten years as a rule. */
  readonly longVolatility: number;
  /** Of the worst time within the look-back. */
  readonly stressedVolatility: number;
  /** Of the pool, 0 … 1. */
  readonly utilisation: number;
  /** Expected shortfall of the pool, in the unit of the requirement. */
  readonly shortfall: number;
}

/** How a requirement follows the risk. Whatever is left out is not applied. */
export interface RequirementTerms {
  /** Requirement in times of the volatility of a day, e.g. 2.33 · √days for 99 %. */
  readonly multiple: number;
  /** Utilisation from which on more is asked for; 1 when left out. */
  readonly utilisationKink?: number;
  /** Rise for each unit of utilisation beyond the kink, as a part. */
  readonly utilisationLoading?: number;
  /** Least requirement in times of the pool's expected shortfall. */
  readonly shortfallPart?: number;
  /** Most that is charged more from one day to the next, as a part: 0.05 = 5 %. */
  readonly riseMax?: number;
  /** Most that is charged less from one day to the next, as a part. */
  readonly fallMax?: number;
  /** What is charged stays while the target is no further off, as a part. */
  readonly band?: number;
  /** Margin on top of what is calculated, which is let go while that rises; 0.25 by the rules. */
  readonly buffer?: number;
  /**
   * Part of the missing buffer that is asked for again each day, 0 … 1; 0 when left out, so that it
   * fills only as what is calculated falls.
   */
  readonly bufferRefill?: number;
  /** Weight of the stressed volatility; 0.25 by the rules. */
  readonly stressedWeight?: number;
  /** Never less than with the volatility of the long look-back. */
  readonly isFloored?: boolean;
}

/** What has to be remembered from day to day; parts of the exposure. */
export interface RequirementState {
  /** What is calculated and what is left of the buffer. */
  readonly target: number;
  readonly charged: number;
  /** The target left the band, and what is charged is on its way there. */
  readonly isMoving: boolean;
}

/** A day's requirement, which is the state that the next day starts from. */
export interface RequirementStep extends RequirementState {
  /** By the risk of the day, before buffer, band and limits. */
  readonly calculated: number;
}

/** A day of a replay. */
export interface RequirementDay {
  /** Return of the exposure over the day, to either side; 0.05 = 5 %. */
  readonly move: number;
  /** Of the pool; 0 when left out. */
  readonly utilisation?: number;
  /** Of the pool, in the unit of the requirement; 0 when left out. */
  readonly shortfall?: number;
}

/** How volatilities are measured. */
export interface LookBack {
  /** λ of σ² = λσ² + (1 − λ)r², above 0 and below 1. */
  readonly decay: number;
  /** Days of the long look-back: 3,650 for ten years. */
  readonly longDays: number;
  /** Length of the worst time within it, days. */
  readonly stressedDays: number;
  /** Days that are looked at before the first requirement, at least `stressedDays`. */
  readonly warmUpDays: number;
  /** Days over which a call is measured. */
  readonly callDays: number;
}

/** What would have been asked for, day by day, and how it would have gone. */
export interface RequirementReplay {
  /** [days] from the end of the warm-up on. */
  readonly target: Float64Array;
  readonly charged: Float64Array;
  /** Highest over lowest of what was charged. */
  readonly peakToTrough: number;
  /** Most that was charged more within `callDays`. */
  readonly largestCall: number;
  readonly meanCharged: number;
  /** Part of the days whose move exceeded what was charged before it. */
  readonly exceeded: number;
}

/**
 * Sets the requirement of a day.
 *
 * Calculated is multiple · volatility, mixed with that of stress, raised by utilisation, and no less
 * than the floors. The target stands above it by the buffer, which is used up before the target
 * rises. What is charged follows the target once that has left the band, no faster than allowed.
 *
 * The three tools against procyclicality are those of the rules for clearing houses: a buffer of 25 %
 * that is released when requirements rise, 25 % weight for stressed observations, a floor by ten
 * years of history.
 *
 * @param state  of the day before; null on the first, which is charged its target
 * @throws       PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE; all at once
 * @source       Commission delegated regulation (EU) 153/2013, article 28; limit of the rate: Nexus
 *               Mutual, minimum capital requirement (Pool.sol)
 */
export function requirementStep(
  state: RequirementState | null,
  input: RequirementInput,
  terms: RequirementTerms,
): RequirementStep {
  checkArguments({ input: inputForm, terms: termsForm }, { input, terms }, "requirement");
  if (state) checkArguments({ state: stateForm }, { state: stateOf(state) }, "requirement");
  return step(state, input, terms);
}

/**
 * Replays requirements on a history: what would have been charged, how procyclical that would have
 * been, and how often it would not have been enough. No day sees what came after it.
 *
 * @throws  PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE, INTEGER;
 *          HISTORY_TOO_SHORT
 * @source  measures: Murphy, Vasios & Vause, An investigation into the procyclicality of risk-based
 *          initial margin models, Bank of England financial stability paper 29 (2014)
 */
export function replayRequirement(
  history: readonly RequirementDay[],
  terms: RequirementTerms,
  lookBack: LookBack,
): RequirementReplay {
  checkReplay(history, terms, lookBack);
  const { warmUpDays, callDays } = lookBack;
  const { recent, long, stressed } = volatilities(history, lookBack);
  const days = history.length - warmUpDays;
  const target = new Float64Array(days);
  const charged = new Float64Array(days);
  let state: RequirementState | null = null;
  let exceeded = 0;
  for (let day = 0; day < days; day++) {
    const at = warmUpDays - 1 + day;
    const { utilisation = 0, shortfall = 0 } = history[at]!;
    const [volatility, longVolatility] = [recent[at]!, long[at]!];
    const input = {
      volatility,
      longVolatility,
      stressedVolatility: stressed[at]!,
      utilisation,
      shortfall,
    };
    const now: RequirementStep = step(state, input, terms);
    target[day] = now.target;
    charged[day] = now.charged;
    if (Math.abs(history[at + 1]!.move) > now.charged) exceeded += 1;
    state = now;
  }
  let largestCall = 0;
  for (let day = 0; day < days; day++) {
    for (let before = Math.max(0, day - callDays); before < day; before++) {
      largestCall = Math.max(largestCall, charged[day]! - charged[before]!);
    }
  }
  const highest = charged.reduce((most, x) => Math.max(most, x), 0);
  const lowest = charged.reduce((least, x) => Math.min(least, x), highest);
  return {
    target,
    charged,
    peakToTrough: highest === 0 ? 1 : highest / lowest,
    largestCall,
    meanCharged: charged.reduce((sum, x) => sum + x, 0) / days,
    exceeded: exceeded / days,
  };
}

function step(
  state: RequirementState | null,
  input: RequirementInput,
  terms: RequirementTerms,
): RequirementStep {
  const calculated = calculate(input, terms);
  const { buffer = 0, bufferRefill = 0, band = 0 } = terms;
  const full = (1 + buffer) * calculated;
  const before = state ? state.target : full;
  const refilled = before + bufferRefill * Math.max(0, full - before);
  // While yesterday's target covers what is calculated, a rise uses up the buffer and no more.
  const target = Math.min(full, Math.max(calculated, refilled));
  if (!state) return { calculated, target, charged: target, isMoving: false };
  const { charged } = state;
  const isMoving = state.isMoving || Math.abs(target - charged) > band * charged;
  if (!isMoving) return { calculated, target, charged, isMoving };
  const { riseMax = Number.POSITIVE_INFINITY, fallMax = 1 } = terms;
  const highest = charged === 0 ? Number.POSITIVE_INFINITY : charged * (1 + riseMax);
  const moved = Math.min(highest, Math.max(charged * (1 - fallMax), target));
  return { calculated, target, charged: moved, isMoving: moved !== target };
}

function calculate(input: RequirementInput, terms: RequirementTerms): number {
  const { volatility, longVolatility, stressedVolatility, utilisation, shortfall } = input;
  const {
    multiple,
    utilisationKink = 1,
    utilisationLoading = 0,
    shortfallPart = 0,
    stressedWeight = 0,
    isFloored = false,
  } = terms;
  const mixed = (1 - stressedWeight) * volatility + stressedWeight * stressedVolatility;
  const crowded = 1 + utilisationLoading * Math.max(0, utilisation - utilisationKink);
  const floor = Math.max(isFloored ? multiple * longVolatility : 0, shortfallPart * shortfall);
  return Math.max(floor, multiple * mixed * crowded);
}

/** Volatilities of a history, as they were known at the end of each day. */
interface Volatilities {
  readonly recent: Float64Array;
  readonly long: Float64Array;
  readonly stressed: Float64Array;
}

/** About a mean of zero, as daily returns are measured. */
function volatilities(
  history: readonly RequirementDay[],
  { decay, longDays, stressedDays, warmUpDays }: LookBack,
): Volatilities {
  const n = history.length;
  // [days + 1] squares of all moves before the day.
  const squares = new Float64Array(n + 1);
  for (let day = 0; day < n; day++) squares[day + 1] = squares[day]! + history[day]!.move ** 2;
  const over = (from: number, to: number) =>
    Math.sqrt(Math.max(0, squares[to]! - squares[from]!) / (to - from));
  const recent = new Float64Array(n);
  const long = new Float64Array(n);
  const stressed = new Float64Array(n);
  let variance = over(0, warmUpDays) ** 2;
  // Ends of windows that may still become the worst, worst first.
  const ends: number[] = [];
  const windowTo = (end: number) => over(Math.max(0, end - stressedDays), end);
  for (let day = 0; day < n; day++) {
    variance = decay * variance + (1 - decay) * history[day]!.move ** 2;
    recent[day] = Math.sqrt(variance);
    const now = day + 1;
    long[day] = over(Math.max(0, now - longDays), now);
    if (now >= stressedDays) {
      while (ends.length > 0 && windowTo(ends[ends.length - 1]!) <= windowTo(now)) ends.pop();
      ends.push(now);
      if (ends[0]! - stressedDays < now - longDays) ends.shift();
    }
    stressed[day] = ends.length === 0 ? long[day]! : windowTo(ends[0]!);
  }
  return { recent, long, stressed };
}

const DAYS_MAX = 100_000;
const volatilityForm = number({ min: 0, max: 100, unit: "per day, 1 = 100 %" });
const requirement = notNegative("part of the exposure, 1 = 100 %");
const inputForm = object<RequirementInput>({
  volatility: volatilityForm,
  longVolatility: volatilityForm,
  stressedVolatility: volatilityForm,
  utilisation: part("of the pool, 1 = 100 %"),
  shortfall: requirement,
});
const stateForm = object<RequirementState>({
  target: requirement,
  charged: requirement,
  isMoving: flag(),
});
const termsForm = object<RequirementTerms>({
  multiple: positive("times the volatility of a day"),
  utilisationKink: optional(part("utilisation, 1 = 100 %")),
  utilisationLoading: optional(notNegative("part for each unit of utilisation")),
  shortfallPart: optional(notNegative("times the shortfall")),
  riseMax: optional(positive("part a day, 1 = 100 %")),
  fallMax: optional(number({ exclusiveMin: 0, max: 1, unit: "part a day, 1 = 100 %" })),
  band: optional(part("of what is charged, 1 = 100 %")),
  buffer: optional(notNegative("part of what is calculated, 1 = 100 %")),
  bufferRefill: optional(part("of what is missing, 1 = 100 %")),
  stressedWeight: optional(part("weight, 1 = 100 %")),
  isFloored: optional(flag()),
});

/** Without what a step holds beyond the state. */
function stateOf({ target, charged, isMoving }: RequirementState): RequirementState {
  return { target, charged, isMoving };
}

function checkReplay(
  history: readonly RequirementDay[],
  terms: RequirementTerms,
  lookBack: LookBack,
): void {
  const days = integer({ min: 1, max: DAYS_MAX, unit: "days" });
  const form = object<LookBack>({
    decay: number({ exclusiveMin: 0, exclusiveMax: 1, unit: "weight of the day before" }),
    longDays: integer({
      min: lookBack?.stressedDays ?? 1,
      max: DAYS_MAX,
      unit: "days, at least the stressed ones",
    }),
    stressedDays: days,
    warmUpDays: integer({
      min: lookBack?.stressedDays ?? 1,
      max: DAYS_MAX,
      unit: "days, at least the stressed ones",
    }),
    callDays: days,
  });
  const day = object<RequirementDay>({
    move: number({ min: -100, max: 100, unit: "per day, 1 = 100 %" }),
    utilisation: optional(part("of the pool, 1 = 100 %")),
    shortfall: optional(requirement),
  });
  checkArguments(
    { history: array(day, { max: DAYS_MAX }), terms: termsForm, lookBack: form },
    { history, terms, lookBack },
    "history",
  );
  if (history.length > lookBack.warmUpDays) return;
  refuse({
    code: "HISTORY_TOO_SHORT",
    pointer: "/history",
    detail: "nothing is left after the warm-up; give more days or shorten it",
    expected: `more than ${lookBack.warmUpDays} days`,
    received: received(history.length),
  });
}
