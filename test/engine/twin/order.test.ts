// Method: the bits of the WebAssembly kernel.
import { expect, test } from "vitest";
import type { Arena, Kernels } from "../../../src/engine/index.ts";
import { column, expectSameBits } from "../../support/twin.ts";

const LENGTHS = [1, 2, 7, 8, 9, 64, 1001];

test.each(LENGTHS)("extremes: of %i numbers", (count) => {
  for (const numbers of [column(90, count), column(91, count, 1e6, true), withNaN(count)]) {
    expectSameBits((arena, kernels) => {
      const out = arena.take(16);
      kernels.extremes(out, arena.put(numbers), count);
      return [arena.f64(out, 2)];
    });
  }
});

test.each(LENGTHS)("above: of %i numbers, none, some, all and too many", (count) => {
  const found: number[] = [];
  for (const numbers of [column(92, count), column(93, count, 1, true), withNaN(count)]) {
    for (const bar of [2, 0.9, 0, -2]) {
      for (const room of [1, 5, count]) {
        expectSameBits((arena, kernels) => {
          const values = arena.take((room + 1) * 8);
          const places = arena.take((room + 1) * 4);
          const at = arena.put(numbers);
          found.push(kernels.above(values, places, at, count, bar, room));
          return [
            Float64Array.of(found.at(-1)!),
            arena.f64(values, room + 1),
            arena.u32(places, room + 1),
          ];
        });
      }
    }
  }
  expect(found).toContain(0);
  expect(found).toContain(count);
  expect(found.includes(2)).toBe(count > 1);
});

test.each(LENGTHS)("keepAbove: of %i numbers", (count) => {
  for (const bar of [-2, 0, 0.5]) {
    expectSameBits((arena, kernels) => {
      const out = arena.take((count + 1) * 8);
      const kept = kernels.keepAbove(out, arena.put(column(94, count, 1, true)), count, bar);
      return [Float64Array.of(kept), arena.f64(out, kept)];
    });
  }
});

test.each(LENGTHS)("binned: %i numbers", (count) => {
  expectSameBits((arena, kernels) => {
    const counts = arena.take(2 * 10 * 4);
    const numbers = arena.put(column(95, count).map((x) => 3 + x));
    kernels.binned(counts, numbers, count, 2, 0.15, 10);
    const own = arena.u32(counts, 10);
    expect(own.reduce((a, b) => a + b)).toBe(count);
    return [own];
  });
});

/** Numbers whose upper halves, lower halves or nothing at all differ. */
const KINDS: readonly (readonly [string, (count: number) => Float64Array])[] = [
  ["of all sizes", (count) => column(96, count, 300).map((x) => Math.exp(x))],
  ["near each other", (count) => column(97, count, 2 ** -30).map((x) => 1e5 + x)],
  ["in two heaps", (count) => column(98, count, 2 ** -30).map((x, i) => (i % 2 ? 3 : 5e8) + x)],
  ["all alike", (count) => new Float64Array(count).fill(7.5)],
  [
    "as small as can be",
    (count) => Float64Array.from({ length: count }, (_, i) => 5e-324 * (1 + ((i * 7) % 11))),
  ],
];

const sorted = (arena: Arena, kernels: Kernels, numbers: Float64Array) => {
  const count = numbers.length;
  const spare = arena.take(count * 8);
  const at = kernels.ascending(arena.put(numbers), spare, count, arena.take(3 * 2048 * 4));
  return arena.f64(at, count);
};

test.each(KINDS)("ascending: numbers %s", (_, make) => {
  for (const count of [...LENGTHS, 24, 25, 26]) {
    const numbers = make(count);
    expectSameBits((arena, kernels) => {
      const own = sorted(arena, kernels, numbers);
      expect([...own]).toEqual([...numbers.slice().sort()]);
      return [own];
    });
  }
});

test.each(KINDS)("descending: numbers %s, of either sign, with their places", (_, make) => {
  for (const count of [...LENGTHS, 24, 25, 26]) {
    const numbers = make(count).map((x, i) => (i % 3 === 1 ? -x : i % 5 === 2 ? -0 : x));
    const places = Uint32Array.from(numbers, (_, i) => 7 * i);
    const order = [...numbers.keys()].sort((a, b) => numbers[b]! - numbers[a]! || a - b);
    expectSameBits((arena, kernels) => {
      const values = arena.put(numbers);
      const at = arena.take(count * 4);
      arena.u32(at, count).set(places);
      const spare = [arena.take(count * 16), arena.take(count * 16)] as const;
      kernels.descending(values, at, count, ...spare, arena.take(3 * 2048 * 4));
      const [own, ownPlaces] = [arena.f64(values, count), arena.u32(at, count)];
      expect([...ownPlaces]).toEqual(order.map((i) => 7 * i));
      expect([...own]).toEqual(order.map((i) => numbers[i]! + 0));
      return [own, ownPlaces];
    });
  }
});

function withNaN(count: number): Float64Array {
  const numbers = column(99, count);
  numbers[count >> 1] = Number.NaN;
  return numbers;
}
