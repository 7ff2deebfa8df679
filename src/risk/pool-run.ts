import {
  type Breath,
  type Issue,
  inPieces,
  PoolError,
  received,
  refuse,
  TAIL_SCENARIOS_MIN,
  tailCount,
  tailTooThin,
} from "../basics/index.ts";
import {
  type Chunk,
  Column,
  chunksOf,
  type Executor,
  type Kernels,
  type Moments,
} from "../engine/index.ts";
import {
  type MarketModel,
  type MarketParameters,
  marketModel,
  parameterIssues,
} from "../market/index.ts";
import { isSameBook, type PoolDocument } from "../pool/index.ts";
import { type Accounts, accountsOf, byId } from "./account.ts";
import { keepRun, keptRun } from "./kept-run.ts";
import { frozen, Latest } from "./latest.ts";
import { type LaidPool, layPoolWork, MEMORY_MAX } from "./layout.ts";
import { LiquidationTally } from "./liquidation-summary.ts";
import { LossCurve } from "./loss-curve.ts";
import { liquidatedParticipants, marginBookOf, marginedOptions } from "./margin.ts";
import { RunningRisk } from "./progress.ts";
import type { PoolRun } from "./run.ts";
import { tailTaken } from "./summary.ts";
import { worst } from "./tail.ts";
import type { ValueRequest } from "./value-request.ts";

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

interface Moves {
  readonly assets: PoolDocument["assets"];
  readonly parameters: MarketParameters;
  readonly model: MarketModel;
}

/** What was made of a market last; both it and the assets are frozen. */
const knownMoves = new WeakMap<MarketParameters, Moves>();

