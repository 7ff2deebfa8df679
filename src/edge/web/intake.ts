import { calibrate, type Issue, PoolError, readJson, readPool } from "../../index.ts";
import { readPriceCsv } from "../venue/price-csv.ts";
import type { PricedDocument } from "./message.ts";

/** The remedy for a pool that says nothing of how prices may move. */
const MARKET_MISSING: Issue = {
  code: "MARKET_MISSING",
  pointer: "/market",
  detail:
    "the document does not say how prices may move; add a market to it, or put the prices of its assets (CSV) on this page together with it",
  expected: "market parameters: model, assets, volatility, correlation",
  received: "missing",
};

/**
 * A pool document with a market: its own, or one fitted to prices.
 *
 * @param source  JSON text of a pool document
 * @param prices  CSV text: a column of times and one for each asset
 * @throws        PoolError with every problem
 */
export function pricedPool(source: string, prices?: string): PricedDocument {
  const { document } = readPool(source);
  if (prices !== undefined) return refitted(document, prices);
  const { market } = document;
  if (market) return { ...document, market };
  throw new PoolError([MARKET_MISSING], "pool document");
}

function refitted(document: ReturnType<typeof readPool>["document"], prices: string) {
  const { history } = readPriceCsv(prices);
  const assets = document.assets.map(({ id }) => id);
  return { ...document, market: calibrate(history, { assets }).parameters };
}

/** A document as text, its market written into it: what the room ships as an example. */
export function examplePool(source: string, prices: string): string {
  const document = readJson(source) as object;
  const { market } = pricedPool(source, prices);
  return `${JSON.stringify({ ...document, market }, null, 1)}\n`;
}
