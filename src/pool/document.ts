import type {
  Asset,
  BarrierPosition,
  Cover,
  Holding,
  OptionPosition,
  Participant,
  PerpetualPosition,
} from "../book/index.ts";
import type { MarketParameters } from "../market/index.ts";
import type {
  ContributionTerms,
  LimitTerms,
  LiquidationTerms,
  PricingTerms,
  WaterfallTerms,
} from "../terms/index.ts";

/** The one version of the format that this build reads and writes. */
export const POOL_VERSION = 1;

/**
 * Everything about one pool at one instant: who holds what, what was agreed and, if the caller
 * has fitted it, how the market may move. Unknown keys are refused.
 */
export interface PoolDocument {
  readonly format: "riskpool";
  readonly version: 1;
  readonly name: string;
  /** The instant of every price in the document, UTC, e.g. 2026-02-05T21:29:37Z. */
  readonly asOf: string;
  /** Money strings are in this currency, with at most `decimals` digits after the point. */
  readonly currency: { readonly code: string; readonly decimals: number };
  readonly assets: readonly Asset[];
  readonly participants: readonly Participant[];
  readonly options: readonly OptionPosition[];
  /** None when left out. */
  readonly barriers?: readonly BarrierPosition[];
  readonly perpetuals: readonly PerpetualPosition[];
  readonly holdings: readonly Holding[];
  readonly covers: readonly Cover[];
  readonly waterfall: WaterfallTerms;
  /** Who puts in how much beforehand; Euler shares of ES when left out. */
  readonly contribution?: ContributionTerms;
  /** What a new position pays; quotes name no price when left out. */
  readonly pricing?: PricingTerms;
  /** How much of what the pool takes on; no bounds when left out. */
  readonly limits?: LimitTerms;
  /** How margined accounts are closed; without it nobody is liquidated before the horizon. */
  readonly liquidation?: LiquidationTerms;
  readonly market?: MarketParameters;
}
