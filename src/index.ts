/**
 * riskpool: what a derivatives pool can lose, whose risk that is, and who bears an actual loss.
 *
 * Start with `load` and `engine.value`; `calibrate` fits a market to prices; `readPool` checks a
 * document; `settle` pays a loss. Everything here is platform-free.
 */
export { type Issue, PoolError, readJson, received } from "./basics/index.ts";
export type * from "./book/index.ts";
export type { Backend, BackendChoice, Executor } from "./engine/index.ts";
export {
  type Applicant,
  type BestMargin,
  bestSelfDealing,
  type CareRetention,
  type ChiSquareTest,
  type CoverRecord,
  careRetention,
  deterringFee,
  deterringMargin,
  type HiddenCare,
  type HiddenEffort,
  incentiveShare,
  insuredShare,
  type LoadedCover,
  leavers,
  linearSelection,
  type MarginTerms,
  type MarketPoint,
  type Offer,
  type OfferReply,
  type PositiveCorrelation,
  type PriceLine,
  positiveCorrelation,
  type Repricing,
  type RepricingRound,
  repricing,
  rothschildStiglitz,
  type SelectionMarket,
  type SelfDealing,
  type SelfDealt,
  type Separation,
  selfDealing,
  type TwoRiskMarket,
  type Utility,
} from "./incentive/index.ts";
export { Engine, type LoadOptions, load, loadSync, version } from "./load.ts";
export {
  type Calibration,
  calibrate,
  checkHistory,
  type MarketModel,
  type MarketParameters,
  type PriceHistory,
} from "./market/index.ts";
export {
  type Pool,
  type PoolDocument,
  poolJsonSchema,
  readMarket,
  readPool,
} from "./pool/index.ts";
export {
  type AdaptiveCurve,
  type AdaptiveRate,
  adaptiveRate,
  type BonusMalusScale,
  type Credibility,
  type CredibilityRow,
  claimFrequency,
  credibility,
  type FrequencyClass,
  type FrequencyPrior,
  type KinkedCurve,
  kinkedRate,
  MORPHO_CURVE,
  type OwnRecord,
  type Premium,
  type PremiumPrinciple,
  premium,
  relativities,
  stationaryLevels,
  supplyRate,
  type TwoSlopeCurve,
  twoSlopeRate,
  utilisation,
} from "./pricing/index.ts";
export type { ValueOptions } from "./request.ts";
export type * from "./risk/index.ts";
export {
  baseToCover,
  insuranceFeeRate,
  liabilityToCover,
  maintenanceRatio,
  scaledInitialRatio,
} from "./risk/index.ts";
export {
  type Settlement,
  type SocialisedLoss,
  settle,
  socialisedLossPerCoin,
} from "./settlement/index.ts";
export {
  type Bearer,
  type Claim,
  type CoreExcess,
  conditionalMean,
  coreExcess,
  type HaircutRule,
  type Haircuts,
  haircuts,
  type InsolvencyRule,
  insolvencyAwards,
  type JointLaw,
  type LeastCore,
  leastCore,
  type MemberMoments,
  nucleolus,
  type SharingRule,
  shapley,
  sharedLoss,
  sharingMatrix,
} from "./sharing/index.ts";
export type * from "./terms/index.ts";
