import { choice, number, object, optional, received, refuse } from "../basics/index.ts";
import { black76 } from "../numeric/index.ts";
import { checkArguments, notNegative, positive } from "./argument.ts";

/** A coefficient that grows with the time to expiry: coefficient · (1 + max(0, (t − from) / (to − from))). */
export interface TimeWeight {
  readonly coefficient: number;
  /** Days up to which it is the coefficient. */
  readonly fromDays: number;
  /** Days at which it is twice that, above `fromDays`. */
  readonly toDays: number;
}

/** Base and slope of one factor of the variance fee. */
export interface VarianceFactor {
  readonly least: number;
  readonly slope: number;
}

/** How an option pool makes its prices. */
export interface OptionMakerTerms {
  /** Options that move the base volatility by one percentage point. */
  readonly standardSize: number;
  /** Move of the skew in times of that of the base volatility. */
  readonly skewFactor: number;
  /** Of the option's price. */
  readonly priceFee: TimeWeight;
  /** Of the spot price. */
  readonly spotFee: TimeWeight;
  /** Of volatility · |net vega after the trade| / net asset value, per option. */
  readonly vegaFee: number;
  /** Per option: coefficient times the three factors. */
  readonly varianceFee: {
    readonly coefficient: number;
    /** By the option's vega per unit of volatility. */
    readonly vega: VarianceFactor;
    /** By the distance of the skew from the reference. */
    readonly skew: VarianceFactor;
    readonly referenceSkew: number;
    /** By the distance of the base volatility from its slow average. */
    readonly volatility: VarianceFactor;
  };
}

/** Where a pool's prices stand for one strike; what a trade moves. */
export interface OptionDesk {
  /** Volatility of the expiry, per year: 0.8 = 80 %. */
  readonly baseVolatility: number;
  /** Volatility of the strike in times of that of the expiry. */
  readonly skew: number;
  /** Standard vega that the pool is long; negative where it has sold. */
  readonly netVega: number;
}

/** What someone wants to trade, and the market around it. */
export interface OptionOrder {
  /** Of the customer. */
  readonly side: "buy" | "sell";
  readonly type: "call" | "put";
  /** Options, > 0. */
  readonly amount: number;
  readonly strike: number;
  readonly daysToExpiry: number;
  readonly spot: number;
  readonly forward: number;
  /** Value today of one unit at expiry; 1 when left out. */
  readonly discount?: number;
  /** Slow average of the base volatility, which a trade cannot move at once. */
  readonly slowVolatility: number;
  /** Of the pool, money, > 0. */
  readonly netAssetValue: number;
}

/** What a trade costs or brings, and where prices stand after it. */
export interface OptionQuote {
  /** At which it is priced: base · skew after the trade. */
  readonly volatility: number;
  /** Of one option before fees. */
  readonly price: number;
  readonly fees: {
    readonly price: number;
    readonly spot: number;
    readonly vega: number;
    readonly variance: number;
  };
  /** What a buyer pays, or a seller gets, fees included; ≥ 0. */
  readonly total: number;
  readonly next: OptionDesk;
}

/** Differences of decimals that should be 0 are this far from it. */
const ROUNDING = 1e-12;
const DAYS_PER_YEAR = 365;
/** Vega is brought to a month, of no less than a week, and to one point of volatility. */
const VEGA_DAYS = 30;
const VEGA_DAYS_MIN = 7;

/**
 * Where a trade leaves the volatility of its expiry and the skew of its strike: the first moves by
 * a point for every standard size, the second by `skewFactor` times as much.
 *
 * @throws  PoolError VOLATILITY_EXHAUSTED where selling would take either below nothing
 * @source  Lyra v1, OptionMarketPricer (lyra-protocol)
 */
export function volatilityImpact(
  { baseVolatility, skew }: Pick<OptionDesk, "baseVolatility" | "skew">,
  { side, amount }: Pick<OptionOrder, "side" | "amount">,
  { standardSize, skewFactor }: Pick<OptionMakerTerms, "standardSize" | "skewFactor">,
): Pick<OptionDesk, "baseVolatility" | "skew"> {
  const points = ((side === "buy" ? 1 : -1) * amount) / standardSize / 100;
  const moved = { baseVolatility: baseVolatility + points, skew: skew + points * skewFactor };
  if (!(moved.baseVolatility >= -ROUNDING && moved.skew >= -ROUNDING)) {
    refuse({
      code: "VOLATILITY_EXHAUSTED",
      pointer: "/order/amount",
      detail: "so many options cannot be sold at once: their volatility would be negative",
      expected: "an amount that leaves base volatility and skew >= 0",
      received: received(amount),
    });
  }
  return { baseVolatility: Math.max(0, moved.baseVolatility), skew: Math.max(0, moved.skew) };
}

/** Coefficient at a time to expiry, see {@link TimeWeight}; days ≥ 0. */
export function timeWeightedFee(
  { coefficient, fromDays, toDays }: TimeWeight,
  days: number,
): number {
  return coefficient * (1 + Math.max(0, (days - fromDays) / (toDays - fromDays)));
}

/**
 * Fee for the vega that a trade leaves the pool with: coefficient · volatility · |after| / NAV for
 * every option, nothing where the trade takes |vega| down.
 */
