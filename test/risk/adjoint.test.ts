// Method: everyone's average over all scenarios and over some, weighted, by the moments these left, against
// everyone's own loss in each of them. Where few have options on an asset another way is taken.
import { expect, test } from "vitest";
import { optionBook } from "../../bench/book.ts";
import { atOnce, type Level } from "../../src/basics/index.ts";
import { averagesWork } from "../../src/risk/adjoint.ts";
import { ownerAverages } from "../../src/risk/contribution.ts";
import { OwnLosses } from "../../src/risk/own-losses.ts";
import { ownersOf } from "../../src/risk/owner.ts";
import { freshKernel } from "../support/kernel.ts";
import { laidPoolOf } from "../support/simulation.ts";

const COUNT = 1024;

test.each([
  [20, 10],
  [60, 8],
  [80, 40],
  [400, 300],
])("averages: %i options of %i participants", async (options, participants) => {
  const pool = laidPoolOf(freshKernel().kernels, optionBook(options, participants), 10);
  const { simulation } = pool;
  const weights = Float64Array.from({ length: COUNT }, (_, i) => ((i * 7) % 13) - 3);
  simulation.withMoments = true;
  simulation.takeMoments();
  simulation.runRange(0, COUNT);
  const all = simulation.takeMoments();
  simulation.runList(Uint32Array.from(weights.keys()), weights, 0, COUNT);
  const some = simulation.takeMoments();
  const averages = atOnce(averagesWork(pool, [all, some], [1 / COUNT, 1]));
  const losses = await OwnLosses.of(pool, COUNT, 900_000 as unknown as Level, async () => {});
  expect(losses.count).toBe(COUNT);
  let largest = 0;
  for (const owner of ownersOf(pool)) {
    const column = losses.column(owner);
    const found = ownerAverages(pool, averages, 2, owner);
    const size = column.reduce((sum, loss) => sum + Math.abs(loss), 0);
    const mean = column.reduce((sum, loss) => sum + loss, 0) / COUNT;
    const weighted = column.reduce((sum, loss, i) => sum + weights[i]! * loss, 0);
    expect(Math.abs(found[0]! - mean)).toBeLessThanOrEqual((1e-11 * size) / COUNT);
    expect(Math.abs(found[1]! - weighted)).toBeLessThanOrEqual(1e-10 * size);
    largest = Math.max(largest, size);
  }
  expect(largest).toBeGreaterThan(1);
});
