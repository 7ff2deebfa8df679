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
export type * from "./valuation.ts";
export { marketOf, valuePool } from "./value.ts";
export type { ValueRequest } from "./value-request.ts";