export function vegaFee(
  coefficient: number,
  trade: {
    readonly volatility: number;
    readonly netVegaBefore: number;
    readonly netVegaAfter: number;
    readonly netAssetValue: number;
    readonly amount: number;
  },
): number {
  const { volatility, netVegaBefore, netVegaAfter, netAssetValue, amount } = trade;
  if (Math.abs(netVegaBefore) >= Math.abs(netVegaAfter)) return 0;
  return (coefficient * volatility * Math.abs(netVegaAfter) * amount) / netAssetValue;
}

/**
 * Fee for what a trade does to the pool's exposure to volatility, its skew and its own change:
 * coefficient · (least + vega · slope) · (least + |skew − reference| · slope) · (least + distance ·
 * slope) for every option.
 */
export function varianceFee(
  terms: OptionMakerTerms["varianceFee"],
  trade: {
    readonly vega: number;
    readonly skew: number;
    /** Of the base volatility from its slow average. */
    readonly distance: number;
    readonly amount: number;
  },
): number {
  const { coefficient, vega, skew, referenceSkew, volatility } = terms;
  return (
    coefficient *
    (vega.least + trade.vega * vega.slope) *
    (skew.least + Math.abs(trade.skew - referenceSkew) * skew.slope) *
    (volatility.least + trade.distance * volatility.slope) *
    trade.amount
  );
}

/**
 * Quotes an option for sale or purchase, and moves the pool's volatility against the next one.
 *
 * The whole trade is priced by Black-76 at the volatility that it leaves behind, so that a larger
 * one costs more per option, and buying and selling back never brings a profit.
 *
 * @throws  PoolError TYPE, ENUM, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE, all at
 *          once; VOLATILITY_EXHAUSTED
 * @source  Lyra v1, OptionMarketPricer and OptionGreekCache (lyra-protocol)
 */
export function optionQuote(
  desk: OptionDesk,
  order: OptionOrder,
  terms: OptionMakerTerms,
): OptionQuote {
  check(desk, order, terms);
  const { side, type, amount, strike, daysToExpiry, spot, forward, discount = 1 } = order;
  const moved = volatilityImpact(desk, order, terms);
  const volatility = moved.baseVolatility * moved.skew;
  const years = daysToExpiry / DAYS_PER_YEAR;
  const { value, vega } = black76({ type, forward, strike, volatility, years, discount });
  const month = Math.sqrt(VEGA_DAYS / Math.max(VEGA_DAYS_MIN, daysToExpiry));
  const standardVega = (vega * month) / 100;
  const netVega = desk.netVega + (side === "buy" ? -1 : 1) * amount * standardVega;
  const fees = {
    price: timeWeightedFee(terms.priceFee, daysToExpiry) * value * amount,
    spot: timeWeightedFee(terms.spotFee, daysToExpiry) * spot * amount,
    vega: vegaFee(terms.vegaFee, {
      volatility,
      netVegaBefore: desk.netVega,
      netVegaAfter: netVega,
      netAssetValue: order.netAssetValue,
      amount,
    }),
    variance: varianceFee(terms.varianceFee, {
      vega,
      skew: moved.skew,
      distance: Math.abs(moved.baseVolatility - order.slowVolatility),
      amount,
    }),
  };
  const paid = fees.price + fees.spot + fees.vega + fees.variance;
  const total = side === "buy" ? amount * value + paid : Math.max(0, amount * value - paid);
  return { volatility, price: value, fees, total, next: { ...moved, netVega } };
}

const fraction = notNegative("fraction, 1 = 100 %");
const days = notNegative("days");
const volatilityForm = number({ min: 0, max: 50, unit: "per year, 1 = 100 %" });
const factor = object<VarianceFactor>({
  least: notNegative("factor without any"),
  slope: notNegative("per unit"),
});
const timeWeight = object<TimeWeight>({
  coefficient: fraction,
  fromDays: days,
  toDays: positive("days"),
});

function check(desk: OptionDesk, order: OptionOrder, terms: OptionMakerTerms): void {
  const price = positive("price, money");
  const forms = {
    desk: object<OptionDesk>({
      baseVolatility: volatilityForm,
      skew: number({ min: 0, max: 100, unit: "times the base volatility" }),
      netVega: number({ unit: "standard vega, signed" }),
    }),
    order: object<OptionOrder>({
      side: choice(["buy", "sell"]),
      type: choice(["call", "put"]),
      amount: positive("options"),
      strike: price,
      daysToExpiry: days,
      spot: price,
      forward: price,
      discount: optional(positive("value today of one unit at expiry")),
      slowVolatility: volatilityForm,
      netAssetValue: positive("money"),
    }),
    terms: object<OptionMakerTerms>({
      standardSize: positive("options"),
      skewFactor: notNegative("times the move of the base volatility"),
      priceFee: timeWeight,
      spotFee: timeWeight,
      vegaFee: notNegative("coefficient"),
      varianceFee: object<OptionMakerTerms["varianceFee"]>({
        coefficient: notNegative("money per option"),
        vega: factor,
        skew: factor,
        referenceSkew: notNegative("skew"),
        volatility: factor,
      }),
    }),
  };
  checkArguments(forms, { desk, order, terms }, "quote");
  for (const name of ["priceFee", "spotFee"] as const) {
    const { fromDays, toDays } = terms[name];
    if (toDays > fromDays) continue;
    refuse({
      code: "NUMBER_RANGE",
      pointer: `/terms/${name}/toDays`,
      detail: "the fee doubles later than it starts to grow",
      expected: `number > ${fromDays} (days)`,
      received: received(toDays),
    });
  }
}
