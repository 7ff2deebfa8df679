// Method: the bits of the WebAssembly kernel on random cubics, and where prices stand exactly on
// the edges of cells, which they do when held at a bound that is one.
import { expect, test } from "vitest";
import { CELL_BYTES, NODE_BYTES, PLAN, type Simulation } from "../../../src/engine/index.ts";
import { simulationOf } from "../../support/simulation.ts";
import { column, expectSameBits, wordsOf } from "../../support/twin.ts";

test.each([2, 128, 1000])("addCubic: %i points on random cells", (count) => {
  expectSameBits((arena, kernels) => {
    const cubics = arena.put(column(30, 4 * 50, 1e6, true));
    const at = arena.take(count * 4);
    // Offsets of cells of 64 bytes, as the look-up leaves them.
    arena.i32(at, count).set(wordsOf(31, count).map((word) => (word % 50) * 64));
    const t = arena.put(column(32, count, 1, count > 100));
    const out = arena.put(column(33, count, 1e3));
    kernels.addCubic(cubics, at, t, out, count);
    return [arena.f64(out, count)];
  });
});

/** The ends of all cells of a node, and the bounds of the model's prices. */
function edgesOf({ arena, plan }: Simulation, node: number) {
  const words = arena.u32(plan, PLAN.PLAN_BYTES / 4);
  const records = words[PLAN.NODES / 4]!;
  const cells = arena.u32(records + node * NODE_BYTES + 16, 1)[0]!;
  const edges = [];
  for (let at = cells; ; at += CELL_BYTES) {
    const end = arena.f64(at, 8)[6]!;
    if (end === Number.POSITIVE_INFINITY) break;
    edges.push(end);
  }
  const bounds = words[PLAN.STEPS / 4]! * words[PLAN.ASSETS / 4]!;
  return { edges, bound: arena.f64(words[PLAN.BOUND / 4]!, bounds) };
}

test.each([0, 1, 2])("addProfile: prices on the edges of cells of node %i", (node) => {
  expectSameBits((_, kernels) => {
    const simulation = simulationOf(kernels);
    const { edges, bound } = edgesOf(simulation, node);
    const near = edges.filter((edge) => edge !== 0 && Math.abs(edge) < 0.3);
    expect(near.length).toBeGreaterThan(5);
    return near.flatMap((edge) => {
      bound.fill(Math.abs(edge));
      return [simulation.runRange(0, 128).slice(), simulation.takeMoments()];
    });
  });
});
