import type { MarketParameters, PoolDocument } from "../../src/index.ts";
import type { LiquidationMarket, LiquidationTerms } from "../../src/terms/index.ts";
import { seeded } from "./kernel.ts";

type Perpetual = PoolDocument["perpetuals"][number];

/** Assets of the pools here, with a price and a volatility that make many accounts fail. */
export const ASSETS = ["A", "B", "C", "D", "E"] as const;
export const SPOT: Readonly<Record<string, number>> = { A: 100, B: 20, C: 3, D: 1500, E: 0.4 };
const VOLATILITY = [0.8, 0.9, 1.2, 0.7, 1.4];

export const FULL: LiquidationTerms = {
  mode: "full",
  liquidatorFee: 0.005,
  insuranceFee: 0.004,
};
export const PACED: LiquidationTerms = {
  ...FULL,
  mode: "paced",
  pace: { initialShare: 0.1, minutes: 1440, smallShortage: "2.00" },
};

/** What trading costs in every asset, and perhaps funding. */
export function marketsOf(
  count: number,
  more: Partial<LiquidationMarket> = {},
): LiquidationMarket[] {
  return ASSETS.slice(0, count).map((asset) => ({
    asset,
    halfSpread: 0.0005,
    impact: 0.01,
    depth: "10000",
    ...more,
  }));
}

/** How the first assets move: correlated by 0.6. */
export function marketFor(count: number, more: Partial<MarketParameters> = {}): MarketParameters {
  const assets = ASSETS.slice(0, count);
  return {
    model: "gbm",
    assets,
    volatility: VOLATILITY.slice(0, count),
    correlation: assets.map((_, i) => assets.map((__, j) => (i === j ? 1 : 0.6))),
    ...more,
  };
}

/** A pool of the first assets with liquidation terms and nothing else than what is given. */
export function liquidationPool(
  count: number,
  liquidation: LiquidationTerms,
  parts: Partial<PoolDocument>,
): PoolDocument {
  const participants = parts.participants ?? [{ id: "iso", margin: "isolated" as const }];
  return {
    format: "riskpool",
    version: 1,
    name: "Liquidation pool",
    asOf: "2026-01-01T00:00:00Z",
    currency: { code: "USD", decimals: 8 },
    assets: ASSETS.slice(0, count).map((id) => ({ id, spot: SPOT[id]!, decimals: 12 })),
    options: [],
    perpetuals: [],
    holdings: [],
    covers: [],
    waterfall: {
      layers: [{ id: "first", order: 1, kind: "operator", size: "1000.00" }],
      lastResort: {
        kind: "socialised",
        weights: [{ participant: participants[0]!.id, weight: 1 }],
      },
    },
    market: marketFor(count),
    liquidation: { ...liquidation, markets: liquidation.markets ?? marketsOf(count) },
    ...parts,
    participants,
  };
}

/** An isolated perpetual of some leverage, entered at the price now unless told otherwise. */
export function isolated(
  id: string,
  asset: string,
  side: "long" | "short",
  settlement: "linear" | "inverse",
  leverage: number,
  coins = 10,
  more: Partial<Perpetual> = {},
): Perpetual {
  const spot = SPOT[asset]!;
  const isInverse = settlement === "inverse";
  return {
    id,
    participant: "iso",
    asset,
    side,
    size: isInverse ? coins * spot : coins,
    entry: spot,
    // A contract that settles in coin is backed by coins.
    collateral: isInverse ? (coins / leverage).toFixed(12) : ((coins * spot) / leverage).toFixed(8),
    maintenanceRatio: 0.02,
    settlement,
    ...more,
  };
}

/** Long, short, linear and inverse isolated perpetuals and cross accounts over three assets. */
export function mixedPool(
  liquidation: LiquidationTerms,
  isolatedCount: number,
  crossCount: number,
  parts: Partial<PoolDocument> = {},
): PoolDocument {
  const random = seeded(99);
  const assets = ASSETS.slice(0, 3);
  const participants: PoolDocument["participants"][number][] = [];
  const perpetuals: Perpetual[] = [];
  for (let i = 0; i < isolatedCount; i++) {
    const owner = `iso${i % 4}`;
    if (i < 4) participants.push({ id: owner, margin: "isolated" });
    const asset = assets[i % 3]!;
    const coins = (20 + random() * 5000) / SPOT[asset]!;
    const side = random() < 0.5 ? "long" : "short";
    const settlement = i % 4 === 3 ? "inverse" : "linear";
    const more = {
      participant: owner,
      entry: SPOT[asset]! * (0.97 + 0.06 * random()),
      maintenanceRatio: 0.005 + 0.03 * random(),
    };
    const leverage = 3 + 25 * random();
    perpetuals.push(isolated(`p${i}`, asset, side, settlement, leverage, coins, more));
  }
  for (let c = 0; c < crossCount; c++) {
    const id = `x${c}`;
    let worth = 0;
    for (const asset of assets) {
      const coins = (1 + random() * 1000) / SPOT[asset]!;
      worth += coins * SPOT[asset]!;
      const inverse = c % 3 === 0 && asset === "A";
      perpetuals.push({
        id: id + asset,
        participant: id,
        asset,
        side: random() < 0.6 ? "long" : "short",
        size: inverse ? coins * SPOT[asset]! : coins,
        entry: SPOT[asset]! * (0.98 + 0.04 * random()),
        maintenanceRatio: 0.03,
        settlement: inverse ? "inverse" : "linear",
      });
    }
    participants.push({
      id,
      margin: "cross",
      collateral: [
        { asset: "USD", amount: (worth / 14).toFixed(8) },
        { asset: "B", amount: (worth / 20 / SPOT["B"]!).toFixed(12) },
      ],
    });
  }
  return liquidationPool(3, liquidation, { participants, perpetuals, ...parts });
}
