import {
  digestOf,
  type Issue,
  inPieces,
  PoolError,
  received,
  refuse,
  sha256Work,
  TAIL_SCENARIOS_MIN,
  tailCount,
  tailTooThin,
} from "../basics/index.ts";
import {
  type Chunk,
  chunksOf,
  type Executor,
  type Kernels,
  kernelDigest,
  speedOf,
} from "../engine/index.ts";
import {
  type MarketModel,
  type MarketParameters,
  marketModel,
  parameterIssues,
} from "../market/index.ts";
import { exp } from "../numeric/index.ts";
import type { Pool, PoolDocument } from "../pool/index.ts";
import { type Accounts, accountsOf, byId } from "./account.ts";
import { assumptionsOf, warningsOf } from "./assumption.ts";
import { contributionsOf, type RunRecord } from "./contribution.ts";
import { exposureWork } from "./exposure.ts";
import { type LaidPool, layPoolWork, MEMORY_MAX } from "./layout.ts";
import { LiquidationTally, liquidationFigures } from "./liquidation-summary.ts";
import { liquidatedParticipants, marginBookOf, marginedOptions } from "./margin.ts";
import { RunningRisk } from "./progress.ts";
import { forecast, holdTo, type RunPlan } from "./run-plan.ts";
import { summaryWork, tailNeeded } from "./summary.ts";
import { worst } from "./tail.ts";
import type { LiquidationFigures, Receipt, SamplePaths, Valuation } from "./valuation.ts";
import type { ValueRequest } from "./value-request.ts";
import { waterfallWork } from "./waterfall-risk.ts";

/**
 * Picks the pool's assets out of market parameters, in the order of ids: which normal drives
 * which asset must not depend on how a file is written.
 *
 * @throws PoolError REFERENCE_UNKNOWN for an asset that the market does not know, and the codes of
 *         `parameterIssues`
 */
export function marketOf(parameters: MarketParameters, ids: readonly string[]): MarketParameters {
  const faults = parameterIssues(parameters);
  if (faults.length > 0) throw inMarket(faults);
  const indices = ids.map((id) => parameters.assets.indexOf(id));
  const issues = ids.flatMap((id, i): Issue[] =>
    indices[i]! >= 0
      ? []
      : [
          {
            code: "REFERENCE_UNKNOWN",
            pointer: "/market/assets",
            detail: `the market has no asset ${id}; add its prices to the history, or its volatility and correlations to the market`,
            expected: `an entry for each of ${ids.join(", ")}`,
          },
        ],
  );
  if (issues.length > 0) throw new PoolError(issues, "market");
  return {
    ...parameters,
    assets: ids,
    volatility: indices.map((i) => parameters.volatility[i]!),
    correlation: indices.map((i) => indices.map((j) => parameters.correlation[i]![j]!)),
    ...(parameters.drift ? { drift: indices.map((i) => parameters.drift![i]!) } : {}),
  };
}

/** Issues of market parameters, at their place in a pool document. */
function inMarket(issues: readonly Issue[]): PoolError {
  return new PoolError(
    issues.map((issue) => ({ ...issue, pointer: `/market${issue.pointer}` })),
    "market",
  );
}

/** The model, with its refusals at their place in a pool document. */
function modelOf(parameters: MarketParameters): MarketModel {
  try {
    return marketModel(parameters);
  } catch (error) {
    throw error instanceof PoolError ? inMarket(error.issues) : error;
  }
}

function checkTails(request: ValueRequest): void {
  for (const level of request.levels) {
    if (tailCount(level, request.scenarios) < TAIL_SCENARIOS_MIN) {
      throw tailTooThin(level, request.scenarios, "/options/scenarios");
    }
  }
}

/** Squares of larger amounts leave the range of f64, and with them every standard error. */
const AMOUNT_MAX = 1e150;

/** Refuses a book whose amounts cannot be measured, so that no result holds an infinity. */
function checkSize(losses: Float64Array, accounts: Accounts): void {
  let largest = 0;
  for (let i = 0; i < losses.length; i++) {
    const size = Math.abs(losses[i]!);
    if (!(size <= largest)) largest = size;
  }
  for (const { valueNow, barriersNow, collateralNow } of accounts.list) {
    for (const amount of [valueNow, barriersNow, collateralNow]) {
      if (!(Math.abs(amount) <= largest)) largest = Math.abs(amount);
    }
  }
  if (largest < AMOUNT_MAX) return;
  refuse({
    code: "NUMBER_RANGE",
    pointer: "",
    detail:
      "a position or a simulated loss is too large to be measured; check quantities, prices, volatility and horizon",
    expected: `amounts below ${AMOUNT_MAX} in the pool currency`,
    received: received(largest),
  });
}

