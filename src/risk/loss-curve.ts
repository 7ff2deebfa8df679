import { ascendingAbove, Column } from "../engine/index.ts";
import type { Estimate } from "./valuation.ts";

/** Losses whose sums are kept together. */
const BLOCK = 256;

/** What a layer bears: its mean, and in how many scenarios it pays at all and all it has. */
export interface Draw {
  readonly mean: Estimate;
  readonly hit: number;
  readonly full: number;
}

/**
 * The losses of a run in order, with sums beneath them: what any layer bears is then a matter of
 * microseconds, however many scenarios there are.
 *
 * Sums are of what lies above the least loss of a block, so that no digit of a narrow layer high up
 * is lost in large numbers that cancel.
 */
export class LossCurve {
  readonly scenarios: number;
  /** Losses above zero, ascending. */
  readonly #losses: Float64Array;
  /** Of every whole block: Σ (loss - its first), and Σ of squares of the same. */
  readonly #sums: Float64Array;
  readonly #squares: Float64Array;

  /** @param losses  [P] any order; not changed */
  constructor(losses: Float64Array | Column) {
    this.scenarios = losses.length;
    this.#losses = losses instanceof Column ? losses.ascendingAbove(0) : ascendingAbove(losses, 0);
    const blocks = Math.floor(this.#losses.length / BLOCK);
    this.#sums = new Float64Array(blocks);
    this.#squares = new Float64Array(blocks);
    for (let block = 0; block < blocks; block++) {
      const base = this.#losses[block * BLOCK]!;
      let sum = 0;
      let square = 0;
      for (let i = block * BLOCK; i < (block + 1) * BLOCK; i++) {
        const apart = this.#losses[i]! - base;
        sum += apart;
        square += apart * apart;
      }
      this.#sums[block] = sum;
      this.#squares[block] = square;
    }
  }

  /**
   * Mean of min(max(loss - from, 0), size) over all scenarios.
   *
   * @param from  ≥ 0
   * @param size  ≥ 0, or Infinity
   */
  draw(from: number, size: number): Draw {
    const n = this.scenarios;
    const first = this.#above(from, true);
    const last =
      size === Number.POSITIVE_INFINITY ? this.#losses.length : this.#above(from + size, false);
    const hit = this.#losses.length - first;
    // A layer of no size is hit where the loss is beyond it, and has then paid all.
    const full = Math.min(hit, this.#losses.length - last);
    const groups: Group[] = [
      { count: n - hit, mean: 0, squares: 0 },
      this.#between(first, last, from),
      { count: full, mean: size, squares: 0 },
    ];
    return { mean: meanOfGroups(groups), hit, full };
  }

  /** Mean of what lies beyond an attachment, over the scenarios that reach it; null where none does. */
  sizeBeyond(from: number): Estimate | null {
    const first = this.#above(from, true);
    const count = this.#losses.length - first;
    if (count === 0) return null;
    const mean = meanOfGroups([this.#between(first, this.#losses.length, from)]);
    // One scenario tells a size but not how far it is to be trusted: its own size is the honest bar.
    return count === 1 ? { ...mean, standardError: mean.value } : mean;
  }

  /** Place of the first loss that is above a bound, or at it. */
  #above(bound: number, strictly: boolean): number {
    let low = 0;
    let high = this.#losses.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const loss = this.#losses[middle]!;
      if (strictly ? loss > bound : loss >= bound) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** What lies above `from` at places [first, last). */
  #between(first: number, last: number, from: number): Group {
    if (last <= first) return { count: 0, mean: 0, squares: 0 };
    const least = this.#losses[first]!;
    let sum = 0;
    let square = 0;
    let i = first;
    while (i < last) {
      const apart = this.#losses[i]! - least;
      if (i % BLOCK === 0 && i + BLOCK <= last) {
        const block = i / BLOCK;
        sum += this.#sums[block]! + BLOCK * apart;
        square += this.#squares[block]! + apart * (2 * this.#sums[block]! + BLOCK * apart);
        i += BLOCK;
      } else {
        sum += apart;
        square += apart * apart;
        i++;
      }
    }
    const count = last - first;
    const mean = sum / count;
    return { count, mean: least - from + mean, squares: Math.max(0, square - sum * mean) };
  }
}

/** Numbers that are known by their mean and by the squares of what they are apart from it. */
interface Group {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
}

/** @source Chan, Golub & LeVeque, Algorithms for computing the sample variance (1983), eq. 2.1 */
function meanOfGroups(groups: readonly Group[]): Estimate {
  let count = 0;
  let value = 0;
  let squares = 0;
  for (const group of groups) {
    if (group.count === 0) continue;
    const apart = group.mean - value;
    const part = group.count / (count + group.count);
    squares += group.squares + apart * apart * count * part;
    value += apart * part;
    count += group.count;
  }
  const standardError = count > 1 ? Math.sqrt(squares / (count - 1) / count) : 0;
  return { value, standardError };
}
