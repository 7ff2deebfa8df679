// Method: payments, sums and the log of events of the WebAssembly kernel, bit for bit, with covers
// of every severity that pay often.
import { expect, test } from "vitest";
import type { Cover } from "../../../src/book/index.ts";
import { TILE } from "../../../src/engine/index.ts";
import { samplePool } from "../../support/sample-pool.ts";
import { simulationOf } from "../../support/simulation.ts";
import { expectSameBits } from "../../support/twin.ts";

const severities: readonly Cover["severity"][] = [
  { kind: "constant", value: 0.4 },
  { kind: "uniform", min: 0.1, max: 0.9 },
  { kind: "beta", alpha: 2, beta: 3 },
  { kind: "pareto", scale: 0.2, shape: 0.3 },
  { kind: "pareto", scale: 0.5, shape: 0 },
  { kind: "constant", value: 1 },
];
const all: readonly Cover[] = severities.map((severity, i) => ({
  ...samplePool().covers[i % 2]!,
  id: `cover-${i}`,
  severity,
  // So high that a ratio above 1 would pay more than its limit lets through.
  deductible: "20000.00",
  annualProbability: 0.99,
  systemicLoading: i / 6,
}));

// With the pool-wide factor three covers take one block of normals, four and more take two.
test.each([
  [3, 1],
  [4, 1],
  [6, 0],
  [6, 1],
])("addCovers: events of %i covers, moments %i", (number, withMoments) => {
  const covers = all.slice(-number);
  expectSameBits((_, kernels) => {
    const simulation = simulationOf(kernels, { covers });
    simulation.withMoments = withMoments === 1;
    const log = simulation.arena.take(16 + TILE * covers.length * 16);
    simulation.events = log;
    const losses = [];
    const events = [];
    for (let first = 0; first < 2048; first += TILE) {
      losses.push(simulation.runRange(first, TILE).slice());
      const words = simulation.arena.u32(log, 4 + TILE * covers.length * 4);
      events.push(words.slice(0, 4 + 4 * words[0]!));
      words[0] = 0;
    }
    const count = events.reduce((sum, list) => sum + list[0]!, 0);
    expect(count).toBeGreaterThan(1024);
    return [...losses, ...events, simulation.takeMoments()];
  });
});
