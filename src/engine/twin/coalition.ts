/**
 * Expected shortfall of coalitions in plain JavaScript, see assembly/coalition.ts.
 *
 * The same candidates are collected in the same order, and their excesses summed in two sums, so
 * that all have the same bits.
 */
import type { TwinMemory } from "./memory.ts";

/** How far below the last quantile the bar stands, in mean excesses over it. */
const DEPTH = 0.5;

/** An ES, and the bar that it sets for the next step. */
interface Measure {
  value: number;
  bar: number;
}

/** The rank-th largest of the first `count` values, by halves that are copied. */
function largest(
  values: Float64Array,
  count: number,
  rank: number,
  above: Float64Array,
  below: Float64Array,
): number {
  let from = values;
  let left = count;
  let place = rank;
  for (;;) {
    const first = from[0]!;
    const middle = from[left >>> 1]!;
    const last = from[left - 1]!;
    const lower = first < middle ? first : middle;
    const upper = first < middle ? middle : first;
    const cut = upper < last ? upper : last;
    const pivot = lower > cut ? lower : cut;
    let i = 0;
    let j = 0;
    for (let s = 0; s < left; s++) {
      const value = from[s]!;
      if (value > pivot) above[i++] = value;
      else if (value < pivot) below[j++] = value;
    }
    if (place <= i) {
      from = above;
      left = i;
    } else if (place > left - j) {
      from = below;
      place -= left - j;
      left = j;
    } else return pivot;
  }
}

/** A walk's own columns: losses of a coalition, and what is searched in them. */
class Walk {
  readonly own: Measure = { value: 0, bar: Number.NEGATIVE_INFINITY };
  readonly rest: Measure = { value: 0, bar: Number.NEGATIVE_INFINITY };
  readonly #tail: number;
  readonly #losses: Float64Array;
  readonly #kept: Float64Array;
  readonly #left: Float64Array;
  readonly #above: Float64Array;
  readonly #below: Float64Array;

  constructor(count: number, tail: number) {
    const column = () => new Float64Array(count);
    this.#tail = tail;
    this.#losses = column();
    this.#kept = column();
    this.#left = column();
    this.#above = column();
    this.#below = column();
  }

  /** A member joins the coalition and leaves the others. */
  join(column: Float64Array, total: Float64Array): void {
    const losses = this.#losses;
    const kept = this.#kept;
    const left = this.#left;
    const ownBar = this.own.bar;
    const restBar = this.rest.bar;
    let own = 0;
    let rest = 0;
    for (let s = 0; s < losses.length; s++) {
      const loss = losses[s]! + column[s]!;
      losses[s] = loss;
      if (loss >= ownBar) kept[own++] = loss;
      const other = total[s]! - loss;
      if (other >= restBar) left[rest++] = other;
    }
    if (own < this.#tail) {
      kept.set(losses);
      own = losses.length;
    }
    this.#measure(this.own, kept, own);
    this.leave(total, rest);
  }

  /** Measures the others, of whom the first `count` losses are collected; all where too few are. */
  leave(total: Float64Array, count: number): void {
    const losses = this.#losses;
    const left = this.#left;
    let rest = count;
    if (rest < this.#tail) {
      for (let s = 0; s < losses.length; s++) left[s] = total[s]! - losses[s]!;
      rest = losses.length;
    }
    this.#measure(this.rest, left, rest);
  }

  #measure(out: Measure, values: Float64Array, count: number): void {
    measure(out, values, count, this.#tail, this.#above, this.#below);
  }
}

/** ES of the first `count` values, among which are the largest of all, and the bar of the next step. */
function measure(
  out: Measure,
  values: Float64Array,
  count: number,
  tail: number,
  above: Float64Array,
  below: Float64Array,
): void {
  const c = largest(values, count, Math.ceil(tail), above, below);
  let even = 0;
  let odd = 0;
  for (let s = 0; s < count; s += 2) if (values[s]! > c) even += values[s]! - c;
  for (let s = 1; s < count; s += 2) if (values[s]! > c) odd += values[s]! - c;
  const excess = (even + odd) / tail;
  out.bar = c - DEPTH * excess;
  out.value = c + excess;
}

/** What every member adds to the ES of those before, on average over an order and its reverse. */
export function marginals(
  memory: TwinMemory,
  parts: number,
  order: number,
  members: number,
  columns: number,
  total: number,
  _scratch: number,
  count: number,
  tail: number,
): void {
  const { f64, u32 } = memory;
  const all = f64.subarray(total >>> 3, (total >>> 3) + count);
  const walk = new Walk(count, tail);
  const { own, rest } = walk;
  walk.leave(all, 0);
  const whole = rest.value;
  for (let j = 0; j < members; j++) {
    const member = u32[(order >>> 2) + j]!;
    const before = own.value;
    const after = rest.value;
    if (j + 1 < members) {
      const column = (columns >>> 3) + member * count;
      walk.join(f64.subarray(column, column + count), all);
    } else {
      own.value = whole;
      rest.value = 0;
    }
    f64[(parts >>> 3) + member] = 0.5 * (own.value - before + (after - rest.value));
  }
}

/** ES of every coalition whose number is in a range; bit i of the number is member i. */
export function coalitions(
  memory: TwinMemory,
  costs: number,
  members: number,
  from: number,
  to: number,
  columns: number,
  scratch: number,
  count: number,
  tail: number,
): void {
  const { f64 } = memory;
  const column = (start: number, member: number) =>
    f64.subarray((start >>> 3) + member * count, (start >>> 3) + (member + 1) * count);
  const bars = (scratch >>> 3) + members * count;
  const [kept, above, below, nobody] = [0, 1, 2, 3].map(() => new Float64Array(count)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const found: Measure = { value: 0, bar: 0 };
  for (let coalition = from; coalition < to; coalition++) {
    const first = lowestBit(coalition);
    const others = coalition & (coalition - 1);
    const next = lowestBit(others);
    const before = others === 0 ? nobody : column(scratch, next);
    const least = others === 0 ? Number.NEGATIVE_INFINITY : f64[bars + next]!;
    const losses = column(scratch, first);
    const own = column(columns, first);
    let beyond = 0;
    for (let s = 0; s < count; s++) {
      const loss = before[s]! + own[s]!;
      losses[s] = loss;
      if (loss >= least) kept[beyond++] = loss;
    }
    if (beyond < tail) {
      kept.set(losses);
      beyond = count;
    }
    measure(found, kept, beyond, tail, above, below);
    f64[bars + first] = found.bar;
    f64[(costs >>> 3) + coalition] = found.value;
  }
}

/** Place of the lowest bit that is set. */
function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
