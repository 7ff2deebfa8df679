import {
  array,
  type Check,
  choice,
  constant,
  DECIMALS_MAX,
  id,
  instant,
  integer,
  type JsonSchema,
  number,
  object,
  optional,
  recognised,
  text,
} from "../basics/index.ts";
import { ASSETS_MAX, bookForm } from "../book/index.ts";
import type { MarketParameters } from "../market/index.ts";
import {
  contributionForm,
  limitForm,
  liquidationForm,
  pricingForm,
  waterfallForm,
} from "../terms/index.ts";
import { POOL_VERSION, type PoolDocument } from "./document.ts";

const perAsset = (item: Check<number>): Check<readonly number[]> =>
  array(item, { max: ASSETS_MAX, description: "in the order of assets" });

/** The form of market parameters. */
export const marketForm: Check<MarketParameters> = recognised(
  object<MarketParameters>({
    model: choice(["gbm", "student-t"]),
    assets: array(id(), { max: ASSETS_MAX }),
    volatility: perAsset(
      number({
        min: 0,
        suspectAbove: 50,
        suspectHint: "this looks like percent or a daily figure; write 0.80 for 80 % per year",
        unit: "per year, 1 = 100 %",
      }),
    ),
    // Bounds are checked with the diagonal: a covariance deserves that name, not "out of range".
    correlation: array(perAsset(number({ unit: "correlation in [-1, 1]" })), { max: ASSETS_MAX }),
    degreesOfFreedom: optional(
      number({
        exclusiveMin: 2,
        unit: "degrees of freedom",
        hint: "up to 2 the variance is infinite and expected shortfall cannot be estimated",
      }),
    ),
    drift: optional(
      perAsset(
        number({
          suspectAbove: 10,
          suspectBelow: -10,
          suspectHint: "this looks like percent; write 0.05 for 5 % per year",
          unit: "log price per year",
        }),
      ),
    ),
    systemicLoading: optional(number({ min: -1, max: 1, unit: "correlation" })),
    discountRate: optional(
      number({
        suspectAbove: 1,
        suspectBelow: -1,
        suspectHint: "this looks like percent; write 0.05 for 5 % per year",
        unit: "per year, continuously compounded, 0.05 = 5 %",
      }),
    ),
    repair: optional(choice(["nearest", "shrink"])),
  }),
);

const currency: Check<PoolDocument["currency"]> = recognised(
  object<PoolDocument["currency"]>({
    code: id(),
    decimals: integer({
      min: 0,
      max: DECIMALS_MAX,
      unit: "digits after the point",
      code: "DECIMALS",
    }),
  }),
);

/** The form of a pool document. */
export const poolForm: Check<PoolDocument> = object<PoolDocument>({
  format: constant("riskpool", {
    code: "FORMAT",
    hint: 'the document must say that it is one: "format": "riskpool"',
  }),
  version: constant(POOL_VERSION, {
    code: "VERSION",
    hint: `this build reads version ${POOL_VERSION}; state it as a number`,
  }),
  name: text(200),
  asOf: instant(),
  currency,
  ...bookForm,
  waterfall: recognised(waterfallForm),
  contribution: optional(recognised(contributionForm)),
  pricing: optional(recognised(pricingForm)),
  limits: optional(recognised(limitForm)),
  liquidation: optional(recognised(liquidationForm)),
  market: optional(marketForm),
});

/** JSON Schema (draft 2020-12) of a pool document, made from the same definition as the checks. */
export function poolJsonSchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "riskpool pool document",
    description:
      "Everything about one pool at one instant. Some rules (references, order of layers, sums " +
      "of shares, dates) are beyond a schema and are checked when the document is read.",
    ...poolForm.schema,
  };
}
