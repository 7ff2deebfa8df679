import { type Level, rankOf, tailCount } from "../basics/index.ts";
import { exp, log } from "../numeric/index.ts";
import {
  batchError,
  chunkMeans,
  type Estimate,
  measureLosses,
  measureTail,
  type PoolRun,
  tailLosses,
  type WeightedScenarios,
  weightedLosses,
  worstLosses,
} from "../risk/index.ts";
import { jackknifeError, type RawShares } from "./raw-share.ts";

/**
 * Rules that average everyone's loss over scenarios with weights of the pool's own making. By the
 * adjoint of the value profiles they look at every scenario that was run, whatever the number of
 * participants.
 */

/**
 * Euler shares of ES: everyone's mean loss over the pool's tail.
 *
 * @source Tasche, Risk contributions and performance measurement (1999), section 4
 */
export async function eulerShortfall(run: PoolRun, level: Level): Promise<RawShares> {
  const averages = await tailLosses(run, level);
  const sizes = run.chunks.map((chunk) => chunk.count);
  return {
    measure: "expected-shortfall",
    total: shortfallOf(run, level),
    raw: averages.map((own) => ({ value: own[0]!, standardError: batchError(own, sizes, 1) })),
    shareErrors: null,
    scenarios: run.losses.length,
  };
}

/** The pool's ES, as the valuation reports it. */
export function shortfallOf(run: PoolRun, level: Level): Estimate {
  const measure = measureTail(run.tail.losses, run.losses.length, level);
  return { value: measure.expectedShortfall, standardError: measure.esStandardError };
}

/**
 * Euler shares of VaR: everyone's mean loss given that the pool's is about its VaR, by a kernel.
 *
 * The bandwidth is 2.34 · s · k^(-1/5) (Epanechnikov's for a normal density) with s the standard
 * deviation of the k losses of the tail. What the kernel's asymmetry moves is taken back by scaling to
 * the VaR. Noisy by nature, and not in the core.
 *
 * @source Tasche, Capital allocation to business units and sub-portfolios: the Euler principle
 *         (2008), section 4; Epanechnikov (1969)
 */
export async function eulerQuantile(run: PoolRun, level: Level): Promise<RawShares> {
  const whole = kernelGroup(run.losses, 0, run.losses.length, level);
  const groups = [whole.group];
  for (const { first, count } of run.chunks) {
    groups.push(kernelGroup(run.losses, first, count, level).group);
  }
  const averages = await weightedLosses(run, groups);
  const sizes = run.chunks.map((chunk) => chunk.count);
  const met = sum(averages, 0);
  const scale = met === 0 ? 1 : whole.valueAtRisk / met;
  const raw = averages.map((own) => ({
    value: own[0]! * scale,
    standardError: Math.abs(scale) * batchError(own, sizes, 1),
  }));
  const around = averages[0] === undefined ? [] : sizes.map((_, k) => sum(averages, k + 1));
  const total = { value: whole.valueAtRisk, standardError: batchError(around, sizes) };
  return { measure: "value-at-risk", total, raw, shareErrors: null, scenarios: run.losses.length };
}

function sum(averages: readonly Float64Array[], group: number): number {
  return averages.reduce((total, own) => total + own[group]!, 0);
}

/** Scenarios about the VaR of a range of them, with kernel weights that sum to 1. */
function kernelGroup(
  all: Float64Array,
  first: number,
  count: number,
  level: Level,
): { readonly valueAtRisk: number; readonly group: WeightedScenarios } {
  const losses = all.subarray(first, first + count);
  const size = Math.ceil(tailCount(level, count));
  const fromTop = count - rankOf(level, count);
  const tail = worstLosses(losses, Math.min(count, Math.max(size, fromTop + 1)));
  const valueAtRisk = tail[fromTop]!;
  const mean = tail.reduce((above, loss) => above + loss, 0) / tail.length;
  const square = tail.reduce((above, loss) => above + (loss - mean) ** 2, 0);
  const deviation = Math.sqrt(square / tail.length);
  const width = 2.34 * deviation * exp(-0.2 * log(tail.length));
  const scenarios: number[] = [];
  const weights: number[] = [];
  let total = 0;
  for (let s = 0; s < count; s++) {
    const u = (losses[s]! - valueAtRisk) / width;
    // Where the tail is flat there is no width, and the VaR itself is what remains.
    const weight = width > 0 ? Math.max(0, 1 - u * u) : Number(losses[s] === valueAtRisk);
    if (weight === 0) continue;
    scenarios.push(first + s);
    weights.push(weight);
    total += weight;
  }
  return {
    valueAtRisk,
    group: {
      scenarios: Uint32Array.from(scenarios),
      weights: Float64Array.from(weights, (weight) => weight / total),
    },
  };
}

/**
 * Covariance shares of ES: the own mean, and of what ES is beyond the pool's mean the part
 * Cov(own, pool) / Var(pool). Euler shares where losses are elliptical, blind to the tail elsewhere.
 *
 * @source Overbeck & Stahl, Stochastic essentials for the risk management of credit portfolios
 *         (2003); McNeil, Frey & Embrechts, Quantitative Risk Management (2015), section 8.5.2
 */
export async function covarianceShares(run: PoolRun, level: Level): Promise<RawShares> {
  const { losses, chunks } = run;
  const mean = losses.reduce((above, loss) => above + loss, 0) / losses.length;
  const products = await weightedLosses(run, deviations(run, mean));
  const means = await chunkMeans(run);
  const total = shortfallOf(run, level);
  const pieces = chunks.map(({ first, count }) => {
    const part = losses.subarray(first, first + count);
    return {
      count,
      mean: part.reduce((above, loss) => above + loss, 0) / count,
      variance: part.reduce((above, loss) => above + (loss - mean) ** 2, 0) / count,
      shortfall: measureLosses(part, level).expectedShortfall,
    };
  });
  const variance = weighted(pieces, (k) => pieces[k]!.variance, -1);
  const raw = means.map((own, i) => {
    const covariance = products[i]!;
    const share = (without: number) => {
      const ownMean = weighted(pieces, (k) => own[k]!, without);
      const beta =
        variance === 0
          ? 0
          : weighted(pieces, (k) => covariance[k]!, without) /
            weighted(pieces, (k) => pieces[k]!.variance, without);
      const beyond =
        without < 0
          ? total.value - mean
          : weighted(pieces, (k) => pieces[k]!.shortfall - pieces[k]!.mean, without);
      return ownMean + beta * beyond;
    };
    const left = chunks.map((_, k) => share(k));
    return { value: share(-1), standardError: jackknifeError(left) };
  });
  return {
    measure: "expected-shortfall",
    total,
    raw,
    shareErrors: null,
    scenarios: losses.length,
  };
}

/** Mean over chunks by their sizes, one of them left out. */
function weighted(
  pieces: readonly { readonly count: number }[],
  at: (chunk: number) => number,
  without: number,
): number {
  let total = 0;
  let count = 0;
  pieces.forEach((piece, k) => {
    if (k === without) return;
    total += piece.count * at(k);
    count += piece.count;
  });
  return total / count;
}

/** Every chunk with the deviations of its losses from the mean as weights. */
function* deviations({ losses, chunks }: PoolRun, mean: number): Iterable<WeightedScenarios> {
  for (const { first, count } of chunks) {
    yield {
      scenarios: Uint32Array.from({ length: count }, (_, i) => first + i),
      weights: Float64Array.from({ length: count }, (_, i) => (losses[first + i]! - mean) / count),
    };
  }
}
