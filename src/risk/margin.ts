import { readInstant, YEAR_MS } from "../basics/index.ts";
import type { Collateral, OptionPosition, PerpetualPosition } from "../book/index.ts";
import { log } from "../numeric/index.ts";
import type { PoolDocument } from "../pool/index.ts";
import type { LiquidationMarket, LiquidationTerms } from "../terms/index.ts";
import { byId, carryOf, coinsOf } from "./account.ts";
import { maintenanceRatio } from "./margin-rule.ts";

/** What funding is paid on: nothing, the price of every step, or time alone (inverse contracts). */
export const FUNDING_INDEX = { none: 0, priced: 1, timed: 2 } as const;
/** In place of a funding index: a leg that is an option. */
export const OPTION_INDEX = 3;
/** In place of a funding index: barriers, which belong to no margined account. */
export const TOUCH_INDEX = 4;

/**
 * One perpetual of a margined account; S is the price over the price now, G its funding index.
 *
 * Worth constant + slope·S - funding·G to its owner; notional is notionalSlope·S + notionalConstant.
 */
export interface MarginLeg {
  readonly asset: number;
  readonly index: 0 | 1 | 2;
  readonly constant: number;
  readonly slope: number;
  readonly funding: number;
  readonly notionalSlope: number;
  readonly notionalConstant: number;
  /** Fraction of notional. */
  readonly maintenance: number;
  readonly halfSpread: number;
  /** Fraction of the price lost per square root of the notional closed. */
  readonly impact: number;
}

/** A short option that is margined: Black-76 with the time left, carry and volatility held. */
export interface MarginOption {
  readonly asset: number;
  /** ln(spot / strike). */
  readonly moneyness: number;
  /** Years from now. */
  readonly expiry: number;
  readonly volatility: number;
  /** Coins at the price now, and coins times strike. */
  readonly spotLeg: number;
  readonly strikeLeg: number;
  readonly carry: number;
  readonly discount: number;
  readonly isPut: boolean;
  /** Fraction of the underlying. */
  readonly maintenance: number;
  readonly halfSpread: number;
  readonly impact: number;
}

/** Positions that are liquidated together. */
export interface MarginAccount {
  /** Id of the position if isolated, of the participant if cross-margined. */
  readonly id: string;
  readonly participant: string;
  readonly isolated: boolean;
  /** Collateral in the pool currency. */
  readonly money: number;
  /** Collateral in coins, at its worth now. */
  readonly coins: readonly { readonly asset: number; readonly worth: number }[];
  /** Perpetuals; none if the account is an option. */
  readonly legs: readonly MarginLeg[];
  readonly option: MarginOption | null;
}

/** Everyone who can be liquidated before the horizon; nobody where paths are watched for barriers only. */
export interface MarginBook {
  readonly terms: LiquidationTerms;
  /** Isolated ones first, each group in the order of ids. */
  readonly accounts: readonly MarginAccount[];
  /** Funding per year and asset of linear contracts, paid on the price. */
  readonly rates: readonly number[];
}

/** The book of a pool in which nobody is liquidated. */
export function emptyMarginBook(assets: number): MarginBook {
  const terms = { mode: "full", liquidatorFee: 0, insuranceFee: 0 } as const;
  return { terms, accounts: [], rates: new Array<number>(assets).fill(0) };
}

/**
 * Cross-margined participants who can be liquidated: those whose positions are perpetuals only.
 * An account with options or barriers answers at the horizon instead.
 */
export function liquidatedParticipants(document: PoolDocument): ReadonlySet<string> {
  if (!document.liquidation) return new Set();
  const cross = new Set(
    document.participants.flatMap(({ id, margin }) => (margin === "cross" ? [id] : [])),
  );
  for (const { participant } of [...document.options, ...(document.barriers ?? [])]) {
    cross.delete(participant);
  }
  const traders = new Set(document.perpetuals.map(({ participant }) => participant));
  return new Set([...cross].filter((id) => traders.has(id)));
}

/** Ids of the isolated short options that are liquidated: those whose asset says how they are margined. */
export function marginedOptions(document: PoolDocument): ReadonlySet<string> {
  const ratios = new Set(
    document.liquidation?.markets?.flatMap(({ asset, optionMaintenanceRatio }) =>
      optionMaintenanceRatio === undefined ? [] : [asset],
    ),
  );
  const isolated = new Set(
    document.participants.flatMap(({ id, margin }) => (margin === "isolated" ? [id] : [])),
  );
  return new Set(
    document.options.flatMap(({ id, side, asset, participant }) =>
      side === "short" && ratios.has(asset) && isolated.has(participant) ? [id] : [],
    ),
  );
}

/**
 * The margined accounts of a pool, or null where nobody is liquidated.
 *
 * @param assets  asset ids in ordinal order, with their prices now
 */
