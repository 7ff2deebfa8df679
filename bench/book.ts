// The books that the workloads are run on. Made up, and the same on every run.
import type {
  BarrierPosition,
  Cover,
  OptionPosition,
  Participant,
  PerpetualPosition,
} from "../src/book/index.ts";
import type { MarketParameters } from "../src/market/index.ts";
import type { PoolDocument } from "../src/pool/index.ts";
import type { LiquidationTerms } from "../src/terms/index.ts";

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

/** A number from least to most, small ones more often. No power: its bits differ between engines. */
function skewed(least: number, most: number, u: number): number {
  return least + (most - least) * u * u * u;
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

function pool(parts: Pick<PoolDocument, "participants"> & Partial<PoolDocument>): PoolDocument {
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
      asset: `A${((i % participants) + Math.floor(i / participants)) % ASSETS}`,
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

/** Knock-outs and one-touches on eight assets, 3 to 30 days long, dealt to the participants in turn. */
export function barrierBook(barriers: number, participants: number): PoolDocument {
  const random = sequence(19730501);
  const holders = numbered("b", participants);
  const positions = numbered("k", barriers).map((id, i): BarrierPosition => {
    const direction = i % 2 === 0 ? "up" : "down";
    const isTouch = i % 4 === 3;
    return {
      id,
      participant: holders[i % participants]!,
      asset: `A${i % ASSETS}`,
      kind: isTouch ? "one-touch" : "knock-out",
      direction,
      barrier: SPOT * (direction === "up" ? 1.05 + 0.3 * random() : 0.95 - 0.3 * random()),
      ...(isTouch
        ? { cash: "10.00" }
        : { type: direction === "up" ? "call" : "put", strike: SPOT * (0.9 + 0.2 * random()) }),
      side: "long",
      quantity: 1 + Math.floor(random() * 10),
      expiry: new Date(AS_OF_MS + (3 + Math.floor(random() * 28)) * 86_400_000).toISOString(),
      impliedVolatility: 0.5 + 0.5 * random(),
      settlement: "linear",
    };
  });
  return pool({
    participants: holders.map((id): Participant => ({ id, margin: "isolated" })),
    barriers: positions,
  });
}

/** Years from now to an option's expiry. */
export function yearsTo(expiry: string): number {
  return (Date.parse(expiry) - AS_OF_MS) / (365 * 86_400_000);
}

/** Steps of equal length to the horizon; margin is checked at the end of each. */
export const STEPS = 96;
/** Notional at which the price gives way by `impact`. */
export const DEPTH = 1_000_000;

/** How accounts are closed out: the same in every asset. */
export const closeOutTerms = {
  halfSpread: 0.0005,
  impact: 0.004,
  liquidatorFee: 0.0025,
  insuranceFee: 0.005,
} as const;

/** Slippage of closing a notional, as a part of it. */
export function slippageOf(notional: number): number {
  const { halfSpread, impact } = closeOutTerms;
  return Math.min(1, halfSpread + impact * Math.sqrt(notional / DEPTH));
}

/** √(notional) to slippage, for those who take the root themselves. */
export const IMPACT_PER_ROOT: number = closeOutTerms.impact / Math.sqrt(DEPTH);

const liquidation: LiquidationTerms = {
  mode: "full",
  liquidatorFee: closeOutTerms.liquidatorFee,
  insuranceFee: closeOutTerms.insuranceFee,
  markets: benchMarket.assets.map((asset) => ({
    asset,
    halfSpread: closeOutTerms.halfSpread,
    impact: closeOutTerms.impact,
    depth: `${DEPTH}.00`,
  })),
};

/** A position of a margined account. */
function perpetual(
  id: string,
  participant: string,
  asset: number,
  random: () => number,
): PerpetualPosition {
  const notional = skewed(10_000, 2_000_000, random());
  return {
    id,
    participant,
    asset: `A${asset}`,
    side: random() < 0.55 ? "long" : "short",
    size: notional / SPOT,
    entry: SPOT * (0.99 + 0.02 * random()),
    maintenanceRatio: 0.01 + 0.015 * random(),
    settlement: "linear",
  };
}

/** Profit of a linear perpetual's holder at a price. */
export function profitAt(position: PerpetualPosition, price: number): number {
  const sign = position.side === "long" ? 1 : -1;
  return sign * position.size * (price - position.entry);
}

/** A part of the notional as decimal text that makes equity what it should be. */
function collateralFor(positions: readonly PerpetualPosition[], equity: number): string {
  const profit = positions.reduce((sum, position) => sum + profitAt(position, SPOT), 0);
  return (equity - profit).toFixed(2);
}

/**
 * Leveraged perpetuals, each with collateral of its own: 3 to 15 times, so that about a third of
 * the accounts is liquidated on an average path.
 */
export function perpetualBook(accounts: number): PoolDocument {
  const random = sequence(19870101);
  const holders = numbered("p", accounts);
  const perpetuals = holders.map((id, i): PerpetualPosition => {
    const position = perpetual(`l${id}`, id, i % ASSETS, random);
    const equity = (position.size * SPOT) / (3 + 12 * random());
    return { ...position, collateral: collateralFor([position], equity) };
  });
  return pool({
    participants: holders.map((id): Participant => ({ id, margin: "isolated" })),
    perpetuals,
    liquidation,
  });
}

/** Accounts of four positions on four assets, which answer together: leverage 3 to 12 times. */
export function crossMarginBook(accounts: number): PoolDocument {
  const random = sequence(20080915);
  const holders = numbered("x", accounts);
  const perpetuals: PerpetualPosition[] = [];
  const participants = holders.map((id, i): Participant => {
    const own = [0, 1, 2, 3].map((k) =>
      perpetual(`${id}-${k}`, id, (i + k * (1 + (i % 2))) % ASSETS, random),
    );
    const gross = own.reduce((sum, position) => sum + position.size * SPOT, 0);
    perpetuals.push(...own);
    const amount = collateralFor(own, gross / (3 + 9 * random()));
    return { id, margin: "cross", collateral: [{ asset: "USD", amount }] };
  });
  return pool({ participants, perpetuals, liquidation });
}

/** Covers of rare events, of four perils that differ in how much they come together. */
export function coverBook(covers: number): PoolDocument {
  const random = sequence(20160617);
  const holders = numbered("h", covers);
  const list = numbered("c", covers).map((id, i): Cover => {
    const loading = [0.05, 0.1, 0.2, 0.3][i % 4]!;
    const sumInsured = skewed(10_000, 1_000_000, random());
    return {
      id,
      holder: holders[i]!,
      peril: (["contract-exploit", "oracle-failure", "counterparty-default", "depeg"] as const)[
        i % 4
      ]!,
      sumInsured: sumInsured.toFixed(2),
      annualProbability: skewed(0.002, 0.04, random()),
      severity:
        i % 3 === 0
          ? { kind: "pareto", scale: 0.2, shape: 0.3 }
          : { kind: "uniform", min: 0.1, max: 1 },
      deductible: (0.02 * sumInsured).toFixed(2),
      coinsurance: 0.1,
      limit: (0.8 * sumInsured).toFixed(2),
      systemicLoading: loading,
    };
  });
  return pool({
    participants: holders.map((id): Participant => ({ id, margin: "isolated" })),
    covers: list,
  });
}

/** The options of {@link optionBook} in the fat tails of a Student-t market: ranges of many cells. */
export function studentBook(options: number, participants: number): PoolDocument {
  const market: MarketParameters = { ...benchMarket, model: "student-t", degreesOfFreedom: 3 };
  return { ...optionBook(options, participants), market };
}

/** The covers of {@link coverBook} of events that happen every few years, or every year. */
export function frequentCovers(covers: number): PoolDocument {
  const book = coverBook(covers);
  const often = book.covers.map((cover, i) => ({
    ...cover,
    annualProbability: 0.2 + (0.6 * i) / covers,
  }));
  return { ...book, covers: often };
}
