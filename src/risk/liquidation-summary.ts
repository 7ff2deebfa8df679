import type { Level } from "../basics/index.ts";
import { type Chunk, STATISTICS } from "../engine/index.ts";
import type { LaidMargin } from "./layout.ts";
import { riskAt, tailNeeded } from "./summary.ts";
import { worstLosses } from "./tail.ts";
import type { Estimate, LiquidationFigures } from "./valuation.ts";

/** Most intervals of the time profile. */
const INTERVALS_MAX = 48;

/** Sums of one chunk; chunks are added in their order, so the order of arrival does not show. */
interface ChunkSums {
  paths: number;
  /** Of every statistic: Σ x and Σ x². */
  readonly sums: Float64Array;
  readonly squares: Float64Array;
  /** Paths with any liquidation, and with any bad debt. */
  readonly any: Float64Array;
  /** What bad debt draws beyond the insurance fees of the same path: Σ and Σ of squares. */
  readonly draw: Float64Array;
}

/** Gathers what paths tell about liquidations besides their losses. */
export class LiquidationTally {
  readonly badDebt: Float64Array;
  readonly #chunks: readonly Chunk[];
  readonly #sums: ChunkSums[];

  constructor(scenarios: number, chunks: readonly Chunk[]) {
    this.badDebt = new Float64Array(scenarios);
    this.#chunks = chunks;
    this.#sums = chunks.map(() => ({
      paths: 0,
      sums: new Float64Array(STATISTICS.length),
      squares: new Float64Array(STATISTICS.length),
      any: new Float64Array(2),
      draw: new Float64Array(2),
    }));
  }

  /** Takes the statistics of a batch; the batches of one chunk come in their order. */
  add(first: number, statistics: readonly Float64Array[]): void {
    const index = Math.floor(first / this.#chunks[0]!.count);
    const chunk = this.#sums[index]!;
    const [counts, , badDebt, fees] = statistics;
    const paths = counts!.length;
    chunk.paths += paths;
    statistics.forEach((column, s) => {
      for (let p = 0; p < paths; p++) {
        chunk.sums[s]! += column[p]!;
        chunk.squares[s]! += column[p]! * column[p]!;
      }
    });
    for (let p = 0; p < paths; p++) {
      if (counts![p]! > 0) chunk.any[0]!++;
      if (badDebt![p]! > 0) chunk.any[1]!++;
      const draw = Math.max(0, badDebt![p]! - fees![p]!);
      chunk.draw[0]! += draw;
      chunk.draw[1]! += draw * draw;
    }
    this.badDebt.set(badDebt!, first);
  }

  /** Mean and standard error from sums over all paths. */
  #estimate(sumOf: (chunk: ChunkSums) => number, squaresOf: (chunk: ChunkSums) => number) {
    let paths = 0;
    let sum = 0;
    let squares = 0;
    for (const chunk of this.#sums) {
      paths += chunk.paths;
      sum += sumOf(chunk);
      squares += squaresOf(chunk);
    }
    const value = sum / paths;
    const variance = Math.max(0, squares / paths - value * value) / Math.max(1, paths - 1);
    return { value, standardError: Math.sqrt(variance) } satisfies Estimate;
  }

  mean(statistic: (typeof STATISTICS)[number]): Estimate {
    const s = STATISTICS.indexOf(statistic);
    return this.#estimate(
      (chunk) => chunk.sums[s]!,
      (chunk) => chunk.squares[s]!,
    );
  }

  probability(which: 0 | 1): Estimate {
    const count = (chunk: ChunkSums) => chunk.any[which]!;
    return this.#estimate(count, count);
  }

  get draw(): Estimate {
    return this.#estimate(
      (chunk) => chunk.draw[0]!,
      (chunk) => chunk.draw[1]!,
    );
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
  sumStart: number,
  moments: readonly Float64Array[],
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
    profile: profileOf(moments, sumStart + margin.stepSums, times, scenarios),
  };
}

/** Expected liquidations by time, in intervals of whole steps. */
function profileOf(
  moments: readonly Float64Array[],
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
    for (const chunk of moments) {
      for (let row = 0; row < 3; row++) {
        for (let t = first; t < end; t++) totals[row]! += chunk[start + row * steps + t]!;
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
