import { type Check, number, object, optional } from "../basics/index.ts";

/** How fees rise as expected shortfall takes up the pool's capital. */
export interface StressTerms {
  /** Rise per unit of stress (expected shortfall / capital) up to the kink. */
  readonly slope: number;
  readonly kink: number;
  /** Rise per unit of stress beyond the kink. */
  readonly jump: number;
  /** Most that fees are multiplied by, ≥ 1. */
  readonly highest: number;
}

/** What a position pays beyond what is fair. */
export interface PricingTerms {
  /** Return on capital that members ask for, per year, 0.1 = 10 %. */
  readonly costOfCapital: number;
  /** Expenses as a fraction of the position's exposure, once. */
  readonly expenseRate?: number;
  /** γ of the skew fee ½·γ·(e′ᵀΣe′ − eᵀΣe) / capital; no fee when left out. */
  readonly inventoryAversion?: number;
  /** Multiplies the skew fee under stress; no stress when left out. */
  readonly stress?: StressTerms;
}

const FRACTION_HINT = "this looks like percent; write 0.05 for 5 %";

const rise: Check<number> = number({ min: 0, unit: "per unit of expected shortfall / capital" });

/** The form of pricing terms. */
export const pricingForm: Check<PricingTerms> = object<PricingTerms>({
  costOfCapital: number({
    min: 0,
    suspectAbove: 1,
    suspectHint: FRACTION_HINT,
    unit: "per year, 0.1 = 10 %",
  }),
  expenseRate: optional(
    number({
      min: 0,
      suspectAbove: 1,
      suspectHint: FRACTION_HINT,
      unit: "fraction of the exposure",
    }),
  ),
  inventoryAversion: optional(
    number({ min: 0, unit: "risk aversion, 1 charges half the variance" }),
  ),
  stress: optional(
    object<StressTerms>({
      slope: rise,
      kink: number({ min: 0, unit: "expected shortfall / capital" }),
      jump: rise,
      highest: number({ min: 1, unit: "multiple of the fee" }),
    }),
  ),
});
