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
  expect(moments.some((moment) => moment !== 0)).toBe(true);
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
  expect(copy.takeMoments().every((moment) => moment === 0)).toBe(true);
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

test("keepShocks: no loss depends on it, on another market or none", () => {
  expectSameBits((_, kernels) => {
    const plain = firstLosses(simulationOf(kernels));
    const results = [plain];
    for (const market of [samplePool().market!, other, samplePool().market!]) {
      const changes = { model: marketModel(market) };
      const expected = firstLosses(simulationOf(kernels, changes));
      const simulation = simulationOf(kernels, changes);
      simulation.keepShocks();
      expect(firstLosses(simulation)).toEqual(expected);
      const list = [2999, 5, 128, 129];
      expect(lossesInOrder(simulation, list)).toEqual(
        Float64Array.from(list, (path) => expected[path]!),
      );
      results.push(expected);
    }
    expect(results[2]).not.toEqual(plain);
    return results;
  });
});

test("keepShocks: whole tiles are drawn once, and drawn again for another seed or once laid over", () => {
  expectSameBits((_, kernels) => {
    const keep = (changes: Partial<LayoutInput> = {}) => {
      const simulation = simulationOf(kernels, changes);
      simulation.keepShocks();
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
    // They are made use of: normals that are spoilt show.
    const spoilt = keep();
    firstLosses(spoilt);
    const words = spoilt.arena.u32(spoilt.plan, PLAN.PLAN_BYTES / 4);
    spoilt.arena.f64(words[PLAN.KEPT_SHOCKS / 4]!, TILE).fill(0);
    expect(firstLosses(spoilt)).not.toEqual(expected);
    // Whoever needs the memory takes it.
    const top = words[PLAN.KEPT_SHOCKS / 4]! + 4096;
    const room = spoilt.arena.reserve(top - spoilt.arena.bytes);
    spoilt.arena.f64(room, 1000).fill(Number.NaN);
    expect(firstLosses(spoilt)).toEqual(expected);
    expect(firstLosses(keep())).toEqual(expected);
    return [expected];
  });
});

test("keepShocks: stays within the bound on memory, and leaves many steps alone", () => {
  const { kernels } = freshKernel();
  const bytesMax = 4 << 20;
  const tight = simulationOf(kernels, { bytesMax });
  tight.keepShocks();
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
  stepped.keepShocks();
  expect(kernels.memory.buffer.byteLength).toBe(size);
});
