import type { Estimate } from "../risk/index.ts";

/** What a rule says before money is made of it: everyone's figure and what they should sum to. */
export interface RawShares {
  readonly measure: "expected-shortfall" | "value-at-risk" | "exposure";
  readonly total: Estimate;
  /** [owners] in the order of `ownersOf`. */
  readonly raw: readonly Estimate[];
  /**
   * Standard errors of raw / sum of the raw, for rules whose figures are scaled to the total; null
   * where they sum to it by themselves.
   */
  readonly shareErrors: readonly number[] | null;
  readonly scenarios: number;
}

/** Batches of a sample that is too dear to be drawn again: enough for a spread, large enough for a tail. */
export const BATCHES = 8;

/**
 * Standard error of a figure from what batches of the sample say.
 *
 * @param figures  [batches]
 */
export function spreadError(figures: ArrayLike<number>): number {
  const count = figures.length;
  let mean = 0;
  for (let b = 0; b < count; b++) mean += figures[b]! / count;
  let square = 0;
  for (let b = 0; b < count; b++) square += (figures[b]! - mean) ** 2;
  return Math.sqrt(square / (count - 1) / count);
}

/**
 * Standard error of a function of averages by leaving out one chunk after the other.
 *
 * @param figures  [chunks] the function with that chunk left out
 * @source Efron & Stein, The jackknife estimate of variance (1981)
 */
export function jackknifeError(figures: ArrayLike<number>): number {
  const count = figures.length;
  return count < 2 ? Number.POSITIVE_INFINITY : spreadError(figures) * (count - 1);
}

/**
 * Figures of everyone and the errors of their shares, from the whole sample and its batches.
 *
 * @param figures  [owners] of the whole sample, then of each batch
 */
export function batchedShares(
  figures: readonly ArrayLike<number>[],
): Required<Pick<RawShares, "raw" | "shareErrors">> {
  const sums = new Float64Array(1 + BATCHES);
  for (const own of figures) for (let b = 0; b <= BATCHES; b++) sums[b]! += own[b]!;
  const batches = Array.from({ length: BATCHES }, (_, b) => b + 1);
  return {
    raw: figures.map((own) => ({
      value: own[0]!,
      standardError: spreadError(batches.map((b) => own[b]!)),
    })),
    shareErrors: figures.map((own) => spreadError(batches.map((b) => own[b]! / sums[b]!))),
  };
}
