import {
  type Gain,
  load,
  type Notice,
  type Policy,
  type Pool,
  PoolError,
  type Proposal,
  poolJsonSchema,
  readJson,
  readPool,
  settle,
  type ValueOptions,
  version,
} from "../../index.ts";
import { batchWorkers } from "../../node.ts";
import { importDeribitChain } from "../venue/deribit.ts";
import type { BatchRequest, BatchSession, Core, Progress, RunRequest } from "./core.ts";
import { marketFrom, marketIn, onEngine } from "./local-engine.ts";
import { localQueue, openWith } from "./local-queue.ts";
import { localShards } from "./local-shard.ts";
import { usualPolicies } from "./usual-policy.ts";

/** JSON of a file beside the pool's; its problems are reported under its name. */
function partIn(text: string, name: string): unknown {
  try {
    return readJson(text);
  } catch (error) {
    if (!(error instanceof PoolError)) throw error;
    const issues = error.issues.map((issue) => ({ ...issue, pointer: `/${name}${issue.pointer}` }));
    throw new PoolError(issues, name);
  }
}

/** What an engine is asked of a pool, whichever it is. */
function optionsOf(
  request: Omit<RunRequest, "pool">,
  assets?: readonly string[],
): { readonly options: ValueOptions; readonly notices: readonly Notice[] } {
  const { prices, calibration, market } = request;
  const fitted = prices === undefined ? undefined : marketFrom(prices, calibration, assets);
  const options = {
    scenarios: request.scenarios,
    seed: request.seed,
    horizon: request.horizonDays,
    ...(request.stepDays !== undefined && { step: request.stepDays }),
    monitoring: request.monitoring,
    confidence: request.confidence,
    levels: [request.confidence],
    ...(fitted && { market: fitted.market }),
    ...(market !== undefined && { market: marketIn(market) }),
  };
  return { options, notices: fitted?.notices ?? [] };
}

/** A run's pool, and what the engine is asked of it. */
function worldOf(
  request: RunRequest,
  progress: Progress,
): { readonly pool: Pool; readonly options: ValueOptions; readonly notices: readonly Notice[] } {
  const pool = readPool(request.pool);
  const { options, notices } = optionsOf(
    request,
    pool.document.assets.map((asset) => asset.id),
  );
  const onProgress: ValueOptions["onProgress"] = ({ done, total }) => progress(done, total);
  return { pool, options: { ...options, onProgress }, notices };
}

/** Starts an engine for the items of a batch. */
async function startBatch(request: BatchRequest): Promise<BatchSession> {
  const { levels, mode, figures } = request;
  const base = request.base === undefined ? null : readPool(partIn(request.base, "base"));
  const assets = base?.document.assets.map((asset) => asset.id);
  const { options: given, notices } = optionsOf(request, assets);
  const options = { ...given, levels, audit: mode === "audit" };
  const engine = await load();
  const own = {
    kernel: engine.kernel,
    base,
    options: { ...options, seed: String(options.seed), market: options.market ?? null },
  };
  const { workers: count, queue: wanted } = request;
  if (wanted) {
    await engine.dispose();
    const { queue, notices: told } = await openWith(wanted);
    return {
      ...{ ...own, notices: [...told, ...notices] },
      answers: (source) => queue.valueMany(source, { ...options, figures }),
      end: () => queue.close(),
    };
  }
  const workers = count === undefined ? null : batchWorkers({ workers: count });
  return {
    ...{ ...own, notices },
    answers: (source) =>
      engine.valueMany(source, { ...options, figures, ...(workers && { workers }) }),
    end: async () => {
      await workers?.dispose();
      await engine.dispose();
    },
  };
}

const MARKET_MISSING = {
  code: "MARKET_MISSING",
  pointer: "/market",
  detail:
    "the document does not say how prices may move; add a market to it, or give --prices or --market",
  expected: "market parameters: model, assets, volatility, correlation",
  received: "missing",
};

