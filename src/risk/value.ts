import { digestOf, inPieces, sha256Work } from "../basics/index.ts";
import { type Executor, type Kernels, kernelDigest } from "../engine/index.ts";
import type { MarketModel, MarketParameters } from "../market/index.ts";
import { exp } from "../numeric/index.ts";
import type { Pool } from "../pool/index.ts";
import { assumptionsOf, warningsOf } from "./assumption.ts";
import { holdToBudget } from "./budget.ts";
import { contributionsOf } from "./contribution.ts";
import { exposureWork } from "./exposure.ts";
import type { LaidPool } from "./layout.ts";
import { liquidationFigures } from "./liquidation-summary.ts";
import { pathSeconds, pilotOf } from "./pilot.ts";
import { plainSpeed } from "./plain-speed.ts";
import { isFirstRun, lossCurve, needsMoments, prepare, runPool } from "./pool-run.ts";
import type { PoolRun } from "./run.ts";
import { forecast, type RunPlan } from "./run-plan.ts";
import { summaryWork } from "./summary.ts";
import type {
  LiquidationFigures,
  Measurement,
  Receipt,
  SamplePaths,
  Valuation,
} from "./valuation.ts";
import type { ValueRequest } from "./value-request.ts";
import { waterfallRisk } from "./waterfall-risk.ts";

/**
 * Says what a valuation will take: lays the pool, runs a small share of the job, and forgets both.
 *
 * @param readSeconds  that reading the request took
 * @throws PoolError as {@link valuePool}
 */
export async function planPool(
  kernels: Kernels,
  executor: Executor,
  request: ValueRequest,
  readSeconds: number = 0,
): Promise<RunPlan> {
  const { lay, breathe, parameters } = prepare(kernels, executor, request);
  const { waterfall, options, perpetuals } = request.pool.document;
  const { layers, assessments = [] } = waterfall;
  const { scenarios, contributions } = request;
  const timing = { stopwatch: () => executor.stopwatch(), breathe };
  const naming = executor.stopwatch();
  // Made when it is first asked for, as it is for a receipt.
  void request.pool.digest;
  const readingSeconds = readSeconds + naming() / 1000;
  const tried = async (mode: "profile" | "audit") => {
    const watch = executor.stopwatch();
    const laid = await lay(mode);
    return { laid, laySeconds: watch() / 1000 };
  };
  const first = request.mode === "audit" ? await tried("audit") : null;
  const audit = first && {
    bytes: first.laid.simulation.arena.bytes,
    laySeconds: first.laySeconds,
    path: await pathSeconds(first.laid, scenarios, timing),
  };
  const { laid, laySeconds } = await tried("profile");
  const { volatility } = parameters;
  const withMoments = needsMoments(request);
  const asked = { scenarios, primary: request.primary, contributions, withMoments, volatility };
  return forecast({
    ...request,
    ...{ laid, laySeconds, readSeconds: readingSeconds, audit },
    pilot: await pilotOf(laid, asked, timing),
    plain: await plainSpeed(executor, laid.simulation.arena, scenarios, timing),
    positions: options.length + perpetuals.length,
    tranches: layers.length + Math.min(1, assessments.length),
    workers: executor.workers,
    isFirst: isFirstRun(),
  });
}

/**
 * Simulates a pool, once its plan has been held against the budget.
 *
 * @throws PoolError BUDGET_EXCEEDED, and as `runPool`
 */
export async function startRun(
  kernels: Kernels,
  executor: Executor,
  request: ValueRequest,
): Promise<PoolRun> {
  if (request.budget) holdToBudget(request.budget, await planPool(kernels, executor, request));
  return runPool(kernels, executor, request);
}

/**
 * Values a pool: simulate, measure, share out, run the waterfall.
 *
 * @throws PoolError TAIL_TOO_THIN, REFERENCE_UNKNOWN, MATRIX_NOT_PSD, BUDGET_EXCEEDED, …;
 *         the signal's reason when aborted
 */
export async function valuePool(
  kernels: Kernels,
  executor: Executor,
  request: ValueRequest,
): Promise<Valuation> {
  return valuationOf(await startRun(kernels, executor, request), executor);
}

/** What the losses of a pool that was simulated say of it as a whole. */
export async function measurementOf(run: PoolRun, executor: Executor): Promise<Measurement> {
  const { request, parameters, model, laid, losses, column, least, tail, breathe, found } = run;
  const { document } = request.pool;
  const { levels, primary, horizonDays } = request;
  // Begun first: where the platform has a digest of its own, it is made while this thread goes on.
  const naming = found.digest.of("", () => {
    const bytes = littleEndian(losses);
    return executor.sha256?.(bytes) ?? inPieces(sha256Work(bytes), breathe);
  });
  naming.catch(() => {});
  const risk = await found.summary.of(`${levels} ${primary}`, () =>
    inPieces(summaryWork(column, least, tail, levels, primary, horizonDays), breathe),
  );
  const { decimals } = document.currency;
  const curve = await lossCurve(run);
  await breathe();
  const waterfall = waterfallRisk(curve, tail, document.waterfall, decimals, primary);
  return {
    receipt: receiptOf(request, parameters, await naming),
    pool: poolFigures(request.pool, laid),
    market: marketFigures(model, parameters),
    risk,
    waterfall,
    liquidation: liquidationOf(run),
    assumptions: assumptionsOf(request, parameters),
    warnings: warningsOf(request, model, laid, run.held),
  };
}

