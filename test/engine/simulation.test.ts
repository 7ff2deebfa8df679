// Method: an image laid in another instance, against the simulation it was taken of.
import { expect, test } from "vitest";
import { Arena, PLAN, Simulation, TILE } from "../../src/engine/index.ts";
import { marketModel } from "../../src/market/index.ts";
import { readPool } from "../../src/pool/index.ts";
import { accountsOf } from "../../src/risk/account.ts";
import type { LayoutInput } from "../../src/risk/layout.ts";
import { freshKernel } from "../support/kernel.ts";
import { samplePool } from "../support/sample-pool.ts";
import { losses, lossesInOrder, simulationOf } from "../support/simulation.ts";
import { expectSameBits } from "../support/twin.ts";

test("image: another instance gives the same losses and moments", () => {
  const original = simulationOf(freshKernel().kernels);
  original.withMoments = true;
  const image = original.image();
  const other = freshKernel().kernels;
  const copy = Simulation.fromImage(other, structuredClone(image));
  expect(losses(copy, 512, 2048, 1024)).toEqual(losses(original, 512, 2048, 1024));
  const moments = original.takeMoments();
  expect(moments.numbers.some((moment) => moment !== 0)).toBe(true);
  expect(copy.takeMoments()).toEqual(moments);
});

test("image: holds what was laid, and neither the memory to work in nor moments", () => {
  const original = simulationOf(freshKernel().kernels);
  original.withMoments = true;
  const { bytes } = original.image();
  const laid = original.arena.bytes - original.kernels.columnsStart();
  expect(bytes.length).toBeLessThan(laid - 1024 * 20);
  original.runRange(0, 1024);
  // Gathered on one side only.
  const copy = Simulation.fromImage(freshKernel().kernels, original.image());
  const { bounds, numbers } = copy.takeMoments();
  expect([...bounds, ...numbers].every((number) => number === 0)).toBe(true);
});

test("image: what an instance was used for before does not show", () => {
  const original = simulationOf(freshKernel().kernels);
  original.withMoments = true;
  const used = freshKernel().kernels;
  const arena = new Arena(used, 1 << 28);
  const junk = arena.take(4_000_000);
  arena.f64(junk, 500_000).fill(Number.NaN);
  const copy = Simulation.fromImage(used, original.image());
  expect(losses(copy, 0, 1024, 1024)).toEqual(losses(original, 0, 1024, 1024));
  expect(copy.takeMoments()).toEqual(original.takeMoments());
});

test("runRange: paths that fill up the last eight add nothing to moments and sums", () => {
  expectSameBits((_, kernels) => {
    const simulation = simulationOf(kernels);
    simulation.withMoments = true;
    const list = Array.from({ length: 13 }, (__, i) => 500 + i);
    const expected = lossesInOrder(simulation, list);
    const moments = simulation.takeMoments();
    expect(moments.numbers.some((moment) => moment !== 0)).toBe(true);
    expect(simulation.runRange(500, 13)).toEqual(expected);
    expect(simulation.takeMoments()).toEqual(moments);
    return [expected, moments.numbers];
  });
});

const PATHS = 3000;

/** Losses of the first paths, batch by batch as executors run them. */
const firstLosses = (simulation: Simulation) => losses(simulation, 0, PATHS, 1024);

const other = {
  ...samplePool().market!,
  volatility: [0.31, 1.4],
  correlation: [
    [1, -0.2],
    [-0.2, 1],
  ],
};

test("keepPaths: no loss depends on it, on another market or none", () => {
  const market = samplePool().market!;
  const heavy = { ...market, model: "student-t" as const, degreesOfFreedom: 2.1 };
  expectSameBits((_, kernels) => {
    const plain = firstLosses(simulationOf(kernels));
    const results = [plain];
    // From the third run of a market on its prices are known.
    for (const one of [market, market, market, other, heavy, heavy, heavy, market]) {
      const changes = { model: marketModel(one) };
      const fresh = simulationOf(freshKernel().kernels, changes);
      const expected = firstLosses(fresh);
      const simulation = simulationOf(kernels, changes);
      simulation.keepPaths();
      expect(firstLosses(simulation)).toEqual(expected);
      // Prices that were held at the bound are counted again.
      expect(simulation.takeMoments()).toEqual(fresh.takeMoments());
      const list = [2999, 5, 128, 129];
      expect(lossesInOrder(simulation, list)).toEqual(
        Float64Array.from(list, (path) => expected[path]!),
      );
      results.push(expected);
    }
    expect(results[4]).not.toEqual(plain);
    return results;
  });
});

/** Nobody is cross-margined: losses are profiles and nothing else. */
function profilesAlone(): Partial<LayoutInput> {
  const pool = samplePool();
  const options = pool.options.filter(
    ({ participant }) => !["carol", "dave"].includes(participant),
  );
  const { document } = readPool({ ...pool, options, covers: [], perpetuals: [], holdings: [] });
  return { accounts: accountsOf(document, 30 / 365, 0), covers: [] };
}

test("keepPaths: a tile that is run alone tells where its paths fell, known or not", () => {
  const changes = profilesAlone();
  const nodes = changes.accounts!.nodes.length;
  expectSameBits((_, kernels) => {
    const runs = Array.from({ length: 4 }, (_, run) => {
      const simulation = simulationOf(kernels, changes);
      const { arena, placesAddress } = simulation;
      if (run > 0) simulation.keepPaths();
      simulation.runRange(0, 1024);
      const losses = simulation.runRange(2 * TILE, TILE).slice();
      const cells = arena.u32(placesAddress, nodes * TILE).slice();
      return [losses, cells, arena.f64(placesAddress + nodes * TILE * 4, nodes * TILE).slice()];
    });
    for (const run of runs) expect(run).toEqual(runs[0]);
    expect(new Set(runs[0]![1]).size).toBeGreaterThan(20);
    return runs[0]!;
  });
});

