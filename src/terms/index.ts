export {
  type ChargeTerms,
  CONTRIBUTION_RULES,
  type ContributionRule,
  type ContributionTerms,
  checkContribution,
  contributionForm,
  type ParticipantRecord,
} from "./contribution.ts";
export {
  checkLimits,
  type ExposureLimit,
  INSTRUMENTS,
  type Instrument,
  LIMIT_MEASURES,
  LIMIT_SCOPES,
  type LimitGroup,
  type LimitMeasure,
  type LimitScope,
  type LimitTerms,
  limitForm,
} from "./limit.ts";
export {
  checkLiquidation,
  type LiquidationMarket,
  type LiquidationPace,
  type LiquidationTerms,
  liquidationForm,
} from "./liquidation.ts";
export {
  checkPricing,
  type PremiumTerms,
  type PricingTerms,
  pricingForm,
  type StressTerms,
} from "./pricing.ts";
export { readWaterfall } from "./read.ts";
export { checkWaterfall, type WaterfallSetting } from "./rules.ts";
export { LAYERS_MAX, PAYERS_MAX, waterfallForm } from "./schema.ts";
export type * from "./terms.ts";
export { HAIRCUT_RULES } from "./terms.ts";
