// Method: the bits of the WebAssembly kernel where prices meet the model's bound, which is drawn
// in until many do.
import { expect, test } from "vitest";
import { PLAN } from "../../../src/engine/index.ts";
import { marketModel } from "../../../src/market/index.ts";
import { samplePool } from "../../support/sample-pool.ts";
import { simulationOf } from "../../support/simulation.ts";
import { expectSameBits } from "../../support/twin.ts";

test.each([0.3, 0.05, 1e-300, 0])("advance: prices held at a bound of %d", (bound) => {
  const model = marketModel({ ...samplePool().market!, drift: [-0.4, 1.1] });
  expectSameBits((_, kernels) => {
    const simulation = simulationOf(kernels, { model });
    const { arena, plan } = simulation;
    const words = arena.u32(plan, PLAN.PLAN_BYTES / 4);
    const bounds = words[PLAN.STEPS / 4]! * words[PLAN.ASSETS / 4]!;
    arena.f64(words[PLAN.BOUND / 4]!, bounds).fill(bound);
    const losses = simulation.runRange(0, 1000);
    const held = arena.f64(words[PLAN.HELD / 4]!, 1).slice();
    expect(held[0]).toBeGreaterThan(100);
    return [losses.slice(), held, simulation.takeMoments().numbers];
  });
});
