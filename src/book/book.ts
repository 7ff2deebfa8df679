/** Decimal digits as text, in the units its field says: "1250.00". Never a JSON number. */
export type Decimal = string;

/** An underlying of the pool's derivatives. Prices are in the pool currency per coin. */
export interface Asset {
  readonly id: string;
  /** Price now, pool currency per coin, > 0. */
  readonly spot: number;
  /** Digits after the point in amounts of this coin; 8 when left out. */
  readonly decimals?: number;
}

/** An amount of the pool currency (its code) or of an asset (its id). */
export interface Collateral {
  readonly asset: string;
  readonly amount: Decimal;
}

/**
 * Someone who trades with the pool, holds its covers, or stands behind it.
 *
 * `isolated`: every position answers with its own collateral. `cross`: all positions of the
 * participant answer together with `collateral`.
 */
export interface Participant {
  readonly id: string;
  readonly margin: "isolated" | "cross";
  /** Only for `cross`; in the pool currency or in assets (whose price moves with the market). */
  readonly collateral?: readonly Collateral[];
}

/** `linear`: quoted and settled in the pool currency. `inverse`: settled in the coin itself. */
export type Settlement = "linear" | "inverse";

/** A European option between a participant and the pool. */
export interface OptionPosition {
  readonly id: string;
  readonly participant: string;
  readonly asset: string;
  readonly type: "call" | "put";
  /** The participant's side: `long` means that the pool wrote the option. */
  readonly side: "long" | "short";
  /** Pool currency per coin, > 0. */
  readonly strike: number;
  /** UTC instant, after the pool's `asOf`. */
  readonly expiry: string;
  /** > 0; coins, or contracts of `multiplier` coins when `quantityUnit` is `contract`. */
  readonly quantity: number;
  readonly quantityUnit?: "coin" | "contract";
  readonly multiplier?: number;
  /** Per year, 0.85 = 85 %; held with the strike as time passes (sticky strike). */
  readonly impliedVolatility: number;
  /** Forward price now for the option's expiry; the spot when left out. */
  readonly forward?: number;
  readonly settlement: Settlement;
  /** What an isolated short answers with: pool currency if linear, coins if inverse. */
  readonly collateral?: Decimal;
}

export const BARRIER_KINDS = ["knock-in", "knock-out", "one-touch", "no-touch"] as const;
export type BarrierKind = (typeof BARRIER_KINDS)[number];

/**
 * A European option, or a fixed amount, that depends on whether the price touches a barrier before
 * expiry. The barrier is watched without a break; at `asOf` it has not been touched. Only isolated
 * participants hold them.
 *
 * `knock-in` and `knock-out`: an option that needs the touch, or ends with it. `one-touch` and
 * `no-touch`: cash for the touch, or for none. Everything is paid at expiry.
 */
export interface BarrierPosition {
  readonly id: string;
  readonly participant: string;
  readonly asset: string;
  readonly kind: BarrierKind;
  /** `up`: the barrier stands above the spot. */
  readonly direction: "up" | "down";
  /** Pool currency per coin, > 0. */
  readonly barrier: number;
  /** Only for knock-in and knock-out. */
  readonly type?: "call" | "put";
  /** Only for knock-in and knock-out: pool currency per coin, > 0. */
  readonly strike?: number;
  /** Only for one-touch and no-touch: pool currency per unit of quantity, > 0. */
  readonly cash?: Decimal;
  /** The participant's side: `long` means that the pool wrote the contract. */
  readonly side: "long" | "short";
  /** > 0; coins for knock-in and knock-out, number of amounts for one-touch and no-touch. */
  readonly quantity: number;
  /** UTC instant, after the pool's `asOf`. */
  readonly expiry: string;
  /** Per year, 0.85 = 85 %; held as time passes (sticky strike). */
  readonly impliedVolatility: number;
  /** Forward price now for the expiry; the spot when left out. */
  readonly forward?: number;
  readonly settlement: "linear";
  /** What an isolated short answers with: pool currency. */
  readonly collateral?: Decimal;
}

/** A perpetual future between a participant and the pool. */
export interface PerpetualPosition {
  readonly id: string;
  readonly participant: string;
  readonly asset: string;
  readonly side: "long" | "short";
  /** > 0; coins if linear, pool-currency notional if inverse. */
  readonly size: number;
  /** Entry price, pool currency per coin, > 0. */
  readonly entry: number;
  /** Required for isolated participants: pool currency if linear, coins if inverse. */
  readonly collateral?: Decimal;
  /** Maintenance margin as a fraction of notional, in (0, 1). */
  readonly maintenanceRatio: number;
  readonly settlement: Settlement;
}

/** What the pool itself holds in volatile assets. */
export interface Holding {
  readonly asset: string;
  /** Coins, ≥ 0. */
  readonly amount: Decimal;
}

/** How large a claim is, as a fraction of the sum insured, given that the event happened. */
export type Severity =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "uniform"; readonly min: number; readonly max: number }
  | { readonly kind: "beta"; readonly alpha: number; readonly beta: number }
  /** Generalised Pareto from 0, cut at 1. */
  | { readonly kind: "pareto"; readonly scale: number; readonly shape: number };

export const PERILS = [
  "contract-exploit",
  "oracle-failure",
  "depeg",
  "counterparty-default",
] as const;
export type Peril = (typeof PERILS)[number];

/** A cover that the pool has underwritten for a participant. */
export interface Cover {
  readonly id: string;
  readonly holder: string;
  readonly peril: Peril;
  /** Pool currency. */
  readonly sumInsured: Decimal;
  /** Probability of the event within one year, in (0, 1). */
  readonly annualProbability: number;
  readonly severity: Severity;
  /** Pool currency, borne by the holder first; 0 when left out. */
  readonly deductible?: Decimal;
  /** Fraction of the rest that the holder keeps, in [0, 1); 0 when left out. */
  readonly coinsurance?: number;
  /** Most the pool pays; the sum insured when left out. */
  readonly limit?: Decimal;
  /** Correlation of the event's latent factor with the pool-wide factor, in [0, 1). */
  readonly systemicLoading: number;
  /** End of cover, UTC; beyond the horizon when left out. */
  readonly end?: string;
  /** Must equal the pool currency when given. */
  readonly currency?: string;
}
