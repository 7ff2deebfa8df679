import { assert, type Level, rankOf, tailCount } from "../basics/index.ts";

/** The worst scenarios of a run: what every tail measure is made of. */
export interface Tail {
  /** Losses, worst first; ties by lower scenario number. */
  readonly losses: Float64Array;
  /** Scenario numbers in the same order. */
  readonly scenarios: Uint32Array;
}

/**
 * The `count` worst of some losses, worst first.
 *
 * @param losses  [P] any order; not changed
 * @param count   1 ≤ count ≤ P
 * @cost  O(P + count·log count)
 */
export function worst(losses: Float64Array, count: number): Tail {
  assert(count >= 1 && count <= losses.length, "a tail has between one and all scenarios");
  const kept = keepWorst(losses, count);
  const threshold = largest(kept, count);
  const sorted = kept
    .filter((loss) => loss >= threshold)
    .sort()
    .reverse();
  // Every loss finds its rank in the sorted list; equals take the ranks in order of scenario.
  const scenarios = new Uint32Array(count);
  const taken = new Uint32Array(sorted.length);
  for (let i = 0; i < losses.length; i++) {
    if (!(losses[i]! >= threshold)) continue;
    const first = firstRankOf(sorted, losses[i]!);
    const rank = first + taken[first]!;
    taken[first]! += 1;
    // More losses may equal the threshold than the tail has room for.
    if (rank < count) scenarios[rank] = i;
  }
  return { losses: sorted.slice(0, count), scenarios };
}

/** First position of a value in numbers that descend. */
function firstRankOf(descending: Float64Array, value: number): number {
  let low = 0;
  let high = descending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (descending[middle]! > value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The `count` worst of some losses, worst first, without their scenario numbers.
 *
 * @param losses  [P] any order; not changed
 */
export function worstLosses(losses: Float64Array, count: number): Float64Array {
  assert(count >= 1 && count <= losses.length, "a tail has between one and all scenarios");
  const kept = keepWorst(losses, count);
  largest(kept, count);
  return kept.subarray(0, count).sort().reverse();
}

/**
 * Some of the losses, among them the `count` worst, in a buffer that is small beside the rest.
 *
 * Whatever is not above the count-th worst so far cannot be in the tail; when the buffer is full,
 * it is cut back to the worst and the bar is raised. Most losses cost one comparison.
 */
function keepWorst(losses: Float64Array, count: number): Float64Array {
  const buffer = new Float64Array(Math.min(losses.length, 2 * count + 1024));
  let bar = Number.NEGATIVE_INFINITY;
  let kept = 0;
  for (let i = 0; i < losses.length; i++) {
    const loss = losses[i]!;
    // The first `count` are kept whatever they are, so that losses all alike are kept too.
    if (loss > bar || kept < count) {
      if (kept === buffer.length) {
        bar = largest(buffer, count);
        kept = count;
        if (!(loss > bar)) continue;
      }
      buffer[kept++] = loss;
    }
  }
  return buffer.subarray(0, kept);
}

/**
 * The k-th largest of some numbers, which it reorders: no number before position k is smaller, none
 * after it larger.
 *
 * @source Hoare, Algorithm 65: Find (1961), with the median of three as pivot
 */
export function largest(values: Float64Array, k: number): number {
  let left = 0;
  let right = values.length - 1;
  const wanted = k - 1;
  while (left < right) {
    const middle = (left + right) >> 1;
    const pivot = medianOf(values[left]!, values[middle]!, values[right]!);
    let i = left;
    let j = right;
    while (i <= j) {
      while (values[i]! > pivot) i++;
      while (values[j]! < pivot) j--;
      if (i <= j) {
        const swap = values[i]!;
        values[i++] = values[j]!;
        values[j--] = swap;
      }
    }
    if (wanted <= j) right = j;
    else if (wanted >= i) left = i;
    else break;
  }
  return values[wanted]!;
}

function medianOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/** VaR, ES and what their errors are made of. */
export interface TailMeasure {
  readonly valueAtRisk: number;
  readonly expectedShortfall: number;
  readonly esStandardError: number;
  /** (1 - level) · P, possibly fractional. */
  readonly tailScenarios: number;
}

/**
 * VaR as the order statistic x_(⌈P·α⌉) and ES as the mean of the worst (1-α)·P losses, the last
 * of them counted in part where that is not whole.
 *
 * The standard error of ES is sqrt((Var(L | L > q) + α (ES - q)²) / (P (1-α))).
 *
 * @param tail  worst losses first; at least ⌈(1-α)P⌉ + 1 of them, or all
 * @source Acerbi & Tasche, On the coherence of expected shortfall (2002), eq. 3.11;
 *         Manistre & Hancock, Variance of the CTE estimator (2005)
 */
export function measureTail(tail: Float64Array, scenarios: number, level: Level): TailMeasure {
  const k = tailCount(level, scenarios);
  const whole = Math.floor(k);
  let sum = 0;
  for (let i = 0; i < whole; i++) sum += tail[i]!;
  const fraction = k - whole;
  if (fraction > 0) sum += fraction * tail[whole]!;
  const expectedShortfall = sum / k;
  const fromTop = scenarios - rankOf(level, scenarios);
  const valueAtRisk = tail[Math.min(fromTop, tail.length - 1)]!;
  let squares = 0;
  for (let i = 0; i < whole; i++) squares += (tail[i]! - expectedShortfall) ** 2;
  if (fraction > 0) squares += fraction * (tail[whole]! - expectedShortfall) ** 2;
  const alpha = level / 1e6;
  const variance = squares / k + alpha * (expectedShortfall - valueAtRisk) ** 2;
  return {
    valueAtRisk,
    expectedShortfall,
    esStandardError: Math.sqrt(variance / k),
    tailScenarios: k,
  };
}

/**
 * Weights of the tail's scenarios in ES: 1/k each, the last in part. Σ weight = 1, and the
 * contribution of anything is Σ weight · (its own loss).
 */
export function tailWeights(scenarios: number, level: Level): Float64Array {
  const k = tailCount(level, scenarios);
  const weights = new Float64Array(Math.ceil(k)).fill(1 / k);
  if (k > Math.floor(k)) weights[weights.length - 1] = (k - Math.floor(k)) / k;
  return weights;
}
