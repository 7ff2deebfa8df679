import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
// @ts-expect-error The example is plain JavaScript.
import { importPositions, liquidationOf } from "../../examples/import-positions.mjs";
import { readPriceCsv } from "../../src/edge/venue/price-csv.ts";
import { calibrate, type MarketParameters, type PoolDocument } from "../../src/index.ts";
import type { LiquidationTerms } from "../../src/terms/index.ts";

const NAMES = {
  positions: "hyperliquid_positions_pnl_20251010.csv",
  accounts: "hyperliquid_adl_accounts_20251010.csv",
  prices: "prices_hourly_close_binance.csv",
} as const;

/** The folder of the tables: where RISKPOOL_SHARED says, or `shared` in a folder above. */
function folder(): string | null {
  const named = process.env["RISKPOOL_SHARED"];
  const candidates = named === undefined ? [] : [named];
  for (let at = process.cwd(); dirname(at) !== at; at = dirname(at)) {
    candidates.push(join(at, "shared"));
  }
  return (
    candidates
      .map((path) => join(path, "data"))
      .find((path) => Object.values(NAMES).every((name) => existsSync(join(path, name)))) ?? null
  );
}

/** Whether the tables are there. */
export const hasRealPositions: boolean = folder() !== null;

/** How the pool is made. */
export interface RealPositions {
  /** Per year; 0 when left out. */
  readonly fundingRate?: number;
  readonly mode?: LiquidationTerms["mode"];
  /** The fit of Student t has 2.7 degrees of freedom: few scenarios then are most of the tail. */
  readonly model?: MarketParameters["model"];
  /** Leaves out the accounts of both assets. */
  readonly isolatedOnly?: boolean;
}

/** Real positions in BTC and SOL with margin, and a market fitted to years of hourly prices. */
export function realPositions(how: RealPositions = {}): {
  document: PoolDocument;
  market: MarketParameters;
} {
  const { fundingRate = 0, mode = "full", model = "gbm", isolatedOnly = false } = how;
  const text = (name: keyof typeof NAMES) => readFileSync(join(folder()!, NAMES[name]), "utf8");
  const terms = liquidationOf(["BTC", "SOL"], { fundingRate }) as LiquidationTerms;
  const liquidation = { ...terms, mode, ...(mode === "paced" ? { pace: PACE } : {}) };
  const document = importPositions(text("positions"), text("accounts"), {
    liquidation,
  }) as PoolDocument;
  const { history } = readPriceCsv(text("prices"));
  const { parameters } = calibrate(history, { assets: ["BTC", "SOL"], model });
  return { document: isolatedOnly ? withoutCross(document) : document, market: parameters };
}

const PACE = { initialShare: 0.2, minutes: 60, smallShortage: "50.00" };

function withoutCross(document: PoolDocument): PoolDocument {
  const kept = new Set(
    document.participants.filter(({ margin }) => margin === "isolated").map(({ id }) => id),
  );
  const { waterfall } = document;
  const { lastResort } = waterfall;
  if (lastResort.kind !== "socialised") throw new Error("these positions share by weights");
  const weights = lastResort.weights.filter(({ participant }) => kept.has(participant));
  return {
    ...document,
    participants: document.participants.filter(({ id }) => kept.has(id)),
    perpetuals: document.perpetuals.filter(({ participant }) => kept.has(participant)),
    waterfall: { ...waterfall, lastResort: { ...lastResort, weights } },
  };
}
