import {
  calibrate,
  type Engine,
  load,
  type MarketParameters,
  type Notice,
  readJson,
  readMarket,
} from "../../index.ts";
import { workerPool } from "../../node.ts";
import { readPriceCsv } from "../venue/price-csv.ts";
import type { CalibrationRequest, RunRequest } from "./core.ts";

/** Fits a market to prices in CSV text; the assets are those asked for, or all. */
export function marketFrom(
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
export function marketIn(text: string): MarketParameters {
  const root = readJson(text) as { market?: { parameters?: unknown } };
  return readMarket(root.market?.parameters ?? root.market ?? root);
}

/** Asks an engine that is gone afterwards. */
export async function onEngine<Answer>(
  { workers }: Pick<RunRequest, "workers">,
  ask: (engine: Engine) => Promise<Answer>,
): Promise<Answer> {
  const engine = await load(workers === undefined ? {} : { executor: workerPool({ workers }) });
  return ask(engine).finally(() => engine.dispose());
}
