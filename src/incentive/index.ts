export { type CareRetention, careRetention, type HiddenCare } from "./care.ts";
export { leavers, type Offer, type OfferReply } from "./leavers.ts";
export {
  type Manipulation,
  manipulation,
  type OpenInterestLimit,
  type OpenInterestRule,
  openInterestLimit,
  type ThinMarket,
} from "./manipulation.ts";
export {
  type ChiSquareTest,
  type CoverRecord,
  type PositiveCorrelation,
  positiveCorrelation,
} from "./positive-correlation.ts";
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
export {
  type BestMargin,
  bestSelfDealing,
  deterringFee,
  deterringMargin,
  type MarginTerms,
  type SelfDealing,
  type SelfDealt,
  selfDealing,
} from "./self-dealing.ts";
export {
  rothschildStiglitz,
  type Separation,
  type TwoRiskMarket,
  type Utility,
} from "./separation.ts";
