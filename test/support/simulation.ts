import type { Kernels, Simulation } from "../../src/engine/index.ts";
import { marketModel } from "../../src/market/index.ts";
import { readPool } from "../../src/pool/index.ts";
import { accountsOf } from "../../src/risk/account.ts";
import { type LaidPool, type LayoutInput, layPool } from "../../src/risk/layout.ts";
import { samplePool } from "./sample-pool.ts";

/** The sample pool over 30 days, laid in a kernel's memory: expiries inside, covers, joint accounts. */
export function simulationOf(kernels: Kernels, changes: Partial<LayoutInput> = {}): Simulation {
  return laidPoolOf(kernels, samplePool(), 30, changes).simulation;
}

/** A pool with a market, laid in a kernel's memory over some days. */
export function laidPoolOf(
  kernels: Kernels,
  pool: unknown,
  days: number,
  changes: Partial<LayoutInput> = {},
): LaidPool {
  const { document, asOfMs } = readPool(pool);
  return layPool(kernels, {
    accounts: accountsOf(document, days / 365, 0),
    covers: [...document.covers].sort((a, b) => (a.id < b.id ? -1 : 1)),
    asOfMs,
    model: marketModel(document.market!),
    seed: 77n,
    mode: "profile",
    ...changes,
  });
}

/** Losses of [first, first + count) in batches of a given size. */
export function losses(
  simulation: Simulation,
  first: number,
  count: number,
  batch: number,
): Float64Array {
  const out = new Float64Array(count);
  for (let done = 0; done < count; done += batch) {
    out.set(simulation.runRange(first + done, Math.min(batch, count - done)), done);
  }
  return out;
}

/** Losses of listed paths, in the order of the list. */
export function lossesInOrder(simulation: Simulation, list: readonly number[]): Float64Array {
  const out = new Float64Array(list.length);
  const weights = new Float64Array(list.length).fill(1);
  for (let done = 0; done < list.length; done += 1000) {
    const count = Math.min(1000, list.length - done);
    out.set(simulation.runList(list, weights, done, count), done);
  }
  return out;
}
