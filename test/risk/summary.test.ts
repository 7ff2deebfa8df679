// Method: the points of the convergence curve against the tail of each prefix by itself, for losses
// in any order: those whose worst come first, last, or are spread over the run.
import { expect, test } from "vitest";
import { atOnce, type Level } from "../../src/basics/index.ts";
import { Arena, Column } from "../../src/engine/index.ts";
import { summaryWork, tailNeeded, tailTaken } from "../../src/risk/summary.ts";
import { measureLosses, worst } from "../../src/risk/tail.ts";
import { freshKernel, seeded } from "../support/kernel.ts";

const LEVELS = [950_000, 990_000] as Level[];
const PRIMARY = LEVELS[1]!;
const COUNT = 40_000;

const random = seeded(7);
const drawn = Float64Array.from({ length: COUNT }, () => (random() - 0.3) ** 3 * 1000);
const orders = {
  drawn,
  "worst first": drawn.slice().sort().reverse(),
  "worst last": drawn.slice().sort(),
  "the worst right behind a prefix": drawn.map((loss, i) => (i % 2500 === 0 ? 1e6 + i : loss)),
  "all alike": new Float64Array(COUNT).fill(5),
};

test.each(Object.entries(orders))("convergence: every prefix has its own tail, %s", (_, losses) => {
  const column = new Column(new Arena(freshKernel().kernels, 1 << 28), losses);
  const tail = worst(column, tailTaken(LEVELS, PRIMARY, COUNT));
  const [least] = column.extremes();
  const { convergence, best, levels } = atOnce(
    summaryWork(column, least, tail, LEVELS, PRIMARY, 10),
  );
  expect(convergence.map(({ scenarios }) => scenarios)).toEqual([
    2500,
    5000,
    10_000,
    20_000,
    COUNT,
  ]);
  for (const { scenarios, valueAtRisk, expectedShortfall } of convergence) {
    const own = measureLosses(losses.slice(0, scenarios), PRIMARY);
    expect(valueAtRisk.value).toBe(own.valueAtRisk);
    expect(expectedShortfall.value).toBe(own.expectedShortfall);
    expect(expectedShortfall.standardError).toBe(own.esStandardError);
  }
  expect(best).toBe(Math.min(...losses.subarray(0, 1000), ...blocks(losses)));
  for (const level of levels) {
    const own = measureLosses(losses, Math.round(level.level * 1e6) as Level);
    expect(level.expectedShortfall.value).toBe(own.expectedShortfall);
  }
});

/** Least numbers of stretches short enough to be arguments. */
function blocks(losses: Float64Array): number[] {
  const least: number[] = [];
  for (let i = 0; i < losses.length; i += 1000) {
    least.push(Math.min(...losses.subarray(i, i + 1000)));
  }
  return least;
}

test("tailTaken: as much as the levels need, and little enough to be sorted", () => {
  for (const scenarios of [100, 10_000, 1_000_000]) {
    const needed = tailNeeded(LEVELS, scenarios);
    const taken = tailTaken(LEVELS, PRIMARY, scenarios);
    expect(taken).toBeGreaterThanOrEqual(needed);
    expect(taken).toBeLessThanOrEqual(Math.min(scenarios, 3 * needed));
  }
});
