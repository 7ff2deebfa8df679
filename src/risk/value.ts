import {
  digestOf,
  type Issue,
  inPieces,
  type Level,
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
  type Progress,
} from "../engine/index.ts";
import {
  type MarketModel,
  type MarketParameters,
  marketModel,
  parameterIssues,
} from "../market/index.ts";
import type { Pool } from "../pool/index.ts";
import { type Accounts, accountsOf, byId } from "./account.ts";
import { contributionsOf, type RunRecord } from "./contribution.ts";
import { exposureWork } from "./exposure.ts";
import { type LaidPool, layPoolWork } from "./layout.ts";
import { summaryWork, tailNeeded } from "./summary.ts";
import { worst } from "./tail.ts";
import type { Notice, Receipt, Valuation } from "./valuation.ts";
import { waterfallWork } from "./waterfall-risk.ts";

/** One valuation, with everything decided. */
export interface ValueRequest {
  readonly pool: Pool;
  readonly market: MarketParameters;
  readonly scenarios: number;
  readonly seed: bigint;
  readonly horizonDays: number;
  readonly levels: readonly Level[];
  readonly primary: Level;
  readonly mode: "profile" | "audit";
  readonly version: string;
  readonly bytesMax?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

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
  for (const loss of losses) if (!(Math.abs(loss) <= largest)) largest = Math.abs(loss);
  for (const { valueNow, collateralNow } of accounts.list) {
    for (const amount of [valueNow, collateralNow]) {
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
  checkTails(request);
  const { document, asOfMs } = request.pool;
  const ids = [...document.assets].sort(byId).map((asset) => asset.id);
  const parameters = marketOf(request.market, ids);
  const model = modelOf(parameters);
  const discountRate = parameters.discountRate ?? 0;
  const accounts = accountsOf(document, request.horizonDays / 365, discountRate);
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
      bytesMax: request.bytesMax,
    };
    return inPieces(layPoolWork(kernels, input), breathe);
  };
  const audited =
    request.mode === "audit" ? (await runAll(await lay("audit"), executor, request)).losses : null;
  // Contributions and exposures come from the profiles in either mode; an audit replaces the losses.
  const laid = await lay("profile");
  const profiled = await runAll(laid, executor, request);
  // Read now: the replays for contributions would count their prices again.
  const held = laid.simulation.heldPrices;
  const losses = audited ?? profiled.losses;
  checkSize(losses, accounts);
  const tail = worst(losses, tailNeeded(request.levels, request.scenarios));
  const run: RunRecord = { ...profiled, losses, tail };
  const { decimals } = document.currency;
  const contributions = await contributionsOf(laid, run, request.primary, decimals, breathe);
  const { levels, primary, horizonDays } = request;
  const summary = summaryWork(losses, tail, levels, primary, horizonDays);
  const risk = await inPieces(summary, breathe);
  const layers = waterfallWork(losses, tail, document.waterfall, decimals, primary);
  const waterfall = await inPieces(layers, breathe);
  const profiles = exposureWork(accounts, document, parameters.volatility, discountRate);
  const exposures = await inPieces(profiles, breathe);
  const digest = await inPieces(sha256Work(littleEndian(losses)), breathe);
  return {
    receipt: receiptOf(request, parameters, digest),
    pool: poolFigures(request.pool, laid),
    market: {
      model: parameters.model,
      degreesOfFreedom:
        parameters.model === "student-t" ? (parameters.degreesOfFreedom ?? null) : null,
      assets: ids,
      volatility: model.parameters.volatility,
      correlation: model.correlation,
      smallestEigenvalue: model.smallestEigenvalue,
      parameters,
    },
    risk,
    waterfall,
    contributions,
    exposures,
    assumptions: assumptionsOf(request, parameters),
    warnings: warningsOf(request, model, laid, held),
  };
}

interface Run {
  readonly losses: Float64Array;
  readonly chunks: readonly Chunk[];
  readonly moments: readonly Float64Array[];
}