test("keepPaths: profiles alone give the same losses, moments and statistics once prices are known", () => {
  const changes = profilesAlone();
  expectSameBits((_, kernels) => {
    const runs = Array.from({ length: 5 }, (_, run) => {
      const simulation = simulationOf(kernels, changes);
      if (run > 0) simulation.keepPaths();
      simulation.withMoments = run === 4;
      const plain = firstLosses(simulation);
      return [plain, simulation.takeMoments()] as const;
    });
    const fresh = simulationOf(kernels, changes);
    fresh.withMoments = true;
    expect(firstLosses(fresh)).toEqual(runs[0]![0]);
    expect(runs[4]![1]).toEqual(fresh.takeMoments());
    for (const [plain] of runs) expect(plain).toEqual(runs[0]![0]);
    return [runs[0]![0]];
  });
});

test.each([
  ["with covers and joint accounts", () => ({})],
  ["of profiles alone", profilesAlone],
])(
  "keepPaths: prices held at the bound are counted where their paths were known, %s",
  (_, make) => {
    const changes = make();
    expectSameBits((__, kernels) => {
      const counts = Array.from({ length: 4 }, (___, run) => {
        const simulation = simulationOf(kernels, changes);
        const { arena, plan } = simulation;
        const words = arena.u32(plan, PLAN.PLAN_BYTES / 4);
        // A bound that one path in three meets.
        arena.f64(words[PLAN.BOUND / 4]!, 2).fill(0.1);
        if (run > 0) simulation.keepPaths();
        firstLosses(simulation);
        return simulation.takeMoments().held;
      });
      expect(counts[0]).toBeGreaterThan(1000);
      expect(counts.every((count) => count === counts[0])).toBe(true);
      return [Float64Array.from(counts)];
    });
  },
);

test("keepPaths: whole tiles are drawn once, and drawn again for another seed or once laid over", () => {
  expectSameBits((_, kernels) => {
    const keep = (changes: Partial<LayoutInput> = {}) => {
      const simulation = simulationOf(kernels, changes);
      simulation.keepPaths();
      return simulation;
    };
    /** Tiles whose normals stand in memory now. */
    const tilesOf = ({ arena, plan }: Simulation) => {
      const words = arena.u32(plan, PLAN.PLAN_BYTES / 4);
      return arena.u32(words[PLAN.KEPT_FLAGS / 4]!, 64).reduce((sum, flag) => sum + flag, 0);
    };
    const first = keep();
    expect(tilesOf(first)).toBe(0);
    const expected = firstLosses(first);
    expect(tilesOf(first)).toBe(Math.floor(PATHS / TILE));
    const again = keep();
    expect(tilesOf(again)).toBe(Math.floor(PATHS / TILE));
    expect(tilesOf(keep({ seed: 78n }))).toBe(0);
    // They are made use of: normals that are spoilt show, and so do prices once they are known.
    const wordsOf = ({ arena, plan }: Simulation) => arena.u32(plan, PLAN.PLAN_BYTES / 4);
    const spoil = (simulation: Simulation, field: number) =>
      simulation.arena.f64(wordsOf(simulation)[field / 4]!, 8 * TILE).fill(0);
    const next = keep({ model: marketModel(other) });
    const moved = firstLosses(next);
    expect(wordsOf(next)[PLAN.KEPT_MOVES / 4]).toBe(0);
    spoil(next, PLAN.KEPT_SHOCKS);
    expect(firstLosses(next)).not.toEqual(moved);
    firstLosses(keep({ seed: 78n }));
    for (let run = 0; run < 3; run++) expect(firstLosses(keep())).toEqual(expected);
    const spoilt = keep();
    spoil(spoilt, PLAN.KEPT_MOVES);
    expect(firstLosses(spoilt)).not.toEqual(expected);
    const words = wordsOf(spoilt);
    // Whoever needs the memory takes it.
    const top = words[PLAN.KEPT_SHOCKS / 4]! + 4096;
    const room = spoilt.arena.reserve(top - spoilt.arena.bytes);
    spoilt.arena.f64(room, 1000).fill(Number.NaN);
    expect(firstLosses(spoilt)).toEqual(expected);
    expect(firstLosses(keep())).toEqual(expected);
    return [expected];
  });
});

test("keepPaths: stays within the bound on memory, and leaves many steps alone", () => {
  const { kernels } = freshKernel();
  const bytesMax = 4 << 20;
  const tight = simulationOf(kernels, { bytesMax });
  tight.keepPaths();
  const expected = firstLosses(simulationOf(freshKernel().kernels));
  expect(firstLosses(tight)).toEqual(expected);
  expect(kernels.memory.buffer.byteLength).toBeLessThanOrEqual(bytesMax);
  const { document } = readPool(samplePool());
  const accounts = accountsOf(document, 30 / 365, 0, {
    step: 1 / 365,
    isolated: false,
    options: new Set(),
    cross: new Set(),
  });
  const stepped = simulationOf(kernels, { accounts });
  const size = kernels.memory.buffer.byteLength;
  stepped.keepPaths();
  expect(kernels.memory.buffer.byteLength).toBe(size);
});
