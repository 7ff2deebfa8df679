export type { Progress, RunningEstimate } from "./progress.ts";
export type { Budget, RunPlan } from "./run-plan.ts";
export type * from "./valuation.ts";
export { marketOf, planPool, type ValueRequest, valuePool } from "./value.ts";