export function marginBookOf(
  document: PoolDocument,
  assets: readonly { readonly id: string; readonly spot: number }[],
  pricing: { readonly asOfMs: number; readonly discountRate: number },
): MarginBook | null {
  const { liquidation: terms } = document;
  if (!terms) return null;
  const place = new Map(assets.map(({ id }, index) => [id, index]));
  const markets = new Map(terms.markets?.map((market) => [market.asset, market]));
  const perpetuals = [...document.perpetuals].sort(byId);
  const interest = openInterest(perpetuals, assets, place);
  const legOf = (perpetual: PerpetualPosition): MarginLeg => {
    const asset = place.get(perpetual.asset)!;
    const { spot } = assets[asset]!;
    return marginLeg(perpetual, asset, spot, interest[asset]!, markets.get(perpetual.asset));
  };
  const worthOf = (list: readonly Collateral[]) => {
    const money = list.find(({ asset }) => asset === document.currency.code)?.amount ?? "0";
    const coins = list
      .filter(({ asset }) => asset !== document.currency.code)
      .map(({ asset: id, amount }) => {
        const asset = place.get(id)!;
        return { asset, worth: Number(amount) * assets[asset]!.spot };
      })
      .sort((a, b) => a.asset - b.asset);
    return { money: Number(money), coins };
  };
  const margins = new Map(document.participants.map(({ id, margin }) => [id, margin]));
  const isolated = perpetuals
    .filter(({ participant }) => margins.get(participant) === "isolated")
    .map((perpetual): MarginAccount => {
      const { id, participant, settlement, asset, collateral = "0" } = perpetual;
      const held = { asset: settlement === "linear" ? document.currency.code : asset };
      const worth = worthOf([{ amount: collateral, ...held }]);
      return { id, participant, isolated: true, ...worth, legs: [legOf(perpetual)], option: null };
    });
  const margined = marginedOptions(document);
  const options = [...document.options]
    .sort(byId)
    .filter(({ id }) => margined.has(id))
    .map((option): MarginAccount => {
      const { id, participant, settlement, asset, collateral = "0" } = option;
      const held = { asset: settlement === "linear" ? document.currency.code : asset };
      const worth = worthOf([{ amount: collateral, ...held }]);
      const index = place.get(asset)!;
      const terms = marginOption(option, index, assets[index]!.spot, pricing, markets.get(asset)!);
      return { id, participant, isolated: true, ...worth, legs: [], option: terms };
    });
  const liquidated = liquidatedParticipants(document);
  const cross = [...document.participants]
    .sort(byId)
    .filter(({ id }) => liquidated.has(id))
    .map(({ id, collateral }): MarginAccount => {
      const legs = perpetuals.filter(({ participant }) => participant === id).map(legOf);
      return {
        id,
        participant: id,
        isolated: false,
        ...worthOf(collateral ?? []),
        legs,
        option: null,
      };
    });
  const rates = assets.map(({ id }) => markets.get(id)?.fundingRate ?? 0);
  return { terms, accounts: [...isolated, ...options, ...cross], rates };
}

/** Larger side of each asset's perpetuals, in the pool currency at the prices now. */
function openInterest(
  perpetuals: readonly PerpetualPosition[],
  assets: readonly { readonly spot: number }[],
  place: ReadonlyMap<string, number>,
): number[] {
  const sides = { long: assets.map(() => 0), short: assets.map(() => 0) };
  for (const { asset: id, side, size, settlement } of perpetuals) {
    const asset = place.get(id)!;
    sides[side][asset]! += settlement === "inverse" ? size : size * assets[asset]!.spot;
  }
  return assets.map((_, asset) => Math.max(sides.long[asset]!, sides.short[asset]!));
}

function marginLeg(
  perpetual: PerpetualPosition,
  asset: number,
  spot: number,
  interest: number,
  market: LiquidationMarket | undefined,
): MarginLeg {
  const { size, entry } = perpetual;
  const sign = perpetual.side === "long" ? 1 : -1;
  const inverse = perpetual.settlement === "inverse";
  const notional = inverse ? size : size * spot;
  const rate = market?.fundingRate ?? 0;
  const coins = inverse ? size / spot : size;
  return {
    asset,
    index: rate === 0 ? FUNDING_INDEX.none : FUNDING_INDEX[inverse ? "timed" : "priced"],
    constant: -sign * (inverse ? size : size * entry),
    slope: sign * (inverse ? (size / entry) * spot : notional),
    // The priced index holds the rate already; the timed one is the time.
    funding: rate === 0 ? 0 : sign * notional * (inverse ? rate : 1),
    notionalSlope: inverse ? 0 : notional,
    notionalConstant: inverse ? notional : 0,
    maintenance: maintenanceRatio({
      ratio: perpetual.maintenanceRatio,
      coins,
      openInterest: interest,
      market,
    }),
    ...costOf(market),
  };
}

function marginOption(
  option: OptionPosition,
  asset: number,
  spot: number,
  { asOfMs, discountRate }: { readonly asOfMs: number; readonly discountRate: number },
  market: LiquidationMarket,
): MarginOption {
  const expiry = (readInstant(option.expiry) - asOfMs) / YEAR_MS;
  const coins = coinsOf(option);
  return {
    asset,
    moneyness: log(spot / option.strike),
    expiry,
    volatility: option.impliedVolatility,
    spotLeg: coins * spot,
    strikeLeg: coins * option.strike,
    ...carryOf(option, spot, expiry, discountRate),
    isPut: option.type === "put",
    maintenance: market.optionMaintenanceRatio!,
    ...costOf(market),
  };
}

/** What closing costs, in the units of the kernel: the impact per square root of notional. */
function costOf(market: LiquidationMarket | undefined) {
  return {
    halfSpread: market?.halfSpread ?? 0,
    impact: market?.impact ? market.impact / Math.sqrt(Number(market.depth)) : 0,
  };
}
