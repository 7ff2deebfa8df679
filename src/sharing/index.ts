export {
  type BonusMalusScale,
  type FrequencyClass,
  relativities,
  stationaryLevels,
} from "./bonus-malus.ts";
export {
  type Credibility,
  type CredibilityRow,
  claimFrequency,
  credibility,
  type FrequencyPrior,
  type OwnRecord,
} from "./credibility.ts";
export { type Bearer, type HaircutRule, type Haircuts, haircuts } from "./haircut.ts";
export {
  type Claim,
  INSOLVENCY_RULES,
  type InsolvencyRule,
  insolvencyAwards,
} from "./insolvency.ts";
export { type Premium, type PremiumPrinciple, premium } from "./premium.ts";
export {
  type AdaptiveCurve,
  type AdaptiveRate,
  adaptiveRate,
  type KinkedCurve,
  kinkedRate,
  MORPHO_CURVE,
  supplyRate,
  type TwoSlopeCurve,
  twoSlopeRate,
  utilisation,
} from "./rate-curve.ts";
export {
  type Applicant,
  type HiddenEffort,
  incentiveShare,
  insuredShare,
  type LoadedCover,
  linearSelection,
  type MarketPoint,
  type PriceLine,
  type Repricing,
  type RepricingRound,
  repricing,
  type SelectionMarket,
} from "./selection.ts";
export { type CoreExcess, coreExcess, PLAYERS_MAX, shapley } from "./shapley.ts";
export {
  conditionalMean,
  type JointLaw,
  type MemberMoments,
  SHARING_RULES,
  type SharingRule,
  sharedLoss,
  sharingMatrix,
} from "./sharing-rule.ts";
