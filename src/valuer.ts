import type { PoolValuation } from "./answer.ts";
import type { Answer, Source } from "./batch/index.ts";
import type { ValueOptions } from "./request.ts";
import type { Measurement } from "./risk/index.ts";

/** How many pools are valued, whoever values them. */
export interface ManyOptions extends Omit<ValueOptions, "onProgress" | "onMeasured"> {
  /** `value` when left out; `measure` stops at risk and waterfall. */
  readonly figures?: "value" | "measure";
  /** Of answers: that of the items when left out, or as they come. */
  readonly order?: "input" | "completed";
  /** Items under way at a time, 1 … 1,024. */
  readonly ahead?: number;
}

/**
 * Whatever values pools: an `Engine` in this process, or a `Queue` of `riskpool/queue`, with the same
 * answers. What is written for one works with the other.
 *
 * @example
 * const requiredCapital = async (valuer: Valuer, pool: Pool) =>
 *   (await valuer.value(pool)).risk.levels.at(-1)!.expectedShortfall.value;
 */
export interface Valuer {
  /** As `engine.value`. */
  value(pool: unknown, options?: Omit<ValueOptions, "onMeasured">): Promise<PoolValuation>;
  /** As `engine.valueMany`. */
  valueMany(
    source: Source<unknown>,
    options?: ManyOptions,
  ): AsyncGenerator<Answer<PoolValuation | Measurement>, void, void>;
}
