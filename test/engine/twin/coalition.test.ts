// Method: the bits of the WebAssembly kernel, for losses that are and are not tied, tails that are
// whole and in part, and numbers at which arithmetic changes its ways.
import { test } from "vitest";
import { seeded } from "../../support/kernel.ts";
import { column, expectSameBits } from "../../support/twin.ts";

/** Losses by member: smooth, coarse so that many are alike, mostly nothing, and with edges. */
const KINDS: readonly ((seed: number, count: number) => Float64Array)[] = [
  (seed, count) => column(seed, count, 100),
  (seed, count) => column(seed, count, 3).map(Math.round),
  (seed, count) => column(seed, count, 50).map((x) => Math.max(0, x - 48)),
  (seed, count) => column(seed, count, 1e-3, true).map((x) => Math.max(-1e30, Math.min(1e30, x))),
];

test.each([
  [1, 64, 1],
  [2, 64, 64],
  [3, 128, 0.4],
  [17, 192, 4.8],
  [40, 1024, 25.6],
  [40, 1024, 10],
])("marginals: %i members, %i scenarios, %d of them in the tail", (members, count, tail) => {
  KINDS.forEach((kind, k) => {
    expectSameBits((arena, kernels) => {
      const random = seeded(90 + k);
      const columns = arena.put(
        Array.from({ length: members }, (_, m) => [...kind(91 + m, count)]).flat(),
      );
      const total = arena.take(count * 8);
      const parts = arena.take(3 * members * 8);
      const order = arena.take(members * 4);
      const scratch = arena.take(6 * count * 8);
      const own = arena.f64(columns, members * count);
      const sums = arena.f64(total, count);
      for (let i = 0; i < own.length; i++) sums[i % count]! += own[i]!;
      for (let round = 0; round < 3; round++) {
        const shuffled = Array.from({ length: members }, (_, m) => ({ m, at: random() }))
          .sort((a, b) => a.at - b.at)
          .map(({ m }) => m);
        arena.u32(order, members).set(shuffled);
        const out = parts + round * members * 8;
        kernels.marginals(out, order, members, columns, total, scratch, count, tail);
      }
      return [arena.f64(parts, 3 * members)];
    });
  });
});

test.each([
  [1, 64, 1],
  [2, 64, 64],
  [5, 128, 0.4],
  [9, 192, 4.8],
  [10, 512, 12.8],
])("coalitions: %i members, %i scenarios, %d of them in the tail", (members, count, tail) => {
  KINDS.forEach((kind) => {
    expectSameBits((arena, kernels) => {
      const columns = arena.put(
        Array.from({ length: members }, (_, m) => [...kind(71 + m, count)]).flat(),
      );
      const costs = arena.take(2 ** members * 8);
      const scratch = arena.take((members * (count + 2) + 6 * count) * 8);
      // In ranges: what is kept between them is part of it.
      const middle = (2 ** members) >> 1;
      kernels.coalitions(costs, members, 1, middle, columns, scratch, count, tail);
      kernels.coalitions(costs, members, middle, 2 ** members, columns, scratch, count, tail);
      return [arena.f64(costs, 2 ** members)];
    });
  });
});
