// The books that the workloads are run on. Made up, and the same on every run.
import type { Cover, OptionPosition, Participant, PerpetualPosition } from "../src/book/index.ts";
import type { MarketParameters } from "../src/market/index.ts";
import type { PoolDocument } from "../src/pool/index.ts";

export const ASSETS = 8;
export const SPOT = 100;
export const HORIZON_DAYS = 10;
const AS_OF_MS = Date.UTC(2026, 0, 1);

/** Numbers in [0, 1) from a small generator. */
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

function pool(
  parts: Pick<PoolDocument, "participants"> & Partial<PoolDocument>,
): PoolDocument {
  const [first] = parts.participants;
  return {
    format: "riskpool",
    version: 1,
    name: "benchmark",
    asOf: new Date(AS_OF_MS).toISOString(),
    currency: { code: "USD", decimals: 2 },
    assets: benchMarket.assets.map((id) => ({ id, spot: SPOT })),
    options: [],
    perpetuals: [],
    holdings: [],
    covers: [],
    waterfall: {
      layers: [{ id: "first", order: 1, kind: "operator", size: "1000.00" }],
      lastResort: { kind: "socialised", weights: [{ participant: first!.id, weight: 1 }] },
    },
    market: benchMarket,
    ...parts,
  };
}

function numbered(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${letter}${String(i).padStart(5, "0")}`);
}

/**
 * Options that the pool has written, of 30 to 365 days, strikes 60 to 160 % of spot, calls and
 * puts, on eight assets; dealt to the participants in turn.
 */
export function optionBook(options: number, participants: number): PoolDocument {
  const random = sequence(20240229);
  const holders = numbered("p", participants);
  const positions = numbered("o", options).map((id, i): OptionPosition => {
    const days = 30 + Math.floor(random() * 336);
    return {
      id,
      participant: holders[i % participants]!,
      // A participant has options on several assets.
      asset: `A${(i + Math.floor(i / participants)) % ASSETS}`,
      type: random() < 0.5 ? "call" : "put",
      side: "long",
      strike: SPOT * (0.6 + random()),
      expiry: new Date(AS_OF_MS + days * 86_400_000).toISOString(),
      quantity: 1 + Math.floor(random() * 10),
      impliedVolatility: 0.4 + 0.8 * random(),
      settlement: "linear",
    };
  });
  return pool({
    participants: holders.map((id): Participant => ({ id, margin: "isolated" })),
    options: positions,
  });
}

/** Years from now to an option's expiry. */
export function yearsTo(expiry: string): number {
  return (Date.parse(expiry) - AS_OF_MS) / (365 * 86_400_000);
}
