// The engine under test, in every form it has.
import { atOnce, type Level, rankOf, tailCount } from "../src/basics/index.ts";
import {
  BATCH,
  type Backend,
  chunksOf,
  compileKernelSync,
  instantiate,
  type Kernels,
  type Simulation,
} from "../src/engine/index.ts";
import { type Engine, loadSync } from "../src/index.ts";
import { marketModel } from "../src/market/index.ts";
import type { Pool, PoolDocument } from "../src/pool/index.ts";
import { type Accounts, accountsOf, byId } from "../src/risk/account.ts";
import { averagesWork } from "../src/risk/adjoint.ts";
import { contributionsOf } from "../src/risk/contribution.ts";
import { type LaidPool, layPool } from "../src/risk/layout.ts";
import { liquidatedParticipants, marginBookOf } from "../src/risk/margin.ts";
import { tailWeights, worst, worstSet } from "../src/risk/tail.ts";
import type { Contributions } from "../src/risk/valuation.ts";
import { HORIZON_DAYS } from "./book.ts";
import { PLAIN, RISKPOOL } from "./row.ts";

/** A form of the engine: the same interface, the same bits. */
export interface Form {
  readonly implementation: string;
  readonly kernels: Kernels;
  readonly engine: Engine;
}

/** Every form of the engine, each with kernels of its own; the one proper first. */
export function engines(): Form[] {
  return [form(RISKPOOL, "wasm"), form(PLAIN, "js")];
}

function form(implementation: string, backend: Backend): Form {
  return {
    implementation,
    kernels: instantiate(compileKernelSync(backend)),
    engine: loadSync({ backend }),
  };
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
  const laid = layPool(kernels, {
    accounts: accountsAt(document, steps),
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

/** The pool as functions of log returns at the horizon, and at `steps` dates until then. */
function accountsAt(document: PoolDocument, steps: number): Accounts {
  const horizon = HORIZON_DAYS / 365;
  return accountsOf(document, horizon, 0, {
    step: steps > 1 ? horizon / steps : undefined,
    isolated: document.liquidation !== undefined,
    options: new Set(),
    cross: liquidatedParticipants(document),
  });
}

/**
 * VaR, ES and everyone's contribution with its standard error, and nothing else of a valuation: no
 * capital, exposures, histogram, digest. Each run lays the pool anew.
 */
export function bareFrame(
  kernels: Kernels,
  { document, asOfMs }: Pool,
  scenarios: number,
  at: Level,
): () => Promise<{ readonly valueAtRisk: number; readonly contributions: Contributions }> {
  const accounts = accountsAt(document, 1);
  const chunks = chunksOf(scenarios);
  const rank = scenarios - rankOf(at, scenarios);
  return async () => {
    const laid = layPool(kernels, {
      ...{ accounts, covers: [], asOfMs, model: marketModel(document.market!) },
      ...{ seed: 7n, mode: "profile" },
    });
    laid.simulation.withMoments = false;
    const losses = lossesOf(laid.simulation, scenarios);
    const tail = worst(losses, Math.ceil(tailCount(at, scenarios)) + 1);
    const request = { level: at, decimals: 2, extent: "euler" as const };
    const run = { laid, losses, chunks, moments: [], tail, breathe: async () => {} };
    const contributions = await contributionsOf(run, request);
    return { valueAtRisk: tail.losses[rank]!, contributions };
  };
}

/** The loss of every scenario. */
export function lossesOf(simulation: Simulation, scenarios: number): Float64Array<ArrayBuffer> {
  const losses = new Float64Array(scenarios);
  for (const { first, count } of chunksOf(scenarios)) {
    for (let from = first; from < first + count; from += BATCH) {
      losses.set(simulation.runRange(from, Math.min(BATCH, first + count - from)), from);
    }
  }
  return losses;
}

/**
 * Everyone's Euler contribution to ES, as `engine.value` finds it: the tail's paths once more for
 * their moments, then a dot product for each participant. No standard errors, no stand-alone figures.
 *
 * @param losses  of every scenario of the laid pool
 * @returns       [participants] in the order of their ids
 */
export function contributionsTo(laid: LaidPool, losses: Float64Array, at: Level): Float64Array {
  const { simulation, accounts } = laid;
  const weights = tailWeights(losses.length, at);
  const { scenarios } = worstSet(losses, weights.length);
  simulation.withMoments = true;
  simulation.takeMoments();
  for (let from = 0; from < scenarios.length; from += BATCH) {
    simulation.runList(scenarios, weights, from, Math.min(BATCH, scenarios.length - from));
  }
  const { profiles, stride, sums } = atOnce(averagesWork(laid, [simulation.takeMoments()], [1]));
  simulation.withMoments = false;
  // What liquidation changed is not a function of one price; the replay has averaged it by account.
  const outOfLine = new Map<string, number>();
  for (const [m, { participant }] of (laid.margin?.book.accounts ?? []).entries()) {
    const share = sums[0]![laid.margin!.accountSums + m]!;
    outOfLine.set(participant, (outOfLine.get(participant) ?? 0) + share);
  }
  return Float64Array.from(
    accounts.participants,
    (id, owner) => profiles[owner * stride]! + (outOfLine.get(id) ?? 0),
  );
}
