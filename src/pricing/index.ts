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
  type Credibility,
  type CredibilityRow,
  claimFrequency,
  credibility,
  type FrequencyPrior,
  type OwnRecord,
} from "./credibility.ts";
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
export { type ClaimKind, ruinProbability, ruinSurplus, type SurplusProcess } from "./ruin.ts";
