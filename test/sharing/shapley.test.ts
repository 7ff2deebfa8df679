// Method: published games; the axioms of the value on random games; sample losses for the core.
import { expect, test } from "vitest";
import { coreExcess, PLAYERS_MAX, shapley } from "../../src/sharing/index.ts";
import { seeded } from "../support/kernel.ts";
import { expectClose, reference } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

const members = (coalition: number, players: number) =>
  Array.from({ length: players }, (_, i) => i).filter((i) => coalition & (1 << i));

test("shapley: the airport game", () => {
  const { inputs, expected, tolerance } = reference<{ costs: number[] }, { float: number[] }>(
    "alloc.shapley.airport",
  );
  const cost = (coalition: number) =>
    Math.max(...members(coalition, 6).map((i) => inputs.costs[i]!));
  shapley(6, cost).forEach((part, i) => {
    expectClose(part, expected.float[i]!, tolerance);
  });
});

test("shapley: the Tennessee Valley, and its nucleolus is in the core", () => {
  const { inputs, expected, tolerance } = reference<
    { cost_game: Record<string, number> },
    { shapley: number[]; nucleolus: number[] }
  >("alloc.tva");
  const cost = (coalition: number) =>
    inputs.cost_game[
      members(coalition, 3)
        .map((i) => i + 1)
        .join("")
    ]!;
  const parts = shapley(3, cost);
  parts.forEach((part, i) => {
    expectClose(part, expected.shapley[i]!, tolerance);
  });
  expect(coreExcess(expected.nucleolus, cost).excess).toBeLessThan(1e-9);
  expect(coreExcess(parts, cost).excess).toBeLessThan(1e-9);
  // Power alone would not pay for everything.
  expect(coreExcess([0, 0, 412_584], cost)).toEqual({ coalition: 4, excess: 412_584 - 250_096 });
});

test("shapley: the market for gloves", () => {
  const { expected } = reference<unknown, { shapley: string[] }>("alloc.shapley.glove");
  const value = (coalition: number) => Number((coalition & 1) > 0 && (coalition & 6) > 0);
  const exact = expected.shapley.map((text) => {
    const [over, under] = text.split("/").map(Number);
    return over! / under!;
  });
  shapley(3, value).forEach((part, i) => {
    expect(part).toBeCloseTo(exact[i]!, 14);
  });
});

test("shapley: is efficient, symmetric and additive, and gives a dummy its own", () => {
  const random = seeded(3);
  for (let round = 0; round < 40; round++) {
    const players = 2 + (round % 7);
    const first = Float64Array.from({ length: 2 ** players }, (_, c) => (c ? random() : 0));
    const second = Float64Array.from({ length: 2 ** players }, (_, c) => (c ? random() : 0));
    const parts = shapley(players, (c) => first[c]!);
    expect(parts.reduce((a, b) => a + b)).toBeCloseTo(first.at(-1)!, 12);
    const others = shapley(players, (c) => second[c]!);
    shapley(players, (c) => first[c]! + second[c]!).forEach((part, i) => {
      expect(part).toBeCloseTo(parts[i]! + others[i]!, 12);
    });
    // Players 0 and 1 change places.
    const swap = (c: number) => (c & ~3) | ((c & 1) << 1) | ((c & 2) >> 1);
    const swapped = shapley(players, (c) => first[swap(c)]!);
    expect([swapped[0]!, swapped[1]!]).toEqual([
      expect.closeTo(parts[1]!, 12),
      expect.closeTo(parts[0]!, 12),
    ]);
    const withDummy = shapley(
      players + 1,
      (c) => first[c & (2 ** players - 1)]! + 7 * (c >> players),
    );
    expect(withDummy[players]).toBeCloseTo(7, 12);
  }
});

test("shapley: tail averages are in the core of expected shortfall, whatever the losses", () => {
  const { tolerance } = reference<unknown, unknown>("alloc.euler-es-in-core");
  const random = seeded(8);
  const tail = 13;
  for (let round = 0; round < 20; round++) {
    const players = 2 + (round % 6);
    const losses = Array.from({ length: 200 }, () =>
      Array.from({ length: players }, () => random() ** -0.4 * (random() - 0.4)),
    );
    const shortfall = (coalition: number) => {
      const sums = losses.map((row) =>
        members(coalition, players).reduce((a, i) => a + row[i]!, 0),
      );
      return (
        sums
          .sort((a, b) => b - a)
          .slice(0, tail)
          .reduce((a, b) => a + b) / tail
      );
    };
    const all = 2 ** players - 1;
    const worst = losses
      .map((row) => ({ row, sum: members(all, players).reduce((a, i) => a + row[i]!, 0) }))
      .sort((a, b) => b.sum - a.sum)
      .slice(0, tail);
    const euler = Array.from({ length: players }, (_, i) =>
      worst.reduce((a, { row }) => a + row[i]! / tail, 0),
    );
    expect(coreExcess(euler, shortfall).excess).toBeLessThan(tolerance.abs!);
    expect(euler.reduce((a, b) => a + b)).toBeCloseTo(shortfall(all), 12);
  }
});

test("coreExcess: names the coalition that had better leave", () => {
  const cost = (coalition: number) => [0, 10, 10, 12, 10, 18, 18, 20][coalition]!;
  const found = coreExcess([7, 7, 6], cost);
  expect(found).toEqual({ coalition: 3, excess: 2 });
});

test("shapley: refuses what cannot be gone through", () => {
  const one = () => 1;
  expect(refusals(() => shapley(PLAYERS_MAX + 1, one))).toEqual(["NUMBER_RANGE /players"]);
  expect(refusals(() => shapley(0, one))).toEqual(["NUMBER_RANGE /players"]);
  expect(refusals(() => shapley(1.5, one))).toEqual(["NUMBER_RANGE /players"]);
  expect(refusals(() => shapley(2, (c) => (c === 2 ? Number.NaN : 1)))).toEqual([
    "NUMBER_NOT_FINITE /cost/2",
  ]);
});
