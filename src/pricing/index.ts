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