/** A request made ready to be laid in a kernel's memory. */
function prepare(kernels: Kernels, executor: Executor, request: ValueRequest) {
  checkTails(request);
  const { document, asOfMs } = request.pool;
  const ids = [...document.assets].sort(byId).map((asset) => asset.id);
  const parameters = marketOf(request.market, ids);
  const model = modelOf(parameters);
  const discountRate = parameters.discountRate ?? 0;
  const margin = marginBookOf(document, [...document.assets].sort(byId), { asOfMs, discountRate });
  const accounts = accountsFor(request, discountRate);
  const covers = [...document.covers].sort(byId);
  const breathe = executor.breather(request.signal);
  const lay = (mode: "profile" | "audit") => {
    const input = {
      accounts,
      covers,
      asOfMs,
      model,
      seed: request.seed,
      mode,
      margin,
      continuous: request.monitoring === "continuous",
      bytesMax: Math.min(
        request.bytesMax ?? MEMORY_MAX,
        request.budget?.bytes ?? Number.POSITIVE_INFINITY,
      ),
    };
    return inPieces(layPoolWork(kernels, input), breathe);
  };
  return { parameters, model, accounts, breathe, lay };
}

/**
 * Says what a valuation will take: lays the pool, tries some paths, and forgets both.
 *
 * @throws PoolError as {@link valuePool}
 */
export async function planPool(
  kernels: Kernels,
  executor: Executor,
  request: ValueRequest,
): Promise<RunPlan> {
  const { lay, breathe } = prepare(kernels, executor, request);
  const { waterfall, options, perpetuals } = request.pool.document;
  const { layers, assessments = [] } = waterfall;
  const tried = async (mode: "profile" | "audit") => {
    const watch = executor.stopwatch();
    const laid = await lay(mode);
    const laySeconds = watch() / 1000;
    laid.simulation.withMoments = true;
    const speed = await speedOf(laid.simulation, () => executor.stopwatch(), breathe);
    return { laid, laySeconds, speed };
  };
  const audit = request.mode === "audit" ? await tried("audit") : null;
  const bytes = audit?.laid.simulation.arena.bytes ?? 0;
  return forecast({
    ...request,
    ...(await tried("profile")),
    audit: audit && { ...audit, bytes },
    positions: options.length + perpetuals.length,
    tranches: layers.length + Math.min(1, assessments.length),
    workers: executor.workers,
  });
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
  if (request.budget) holdTo(request.budget, await planPool(kernels, executor, request));
  const ready = prepare(kernels, executor, request);
  const { parameters, model, accounts, breathe, lay } = ready;
  const { document } = request.pool;
  const audited =
    request.mode === "audit" ? await runAll(await lay("audit"), executor, request, null) : null;
  // Contributions and exposures come from the profiles in either mode; an audit replaces the losses.
  const laid = await lay("profile");
  const profiled = await runAll(laid, executor, request, audited);
  const held = profiled.moments.reduce((sum, gathered) => sum + gathered[laid.heldAt]!, 0);
  const liquidation = liquidationOf(laid, profiled, request);
  const { losses } = audited ?? profiled;
  checkSize(losses, accounts);
  const tail = worst(losses, tailNeeded(request.levels, request.scenarios));
  const run: RunRecord = { ...profiled, losses, tail };
  const { decimals } = document.currency;
  const { levels, primary, horizonDays } = request;
  const shared = { level: primary, decimals, extent: request.contributions };
  const contributions = await contributionsOf(laid, run, shared, breathe);
  const summary = summaryWork(losses, tail, levels, primary, horizonDays);
  const risk = await inPieces(summary, breathe);
  const layers = waterfallWork(losses, tail, document.waterfall, decimals, primary);
  const waterfall = await inPieces(layers, breathe);
  const profiles = exposureWork(laid, parameters.volatility);
  const exposures = await inPieces(profiles, breathe);
  const bytes = littleEndian(losses);
  const digest = await (executor.sha256?.(bytes) ?? inPieces(sha256Work(bytes), breathe));
  return {
    receipt: receiptOf(request, parameters, digest),
    pool: poolFigures(request.pool, laid),
    market: marketFigures(model, parameters),
    risk,
    waterfall,
    contributions,
    liquidation,
    samplePaths: samplePathsOf(laid, request.samplePaths, losses),
    exposures,
    assumptions: assumptionsOf(request, parameters),
    warnings: warningsOf(request, model, laid, held),
  };
}

