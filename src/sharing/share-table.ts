import { received, refuse } from "../basics/index.ts";

/** Everyone's share of a loss, as a function of the loss: straight between the losses of a table. */
export interface ShareTable {
  readonly members: number;
  /** Losses of the table, ascending. Beyond them shares go on straight. */
  readonly nodes: Float64Array;
  /**
   * Everyone's share of a loss.
   *
   * @param loss  any sign, or ≥ 0 where no member's losses are ever negative
   * @returns     [members], in the unit of the loss; their sum is the loss but for rounding
   * @throws      PoolError NUMBER_NOT_FINITE, NUMBER_RANGE
   */
  at(loss: number): Float64Array;
}

/** What a table is made of. */
export interface ShareRows {
  readonly members: number;
  /** [nodes] strictly ascending, at least one. */
  readonly nodes: Float64Array;
  /** [nodes × members] shares that sum to the nodes. */
  readonly shares: Float64Array;
  /** No member's losses are ever negative: nobody has a share of nothing. */
  readonly isNonNegative: boolean;
}

/** Straight lines between the rows of a table. */
export class StraightShares implements ShareTable {
  readonly members: number;
  readonly nodes: Float64Array;
  readonly #shares: Float64Array;
  readonly #isNonNegative: boolean;
  /** [members] shares of one more, below and above the table; they sum to 1. */
  readonly #below: Float64Array;
  readonly #above: Float64Array;

  /** @param span  nodes at each end that its straight line comes from, at least 2 */
  constructor(rows: ShareRows, span: number) {
    const { members, nodes, shares, isNonNegative } = withZero(rows);
    this.members = members;
    this.nodes = nodes;
    this.#shares = shares;
    this.#isNonNegative = isNonNegative;
    const last = nodes.length - 1;
    const inner = Math.min(span - 1, last);
    this.#below = this.#slopes(0, inner);
    this.#above = this.#slopes(last - inner, last);
  }

  /** {@link ShareTable.at} */
  at(loss: number): Float64Array {
    this.check(loss);
    const { nodes } = this;
    const last = nodes.length - 1;
    if (loss <= nodes[0]!) return this.#beyond(0, loss, this.#below);
    if (loss >= nodes[last]!) return this.#beyond(last, loss, this.#above);
    const { node, part } = this.place(loss);
    const low = this.#row(node);
    const high = this.#row(node + 1);
    return low.map((share, m) => share + part * (high[m]! - share));
  }

  /** The node at or below a loss inside the table, and how far towards the next one the loss is. */
  place(loss: number): { readonly node: number; readonly part: number } {
    const { nodes } = this;
    let node = 0;
    let above = nodes.length - 1;
    while (above - node > 1) {
      const middle = (node + above) >> 1;
      if (nodes[middle]! <= loss) node = middle;
      else above = middle;
    }
    return { node, part: (loss - nodes[node]!) / (nodes[above]! - nodes[node]!) };
  }

  /** Refuses what cannot be the sum of the members' losses. */
  check(loss: number): void {
    const isAmount = Number.isFinite(loss);
    if (isAmount && !(this.#isNonNegative && loss < 0)) return;
    refuse({
      code: isAmount ? "NUMBER_RANGE" : "NUMBER_NOT_FINITE",
      pointer: "/loss",
      detail: isAmount
        ? "the sum of losses that are never negative is not negative either"
        : "a loss that is shared is an amount",
      expected: this.#isNonNegative ? "number >= 0" : "a finite number",
      received: received(loss),
    });
  }

  #row(node: number): Float64Array {
    return this.#shares.subarray(node * this.members, (node + 1) * this.members);
  }

  #beyond(node: number, loss: number, slopes: Float64Array): Float64Array {
    const apart = loss - this.nodes[node]!;
    return this.#row(node).map((share, m) => share + apart * slopes[m]!);
  }

  /** Shares of one more between two nodes; alike for all where there is one node. */
  #slopes(from: number, to: number): Float64Array {
    const width = this.nodes[to]! - this.nodes[from]!;
    const low = this.#row(from);
    if (!(width > 0)) return low.map(() => 1 / this.members);
    return this.#row(to).map((share, m) => (share - low[m]!) / width);
  }
}

/** Nobody has a share of nothing: says so in a node of its own, where there is none. */
function withZero(rows: ShareRows): ShareRows {
  const { members, nodes, shares, isNonNegative } = rows;
  if (!isNonNegative || !(nodes[0]! > 0)) return rows;
  const longer = new Float64Array(shares.length + members);
  longer.set(shares, members);
  return { ...rows, nodes: Float64Array.of(0, ...nodes), shares: longer };
}
