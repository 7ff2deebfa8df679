// Method: ES of every coalition on the way by sorting its losses; the definition, one order at a time.
import { expect, test } from "vitest";
import { freshKernel, seeded } from "../support/kernel.ts";
import { expectClose } from "../support/reference.ts";

/** Mean of the worst `tail` losses, the last of them in part. */
function shortfall(losses: readonly number[], tail: number): number {
  const sorted = [...losses].sort((a, b) => b - a);
  const sum = sorted.reduce(
    (above, loss, i) => above + loss * Math.min(1, Math.max(0, tail - i)),
    0,
  );
  return sum / tail;
}

/** What everyone adds in an order. */
function added(columns: readonly number[][], order: readonly number[], tail: number): number[] {
  const losses = columns[0]!.map(() => 0);
  const parts: number[] = [];
  let before = 0;
  for (const member of order) {
    columns[member]!.forEach((loss, s) => {
      losses[s]! += loss;
    });
    const now = shortfall(losses, tail);
    parts[member] = now - before;
    before = now;
  }
  return parts;
}

const LAWS: Readonly<Record<string, (random: () => number, member: number) => number>> = {
  smooth: (random) => random() + random() + random() - 1.2,
  "of very unlike sizes": (random, member) => 10 ** (member % 7) * (random() - 0.3),
  coarse: (random) => Math.floor(4 * random()),
  rare: (random) => (random() < 0.01 ? 1 + random() : 0),
  "all alike": () => 3,
  none: () => 0,
  "heavy in the tail": (random) => random() ** -0.9,
};

test.each(Object.keys(LAWS))("marginals: losses that are %s", (law) => {
  for (const [members, count, tail] of [
    [1, 64, 2],
    [2, 64, 0.3],
    [9, 128, 128],
    [30, 256, 6.4],
    [60, 1024, 25.6],
  ] as const) {
    const random = seeded(members + tail);
    const columns = Array.from({ length: members }, (_, m) =>
      Array.from({ length: count }, () => LAWS[law]!(random, m)),
    );
    const order = columns
      .map((_, m) => ({ m, at: random() }))
      .sort((a, b) => a.at - b.at)
      .map(({ m }) => m);
    const { kernels, arena } = freshKernel();
    const at = arena.put(columns.flat());
    const total = arena.put(columns[0]!.map((_, s) => columns.reduce((sum, c) => sum + c[s]!, 0)));
    const parts = arena.take(members * 8);
    const places = arena.take(members * 4);
    const scratch = arena.take(6 * count * 8);
    arena.u32(places, members).set(order);
    kernels.marginals(parts, places, members, at, total, scratch, count, tail);
    const forth = added(columns, order, tail);
    const back = added(columns, [...order].reverse(), tail);
    const size = columns.flat().reduce((most, loss) => Math.max(most, Math.abs(loss)), 0);
    expectClose(
      arena.f64(parts, members),
      Float64Array.from(forth, (one, m) => (one + back[m]!) / 2),
      { abs: 1e-12 * members * size },
    );
  }
});

test("marginals: nobody's memory but its own is written", () => {
  const { kernels, arena } = freshKernel();
  const [members, count] = [5, 64];
  const random = seeded(4);
  const inputs = arena.put(Array.from({ length: (members + 1) * count }, random));
  const order = arena.take(members * 4);
  const parts = arena.take(members * 8);
  const scratch = arena.take(6 * count * 8);
  const after = arena.put(Array.from({ length: 64 }, random));
  arena.u32(order, members).set([3, 1, 4, 0, 2]);
  const before = arena.f64(inputs, (members + 1) * count).slice();
  const guard = arena.f64(after, 64).slice();
  const total = inputs + members * count * 8;
  kernels.marginals(parts, order, members, inputs, total, scratch, count, 64);
  expect([...arena.u32(order, members)]).toEqual([3, 1, 4, 0, 2]);
  expect(arena.f64(inputs, (members + 1) * count)).toEqual(before);
  expect(arena.f64(after, 64)).toEqual(guard);
});

test.each(Object.keys(LAWS))("coalitions: losses that are %s", (law) => {
  for (const [members, count, tail] of [
    [1, 64, 2],
    [3, 64, 0.3],
    [6, 128, 128],
    [8, 256, 6.4],
  ] as const) {
    const random = seeded(members + tail);
    const columns = Array.from({ length: members }, (_, m) =>
      Array.from({ length: count }, () => LAWS[law]!(random, m)),
    );
    const { kernels, arena } = freshKernel();
    const at = arena.put(columns.flat());
    const costs = arena.take(2 ** members * 8);
    const scratch = arena.take((members * (count + 2) + 6 * count) * 8);
    kernels.coalitions(costs, members, 1, 2 ** members, at, scratch, count, tail);
    const wanted = Float64Array.from({ length: 2 ** members }, (_, coalition) =>
      shortfall(
        columns[0]!.map((__, s) =>
          columns.reduce((sum, own, m) => ((coalition >> m) & 1 ? sum + own[s]! : sum), 0),
        ),
        tail,
      ),
    );
    const size = columns.flat().reduce((most, loss) => Math.max(most, Math.abs(loss)), 0);
    expectClose(arena.f64(costs, 2 ** members), wanted, { abs: 1e-12 * members * size });
  }
});

test("coalitions: nobody's memory but its own is written", () => {
  const { kernels, arena } = freshKernel();
  const [members, count] = [5, 128];
  const random = seeded(3);
  const at = arena.put(Array.from({ length: members * count }, random));
  const costs = arena.take(2 ** members * 8);
  const scratch = arena.take((members * (count + 2) + 6 * count) * 8);
  const guard = arena.take(64);
  arena.f64(guard, 8).fill(7);
  const before = arena.f64(at, members * count).slice();
  kernels.coalitions(costs, members, 1, 2 ** members, at, scratch, count, 3.2);
  expect([...arena.f64(guard, 8)]).toEqual(new Array(8).fill(7));
  expect(arena.f64(at, members * count)).toEqual(before);
});