/** Everything that a valuation says of a pool that was simulated. */
export async function valuationOf(run: PoolRun, executor: Executor): Promise<Valuation> {
  const { request, parameters, laid, losses, breathe, found } = run;
  const measured = await measurementOf(run, executor);
  request.onMeasured?.(measured);
  const { receipt, pool, market, risk, waterfall, liquidation, ...words } = measured;
  const { decimals } = request.pool.document.currency;
  const extent = request.contributions;
  const contributions = await found.contributions.of(`${request.primary} ${extent}`, () =>
    contributionsOf(run, { level: request.primary, decimals, extent }),
  );
  const exposures = await found.exposures.of("", () =>
    inPieces(exposureWork(laid, parameters.volatility), breathe),
  );
  return {
    receipt,
    pool,
    market,
    risk,
    waterfall,
    contributions,
    liquidation,
    samplePaths: pathsOf(laid, firstScenarios(request.samplePaths), losses),
    worstPaths: pathsOf(laid, worstScenarios(run), losses),
    exposures,
    ...words,
  };
}

function liquidationOf({ laid, tally, moments, request }: PoolRun): LiquidationFigures | null {
  const { margin, accounts } = laid;
  if (!tally || !margin) return null;
  const { primary, monitoring } = request;
  return liquidationFigures(tally, margin, moments, accounts.times, primary, monitoring);
}

function firstScenarios(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** The worst scenarios, largest loss first; ties by number. */
function worstScenarios({ request, tail }: PoolRun): number[] {
  return Array.from(tail.scenarios.subarray(0, request.worstPaths ?? 0));
}

/** Prices of some scenarios at every step; null for none. */
function pathsOf(
  laid: LaidPool,
  scenarios: readonly number[],
  losses: Float64Array,
): SamplePaths | null {
  if (scenarios.length === 0) return null;
  const { assets, spots, times } = laid.accounts;
  laid.simulation.withMoments = false;
  const returns = laid.simulation.samplePaths(scenarios, times.length, assets.length);
  const at = (p: number, t: number, u: number) =>
    returns[(p * times.length + t) * assets.length + u]!;
  return {
    days: times.map((time) => time * 365),
    assets,
    scenarios,
    prices: scenarios.map((_, p) =>
      assets.map((_, u) => times.map((__, t) => spots[u]! * exp(at(p, t, u)))),
    ),
    losses: scenarios.map((p) => losses[p]!),
  };
}

function poolFigures({ document }: Pool, laid: LaidPool): Valuation["pool"] {
  const markToMarket = laid.accounts.list.reduce(
    (sum, { owner, valueNow, barriersNow }) => (owner >= 0 ? sum + valueNow + barriersNow : sum),
    0,
  );
  return {
    name: document.name,
    asOf: document.asOf,
    currency: document.currency,
    participants: document.participants.length,
    options: document.options.length,
    barriers: document.barriers?.length ?? 0,
    perpetuals: document.perpetuals.length,
    covers: document.covers.length,
    markToMarket,
  };
}

function marketFigures(model: MarketModel, parameters: MarketParameters): Valuation["market"] {
  return {
    model: parameters.model,
    degreesOfFreedom:
      parameters.model === "student-t" ? (parameters.degreesOfFreedom ?? null) : null,
    assets: parameters.assets,
    volatility: model.parameters.volatility,
    correlation: model.correlation,
    smallestEigenvalue: model.smallestEigenvalue,
    parameters,
  };
}

const marketDigests = new WeakMap<MarketParameters, string>();

/** Name of what a model was made of, which is frozen; found once for all pools of a market. */
function marketDigest(parameters: MarketParameters): string {
  const known = marketDigests.get(parameters) ?? digestOf(parameters);
  marketDigests.set(parameters, known);
  return known;
}

function receiptOf(request: ValueRequest, parameters: MarketParameters, losses: string): Receipt {
  return {
    engine: "riskpool",
    version: request.version,
    kernel: kernelDigest,
    pool: request.pool.digest,
    market: marketDigest(parameters),
    seed: String(request.seed),
    scenarios: request.scenarios,
    horizonDays: request.horizonDays,
    stepDays: request.stepDays ?? null,
    monitoring: request.monitoring,
    levels: request.levels.map((level) => level / 1e6),
    primaryLevel: request.primary / 1e6,
    mode: request.mode,
    losses,
  };
}

/** Bytes of a column as a little-endian machine holds them, whatever machine this is. */
function littleEndian(values: Float64Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 1) {
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
  const view = new DataView(new ArrayBuffer(values.byteLength));
  values.forEach((value, i) => {
    view.setFloat64(8 * i, value, true);
  });
  return new Uint8Array(view.buffer);
}
