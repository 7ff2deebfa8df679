import { joined, Moments } from "./moments.ts";

/**
 * Moments of which all numbers are given, zeros included.
 *
 * @param starts  [nodes + 1] where the moments of each node begin, and where they end
 */
export function momentsOf(all: Float64Array, starts: readonly number[]): Moments {
  const nodes = starts.length - 1;
  const bounds = new Int32Array(2 * nodes);
  const parts: Float64Array[] = [];
  for (let node = 0; node < nodes; node++) {
    const own = all.subarray(starts[node], starts[node + 1]);
    const first = own.findIndex((number) => number !== 0);
    if (first < 0) continue;
    let last = own.length - 1;
    while (own[last] === 0) last--;
    const from = Math.floor(first / 4);
    const to = Math.floor(last / 4) + 1;
    bounds.set([from, to], 2 * node);
    parts.push(own.subarray(4 * from, 4 * to));
  }
  return new Moments(bounds, joined([...parts, all.subarray(starts[nodes])]));
}

/** All numbers, zeros included. @param starts  as {@link momentsOf} */
export function allNumbers(moments: Moments, starts: readonly number[]): Float64Array {
  const nodes = starts.length - 1;
  const { sums } = moments;
  const all = new Float64Array(starts[nodes]! + sums.length);
  for (let node = 0; node < nodes; node++) {
    const { from, numbers } = moments.ofNode(node);
    all.set(numbers, starts[node]! + 4 * from);
  }
  all.set(sums, starts[nodes]);
  return all;
}

/** Moments of all cells of a node, zeros included: [4·cells]. */
export function wholeNode(moments: Moments, node: number, cells: number): Float64Array {
  const { from, numbers } = moments.ofNode(node);
  const whole = new Float64Array(4 * cells);
  whole.set(numbers, 4 * from);
  return whole;
}