/** How the assets of a request may move. */
function moves({ pool, market }: ValueRequest): Moves {
  const { assets } = pool.document;
  const known = knownMoves.get(market);
  if (known?.assets === assets) return known;
  const ids = [...assets].sort(byId).map((asset) => asset.id);
  const parameters = frozen(marketOf(market, ids));
  const model = modelOf(parameters);
  frozen(model.correlation);
  const made = { assets, parameters, model };
  knownMoves.set(market, made);
  return made;
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
function checkSize([low, high]: readonly [number, number], accounts: Accounts): void {
  let largest = Math.max(-low, high);
  for (const { valueNow, barriersNow, collateralNow } of accounts.list) {
    for (const amount of [valueNow, barriersNow, collateralNow]) {
      largest = Math.max(largest, Math.abs(amount));
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

/**
 * A request made ready to be laid in a kernel's memory: what its market is made of now, its book when
 * it is laid, because a run that is kept needs none.
 *
 * @throws PoolError TAIL_TOO_THIN, REFERENCE_UNKNOWN, MATRIX_NOT_PSD, …
 */
export function prepare(
  kernels: Kernels,
  executor: Executor,
  request: ValueRequest,
): {
  readonly parameters: MarketParameters;
  readonly model: MarketModel;
  readonly breathe: Breath;
  readonly lay: (mode: "profile" | "audit") => Promise<LaidPool>;
} {
  checkTails(request);
  const { document, asOfMs } = request.pool;
  const { parameters, model } = moves(request);
  const discountRate = parameters.discountRate ?? 0;
  const breathe = executor.breather(request.signal);
  const lay = (mode: "profile" | "audit") => {
    const assets = [...document.assets].sort(byId);
    const margin = marginBookOf(document, assets, { asOfMs, discountRate });
    const input = {
      accounts: accountsFor(request, discountRate),
      covers: [...document.covers].sort(byId),
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
  return { parameters, model, breathe, lay };
}

/**
 * Simulates a pool and picks its worst scenarios.
 *
 * @throws PoolError TAIL_TOO_THIN, REFERENCE_UNKNOWN, MATRIX_NOT_PSD, NUMBER_RANGE; the signal's
 *         reason when aborted
 */
export async function runPool(
  kernels: Kernels,
  executor: Executor,
  request: ValueRequest,
): Promise<PoolRun> {
  const { parameters, model, breathe, lay } = prepare(kernels, executor, request);
  const known = keptRun(kernels, request, parameters);
  if (known) return asked(known, request, breathe);
  const audited =
    request.mode === "audit" ? await runAll(await lay("audit"), executor, request, null) : null;
  // Contributions and exposures come from the profiles in either mode; an audit replaces the losses.
  const laid = await lay("profile");
  const profiled = await runAll(laid, executor, request, audited);
  const { chunks, moments, held, tally } = profiled;
  const { losses } = audited ?? profiled;
  const paths = { losses, chunks, moments, held, tally };
  return ranPool(kernels, request, { parameters, model, laid, breathe, ...paths });
}

let isFirst = true;

/** Whether no run has been made in this thread: much of the code is new to the platform's compilers. */
export function isFirstRun(): boolean {
  return isFirst;
}

/**
 * A run whose paths have all been simulated, here or elsewhere, with its worst scenarios picked; it
 * is kept.
 *
 * @throws PoolError NUMBER_RANGE
 */
export function ranPool(
  kernels: Kernels,
  request: ValueRequest,
  ran: Omit<PoolRun, "request" | "column" | "least" | "tail" | "found">,
): PoolRun {
  const { laid, losses } = ran;
  isFirst = false;
  const column = Column.laid(laid.simulation.arena, losses);
  const extremes = column.extremes();
  checkSize(extremes, laid.accounts);
  const { levels, primary, scenarios } = request;
  const tail = worst(column, tailTaken(levels, primary, scenarios));
  const run: PoolRun = {
    request,
    column,
    least: extremes[0],
    tail,
    ...ran,
    found: {
      curve: new Latest(),
      summary: new Latest(),
      contributions: new Latest(),
      exposures: new Latest(),
      digest: new Latest(),
    },
  };
  keepRun(kernels, run);
  return run;
}

/** The losses of a run in order, sorted once. */
export function lossCurve({ found, column }: PoolRun): Promise<LossCurve> {
  return found.curve.of("", () => new LossCurve(column));
}

/** A run that is asked again, about other levels or terms. */
function asked(run: PoolRun, request: ValueRequest, breathe: Breath): PoolRun {
  const taken = tailTaken(request.levels, request.primary, request.scenarios);
  const tail = taken === run.tail.losses.length ? run.tail : worst(run.column, taken);
  request.onProgress?.({ done: request.scenarios, total: request.scenarios, estimate: null });
  return { ...run, request, tail, breathe };
}

interface KnownAccounts {
  readonly document: PoolDocument;
  readonly key: string;
  readonly accounts: Accounts;
}

/** By the participants of a document, which all documents of one book share. */
const books = new WeakMap<PoolDocument["participants"], KnownAccounts>();

/**
 * The pool as functions of log returns. They depend on nothing but the frozen book and these
 * few numbers, so the last ones of every book are kept: valuing it again with other prices' moves,
 * seeds or scenarios begins here.
 */
function accountsFor(request: ValueRequest, discountRate: number): Accounts {
  const { document } = request.pool;
  const { horizonDays, stepDays } = request;
  const key = `${horizonDays} ${stepDays} ${discountRate}`;
  const known = books.get(document.participants);
  if (known?.key === key && isSameBook(known.document, document)) return known.accounts;
  const accounts = accountsOf(document, horizonDays / 365, discountRate, {
    step: stepDays === undefined ? undefined : stepDays / 365,
    isolated: document.liquidation !== undefined,
    options: marginedOptions(document),
    cross: liquidatedParticipants(document),
  });
  books.set(document.participants, { document, key, accounts });
  return accounts;
}

/** Whether paths tell of liquidations. */
export function isLiquidated({ pool }: ValueRequest): boolean {
  return pool.document.liquidation !== undefined;
}

/** Whether the moments of all paths are asked for; those of the tail are gathered in its replay. */
export function needsMoments(request: ValueRequest): boolean {
  return request.contributions === "all" || isLiquidated(request);
}

interface Run {
  readonly losses: Float64Array<ArrayBuffer>;
  readonly chunks: readonly Chunk[];
  readonly moments: readonly Moments[];
  readonly held: number;
  readonly tally: LiquidationTally | null;
  /** Follows the losses, when the caller wants to hear of them. */
  readonly running: RunningRisk | null;
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
  const moments: Moments[] = [];
  const tally = isLiquidated(request) ? new LiquidationTally(scenarios) : null;
  const own = onProgress ? new RunningRisk(losses, request.primary) : null;
  const running = audited ? audited.running : own;
  const before = audited ? scenarios : 0;
  const total = mode === "audit" ? 2 * scenarios : scenarios;
  const withMoments = needsMoments(request);
  laid.simulation.withMoments = withMoments;
  let held = 0;
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
      held += gathered.held;
      if (withMoments) moments[index] = gathered;
    },
  });
  return { losses, chunks, moments, held, running, tally };
}