const books = new WeakMap<PoolDocument, { readonly key: string; readonly accounts: Accounts }>();

/**
 * The pool as functions of log returns. They depend on nothing but the frozen document and these
 * few numbers, so the last ones of every pool are kept: valuing it again with other prices' moves,
 * seeds or scenarios begins here.
 */
function accountsFor(request: ValueRequest, discountRate: number): Accounts {
  const { document } = request.pool;
  const { horizonDays, stepDays } = request;
  const key = `${horizonDays} ${stepDays} ${discountRate}`;
  const known = books.get(document);
  if (known?.key === key) return known.accounts;
  const accounts = accountsOf(document, horizonDays / 365, discountRate, {
    step: stepDays === undefined ? undefined : stepDays / 365,
    isolated: document.liquidation !== undefined,
    options: marginedOptions(document),
    cross: liquidatedParticipants(document),
  });
  books.set(document, { key, accounts });
  return accounts;
}

function liquidationOf(
  { margin, sumStart, accounts }: LaidPool,
  { tally, moments }: Run,
  { primary, monitoring }: ValueRequest,
): LiquidationFigures | null {
  if (!tally || !margin) return null;
  return liquidationFigures(tally, margin, sumStart, moments, accounts.times, primary, monitoring);
}

interface Run {
  readonly losses: Float64Array<ArrayBuffer>;
  readonly chunks: readonly Chunk[];
  readonly moments: readonly Float64Array[];
  readonly tally: LiquidationTally | null;
  /** Follows the losses, when the caller wants to hear of them. */
  readonly running: RunningRisk | null;
}

/** The first scenarios' prices at every step. */
function samplePathsOf(laid: LaidPool, count: number, losses: Float64Array): SamplePaths | null {
  if (count === 0) return null;
  const { assets, spots, times } = laid.accounts;
  const scenarios = Array.from({ length: count }, (_, i) => i);
  laid.simulation.withMoments = false;
  const returns = laid.simulation.samplePaths(scenarios, times.length, assets.length);
  const at = (p: number, t: number, u: number) =>
    returns[(p * times.length + t) * assets.length + u]!;
  return {
    days: times.map((time) => time * 365),
    assets,
    scenarios,
    prices: scenarios.map((p) =>
      assets.map((_, u) => times.map((__, t) => spots[u]! * exp(at(p, t, u)))),
    ),
    losses: Array.from(losses.subarray(0, count)),
  };
}

/** @param audited  the run whose losses count, when this is the second of an audit */
async function runAll(
  laid: LaidPool,
  executor: Executor,
  request: ValueRequest,
  audited: Run | null,
): Promise<Run> {
  const { scenarios, signal, onProgress, mode } = request;
  const losses = new Float64Array(scenarios);
  const chunks = chunksOf(scenarios);
  const moments: Float64Array[] = [];
  const isLiquidated = request.pool.document.liquidation !== undefined;
  const tally = isLiquidated ? new LiquidationTally(scenarios) : null;
  const own = onProgress ? new RunningRisk(losses, request.primary) : null;
  const running = audited ? audited.running : own;
  const before = audited ? scenarios : 0;
  const total = mode === "audit" ? 2 * scenarios : scenarios;
  laid.simulation.withMoments = request.contributions === "all" || isLiquidated;
  await executor.run(laid.simulation, chunks, {
    signal,
    onProgress: ({ done }) =>
      onProgress?.({ done: before + done, total, estimate: running?.estimate ?? null }),
    onBatch: (first, [batch, ...statistics]) => {
      losses.set(batch!, first);
      tally?.add(first, statistics);
      if (running === own) running?.add(first, batch!.length);
    },
    onChunk: (index, gathered) => {
      moments[index] = gathered;
    },
  });
  return { losses, chunks, moments, running, tally };
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

function receiptOf(request: ValueRequest, parameters: MarketParameters, losses: string): Receipt {
  return {
    engine: "riskpool",
    version: request.version,
    kernel: kernelDigest,
    pool: request.pool.digest,
    market: digestOf(parameters),
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
