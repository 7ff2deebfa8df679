/** A price history to market parameters. */

import { type Issue, PoolError, received } from "../basics/index.ts";
import {
  covariance,
  ledoitWolf,
  nearestCorrelation,
  type Repair,
  shrinkToCorrelation,
  smallestEigenvalue,
  toCorrelation,
} from "./correlation.ts";
import {
  type CheckedHistory,
  checkHistory,
  type HistoryOptions,
  type HistoryReport,
} from "./history.ts";
import type { MarketParameters, PriceHistory } from "./model.ts";
import { DEGREES_OF_FREEDOM_MAX, fitDegreesOfFreedom, type TailFit } from "./tail.ts";
import { annualise, columnMeans, columnOf, ewmaVariance, sampleVolatility } from "./volatility.ts";

/** The decay of RiskMetrics for daily returns. */
const LAMBDA_DAILY = 0.94;

/** How to estimate. What is left out has the first value named, and λ 0.94. */
export interface CalibrationOptions extends HistoryOptions {
  readonly model?: "gbm" | "student-t";
  readonly volatility?: "sample" | "ewma";
  /** Decay of the exponential weights, in (0, 1); only for `ewma`. */
  readonly lambda?: number;
  readonly correlation?: "sample" | "ledoit-wolf";
  /** Given instead of fitted, > 2; only for `student-t`. */
  readonly degreesOfFreedom?: number;
  readonly repair?: "nearest" | "shrink";
}

/** How the parameters came about. */
export interface CalibrationReport extends HistoryReport {
  readonly volatilityMethod: "sample" | "ewma";
  readonly lambda: number | null;
  readonly correlationMethod: "sample" | "ledoit-wolf";
  /** Weight of the identity in the Ledoit–Wolf estimate; null for `sample`. */
  readonly shrinkage: number | null;
  /** Of the correlation as estimated, before any repair. */
  readonly smallestEigenvalue: number;
  readonly repair: Omit<Repair, "correlation"> | null;
  /** null when the degrees of freedom were given or the model has none. */
  readonly tail: TailFit | null;
}

/** Parameters, and how they came about. */
export interface Calibration {
  readonly parameters: MarketParameters;
  readonly report: CalibrationReport;
}

/**
 * Estimates volatility, correlation and, for `student-t`, degrees of freedom from prices.
 *
 * Volatility is per year of 365 days: the sample standard deviation about the mean, or the
 * exponentially weighted one about zero (begun with the sample variance, so that the first return
 * has no weight of its own). Correlation and tails are those of the standardised returns: about
 * mean and standard deviation for `sample`, which makes it Pearson's; each divided by the
 * volatility known the day before for `ewma`. Drift is not estimated: its error over any usable
 * history is larger than itself.
 *
 * @throws PoolError the codes of {@link checkHistory}; TYPE and NUMBER_RANGE for the options
 */
export function calibrate(history: PriceHistory, options: CalibrationOptions = {}): Calibration {
  const issues = optionIssues(options);
  if (issues.length > 0) throw new PoolError(issues, "calibration");
  const { model = "gbm", volatility: volatilityMethod = "sample" } = options;
  const correlationMethod = options.correlation ?? "sample";
  const lambda = volatilityMethod === "ewma" ? (options.lambda ?? LAMBDA_DAILY) : null;
  const checked = checkHistory(history, options);
  const { assets } = checked.history;
  const width = assets.length;

  const { volatility, standardised } = standardise(checked, lambda);
  const shrunk = correlationMethod === "ledoit-wolf" ? ledoitWolf(standardised, width) : null;
  const estimate = toCorrelation(shrunk?.covariance ?? covariance(standardised, width), width);
  const smallest = smallestEigenvalue(estimate, width);
  const repair = repairOf(estimate, width, smallest, options.repair);
  const correlation = repair?.correlation ?? estimate;

  const fitted = model === "student-t" && options.degreesOfFreedom === undefined;
  const tail = fitted ? fitDegreesOfFreedom(standardised, correlation, width) : null;
  const degreesOfFreedom = tail?.degreesOfFreedom ?? options.degreesOfFreedom;
  const parameters: MarketParameters = {
    model,
    assets,
    volatility: [...volatility],
    correlation: assets.map((_, u) => [...correlation.subarray(u * width, (u + 1) * width)]),
    ...(model === "student-t" && degreesOfFreedom !== undefined ? { degreesOfFreedom } : {}),
    ...(options.repair === undefined ? {} : { repair: options.repair }),
  };
  const report: CalibrationReport = {
    ...checked.report,
    notes: [...checked.report.notes, ...tailNotes(tail)],
    volatilityMethod,
    lambda,
    correlationMethod,
    shrinkage: shrunk?.shrinkage ?? null,
    smallestEigenvalue: smallest,
    repair: repair && {
      method: repair.method,
      distance: repair.distance,
      parameter: repair.parameter,
    },
    tail,
  };
  return { parameters, report };
}

