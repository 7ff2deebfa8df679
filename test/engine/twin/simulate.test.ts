// Method: losses, moments, sums and places of the WebAssembly kernel, bit for bit, for every model
// and any list of paths.
import { expect, test } from "vitest";
import { PLAN, TILE } from "../../../src/engine/index.ts";
import { type MarketParameters, marketModel } from "../../../src/market/index.ts";
import { samplePool } from "../../support/sample-pool.ts";
import { simulationOf } from "../../support/simulation.ts";
import { bothKernels, expectSameBits, wordsOf } from "../../support/twin.ts";

const gbm = { ...samplePool().market!, drift: [0.3, -2] };
const models: Readonly<Record<string, MarketParameters>> = {
  gbm,
  "student-t": { ...gbm, model: "student-t", degreesOfFreedom: 2.5 },
  "prices that do not move": { ...gbm, volatility: [1e-12, 1e-12], drift: [0, 0] },
};

test.each(Object.keys(models))("simulate: %s", (name) => {
  expectSameBits((_, kernels) => {
    const simulation = simulationOf(kernels, {
      model: marketModel(models[name]!),
      seed: 2n ** 63n,
    });
    const { arena, placesAddress } = simulation;
    const results = [];
    for (const [first, count] of [
      [0, 1024],
      [1024, 5],
      [4_294_966_272, 1024],
    ] as const) {
      results.push(simulation.runRange(first, count).slice());
      const nodes = arena.u32(simulation.plan, PLAN.PLAN_BYTES / 4)[PLAN.NODE_COUNT / 4]!;
      results.push(arena.u32(placesAddress, nodes * TILE).slice());
      results.push(arena.f64(placesAddress + nodes * TILE * 4, nodes * TILE).slice());
      results.push(simulation.takeMoments().numbers);
    }
    return results;
  });
});

test("simulate: a list of any paths with weights", () => {
  const list = wordsOf(60, 1000);
  const weights = wordsOf(61, 1000);
  expectSameBits((_, kernels) => {
    const simulation = simulationOf(kernels);
    const listed = simulation.runList(list, weights, 3, 997).slice();
    const moments = simulation.takeMoments().numbers;
    simulation.withMoments = false;
    const again = simulation.runList(list, weights, 0, 64).slice();
    return [listed, moments, again, simulation.takeMoments().numbers];
  });
});

test("simulate: both refuse paths that do not come in eights", () => {
  for (const { simulate, columnsStart } of Object.values(bothKernels())) {
    const at = columnsStart();
    expect(() => simulate(at, at, at, at, 12)).toThrow();
  }
});

test("scratchBytes, placesAt, columnsStart: the twin's memory has the kernel's plan", () => {
  const { wasm, js } = bothKernels();
  expect(js.columnsStart()).toBe(wasm.columnsStart());
  expect(js.placesAt()).toBe(wasm.placesAt());
  for (let i = 0; i < 81; i++) {
    const sizes = [i % 3, (i % 9) + 1, i % 7, i % 11] as const;
    expect(js.scratchBytes(...sizes)).toBe(wasm.scratchBytes(...sizes));
  }
});

test("twinKernels: has every function of the module", () => {
  const { wasm, js } = bothKernels();
  // The loader adds names of its own, and the module's table of functions.
  const own = Object.keys(wasm).filter((name) => !/^(__|table$)/.test(name));
  expect(Object.keys(js).sort()).toEqual(own.sort());
});