async function runAll(laid: LaidPool, executor: Executor, request: ValueRequest): Promise<Run> {
  const losses = new Float64Array(request.scenarios);
  const chunks = chunksOf(request.scenarios);
  const moments: Float64Array[] = [];
  laid.simulation.withMoments = true;
  await executor.run(laid.simulation, chunks, {
    signal: request.signal,
    onProgress: request.onProgress,
    onBatch: (first, [batch]) => losses.set(batch!, first),
    onChunk: (index, gathered) => {
      moments[index] = gathered;
    },
  });
  return { losses, chunks, moments };
}

function poolFigures({ document }: Pool, laid: LaidPool): Valuation["pool"] {
  const markToMarket = laid.accounts.list.reduce(
    (sum, account) => (account.owner >= 0 ? sum + account.valueNow : sum),
    0,
  );
  return {
    name: document.name,
    asOf: document.asOf,
    currency: document.currency,
    participants: document.participants.length,
    options: document.options.length,
    perpetuals: document.perpetuals.length,
    covers: document.covers.length,
    markToMarket,
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
    levels: request.levels.map((level) => level / 1e6),
    primaryLevel: request.primary / 1e6,
    mode: request.mode,
    losses,
  };
}

/** Bytes of a column as a little-endian machine holds them, whatever machine this is. */
function littleEndian(values: Float64Array): Uint8Array {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 1) {
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
  const view = new DataView(new ArrayBuffer(values.byteLength));
  values.forEach((value, i) => {
    view.setFloat64(8 * i, value, true);
  });
  return new Uint8Array(view.buffer);
}

function assumptionsOf(request: ValueRequest, parameters: MarketParameters): string[] {
  const shocks =
    parameters.model === "gbm"
      ? "correlated normal shocks (geometric Brownian motion)"
      : `multivariate Student-t shocks with ${parameters.degreesOfFreedom} degrees of freedom, one mixing variable per scenario, volatility held`;
  return [
    `Log prices move by ${shocks}; the expected log return is ${parameters.drift ? "the given drift" : "zero"}.`,
    "Loss is the pool's value now minus its value at the horizon plus what it has paid; positive is a loss.",
    "Options alive at the horizon are revalued by Black-76 with the time left, the carry of their forward and the volatility of their strike (sticky strike).",
    "Options that expire before the horizon settle at the simulated price of their own expiry.",
    "Inverse contracts are valued in coin and converted at the simulated price.",
    "A participant owes no more than its collateral: per position if isolated, over all positions if cross-margined. Nobody is liquidated before the horizon.",
    "Positions, holdings and capital stay as they are until the horizon; funding payments are not simulated.",
    ...(request.pool.document.covers.length > 0
      ? [
          `Cover events follow a one-factor Gaussian copula; the factor's correlation with a falling market is ${parameters.systemicLoading ?? 0}.`,
        ]
      : []),
  ];
}

function warningsOf(
  request: ValueRequest,
  model: MarketModel,
  laid: LaidPool,
  held: number,
): Notice[] {
  const { document } = request.pool;
  const warnings: Notice[] = [...model.notes];
  if (held > 0) {
    warnings.push({
      code: "MODEL_BOUND",
      detail: `${held} simulated prices reached the bound of the model's domain and were held there.`,
    });
  }
  const under = laid.accounts.list.filter(
    (account) => account.floored && account.valueNow + account.collateralNow < 0,
  );
  if (under.length > 0) {
    warnings.push({
      code: "ACCOUNT_INSOLVENT",
      detail: `${under.length} accounts owe more than their collateral already today; that loss is not counted again.`,
    });
  }
  if (document.waterfall.allowNonStandard) {
    warnings.push({
      code: "WATERFALL_SENIORITY",
      detail: "The terms let members' layers pay before the operator's own first loss.",
    });
  }
  // Without an asset there is no market to depend on.
  const apart = document.assets.length > 0 && (model.parameters.systemicLoading ?? 0) === 0;
  if (document.covers.length > 0 && apart) {
    warnings.push({
      code: "COVERS_INDEPENDENT",
      detail:
        "Cover events are taken as independent of the market (systemicLoading is 0); a crash that brings claims with it would cost more.",
    });
  }
  return warnings;
}
