import type { Level } from "../basics/index.ts";
import { type Moments, STATISTICS } from "../engine/index.ts";
import type { LaidMargin } from "./layout.ts";
import { riskAt, tailNeeded } from "./summary.ts";
import { worstLosses } from "./tail.ts";
import type { Estimate, LiquidationFigures } from "./valuation.ts";

/** Most intervals of the time profile. */
const INTERVALS_MAX = 48;

/** Paths whose sums are kept apart: whatever the order in which batches come, these add alike. */
const BLOCK = 128;
/** Per block: Σ x and Σ x² of the four statistics and of the draw, then paths with any of two things. */
const DRAW = STATISTICS.length;
const ANY = 2 * (STATISTICS.length + 1);
const WIDTH: number = ANY + 2;

/** What paths tell about liquidations, ready to be put beside that of others. */
export interface LiquidationState {
  /** [paths] bad debt. */
  readonly badDebt: Float64Array;
  /** [⌈paths / 128⌉ × 12] sums over blocks of paths. */
  readonly sums: Float64Array;
}

/** How many sums some paths have; they begin at a multiple of 128. */
export function liquidationSumCount(paths: number): number {
  return Math.ceil(paths / BLOCK) * WIDTH;
}

/** Gathers what paths tell about liquidations besides their losses. */
export class LiquidationTally {
  readonly badDebt: Float64Array;
  readonly #sums: Float64Array;

  constructor(scenarios: number) {
    this.badDebt = new Float64Array(scenarios);
    this.#sums = new Float64Array(liquidationSumCount(scenarios));
  }

  /** Takes the statistics of a batch, in any order of batches. */
  add(first: number, statistics: readonly Float64Array[]): void {
    const [counts, , badDebt, fees] = statistics;
    const sums = this.#sums;
    const paths = counts!.length;
    for (let p = 0; p < paths; p++) {
      const at = Math.floor((first + p) / BLOCK) * WIDTH;
      for (let s = 0; s < DRAW; s++) {
        const x = statistics[s]![p]!;
        sums[at + 2 * s]! += x;
        sums[at + 2 * s + 1]! += x * x;
      }
      const draw = Math.max(0, badDebt![p]! - fees![p]!);
      sums[at + 2 * DRAW]! += draw;
      sums[at + 2 * DRAW + 1]! += draw * draw;
      if (counts![p]! > 0) sums[at + ANY]!++;
      if (badDebt![p]! > 0) sums[at + ANY + 1]!++;
    }
    this.badDebt.set(badDebt!, first);
  }

  /** What was gathered, as {@link put} takes it: views. */
  get state(): LiquidationState {
    return { badDebt: this.badDebt, sums: this.#sums };
  }

  /** Takes what another tally gathered of consecutive paths. @param first  a multiple of 128 */
  put(first: number, { badDebt, sums }: LiquidationState): void {
    this.badDebt.set(badDebt, first);
    this.#sums.set(sums, (first / BLOCK) * WIDTH);
  }

  /** Mean and standard error from sums over all paths. */
  #estimate(sumAt: number, squaresAt: number): Estimate {
    const paths = this.badDebt.length;
    let sum = 0;
    let squares = 0;
    for (let at = 0; at < this.#sums.length; at += WIDTH) {
      sum += this.#sums[at + sumAt]!;
      squares += this.#sums[at + squaresAt]!;
    }
    const value = sum / paths;
    const variance = Math.max(0, squares / paths - value * value) / Math.max(1, paths - 1);
    return { value, standardError: Math.sqrt(variance) };
  }

  mean(statistic: (typeof STATISTICS)[number]): Estimate {
    const s = STATISTICS.indexOf(statistic);
    return this.#estimate(2 * s, 2 * s + 1);
  }

  /** Probability of any liquidation (0), or of any bad debt (1). */
  probability(which: 0 | 1): Estimate {
    return this.#estimate(ANY + which, ANY + which);
  }

  /** What bad debt draws beyond the insurance fees of the same path. */
  get draw(): Estimate {
    return this.#estimate(2 * DRAW, 2 * DRAW + 1);
  }
}

/**
 * What is liquidated before the horizon, how much of it goes wrong, and when.
 *
 * @param moments  what every chunk gathered, see `takeMoments`
 * @param times    [T] years from now
 */
export function liquidationFigures(
  tally: LiquidationTally,
  margin: LaidMargin,
  moments: readonly Moments[],
  times: readonly number[],
  primary: Level,
  monitoring: "discrete" | "continuous",
): LiquidationFigures {
  const scenarios = tally.badDebt.length;
  const { accounts, terms } = margin.book;
  const badDebt = worstLosses(tally.badDebt, tailNeeded([primary], scenarios));
  return {
    mode: terms.mode,
    monitoring,
    steps: times.length,
    accounts: accounts.length,
    crossAccounts: accounts.filter(({ isolated }) => !isolated).length,
    liquidations: tally.mean("liquidations"),
    notional: tally.mean("notional"),
    badDebt: tally.mean("badDebt"),
    insuranceFees: tally.mean("insuranceFees"),
    insuranceDraw: tally.draw,
    anyLiquidation: tally.probability(0),
    anyBadDebt: tally.probability(1),
    badDebtRisk: riskAt(badDebt, scenarios, primary),
    profile: profileOf(moments, margin.stepSums, times, scenarios),
  };
}

/** Expected liquidations by time, in intervals of whole steps. */
function profileOf(
  moments: readonly Moments[],
  start: number,
  times: readonly number[],
  scenarios: number,
): LiquidationFigures["profile"] {
  const steps = times.length;
  const width = Math.ceil(steps / INTERVALS_MAX);
  const profile: LiquidationFigures["profile"][number][] = [];
  for (let first = 0; first < steps; first += width) {
    const end = Math.min(steps, first + width);
    const totals = [0, 0, 0];
    for (const { sums } of moments) {
      for (let row = 0; row < 3; row++) {
        for (let t = first; t < end; t++) totals[row]! += sums[start + row * steps + t]!;
      }
    }
    const [liquidations, notional, badDebt] = totals.map((total) => total / scenarios);
    profile.push({
      fromDays: first === 0 ? 0 : times[first - 1]! * 365,
      toDays: times[end - 1]! * 365,
      liquidations: liquidations!,
      notional: notional!,
      badDebt: badDebt!,
    });
  }
  return profile;
}
