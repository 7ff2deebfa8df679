/** Cells of a node that some scenarios fell into, and their moments; those of all others are 0. */
export interface NodeMoments {
  readonly from: number;
  /** After the last. */
  readonly to: number;
  /** [4·(to - from)] */
  readonly numbers: Float64Array;
}

/**
 * What scenarios left behind: the moments of the cells that they fell into, and sums. Of a node's
 * cells a small pool's scenarios reach a quarter, those of a tail fewer.
 */
export class Moments {
  /** [nodes × 2] the first cell that was reached and the one after the last; both 0 for none. */
  readonly bounds: Int32Array;
  /** Moments of these cells, node by node; then sums, the last of them the count of held prices. */
  readonly numbers: Float64Array<ArrayBuffer>;
  #starts: Int32Array | null = null;

  constructor(bounds: Int32Array, numbers: Float64Array<ArrayBuffer>) {
    this.bounds = bounds;
    this.numbers = numbers;
  }

  ofNode(node: number): NodeMoments {
    const starts = this.#nodeStarts;
    return {
      from: this.bounds[2 * node]!,
      to: this.bounds[2 * node + 1]!,
      numbers: this.numbers.subarray(starts[node], starts[node + 1]),
    };
  }

  /** Joint accounts' shortfalls, covers' payments, and what is liquidated; then the count of held prices. */
  get sums(): Float64Array {
    return this.numbers.subarray(this.#nodeStarts.at(-1));
  }

  /** How many prices were held at the model's bound. */
  get held(): number {
    return this.numbers[this.numbers.length - 1]!;
  }

  /**
   * These and some more of the same simulation, in their place where the others reach no further.
   * Floating-point sums depend on the order of adding.
   */
  add(more: Moments): Moments {
    if (!this.#reachesAsFarAs(more)) return this.#joinedWith(more);
    for (let node = 0; 2 * node < this.bounds.length; node++) {
      const own = this.ofNode(node);
      const other = more.ofNode(node);
      addTo(own.numbers, other.numbers, 4 * (other.from - own.from));
    }
    addTo(this.sums, more.sums, 0);
    return this;
  }

  #reachesAsFarAs({ bounds }: Moments): boolean {
    const own = this.bounds;
    for (let i = 0; i < own.length; i += 2) {
      const isNone = bounds[i] === bounds[i + 1];
      if (!isNone && (bounds[i]! < own[i]! || bounds[i + 1]! > own[i + 1]!)) return false;
    }
    return true;
  }

  #joinedWith(more: Moments): Moments {
    const nodes = this.bounds.length / 2;
    const bounds = new Int32Array(2 * nodes);
    const parts: Float64Array[] = [];
    for (let node = 0; node < nodes; node++) {
      const filled = [this.ofNode(node), more.ofNode(node)].filter(({ from, to }) => from < to);
      if (filled.length === 0) continue;
      const from = Math.min(...filled.map((part) => part.from));
      const to = Math.max(...filled.map((part) => part.to));
      bounds.set([from, to], 2 * node);
      const sum = new Float64Array(4 * (to - from));
      for (const part of filled) addTo(sum, part.numbers, 4 * (part.from - from));
      parts.push(sum);
    }
    const sums = this.sums.slice();
    addTo(sums, more.sums, 0);
    return new Moments(bounds, joined([...parts, sums]));
  }

  get #nodeStarts(): Int32Array {
    if (this.#starts) return this.#starts;
    const starts = new Int32Array(this.bounds.length / 2 + 1);
    for (let node = 0; node + 1 < starts.length; node++) {
      starts[node + 1] = starts[node]! + 4 * (this.bounds[2 * node + 1]! - this.bounds[2 * node]!);
    }
    this.#starts = starts;
    return starts;
  }
}

function addTo(sum: Float64Array, more: Float64Array, from: number): void {
  for (let i = 0; i < more.length; i++) sum[from + i]! += more[i]!;
}

/** Lists one behind the other. */
export function joined(parts: readonly Float64Array[]): Float64Array<ArrayBuffer> {
  const out = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
