export {
  type Calibration,
  type CalibrationOptions,
  type CalibrationReport,
  calibrate,
} from "./calibrate.ts";
export {
  covariance,
  ledoitWolf,
  nearestCorrelation,
  type Repair,
  shrinkToCorrelation,
  smallestEigenvalue,
  toCorrelation,
} from "./correlation.ts";
export {
  type CheckedHistory,
  checkHistory,
  type HistoryGap,
  type HistoryOptions,
  type HistoryOutlier,
  type HistoryReport,
  type HistoryWindow,
  type Note,
  returnsRequired,
} from "./history.ts";
export { marketModel } from "./market-model.ts";
export { type MixingTable, studentMixing } from "./mixing.ts";
export type * from "./model.ts";
export { parameterIssues } from "./parameters.ts";
export { type LogReturns, logReturns } from "./return.ts";
export { fitDegreesOfFreedom, type TailFit } from "./tail.ts";
export { annualise, ewmaVariance, sampleVolatility } from "./volatility.ts";
