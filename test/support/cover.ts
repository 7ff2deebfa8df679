import type { Cover } from "../../src/book/index.ts";
import { BATCH, type Simulation } from "../../src/engine/index.ts";
import { type MarketModel, marketModel } from "../../src/market/index.ts";
import { readPool } from "../../src/pool/index.ts";
import { accountsOf } from "../../src/risk/account.ts";
import { type LaidPool, layPool } from "../../src/risk/layout.ts";
import { freshKernel } from "./kernel.ts";
import { samplePool } from "./sample-pool.ts";

/** What a run of covers alone may vary; each has a default. */
export interface CoverRun {
  /** Correlation of the pool-wide factor with a falling market. */
  readonly systemicLoading?: number;
  readonly horizonYears?: number;
  /** What becomes of the market model before it is laid. */
  readonly model?: (model: MarketModel) => MarketModel;
}

/** A cover of the whole of 1.00 at 30 % per year, with changes. */
export function coverOf(change: Partial<Cover>): Cover {
  return {
    id: "c",
    holder: "alice",
    peril: "depeg",
    sumInsured: "1.00",
    annualProbability: 0.3,
    severity: { kind: "constant", value: 1 },
    systemicLoading: 0.4,
    ...change,
  };
}

/** As many covers, each with what its number says. */
export function coversOf(count: number, change: (i: number) => Partial<Cover>): Cover[] {
  return Array.from({ length: count }, (_, i) => coverOf({ id: `c${i}`, ...change(i) }));
}

/** The sample market and nothing in it but covers. */
export function layCoversAlone(covers: readonly Cover[], run: CoverRun = {}): LaidPool {
  const { systemicLoading = 0, horizonYears = 1, model = (same) => same } = run;
  const sample = samplePool();
  const { document, asOfMs } = readPool({
    ...sample,
    options: [],
    perpetuals: [],
    holdings: [],
    covers,
    market: { ...sample.market!, systemicLoading },
  });
  return layPool(freshKernel().kernels, {
    accounts: accountsOf(document, horizonYears, 0),
    covers: document.covers,
    asOfMs,
    model: model(marketModel(document.market!)),
    seed: 11n,
    mode: "profile",
  });
}

/** Losses of the first scenarios; their number divides by 1,024. */
export function lossesOf(simulation: Simulation, scenarios: number): Float64Array {
  const out = new Float64Array(scenarios);
  for (let first = 0; first < scenarios; first += BATCH) {
    out.set(simulation.runRange(first, BATCH), first);
  }
  return out;
}

/** Losses of covers alone. */
export function coverLosses(
  covers: readonly Cover[],
  scenarios: number,
  run: CoverRun = {},
): Float64Array {
  return lossesOf(layCoversAlone(covers, run).simulation, scenarios);
}

/** Deviation of a simulated mean from the known one, in its standard errors. */
export function deviations(values: ArrayLike<number>, known: number): number {
  const list = Array.from(values);
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length;
  const variance = list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (list.length - 1);
  return Math.abs(mean - known) / Math.sqrt(variance / list.length);
}
