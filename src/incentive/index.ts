export {
  type Manipulation,
  manipulation,
  type OpenInterestLimit,
  type OpenInterestRule,
  openInterestLimit,
  type ThinMarket,
} from "./manipulation.ts";
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
