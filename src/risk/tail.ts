import { assert, type Level, rankOf, tailCount } from "../basics/index.ts";
import { type Above, Column } from "../engine/index.ts";

/** Losses in any order, which stay as they are; a column of the kernel's is looked through faster. */
export type Losses = Float64Array | Column;

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
export function worst(losses: Losses, count: number): Tail {
  const above = aboveGuess(losses, count);
  const inOrder = above && losses instanceof Column ? losses.descending(above) : null;
  if (inOrder) {
    return { losses: inOrder.values.slice(0, count), scenarios: inOrder.places.slice(0, count) };
  }
  const tail = tailOf(losses, count, above);
  const { losses: sorted, scenarios } = tail;
  sortPairs(sorted, scenarios, 0, count - 1);
  for (let from = 0; from < count; ) {
    let to = from + 1;
    while (to < count && sorted[to] === sorted[from]) to++;
    if (to - from > 1) scenarios.subarray(from, to).sort();
    from = to;
  }
  return tail;
}

/** The scenarios of a tail without their order by loss. */
export interface TailSet {
  /** Ascending. */
  readonly scenarios: Uint32Array;
  /** The mildest of them, which counts in part where the tail is not whole. */
  readonly last: number;
}

/**
 * The scenarios of the `count` worst of some losses, as {@link worst} has them.
 *
 * @param losses  [P] any order; not changed
 * @cost  O(P)
 */
export function worstSet(losses: Losses, count: number): TailSet {
  const tail = tailOf(losses, count);
  let last = 0;
  for (let i = 1; i < count; i++) if (tail.losses[i]! <= tail.losses[last]!) last = i;
  return { scenarios: tail.scenarios, last: tail.scenarios[last]! };
}

/**
 * The `count` worst of some losses, worst first, without their scenario numbers.
 *
 * @param losses  [P] any order; not changed
 */
export function worstLosses(losses: Losses, count: number): Float64Array {
  return tailOf(losses, count).losses.sort().reverse();
}

/** The `count` worst in order of scenario; of losses that are alike those of lower scenarios. */
function tailOf(losses: Losses, count: number, above = aboveGuess(losses, count)): Tail {
  const from = above?.values ?? valuesOf(losses);
  const threshold = kthLargest(from, count);
  const tail = { losses: new Float64Array(count), scenarios: new Uint32Array(count) };
  let beyond = 0;
  for (let i = 0; i < from.length; i++) beyond += Number(from[i]! > threshold);
  let room = count - beyond;
  let next = 0;
  for (let i = 0; i < from.length; i++) {
    const loss = from[i]!;
    if (!(loss >= threshold)) continue;
    // More losses may equal the threshold than the tail has room for.
    if (loss === threshold && room-- <= 0) continue;
    tail.losses[next] = loss;
    tail.scenarios[next++] = above ? above.places[i]! : i;
  }
  return tail;
}

const valuesOf = (losses: Losses): Float64Array =>
  losses instanceof Column ? losses.values : losses;

/** Numbers that are looked at thousands of times: what every time left behind would be collected. */
const spare = new Float64Array(1 << 13);

/** Numbers that the next call may overwrite. */
function scratch(length: number): Float64Array {
  return length <= spare.length ? spare.subarray(0, length) : new Float64Array(length);
}

/** Losses of which a bar is guessed. */
const GUESS_FROM = 512;

/**
 * Losses above a bar that a little more than `count` of them exceed, most probably: guessed from a
 * few. Null where the guess was wrong, or nothing can be guessed.
 */
function aboveGuess(losses: Losses, count: number): Above | null {
  assert(count >= 1 && count <= losses.length, "a tail has between one and all scenarios");
  const stride = Math.floor(losses.length / GUESS_FROM);
  const expected = (GUESS_FROM * count) / losses.length;
  // Four standard deviations of how many of these are among the worst.
  const rank = Math.ceil(expected + 4 * Math.sqrt(expected) + 2);
  if (stride < 2 || rank > GUESS_FROM / 2) return null;
  const values = valuesOf(losses);
  const some = scratch(GUESS_FROM);
  for (let i = 0; i < GUESS_FROM; i++) some[i] = values[i * stride]!;
  const bar = kthByBins(some, rank);
  const room = Math.ceil((2 * losses.length * rank) / GUESS_FROM);
  const above = losses instanceof Column ? losses.above(bar, room) : aboveBar(losses, bar, room);
  return above && above.values.length >= count ? above : null;
}

