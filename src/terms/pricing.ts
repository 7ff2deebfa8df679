import {
  type Check,
  choice,
  type Draft,
  type Fields,
  type Findings,
  number,
  object,
  optional,
  variant,
} from "../basics/index.ts";

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

interface Loaded<Kind extends string> {
  readonly kind: Kind;
  /** On top of the mean, in times of the mean, the deviation or the variance; ≥ 0. */
  readonly loading: number;
}

interface Averse<Kind extends string> {
  readonly kind: Kind;
  /** Per unit of money, > 0. */
  readonly riskAversion: number;
}

/** A premium by a principle of the loss alone, whatever the pool holds besides. */
export type PremiumTerms =
  | Loaded<"expected-value">
  | Loaded<"standard-deviation">
  | Loaded<"variance">
  | Averse<"esscher">
  | Averse<"exponential">
  | { readonly kind: "wang"; readonly shift: number }
  | { readonly kind: "proportional-hazard"; readonly exponent: number };

/** What a position pays beyond what is fair: by the cost of capital, or by a principle. */
export interface PricingTerms {
  /** Return on capital that members ask for, per year, 0.1 = 10 %; on what the position ties up. */
  readonly costOfCapital?: number;
  /** Instead of the cost of capital. */
  readonly principle?: PremiumTerms;
  /** Expenses as a fraction of the position's exposure, once. */
  readonly expenseRate?: number;
  /** γ of the skew fee ½·γ·(e′ᵀΣe′ − eᵀΣe) / capital; no fee when left out. */
  readonly inventoryAversion?: number;
  /** Multiplies the skew fee under stress; no stress when left out. */
  readonly stress?: StressTerms;
}

const FRACTION_HINT = "this looks like percent; write 0.05 for 5 %";

const rise: Check<number> = number({ min: 0, unit: "per unit of expected shortfall / capital" });

function loaded<const Kind extends string>(kind: Kind): Check<Loaded<Kind>> {
  return object<Loaded<Kind>>({
    kind: choice([kind]),
    loading: number({ min: 0, unit: "times the mean, the deviation or the variance" }),
  } as unknown as Fields<Loaded<Kind>>);
}

function averse<const Kind extends string>(kind: Kind): Check<Averse<Kind>> {
  return object<Averse<Kind>>({
    kind: choice([kind]),
    riskAversion: number({ exclusiveMin: 0, unit: "per unit of money" }),
  } as unknown as Fields<Averse<Kind>>);
}

const principle: Check<PremiumTerms> = variant<PremiumTerms>({
  "expected-value": loaded("expected-value"),
  "standard-deviation": loaded("standard-deviation"),
  variance: loaded("variance"),
  esscher: averse("esscher"),
  exponential: averse("exponential"),
  wang: object<Extract<PremiumTerms, { kind: "wang" }>>({
    kind: choice(["wang"]),
    shift: number({ min: -10, max: 10, unit: "standard normal deviations" }),
  }),
  "proportional-hazard": object<Extract<PremiumTerms, { kind: "proportional-hazard" }>>({
    kind: choice(["proportional-hazard"]),
    exponent: number({ exclusiveMin: 0, max: 1, unit: "power of the survival probability" }),
  }),
});

/** The form of pricing terms. */
export const pricingForm: Check<PricingTerms> = object<PricingTerms>({
  costOfCapital: optional(
    number({
      min: 0,
      suspectAbove: 1,
      suspectHint: FRACTION_HINT,
      unit: "per year, 0.1 = 10 %",
    }),
  ),
  principle: optional(principle),
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

/** Checks what the form of pricing terms cannot say. */
export function checkPricing(terms: Draft<PricingTerms>, pointer: string, found: Findings): void {
  if (terms === undefined) return;
  const { costOfCapital, principle: by } = terms;
  if ((costOfCapital === undefined) !== (by === undefined)) return;
  const isNone = costOfCapital === undefined;
  found.addFirst({
    code: isNone ? "KEY_MISSING" : "KEY_UNKNOWN",
    pointer: isNone ? pointer : `${pointer}/principle`,
    detail: "a premium is made by the cost of capital or by a principle; give one of the two",
    expected: "costOfCapital or principle",
    ...(isNone ? { received: "missing" } : {}),
  });
}
