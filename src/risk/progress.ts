import { type Level, tailCount } from "../basics/index.ts";
import type { Progress as RunProgress } from "../engine/index.ts";
import { CONVERGENCE_TAIL_MIN, riskAt, tailNeeded } from "./summary.ts";
import { worstLosses } from "./tail.ts";
import type { Estimate } from "./valuation.ts";

/** What a run has found so far, from its first scenarios. */
export interface RunningEstimate {
  /** How many scenarios, from number 0, it is made of. */
  readonly scenarios: number;
  readonly expectedLoss: Estimate;
  /** The primary level, e.g. 0.975. */
  readonly level: number;
  readonly valueAtRisk: Estimate;
  readonly expectedShortfall: Estimate;
}

/** What is told while a valuation goes on; an audit simulates everything twice. */
export interface Progress extends RunProgress {
  /** Null until enough scenarios lie beyond the level. */
  readonly estimate: RunningEstimate | null;
}

/** The next estimate is made when there are so many times as many scenarios: together they cost
 * five passes over the losses. */
const GROWTH = 1.25;
/** More scenarios are not looked at: a pass over these takes some 15 ms, and the error is small. */
const SCENARIOS_MAX = 4_194_304;

/**
 * Estimates from the losses that have come in. Only an unbroken beginning counts, so that an
 * estimate is a function of its number of scenarios, whoever computed them and in which order.
 */
export class RunningRisk {
  readonly #losses: Float64Array;
  readonly #level: Level;
  /** Batches that came before those in front of them: end by first scenario. */
  readonly #early = new Map<number, number>();
  /** Losses are in from 0 to here, and summed. */
  #end = 0;
  #sum = 0;
  #squares = 0;
  #next: number;
  #estimate: RunningEstimate | null = null;

  /** @param losses  [P] of the whole run, filled as batches come */
  constructor(losses: Float64Array, level: Level) {
    this.#losses = losses;
    this.#level = level;
    this.#next = Math.ceil((CONVERGENCE_TAIL_MIN * 1e6) / (1e6 - level));
  }

  /** Takes notice of a batch that is in. */
  add(first: number, count: number): void {
    this.#early.set(first, first + count);
    for (
      let end = this.#early.get(this.#end);
      end !== undefined;
      end = this.#early.get(this.#end)
    ) {
      this.#early.delete(this.#end);
      this.#sumTo(Math.min(end, SCENARIOS_MAX));
      this.#end = end;
    }
  }

  /** The latest estimate. */
  get estimate(): RunningEstimate | null {
    const scenarios = Math.min(this.#end, SCENARIOS_MAX);
    const isWhole = scenarios === Math.min(this.#losses.length, SCENARIOS_MAX);
    const isDue = isWhole ? this.#estimate?.scenarios !== scenarios : scenarios >= this.#next;
    if (isDue && tailCount(this.#level, scenarios) >= CONVERGENCE_TAIL_MIN) {
      this.#next = Math.ceil(scenarios * GROWTH);
      this.#estimate = this.#measure(scenarios);
    }
    return this.#estimate;
  }

  // Distances from one of the losses: squares of the losses themselves may drown the variance.
  #sumTo(end: number): void {
    const origin = this.#losses[0]!;
    for (let i = this.#end; i < end; i++) {
      const distance = this.#losses[i]! - origin;
      this.#sum += distance;
      this.#squares += distance * distance;
    }
  }

  #measure(scenarios: number): RunningEstimate {
    const losses = this.#losses.subarray(0, scenarios);
    const level = this.#level;
    const tail = worstLosses(losses, tailNeeded([level], scenarios));
    const { valueAtRisk, expectedShortfall } = riskAt(tail, scenarios, level);
    const mean = this.#sum / scenarios;
    const variance = Math.max(0, this.#squares / scenarios - mean * mean);
    return {
      scenarios,
      expectedLoss: {
        value: this.#losses[0]! + mean,
        standardError: Math.sqrt(variance / scenarios),
      },
      level: level / 1e6,
      valueAtRisk: { value: valueAtRisk.value, standardError: valueAtRisk.standardError },
      expectedShortfall: {
        value: expectedShortfall.value,
        standardError: expectedShortfall.standardError,
      },
    };
  }
}
