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
export { marketOf } from "./pool-run.ts";
export type { Progress, RunningEstimate } from "./progress.ts";
export type { Budget, RunPlan } from "./run-plan.ts";
export type * from "./valuation.ts";
export { planPool, valuePool } from "./value.ts";
export type { ValueRequest } from "./value-request.ts";
