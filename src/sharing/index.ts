export {
  type ConditionalShares,
  type ConditionalSharing,
  conditionalShares,
  conditionalSharesWork,
} from "./conditional-share.ts";
export { type Bearer, type HaircutRule, type Haircuts, haircuts } from "./haircut.ts";
export {
  type Claim,
  INSOLVENCY_RULES,
  type InsolvencyRule,
  insolvencyAwards,
} from "./insolvency.ts";
export type { MemberLosses } from "./loss-matrix.ts";
export { type LeastCore, leastCore, NUCLEOLUS_PLAYERS_MAX, nucleolus } from "./nucleolus.ts";
export {
  type LognormalLoss,
  lognormalQuantileShares,
  type QuantileSharing,
  quantileShares,
  quantileSharesWork,
} from "./quantile-share.ts";
export { type BoundedShare, type Rebalanced, rebalanced } from "./rebalance.ts";
export { SHARING_RULES, type SharingRule } from "./rule-name.ts";
export { type CoreExcess, coreExcess, PLAYERS_MAX, shapley } from "./shapley.ts";
export type { ShareTable } from "./share-table.ts";
export {
  conditionalMean,
  type JointLaw,
  type MemberMoments,
  sharedLoss,
  sharingMatrix,
} from "./sharing-rule.ts";
