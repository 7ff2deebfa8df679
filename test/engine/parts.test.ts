// Method: properties of the cut, and sums whose order shows in their last bits.
import { expect, test } from "vitest";
import {
  allNumbers,
  CHUNKS_MAX,
  chunksOf,
  MomentSums,
  type Moments,
  momentsOf,
  partsOf,
  wholeNode,
} from "../../src/engine/index.ts";
import { seeded } from "../support/kernel.ts";

test.each([1000, 1001, 24 * 8192, 24 * 8192 + 1, 200_000, 1_000_000, 99_999_999])(
  "parts: of %d scenarios cover every path once, in order, and close every chunk",
  (scenarios) => {
    const chunks = chunksOf(scenarios);
    expect(chunks.length).toBeLessThanOrEqual(CHUNKS_MAX);
    const parts = partsOf(chunks);
    let end = 0;
    const closed: number[] = [];
    for (const { first, count, chunk, closes } of parts) {
      expect(first).toBe(end);
      expect(count).toBeGreaterThan(0);
      // Whole tiles, so that a part's paths stand in the same lanes wherever they run.
      if (!closes) expect(count % 128).toBe(0);
      expect(count).toBeLessThanOrEqual(8192);
      expect(first).toBeGreaterThanOrEqual(chunks[chunk]!.first);
      end = first + count;
      if (!closes) continue;
      expect(end).toBe(chunks[chunk]!.first + chunks[chunk]!.count);
      closed.push(chunk);
    }
    expect(end).toBe(scenarios);
    expect(closed).toEqual(chunks.map((_, index) => index));
  },
);

test.each([
  [7, 1_000_000, 0.03],
  [16, 1_000_000, 0.01],
  [5, 1_000_000, 0.02],
  [64, 10_000_000, 0.05],
])("parts: %d workers share %d scenarios with little idle time", (workers, scenarios, idle) => {
  const parts = partsOf(chunksOf(scenarios));
  const busiest = Math.ceil(parts.length / workers);
  expect(busiest / (parts.length / workers) - 1).toBeLessThan(idle);
});

/** Numbers of two nodes and three sums, as scenarios leave them: of most cells nothing. */
const STARTS = [0, 40, 120];

function numbersOf(random: () => number): Float64Array {
  const all = new Float64Array(123);
  for (const [from, cells] of [
    [0, 10],
    [40, 20],
  ] as const) {
    const [a, b] = [Math.floor(random() * cells), Math.floor(random() * cells)];
    for (let cell = Math.min(a, b); cell < Math.max(a, b); cell++) {
      for (let k = 0; k < 4; k++) all[from + 4 * cell + k] = random() - 0.5;
    }
  }
  for (let i = 120; i < 123; i++) all[i] = random() - 0.5;
  return all;
}

test("moment sums: of all numbers, zeros included, and the order in which parts come does not show", () => {
  const random = seeded(5);
  const chunks = chunksOf(1_000_000);
  const parts = partsOf(chunks);
  const numbers = parts.map(() => numbersOf(random));
  const gathered = (order: readonly number[]) => {
    const found: [number, Float64Array][] = [];
    const sums = new MomentSums(parts, (index, sum) =>
      found.push([index, allNumbers(sum, STARTS)]),
    );
    for (const index of order) sums.add(index, momentsOf(numbers[index]!, STARTS));
    return found;
  };
  const inOrder = gathered(parts.map((_, index) => index));
  expect(inOrder).toEqual(
    chunks.map((_, chunk) => {
      const own = numbers.filter((__, index) => parts[index]!.chunk === chunk);
      return [chunk, own[0]!.map((__, i) => own.reduce((sum, one) => sum + one[i]!, 0))];
    }),
  );
  for (let round = 0; round < 20; round++) {
    const order = parts.map((_, index) => index);
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    expect(gathered(order)).toEqual(inOrder);
  }
});

test("moments: nodes, sums and what is held are those of all numbers", () => {
  const random = seeded(6);
  for (let round = 0; round < 100; round++) {
    const all = numbersOf(random);
    const moments = momentsOf(all, STARTS);
    expect(allNumbers(moments, STARTS)).toEqual(all);
    for (const node of [0, 1]) {
      const whole = all.slice(STARTS[node], STARTS[node + 1]);
      expect(wholeNode(moments, node, whole.length / 4)).toEqual(whole);
      const { from, to, numbers } = moments.ofNode(node);
      expect(numbers).toEqual(whole.slice(4 * from, 4 * to));
      // No cell more than there are scenarios in.
      const isEmpty = (cell: number) =>
        numbers.subarray(4 * cell, 4 * cell + 4).every((number) => number === 0);
      expect(from < to && (isEmpty(0) || isEmpty(to - from - 1))).toBe(false);
    }
    expect(moments.sums).toEqual(all.slice(120));
    expect(moments.held).toBe(all[122]);
  }
});

test("moments: what is added stays as it is, and what reaches no further needs no room", () => {
  const random = seeded(7);
  const isWithin = (one: Moments, other: Moments) =>
    [0, 1].every((node) => {
      const [inner, outer] = [one.ofNode(node), other.ofNode(node)];
      return inner.from === inner.to || (inner.from >= outer.from && inner.to <= outer.to);
    });
  let inPlace = 0;
  for (let round = 0; round < 200; round++) {
    const [one, more] = [numbersOf(random), numbersOf(random)];
    const [sum, other] = [momentsOf(one, STARTS), momentsOf(more, STARTS)];
    const before = structuredClone([other.numbers, other.bounds]);
    const fits = isWithin(other, sum);
    const both = sum.add(other);
    expect(both === sum).toBe(fits);
    expect(allNumbers(both, STARTS)).toEqual(one.map((number, i) => number + more[i]!));
    expect([other.numbers, other.bounds]).toEqual(before);
    inPlace += Number(fits);
  }
  expect(inPlace).toBeGreaterThan(5);
  expect(inPlace).toBeLessThan(190);
});