/** As a column has it. */
function aboveBar(losses: Float64Array, bar: number, room: number): Above | null {
  const values = new Float64Array(room);
  const places = new Uint32Array(room);
  let found = 0;
  for (let i = 0; i < losses.length; i++) {
    const loss = losses[i]!;
    // Few are: a processor guesses that none is.
    if (!(loss > bar)) continue;
    if (found === room) return null;
    values[found] = loss;
    places[found++] = i;
  }
  return { values: values.subarray(0, found), places: places.subarray(0, found) };
}

/**
 * The k-th largest of numbers that stay as they are, in a buffer that is small beside them.
 *
 * Whatever is not above the k-th largest so far cannot be it; when the buffer is full, it is cut
 * back to the largest and the bar is raised. Most numbers cost one comparison.
 */
function kthLargest(values: Float64Array, k: number): number {
  const buffer = scratch(Math.min(values.length, 2 * k + 1024));
  let bar = Number.NEGATIVE_INFINITY;
  let kept = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    // The first k are kept whatever they are, so that numbers all alike are kept too.
    if (value > bar || kept < k) {
      if (kept === buffer.length) {
        bar = largest(buffer, k);
        kept = k;
        if (!(value > bar)) continue;
      }
      buffer[kept++] = value;
    }
  }
  return kthByBins(buffer.subarray(0, kept), k);
}

/** Bins that numbers are counted in, and what falls into one of them. */
const counts = new Uint32Array(512);
const inBin = new Float64Array(1 << 10);

/**
 * The k-th largest of numbers that stay as they are. Which bin it is in is counted, so that few have to be
 * put in order: to partition them takes a guess of the processor for each, and half of these are wrong.
 */
function kthByBins(values: Float64Array, k: number): number {
  let low = values[0]!;
  let high = low;
  for (let i = 1; i < values.length; i++) {
    const value = values[i]!;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const scale = counts.length / (high - low);
  const last = counts.length - 1;
  counts.fill(0);
  for (let i = 0; i < values.length; i++) {
    counts[Math.min(((values[i]! - low) * scale) | 0, last)]! += 1;
  }
  let bin = last;
  let rank = k;
  for (; rank > counts[bin]!; bin--) rank -= counts[bin]!;
  const count = counts[bin]!;
  const found = count <= inBin.length ? inBin.subarray(0, count) : new Float64Array(count);
  let next = 0;
  for (let i = 0; next < count; i++) {
    const value = values[i]!;
    if (Math.min(((value - low) * scale) | 0, last) === bin) found[next++] = value;
  }
  return largest(found, rank);
}

/** Pairs that are sorted by insertion. */
const SHORT = 12;

/**
 * Sorts losses worst first, and their scenarios with them.
 *
 * @source Hoare, Quicksort (1962), with the median of three as pivot
 */
function sortPairs(losses: Float64Array, scenarios: Uint32Array, from: number, to: number): void {
  let [left, right] = [from, to];
  while (right - left > SHORT) {
    const pivot = medianOf(losses[left]!, losses[(left + right) >> 1]!, losses[right]!);
    let i = left;
    let j = right;
    while (i <= j) {
      while (losses[i]! > pivot) i++;
      while (losses[j]! < pivot) j--;
      if (i > j) break;
      const loss = losses[i]!;
      const scenario = scenarios[i]!;
      losses[i] = losses[j]!;
      scenarios[i++] = scenarios[j]!;
      losses[j] = loss;
      scenarios[j--] = scenario;
    }
    // The shorter side first, so that the stack stays short.
    if (j - left < right - i) {
      sortPairs(losses, scenarios, left, j);
      left = i;
    } else {
      sortPairs(losses, scenarios, i, right);
      right = j;
    }
  }
  for (let i = left + 1; i <= right; i++) {
    const loss = losses[i]!;
    const scenario = scenarios[i]!;
    let j = i - 1;
    while (j >= left && losses[j]! < loss) {
      losses[j + 1] = losses[j]!;
      scenarios[j + 1] = scenarios[j]!;
      j--;
    }
    losses[j + 1] = loss;
    scenarios[j + 1] = scenario;
  }
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

/** VaR and ES of some losses in any order; they keep it. */
export function measureLosses(losses: Losses, level: Level): TailMeasure {
  const count = Math.min(losses.length, Math.ceil(tailCount(level, losses.length)) + 1);
  return measureTail(worstLosses(losses, count), losses.length, level);
}
