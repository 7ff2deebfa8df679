// Method: properties of the cut, and sums whose order shows in their last bits.
import { expect, test } from "vitest";
import { CHUNKS_MAX, chunksOf, MomentSums, type Part, partsOf } from "../../src/engine/index.ts";
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

test("moment sums: the order in which parts come does not show", () => {
  const random = seeded(5);
  const parts = partsOf(chunksOf(1_000_000));
  const moments = parts.map(() => Float64Array.from({ length: 3 }, () => random() - 0.5));
  const gathered = (order: readonly number[]) => {
    const chunks: [number, Float64Array][] = [];
    const sums = new MomentSums(parts, (index, sum) => chunks.push([index, sum]));
    // A copy, because only what waits may be kept.
    for (const index of order) sums.add(index, moments[index]!.slice());
    return chunks;
  };
  const inOrder = gathered(parts.map((_, index) => index));
  expect(inOrder.map(([index]) => index)).toEqual(chunksOf(1_000_000).map((_, index) => index));
  const second = parts.flatMap((part: Part, index) => (part.chunk === 1 ? [moments[index]!] : []));
  const [head, ...rest] = second;
  expect(inOrder[1]![1][0]).toBe(rest.reduce((sum, one) => sum + one[0]!, head![0]!));
  for (let round = 0; round < 20; round++) {
    const order = parts.map((_, index) => index);
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    expect(gathered(order)).toEqual(inOrder);
  }
});

test("moment sums: what an executor passes may be overwritten", () => {
  const parts = partsOf([{ first: 0, count: 16_384 }]);
  const buffer = new Float64Array(1);
  let sum = 0;
  const sums = new MomentSums(parts, (_, moments) => {
    sum = moments[0]!;
  });
  parts.forEach((_, index) => {
    buffer[0] = index + 1;
    sums.add(index, buffer);
  });
  expect(sum).toBe(3);
});
