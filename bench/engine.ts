// The engine under test, in every form it has.
import {
  BATCH,
  chunksOf,
  compileKernelSync,
  instantiate,
  type Kernels,
  type Simulation,
} from "../src/engine/index.ts";
import { marketModel } from "../src/market/index.ts";
import type { Pool } from "../src/pool/index.ts";
import { accountsOf, byId } from "../src/risk/account.ts";
import { type LaidPool, layPool } from "../src/risk/layout.ts";
import { liquidatedParticipants, marginBookOf } from "../src/risk/margin.ts";
import { HORIZON_DAYS } from "./book.ts";

/** A form of the engine: the same interface, the same bits. */
export interface Engine {
  readonly implementation: string;
  readonly kernels: Kernels;
}

/** Name of the engine proper, which every ratio refers to. */
export const RISKPOOL = "riskpool";

/** Every form of the engine, each with kernels of its own; the one proper first. */
export function engines(): Engine[] {
  const compiled = compileKernelSync();
  return [
    { implementation: RISKPOOL, kernels: instantiate(compiled) },
    // ── A second form, such as kernels in plain JavaScript with the same bits, goes here. ──
  ];
}

/**
 * Lays a pool in an engine's memory. The pool brings its market.
 *
 * @param steps  looks at the path until the horizon, where accounts are liquidated
 */
export function lay(
  kernels: Kernels,
  { document, asOfMs }: Pool,
  mode: "profile" | "audit" = "profile",
  steps = 1,
): LaidPool {
  const horizon = HORIZON_DAYS / 365;
  const accounts = accountsOf(document, horizon, 0, {
    step: steps > 1 ? horizon / steps : undefined,
    isolated: document.liquidation !== undefined,
    options: new Set(),
    cross: liquidatedParticipants(document),
  });
  const laid = layPool(kernels, {
    accounts,
    covers: [...document.covers].sort(byId),
    asOfMs,
    model: marketModel(document.market!),
    seed: 7n,
    mode,
    margin: marginBookOf(document, document.assets, { asOfMs, discountRate: 0 }),
  });
  laid.simulation.withMoments = false;
  return laid;
}

/** The loss of every scenario. */
export function lossesOf(simulation: Simulation, scenarios: number): Float64Array {
  const losses = new Float64Array(scenarios);
  for (const { first, count } of chunksOf(scenarios)) {
    for (let from = first; from < first + count; from += BATCH) {
      losses.set(simulation.runRange(from, Math.min(BATCH, first + count - from)), from);
    }
  }
  return losses;
}
