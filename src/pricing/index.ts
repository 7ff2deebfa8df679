export {
  type ClaimCount,
  compoundLoss,
  type LatticeLaw,
  type LatticeMeasure,
  latticeCdf,
  latticeMeasure,
} from "./aggregate-loss.ts";
export {
  type BonusMalusScale,
  type FrequencyClass,
  relativities,
  stationaryLevels,
} from "./bonus-malus.ts";
export {
  type CapacityOrder,
  type CapacityQuote,
  type CapacityState,
  type CapacityTerms,
  capacityQuote,
  NEXUS_CAPACITY_PRICE,
} from "./capacity-price.ts";
export { type CapitalTerms, capitalPremium, type RiskShare } from "./capital-premium.ts";
export {
  EQUAL_WEIGHTS,
  type Experience,
  experienceFactors,
  type FormulaWeights,
  formulaContributions,
  gearedContributions,
  type MemberRecord,
} from "./contribution-formula.ts";
export {
  type Credibility,
  type CredibilityRow,
  claimFrequency,
  credibility,
  type FrequencyPrior,
  type OwnRecord,
} from "./credibility.ts";
export {
  type Basket,
  type CorporateExposure,
  type FactorPool,
  largePoolTail,
  nthDefaultSpreads,
  type PoolTail,
  poolDefaults,
  type RiskWeight,
  riskWeight,
  tailDependence,
} from "./credit.ts";
export {
  adaptiveFunding,
  type BorrowingTerms,
  borrowingCurve,
  type FundingTerms,
  type ImpactCurve,
  type Inventory,
  inventoryFee,
  priceImpact,
  type StressCurve,
  stressMultiplier,
} from "./fee.ts";
export {
  type CoverCost,
  type CoverTerms,
  coverCost,
  type Hazard,
  indicatedDeductible,
  type Losses,
  type LossLaw,
  limitedValue,
  type WaitingPeriod,
  waitingPeriod,
} from "./limited-value.ts";
export {
  type OptionDesk,
  type OptionMakerTerms,
  type OptionOrder,
  type OptionQuote,
  optionQuote,
  type TimeWeight,
  type VarianceFactor,
} from "./option-quote.ts";
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
  type LookBack,
  type RequirementDay,
  type RequirementInput,
  type RequirementReplay,
  type RequirementState,
  type RequirementStep,
  type RequirementTerms,
  replayRequirement,
  requirementStep,
} from "./requirement.ts";
export { type ClaimKind, ruinProbability, ruinSurplus, type SurplusProcess } from "./ruin.ts";
