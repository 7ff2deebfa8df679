export { allocationsOf } from "./allocate.ts";
export type { Allocation, AllocationRow } from "./allocation.ts";
export type { PreviousCharges } from "./charge.ts";
export { comparisonOf } from "./compare.ts";
export {
  COMPARED_SHARING,
  type ComparedSharing,
  type Comparison,
  type Policy,
  type PolicyScore,
} from "./comparison.ts";
export {
  type ExplainedCause,
  type ExplainedPayment,
  type Explanation,
  explanationOf,
} from "./explain.ts";
export { type InsiderFinding, insiderFinding } from "./insider.ts";
export { type InsiderTerms, readInsiderTerms } from "./insider-terms.ts";
export type { LimitUse } from "./limit-book.ts";
export { type LimitPolicy, readLimitPolicy } from "./limit-policy.ts";
export {
  LOSS_RULES,
  type LossRule,
  type LossToShare,
  readLossToShare,
} from "./loss-to-share.ts";
export type { Proposal } from "./proposal.ts";
export type { Quote } from "./quote.ts";
export { QuoteDesk } from "./quote-desk.ts";
export { readPolicies, readPrevious, readRules } from "./read-policy.ts";
export type { ShapleySampling } from "./shapley-block.ts";
export {
  type SampledShapley,
  sampledShapleyWork,
} from "./shapley-sampling.ts";
export { type LossShare, type SharedRealisedLoss, sharedByRule } from "./share-loss.ts";
export { suggestedLimits } from "./suggest-limits.ts";
