export type { Accounts } from "./account.ts";
export { type Breakdown, breakdownOf, CAUSES, type Cause } from "./breakdown.ts";
export type { Budget } from "./budget.ts";
export {
  batchError,
  chunkMeans,
  gatherMoments,
  tailLosses,
  tailMoments,
  type WeightedScenarios,
  weightedLosses,
} from "./contribution.ts";
export {
  baseToCover,
  type InsuranceFeeRoom,
  insuranceFeeRate,
  type LiabilityShortage,
  liabilityToCover,
  type MaintenanceRatio,
  type MarginShortage,
  maintenanceRatio,
  type ScaledInitialRatio,
  scaledInitialRatio,
} from "./margin-rule.ts";
export { meanOf } from "./mean.ts";
export { OwnLosses } from "./own-losses.ts";
export { HOLDINGS_ID, type Owner, ownersOf } from "./owner.ts";
export { lossCurve, marketOf, runPool } from "./pool-run.ts";
export type { Progress, RunningEstimate } from "./progress.ts";
export { type BookAverages, type LossLaw, ScenarioQuadrature } from "./quadrature.ts";
export type { PoolRun } from "./run.ts";
export type { RunPlan } from "./run-plan.ts";
export type { PartSums, RunShard, ShardJob } from "./shard.ts";
export type { NamedShard, ShardSource } from "./shard-merge.ts";
export type { PartRange, ShardChoice } from "./shard-range.ts";
export type { PriceShock, ShockLoss } from "./shock.ts";
export { accountsOn, isOnGrid, type RunRecord, recordOf, replayTail } from "./solo-book.ts";
export { measureLosses, measureTail, worstLosses } from "./tail.ts";
export type * from "./valuation.ts";
export { measurementOf, planPool, startRun, valuationOf, valuePool } from "./value.ts";
export type { ValueRequest } from "./value-request.ts";
export { capitalOf, waterfallRisk } from "./waterfall-risk.ts";
