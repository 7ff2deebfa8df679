import { type Kernels, TILE } from "../../src/engine/index.ts";
import { marketModel } from "../../src/market/index.ts";
import { type PoolDocument, readPool } from "../../src/pool/index.ts";
import { accountsOf, byId } from "../../src/risk/account.ts";
import { type LaidPool, layPool } from "../../src/risk/layout.ts";
import { liquidatedParticipants, marginBookOf, marginedOptions } from "../../src/risk/margin.ts";
import { marketOf } from "../../src/risk/pool-run.ts";

/** How a pool is simulated. */
export interface Way {
  readonly days: number;
  readonly stepDays: number;
  readonly seed?: bigint;
  readonly continuous?: boolean;
  readonly mode?: "profile" | "audit";
}

/** A pool with liquidation laid in a kernel's memory. */
export interface MarginRun {
  readonly laid: LaidPool;
  /** Years from now of every step. */
  readonly times: readonly number[];
  readonly assets: number;
  /** Ids of the accounts that can be liquidated, in the kernel's numbering. */
  readonly items: readonly string[];
}

/** Lays a document with liquidation terms and a market, as a valuation would. */
export function layMarginRun(kernels: Kernels, source: PoolDocument, way: Way): MarginRun {
  const { document, asOfMs } = readPool(source);
  const assets = [...document.assets].sort(byId);
  const parameters = marketOf(
    document.market!,
    assets.map(({ id }) => id),
  );
  const discountRate = parameters.discountRate ?? 0;
  const margin = marginBookOf(document, assets, { asOfMs, discountRate })!;
  const accounts = accountsOf(document, way.days / 365, discountRate, {
    step: way.stepDays / 365,
    isolated: true,
    cross: liquidatedParticipants(document),
    options: marginedOptions(document),
  });
  const laid = layPool(kernels, {
    accounts,
    covers: [...document.covers].sort(byId),
    asOfMs,
    model: marketModel(parameters),
    seed: way.seed ?? 7n,
    mode: way.mode ?? "profile",
    margin,
    continuous: way.continuous ?? false,
  });
  return {
    laid,
    times: accounts.times,
    assets: assets.length,
    items: margin.accounts.map(({ id }) => id),
  };
}

/** Losses, liquidations, notional, bad debt and insurance fees of the first paths, [5][P]. */
export function columnsOf({ laid }: MarginRun, count: number, batch = 1000): Float64Array[] {
  const out = Array.from({ length: 5 }, () => new Float64Array(count));
  laid.simulation.withMoments = false;
  for (let from = 0; from < count; from += batch) {
    const size = Math.min(batch, count - from);
    laid.simulation.runRange(from, size);
    laid.simulation.columns(size).forEach((column, c) => {
      out[c]!.set(column, from);
    });
  }
  return out;
}

/** Log returns since now of the first paths, [P×T×U]. */
export function returnsOf({ laid, times, assets }: MarginRun, count: number): Float64Array {
  laid.simulation.withMoments = false;
  const paths = Array.from({ length: count }, (_, path) => path);
  return laid.simulation.samplePaths(paths, times.length, assets);
}

/** Sums by step of a run with weights: how many were closed, notional, bad debt, each [T]. */
export function stepSumsOf(
  { laid, times }: MarginRun,
  paths: ArrayLike<number>,
  weights: ArrayLike<number>,
): Float64Array[] {
  const { simulation, margin } = laid;
  simulation.withMoments = true;
  simulation.takeMoments();
  for (let from = 0; from < paths.length; from += 1024) {
    simulation.runList(paths, weights, from, Math.min(1024, paths.length - from));
  }
  const { sums } = simulation.takeMoments();
  simulation.withMoments = false;
  const start = margin!.stepSums;
  const row = (r: number) => sums.slice(start + r * times.length, start + (r + 1) * times.length);
  return [row(0), row(1), row(2)];
}

// A path of weight 2^k adds that bit to the sum of the step at which it was hit, and a sum of
// different powers below 2^53 is exact: one run tells the steps of that many paths.
const PATHS_PER_SUM = 48;

/** Step at which the only account of a pool was first closed on each of the first paths, or -1. */
export function hitStepsOf(run: MarginRun, count: number): Int32Array {
  const steps = new Int32Array(count).fill(-1);
  for (let from = 0; from < count; from += PATHS_PER_SUM) {
    const size = Math.min(PATHS_PER_SUM, count - from);
    const paths = Array.from({ length: size }, (_, k) => from + k);
    const [hits] = stepSumsOf(
      run,
      paths,
      paths.map((_, k) => 2 ** k),
    );
    hits!.forEach((sum, step) => {
      for (let k = size - 1, rest = sum; k >= 0; k--) {
        if (rest < 2 ** k) continue;
        rest -= 2 ** k;
        steps[from + k] = step;
      }
    });
  }
  return steps;
}

/** What liquidation changed in the loss from each account on each of the first paths. */
export function changesOf(
  { laid, items }: MarginRun,
  count: number,
): { readonly path: number; readonly id: string; readonly amount: number }[] {
  const { simulation, covers } = laid;
  const { arena } = simulation;
  const all = covers.length + items.length;
  const mark = arena.mark();
  const log = arena.reserve(16 + TILE * all * 16);
  arena.i32(log, 4).fill(0);
  simulation.withMoments = false;
  simulation.events = log;
  const out: { path: number; id: string; amount: number }[] = [];
  for (let from = 0; from < count; from += TILE) {
    simulation.runRange(from, TILE);
    const head = arena.i32(log, 4);
    const words = arena.u32(log, 4 + 4 * head[0]!);
    const numbers = arena.f64(log, 2 + 2 * head[0]!);
    for (let i = 0; i < head[0]!; i++) {
      const [path, item] = [words[4 + 4 * i]!, words[5 + 4 * i]!];
      if (path >= count || item < covers.length) continue;
      out.push({ path, id: items[item - covers.length]!, amount: numbers[3 + 2 * i]! });
    }
    head[0] = 0;
  }
  simulation.events = 0;
  arena.release(mark);
  return out;
}
