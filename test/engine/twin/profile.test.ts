// Method: the bits of the WebAssembly kernel on random cubics, and where prices stand exactly on
// the edges of cells, which they do when held at a bound that is one.
import { expect, test } from "vitest";
import { CELL_BYTES, NODE_BYTES, PLAN, type Simulation, TILE } from "../../../src/engine/index.ts";
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

test.each([4, 100, 128])("keepPlaces: %i paths of a tile, behind another tile", (count) => {
  const nodes = 3;
  expectSameBits((arena, kernels) => {
    const offsets = wordsOf(34, nodes * TILE).map((word) => (word % 50) * 64);
    const spots = column(35, nodes * TILE, 1);
    const places = arena.take(nodes * TILE * 12);
    arena.i32(places, nodes * TILE).set(offsets);
    arena.f64(places + nodes * TILE * 4, nodes * TILE).set(spots);
    const stride = 300;
    const at = arena.take(nodes * stride * 4);
    const t = arena.take(nodes * stride * 8);
    const bounds = arena.take(nodes * 8);
    // Of a node that is met first, of one that reached further, of one that did not come so far.
    const before = [2 ** 31 - 1, -1, -64, 64 * 60, 64 * 30, 64 * 31];
    arena.i32(bounds, 2 * nodes).set(before);
    kernels.keepPlaces(places, nodes, count, at + 128 * 4, t + 128 * 8, stride, bounds);
    for (let node = 0; node < nodes; node++) {
      const own = offsets.subarray(node * TILE, node * TILE + count);
      expect(arena.i32(at + (node * stride + 128) * 4, count)).toEqual(Int32Array.from(own));
      expect(arena.f64(t + (node * stride + 128) * 8, count)).toEqual(
        spots.slice(node * TILE, node * TILE + count),
      );
      expect([...arena.i32(bounds + node * 8, 2)]).toEqual([
        Math.min(before[2 * node]!, ...own),
        Math.max(before[2 * node + 1]!, ...own),
      ]);
    }
    return [arena.u32(at, nodes * stride), arena.f64(t, nodes * stride), arena.u32(bounds, 6)];
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
      return [simulation.runRange(0, 128).slice(), simulation.takeMoments().numbers];
    });
  });
});
