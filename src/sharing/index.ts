export { type Bearer, type HaircutRule, type Haircuts, haircuts } from "./haircut.ts";
export {
  type Claim,
  INSOLVENCY_RULES,
  type InsolvencyRule,
  insolvencyAwards,
} from "./insolvency.ts";
export { type LeastCore, leastCore, NUCLEOLUS_PLAYERS_MAX, nucleolus } from "./nucleolus.ts";
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
