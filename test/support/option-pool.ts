import type { PoolDocument } from "../../src/index.ts";
import type { LiquidationMarket, LiquidationTerms } from "../../src/terms/index.ts";
import { seeded } from "./kernel.ts";
import {
  FULL,
  liquidationPool,
  marketFor,
  marketsOf,
  mixedPool,
  PACED,
  SPOT,
} from "./liquidation-pool.ts";
import { optionOf, optionWorth } from "./option-walk.ts";

type Option = PoolDocument["options"][number];

/** Closing at once and at a pace, of pools whose short options are margined. */
export const OPTION_TERMS: readonly (readonly [string, LiquidationTerms])[] = [
  ["at once", FULL],
  ["at a pace", PACED],
];

/** What a short option of the pools here is like; what is left out is plain. */
export interface OptionShape {
  readonly type: "call" | "put";
  readonly settlement?: "linear" | "inverse";
  /** Strike over the price now. */
  readonly strike: number;
  readonly days: number;
  readonly asset?: string;
  readonly coins?: number;
  /** Forward over the price now. */
  readonly forward?: number;
  readonly volatility?: number;
  /** Collateral beyond what the option is worth now, as a part of the underlying. */
  readonly cushion?: number;
  readonly contracts?: boolean;
}

/** A short option whose collateral is its worth now and a cushion. */
export function shortOption(
  id: string,
  shape: OptionShape,
  participant = "iso",
  discountRate = 0.03,
): Option {
  const { type, settlement = "linear", strike, days, asset = "A", coins = 10 } = shape;
  const { volatility = 0.8, cushion = 0.1 } = shape;
  const spot = SPOT[asset]!;
  const option: Option = {
    id,
    participant,
    asset,
    type,
    side: "short",
    strike: strike * spot,
    expiry: new Date(Date.UTC(2026, 0, 1) + Math.round(days * 86_400_000)).toISOString(),
    impliedVolatility: volatility,
    settlement,
    collateral: "0",
    ...(shape.contracts
      ? { quantityUnit: "contract" as const, quantity: coins / 5, multiplier: 5 }
      : { quantity: coins }),
    ...(shape.forward === undefined ? {} : { forward: shape.forward * spot }),
  };
  const alone = optionPool(FULL, [option], { discountRate });
  const worth = optionWorth(optionOf(alone, option), 0, spot) + cushion * coins * spot;
  const collateral = settlement === "inverse" ? worth / spot : worth;
  return {
    ...option,
    collateral: Math.max(0, collateral).toFixed(settlement === "linear" ? 8 : 12),
  };
}

/** A pool of short options over three assets, each margined by 3 % of the underlying. */
export function optionPool(
  terms: LiquidationTerms,
  options: readonly Option[],
  {
    discountRate = 0.03,
    market = {},
  }: { readonly discountRate?: number; readonly market?: Partial<LiquidationMarket> } = {},
): PoolDocument {
  const markets = marketsOf(3, { optionMaintenanceRatio: 0.03, ...market });
  return liquidationPool(
    3,
    { ...terms, markets },
    { options, market: marketFor(3, { discountRate }) },
  );
}

/** Sixty short options of every kind, some long ones, and the perpetuals and cross accounts of `mixedPool`. */
export function mixedOptionPool(terms: LiquidationTerms): PoolDocument {
  const random = seeded(41);
  const markets = marketsOf(3, { optionMaintenanceRatio: 0.03 }).map((market, u) =>
    u === 1 ? { ...market, fundingRate: 1.5 } : market,
  );
  const plain = mixedPool({ ...terms, markets }, 12, 6, {
    market: marketFor(3, { discountRate: 0.03 }),
  });
  const days = [0.07, 3.3, 4, 9.99, 10, 25, 180];
  const options = Array.from({ length: 60 }, (_, i): Option => {
    const asset = "ABC"[i % 3]!;
    const one = shortOption(
      `o${i}`,
      {
        type: random() < 0.5 ? "call" : "put",
        settlement: i % 4 === 2 ? "inverse" : "linear",
        strike: 0.8 + 0.4 * random(),
        days: days[i % days.length]!,
        asset,
        coins: (20 + 2000 * random()) / SPOT[asset]!,
        volatility: 0.5 + 0.7 * random(),
        cushion: 0.02 + 0.15 * random(),
        ...(i % 5 === 0 ? { forward: 0.98 + 0.05 * random() } : {}),
      },
      `iso${i % 4}`,
    );
    if (i % 10 !== 9) return one;
    const { collateral: _collateral, ...long } = one;
    return { ...long, side: "long" };
  });
  return { ...plain, options };
}
