import type { OptionPosition } from "../src/book/index.ts";
import type { MarketParameters } from "../src/market/index.ts";
import type { PoolDocument } from "../src/pool/index.ts";

const ASSETS = 8;
export const HORIZON_DAYS = 10;

/** Numbers in [0, 1) from a small generator, the same on every run. */
function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Eight assets with one common correlation. */
export const benchMarket: MarketParameters = {
  model: "gbm",
  assets: Array.from({ length: ASSETS }, (_, i) => `A${i}`),
  volatility: Array.from({ length: ASSETS }, (_, i) => 0.5 + 0.1 * i),
  correlation: Array.from({ length: ASSETS }, (_, i) =>
    Array.from({ length: ASSETS }, (_, j) => (i === j ? 1 : 0.6)),
  ),
};

/** Options of 30 to 365 days, strikes 60 to 160 % of spot, both types and sides, on eight assets. */
export function benchPool(options: number): PoolDocument {
  const random = sequence(20240229);
  const positions = Array.from({ length: options }, (_, i): OptionPosition => {
    const days = 30 + Math.floor(random() * 336);
    return {
      id: `o${String(i).padStart(5, "0")}`,
      participant: "p",
      asset: `A${i % ASSETS}`,
      type: random() < 0.5 ? "call" : "put",
      side: "long",
      strike: 100 * (0.6 + random()),
      expiry: new Date(Date.UTC(2026, 0, 1) + days * 86_400_000).toISOString(),
      quantity: 1 + Math.floor(random() * 10),
      impliedVolatility: 0.4 + 0.8 * random(),
      settlement: "linear",
    };
  });
  return {
    format: "riskpool",
    version: 1,
    name: "benchmark",
    asOf: "2026-01-01T00:00:00Z",
    currency: { code: "USD", decimals: 2 },
    assets: benchMarket.assets.map((id) => ({ id, spot: 100 })),
    participants: [{ id: "p", margin: "isolated" }],
    options: positions,
    perpetuals: [],
    holdings: [],
    covers: [],
    waterfall: {
      layers: [{ id: "first", order: 1, kind: "operator", size: "1000.00" }],
      lastResort: { kind: "socialised", weights: [{ participant: "p", weight: 1 }] },
    },
  };
}
