import {
  calibrate,
  load,
  type MarketParameters,
  type Notice,
  poolJsonSchema,
  readJson,
  readMarket,
  readPool,
  settle,
  version,
} from "../../index.ts";
import { workerPool } from "../../node.ts";
import { importDeribitChain } from "../venue/deribit.ts";
import { readPriceCsv } from "../venue/price-csv.ts";
import type { CalibrationRequest, Core } from "./core.ts";

/** Fits a market to prices in CSV text; the assets are those asked for, or all. */
function marketFrom(
  prices: string,
  request: CalibrationRequest,
  assets?: readonly string[],
): { market: MarketParameters; notices: Notice[] } {
  const { columns, window, repair, model, volatility, correlation } = request;
  const { history, notes } = readPriceCsv(prices, columns ? { columns } : {});
  const { parameters, report } = calibrate(history, {
    ...(assets && { assets }),
    ...(window !== undefined && { window: { lastDays: window } }),
    ...(repair && { repair }),
    ...(model && { model }),
    ...(volatility && { volatility }),
    ...(correlation && { correlation }),
  });
  const { systemicLoading } = request;
  return {
    market: systemicLoading === undefined ? parameters : { ...parameters, systemicLoading },
    notices: [...notes, ...report.notes],
  };
}

/** Market parameters out of JSON text: bare, of a pool document, or of a valuation. */
function marketIn(text: string): MarketParameters {
  const root = readJson(text) as { market?: { parameters?: unknown } };
  return readMarket(root.market?.parameters ?? root.market ?? root);
}

/** The engine in this process. */
export const localCore: Core = {
  version,

  async value(request, progress) {
    const pool = readPool(request.pool);
    const fitted =
      request.prices === undefined
        ? undefined
        : marketFrom(
            request.prices,
            request.calibration,
            pool.document.assets.map((asset) => asset.id),
          );
    const engine = await load(
      request.workers === undefined ? {} : { executor: workerPool({ workers: request.workers }) },
    );
    const run = engine.value(pool, {
      scenarios: request.scenarios,
      seed: request.seed,
      horizon: request.horizonDays,
      ...(request.stepDays !== undefined && { step: request.stepDays }),
      monitoring: request.monitoring,
      samplePaths: request.samplePaths,
      confidence: request.confidence,
      levels: request.levels,
      audit: request.mode === "audit",
      ...(fitted && { market: fitted.market }),
      ...(request.market !== undefined && { market: marketIn(request.market) }),
      onProgress: ({ done, total }) => progress(done, total),
    });
    const valuation = await run.finally(() => engine.dispose());
    return fitted
      ? { ...valuation, warnings: [...fitted.notices, ...valuation.warnings] }
      : valuation;
  },

  async settle({ pool, loss }) {
    const { document } = readPool(pool);
    const { currency, waterfall } = document;
    const settlement = settle(waterfall, currency, loss);
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

  async check({ pool }) {
    return { pool: readPool(pool).document, notices: [] };
  },

  async schema() {
    return `${JSON.stringify(poolJsonSchema(), null, 2)}\n`;
  },
};
