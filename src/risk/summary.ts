import { type Level, rankOf, tailCount, type Work } from "../basics/index.ts";
import type { Column } from "../engine/index.ts";
import { orderStatisticInterval } from "../numeric/index.ts";
import { meanOf } from "./mean.ts";
import { measureTail, type Tail, worstLosses } from "./tail.ts";
import type { IntervalEstimate, RiskLevel, RiskSummary } from "./valuation.ts";

/** Two-sided 95 % point of the standard normal. */
export const Z95 = 1.959963984540054;
const BINS = 100;
/** Fewest tail scenarios for a point of the convergence curve or an estimate under way. */
export const CONVERGENCE_TAIL_MIN = 20;

/** Two-sided 95 % intervals of order statistics; batches ask for the same few again and again. */
const intervals = new Map<string, ReturnType<typeof orderStatisticInterval>>();
const INTERVALS_MAX = 256;

function intervalOf(level: Level, scenarios: number): ReturnType<typeof orderStatisticInterval> {
  const key = `${level} ${scenarios}`;
  const known = intervals.get(key);
  if (known) return known;
  const found = orderStatisticInterval(level / 1e6, scenarios, 0.95);
  if (intervals.size >= INTERVALS_MAX) intervals.clear();
  intervals.set(key, found);
  return found;
}

/** Scenarios of the tail that all levels and their intervals need together. */
export function tailNeeded(levels: readonly Level[], scenarios: number): number {
  let needed = 1;
  for (const level of levels) {
    const { lower } = intervalOf(level, scenarios);
    needed = Math.max(
      needed,
      scenarios - Math.max(lower, 1) + 1,
      Math.ceil(tailCount(level, scenarios)) + 1,
    );
  }
  return Math.min(needed, scenarios);
}

/**
 * Scenarios of the tail that are picked: those that all levels need, and most probably those that the
 * points of the convergence curve need as well.
 */
export function tailTaken(levels: readonly Level[], primary: Level, scenarios: number): number {
  let taken = tailNeeded(levels, scenarios);
  for (const n of prefixesOf(primary, scenarios)) {
    const needed = tailNeeded([primary], n);
    // Of the worst of all, a part of n / scenarios is among the first n, give or take its root.
    taken = Math.max(taken, Math.ceil(((needed + 3 * Math.sqrt(needed)) * scenarios) / n));
  }
  return Math.min(taken, scenarios);
}

/** Lengths of the prefixes that are points of the convergence curve, all scenarios left out. */
function prefixesOf(level: Level, scenarios: number): number[] {
  const lengths: number[] = [];
  for (let parts = 64; parts > 1; parts /= 2) {
    const n = Math.floor(scenarios / parts);
    if (tailCount(level, n) >= CONVERGENCE_TAIL_MIN) lengths.push(n);
  }
  return lengths;
}

/** The `count` worst of the first n losses, worst first, where the tail of all holds them; else null. */
function worstOfFirst({ losses, scenarios }: Tail, n: number, count: number): Float64Array | null {
  const out = new Float64Array(count);
  let found = 0;
  for (let i = 0; i < scenarios.length && found < count; i++) {
    if (scenarios[i]! < n) out[found++] = losses[i]!;
  }
  return found === count ? out : null;
}

/**
 * VaR with its distribution-free interval and ES with its asymptotic one.
 *
 * @source David & Nagaraja, Order Statistics (2003), §7.1, for the interval of a quantile
 */
export function riskAt(tail: Float64Array, scenarios: number, level: Level): RiskLevel {
  const measure = measureTail(tail, scenarios, level);
  const { lower, upper } = intervalOf(level, scenarios);
  const low = tail[Math.min(scenarios - Math.max(lower, 1), tail.length - 1)]!;
  const high = upper === null ? null : tail[scenarios - upper]!;
  // Half the interval in units of its normal width; one-sided where the sample has no upper end.
  const spread = high === null ? (measure.valueAtRisk - low) / Z95 : (high - low) / (2 * Z95);
  const valueAtRisk: IntervalEstimate = {
    value: measure.valueAtRisk,
    standardError: spread,
    low,
    high,
  };
  const margin = Z95 * measure.esStandardError;
  return {
    level: level / 1e6,
    valueAtRisk,
    expectedShortfall: {
      value: measure.expectedShortfall,
      standardError: measure.esStandardError,
      low: measure.expectedShortfall - margin,
      high: measure.expectedShortfall + margin,
    },
    tailScenarios: measure.tailScenarios,
  };
}

function histogramOf(losses: Column, best: number, worstLoss: number): RiskSummary["histogram"] {
  const width = (worstLoss - best) / BINS || 1;
  const edges = Array.from({ length: BINS + 1 }, (_, i) => best + i * width);
  edges[BINS] = Math.max(worstLoss, edges[BINS]!);
  return { edges, counts: Array.from(losses.binned(best, width, BINS)) };
}

function* convergenceOf(
  losses: Column,
  tail: Tail,
  level: Level,
): Work<RiskSummary["convergence"]> {
  const points: RiskSummary["convergence"][number][] = [];
  const isShown = tailCount(level, losses.length) >= CONVERGENCE_TAIL_MIN;
  for (const n of [...prefixesOf(level, losses.length), ...(isShown ? [losses.length] : [])]) {
    yield;
    const needed = tailNeeded([level], n);
    const risk = riskAt(
      worstOfFirst(tail, n, needed) ?? worstLosses(losses.first(n), needed),
      n,
      level,
    );
    points.push({
      scenarios: n,
      valueAtRisk: { value: risk.valueAtRisk.value, standardError: risk.valueAtRisk.standardError },
      expectedShortfall: {
        value: risk.expectedShortfall.value,
        standardError: risk.expectedShortfall.standardError,
      },
    });
  }
  return points;
}

/**
 * Everything about the distribution of the pool's loss, in pieces.
 *
 * @param least  the least of them
 */
export function* summaryWork(
  losses: Column,
  least: number,
  tail: Tail,
  levels: readonly Level[],
  primary: Level,
  horizonDays: number,
): Work<RiskSummary> {
  const all = meanOf(losses.values);
  yield;
  // Adding 0 turns -0 into 0.
  const best = least + 0;
  yield;
  const histogram = histogramOf(losses, best, tail.losses[0]!);
  const convergence = yield* convergenceOf(losses, tail, primary);
  return {
    scenarios: losses.length,
    horizonDays,
    expectedLoss: all.mean,
    standardDeviation: all.deviation,
    best,
    worst: tail.losses[0]!,
    levels: [...levels]
      .sort((a, b) => a - b)
      .map((level) => riskAt(tail.losses, losses.length, level)),
    histogram,
    convergence,
  };
}

/** Rank of a level's VaR counted from the worst, 0-based. */
export function rankFromWorst(level: Level, scenarios: number): number {
  return scenarios - rankOf(level, scenarios);
}