/** On the command line a rule is its options, not one of a list. */
function atOptions(error: unknown): never {
  if (!(error instanceof PoolError)) throw error;
  const issues = error.issues.map((issue) => ({
    ...issue,
    pointer: issue.pointer.replace(/^\/options\/rules\/0(?=\/|$)/, "/options"),
  }));
  throw new PoolError(issues, "command line");
}

/** The engine in this process. */
export const localCore: Core = {
  version,
  kernel: () => onEngine({}, async ({ kernel }) => kernel),

  async value(request, progress) {
    const { samplePaths, levels, mode, contributions } = request;
    const world = worldOf(request, progress);
    const audit = mode === "audit";
    const options = { ...world.options, samplePaths, levels, audit, contributions };
    const valuation = await onEngine(request, (engine) => engine.value(world.pool, options));
    return { ...valuation, warnings: [...world.notices, ...valuation.warnings] };
  },

  async allocate(request, progress) {
    const { pool, options, notices } = worldOf(request, progress);
    const { name, currency, contribution } = pool.document;
    const own = contribution ?? { rule: "euler-es" as const };
    const isOwn = request.rule === undefined || request.rule === own.rule;
    const rules = [{ ...(isOwn ? own : { rule: request.rule }), ...request.bounds }];
    const [allocation] = await onEngine(request, (engine) =>
      engine.allocate(pool, { ...options, rules }),
    ).catch(atOptions);
    return { allocation: allocation!, pool: name, currency: currency.code, notices };
  },

  async compare(request, progress) {
    const { pool, options, notices } = worldOf(request, progress);
    const policies =
      request.policies === undefined
        ? usualPolicies(pool.document)
        : (partIn(request.policies, "policies") as Policy[]);
    const comparison = await onEngine(request, (engine) => engine.compare(pool, policies, options));
    return { comparison, notices };
  },

  async quote(request, progress) {
    const { pool, options, notices } = worldOf(request, progress);
    const position = partIn(request.position, "position") as Proposal;
    const quote = await onEngine(request, (engine) => engine.quote(pool, position, options));
    return { quote, currency: pool.document.currency.code, notices };
  },

  ...localShards,
  ...localQueue,
  batch: startBatch,

  async settle({ pool, loss, gains }) {
    const { document } = readPool(pool);
    const { currency, waterfall } = document;
    const gained = gains === undefined ? undefined : (partIn(gains, "gains") as Gain[]);
    const settlement = settle(waterfall, currency, loss, gained);
    const rows = settlement.layers.flatMap((layer) =>
      layer.payers.map((payer) => ({
        layer: layer.id,
        payer: "participant" in payer ? payer.participant : payer.provider,
        amount: payer.amount,
      })),
    );
    for (const { participant, amount } of settlement.assessments) {
      rows.push({ layer: "assessments", payer: participant, amount });
    }
    for (const { participant, amount } of settlement.socialised.shares) {
      rows.push({ layer: "socialised", payer: participant, amount });
    }
    return {
      currency: currency.code,
      loss: settlement.loss,
      uncovered: settlement.socialised.uncovered,
      rows: rows.filter(({ amount }) => /[1-9]/.test(amount)),
      notices: [],
    };
  },

  async importChain({ chain, share, participants }) {
    const { pool, notes } = importDeribitChain(chain, { share, participants });
    return {
      pool: readPool(pool).document,
      notices: notes.map((detail) => ({ code: "IMPORTED", detail })),
    };
  },

  async calibrate({ prices, ...request }) {
    return marketFrom(prices, request);
  },

  async priced({ pool, market, prices, calibration }) {
    const { document } = readPool(pool);
    const assets = document.assets.map((asset) => asset.id);
    const fitted = prices === undefined ? undefined : marketFrom(prices, calibration, assets);
    const own = market === undefined ? (fitted?.market ?? document.market) : marketIn(market);
    if (own === undefined) throw new PoolError([MARKET_MISSING], "pool document");
    const whole = readPool({ ...document, market: own });
    return { pool: whole.document, notices: fitted?.notices ?? [] };
  },

  async check({ pool }) {
    return { pool: readPool(pool).document, notices: [] };
  },

  async schema() {
    return `${JSON.stringify(poolJsonSchema(), null, 2)}\n`;
  },
};
