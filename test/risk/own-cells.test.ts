// Method: everyone's losses in scenarios that fell into some of a node's cells, with memory full of NaN, against
// the same made of all cells.
import { expect, test } from "vitest";
import { CELL_BYTES } from "../../src/engine/index.ts";
import { OwnCells } from "../../src/risk/own-cells.ts";
import { ownersOf } from "../../src/risk/owner.ts";
import { freshKernel, seeded } from "../support/kernel.ts";
import { samplePool } from "../support/sample-pool.ts";
import { laidPoolOf } from "../support/simulation.ts";

const COUNT = 200;

test.each([
  ["to both sides of no move", 0.4, 0.6],
  ["further to the left", 0.2, 0.55],
  ["further to the right", 0.45, 0.9],
  ["to the left alone", 0.1, 0.3],
  ["to the right alone", 0.6, 0.8],
  ["all", 0, 1],
])("own cells: scenarios that reach %s", (_, low, high) => {
  const random = seeded(3);
  const pool = laidPoolOf(freshKernel().kernels, samplePool(), 30);
  const { arena } = pool.simulation;
  const [at, t, out] = [4, 8, 8].map((size) => arena.reserve(COUNT * size)) as [
    number,
    number,
    number,
  ];
  arena.f64(t, COUNT).set(Float64Array.from({ length: COUNT }, () => random()));
  let compared = 0;
  for (const profile of pool.profiles) {
    const { cells } = profile.grid;
    const from = Math.floor(low * (cells - 1));
    const to = Math.max(from + 1, Math.floor(high * cells));
    const offsets = Int32Array.from(
      { length: COUNT },
      () => from + Math.floor(random() * (to - from)),
    );
    arena.i32(at, COUNT).set(offsets.map((cell) => cell * CELL_BYTES));
    const lossesOf = (place: number, range: { readonly from: number; readonly to: number }) => {
      const mark = arena.mark();
      const room = arena.reserve(1 << 20);
      arena.f64(room, (1 << 20) / 8).fill(Number.NaN);
      arena.release(mark);
      arena.f64(out, COUNT).fill(0);
      const fallen = { count: COUNT, at, t, cells: range };
      new OwnCells(arena, profile, fallen).addLosses(place, out);
      return arena.f64(out, COUNT).slice();
    };
    for (const { place } of ownersOf(pool)) {
      const whole = lossesOf(place, { from: 0, to: cells });
      expect(lossesOf(place, { from, to })).toEqual(whole);
      compared += Number(whole.some((loss) => loss !== 0));
    }
  }
  expect(compared).toBeGreaterThan(5);
});