function repairOf(
  estimate: Float64Array,
  width: number,
  smallest: number,
  method: "nearest" | "shrink" | undefined,
): Repair | null {
  // Rounding alone takes a singular estimate this far below zero; that needs no repair.
  if (method === undefined || smallest >= -1e-15 * width) return null;
  return method === "nearest"
    ? nearestCorrelation(estimate, width)
    : shrinkToCorrelation(estimate, width);
}

function tailNotes(tail: TailFit | null): { code: string; detail: string }[] {
  if (tail === null || !tail.atBound) return [];
  const high = tail.degreesOfFreedom === DEGREES_OF_FREEDOM_MAX;
  const detail = high
    ? `the fit of degreesOfFreedom ended at its upper bound ${tail.degreesOfFreedom}: the ` +
      "tails are no heavier than normal, and gbm will do"
    : `the fit of degreesOfFreedom ended at its lower bound ${tail.degreesOfFreedom}: the ` +
      "variance hardly exists; look for bad prices first";
  return [{ code: "TAIL_AT_BOUND", detail }];
}

/** Volatility per year now, and returns with mean 0 and variance 1 in each column. */
function standardise(
  checked: CheckedHistory,
  lambda: number | null,
): { volatility: Float64Array; standardised: Float64Array } {
  const width = checked.history.assets.length;
  const { intervalMs } = checked.report;
  const sample = sampleVolatility(checked.returns, width);
  const volatility = sample.map((deviation) => annualise(deviation, intervalMs));
  if (lambda === null) return { volatility, standardised: unitVariance(checked.returns, width) };

  const filtered = new Float64Array(checked.returns.length);
  for (let u = 0; u < width; u++) {
    const series = columnOf(checked.returns, width, u);
    const start = sample[u]! * sample[u]!;
    const variances = ewmaVariance(series, lambda, start);
    volatility[u] = annualise(Math.sqrt(variances[variances.length - 1]!), intervalMs);
    series.forEach((value, row) => {
      // Prices that stood still for long leave no variance to divide by.
      const before = Math.max(row === 0 ? start : variances[row - 1]!, 1e-12 * start);
      filtered[row * width + u] = value / Math.sqrt(before);
    });
  }
  return { volatility, standardised: unitVariance(filtered, width) };
}

function unitVariance(returns: Float64Array, width: number): Float64Array {
  const rows = returns.length / width;
  const mean = columnMeans(returns, width);
  // Divisor rows, as the likelihood and the shrinkage have it.
  const scale = sampleVolatility(returns, width).map((s) => s * Math.sqrt((rows - 1) / rows));
  return returns.map((value, index) => (value - mean[index % width]!) / scale[index % width]!);
}

function optionIssues(options: CalibrationOptions): Issue[] {
  const issues: Issue[] = [];
  const choice = (name: string, value: unknown, allowed: readonly string[]): void => {
    if (value === undefined || allowed.includes(value as string)) return;
    issues.push({
      code: "TYPE",
      pointer: `/options/${name}`,
      detail: `${name} must be ${allowed.join(" or ")}`,
      expected: allowed.join(" or "),
      received: received(value),
    });
  };
  choice("model", options.model, ["gbm", "student-t"]);
  choice("volatility", options.volatility, ["sample", "ewma"]);
  choice("correlation", options.correlation, ["sample", "ledoit-wolf"]);
  choice("repair", options.repair, ["nearest", "shrink"]);
  const { lambda, degreesOfFreedom } = options;
  const range = (name: string, value: number | undefined, met: boolean, expected: string): void => {
    if (value === undefined || met) return;
    const detail = `${name} must be ${expected}`;
    const pointer = `/options/${name}`;
    issues.push({ code: "NUMBER_RANGE", pointer, detail, expected, received: received(value) });
  };
  range("lambda", lambda, Number(lambda) > 0 && Number(lambda) < 1, "between 0 and 1");
  const finite = Number(degreesOfFreedom) > 2 && Number(degreesOfFreedom) < Infinity;
  range("degreesOfFreedom", degreesOfFreedom, finite, "> 2: below, the variance is infinite");
  return issues;
}
