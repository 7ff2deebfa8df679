import { expect, test } from "vitest";
import { calibrate, marketModel } from "../../src/market/index.ts";
import { expectClose } from "../support/reference.ts";
import { HOUR_MS, issuesOf, seededPairs, toHistory } from "./seeded-history.ts";

const pair = ["BTC", "ETH"] as const;
const raw = seededPairs(1500, 0.8, 21, 4);
// Volatilities per day 0.03 and 0.05.
const history = toHistory(
  raw.map((r, index) => r * (index % 2 === 0 ? 0.03 : 0.05)),
  pair,
);

/** Pearson's correlation and standard deviations in the plain way. */
function moments(returns: Float64Array): { sd: [number, number]; r: number } {
  const rows = returns.length / 2;
  const mean = [0, 0];
  returns.forEach((value, index) => {
    mean[index % 2]! += value / rows;
  });
  let [xx, yy, xy] = [0, 0, 0];
  for (let r = 0; r < rows; r++) {
    const x = returns[2 * r]! - mean[0]!;
    const y = returns[2 * r + 1]! - mean[1]!;
    xx += x * x;
    yy += y * y;
    xy += x * y;
  }
  return {
    sd: [Math.sqrt(xx / (rows - 1)), Math.sqrt(yy / (rows - 1))],
    r: xy / Math.sqrt(xx * yy),
  };
}

test("calibrate: sample volatility per year and Pearson's correlation", () => {
  const { parameters, report } = calibrate(history);
  const { sd, r } = moments(raw);
  expectClose(
    parameters,
    {
      model: "gbm",
      assets: pair,
      volatility: [0.03 * sd[0] * Math.sqrt(365), 0.05 * sd[1] * Math.sqrt(365)],
      correlation: [
        [1, r],
        [r, 1],
      ],
    },
    { rel: 1e-11 },
  );
  expect(Object.keys(parameters).sort()).toEqual(["assets", "correlation", "model", "volatility"]);
  expectClose(report.smallestEigenvalue, 1 - r, { rel: 1e-11 });
  expect([report.returns, report.interval, report.tail, report.shrinkage, report.repair]).toEqual([
    1500,
    "daily",
    null,
    null,
    null,
  ]);
});

test("calibrate: hourly prices have the volatility of a year of 8760 hours", () => {
  const hourly = calibrate(
    toHistory(
      raw.map((r) => 0.01 * r),
      pair,
      HOUR_MS,
    ),
  ).parameters;
  const { sd } = moments(raw);
  expectClose(
    hourly.volatility,
    sd.map((one) => 0.01 * one * Math.sqrt(8760)),
    { rel: 1e-11 },
  );
});

test("calibrate: exponential weights follow a change of regime", () => {
  // Quiet at 0.01 a day, then 200 days at 0.04: the sample mixes both, the weights do not.
  const returns = raw.map((r, index) => r * (index < 2600 ? 0.01 : 0.04));
  const weighted = calibrate(toHistory(returns, pair), { volatility: "ewma", lambda: 0.97 });
  let variance = 0;
  const rows = returns.length / 2;
  const { sd } = moments(returns);
  for (let r = 0; r < rows; r++) variance = 0.97 * variance + 0.03 * returns[2 * r]! ** 2;
  variance += 0.97 ** rows * sd[0] ** 2;
  expectClose(weighted.parameters.volatility[0], Math.sqrt(variance * 365), { rel: 1e-10 });
  expect([weighted.report.volatilityMethod, weighted.report.lambda]).toEqual(["ewma", 0.97]);
  expectClose(weighted.parameters.correlation[0]![1], 0.8, { abs: 0.04 });
});

test("calibrate: exponential weights standardise by the volatility known before each return", () => {
  const returns = raw.slice(0, 120).map((r) => 0.02 * r);
  const { parameters } = calibrate(toHistory(returns, pair), { volatility: "ewma" });
  const { sd } = moments(returns);
  const variance = [sd[0] ** 2, sd[1] ** 2];
  const residuals = returns.map((value, index) => {
    const before = variance[index % 2]!;
    variance[index % 2] = 0.94 * before + 0.06 * value * value;
    return value / Math.sqrt(before);
  });
  expectClose(
    parameters.volatility,
    variance.map((one) => Math.sqrt(one * 365)),
    { rel: 1e-11 },
  );
  expectClose(parameters.correlation[0]![1], moments(residuals).r, { rel: 1e-11 });
});

test("calibrate: shrinks correlations by what is reported", () => {
  const sample = calibrate(history).parameters.correlation[0]![1]!;
  const { parameters, report } = calibrate(history, { correlation: "ledoit-wolf" });
  expectClose(parameters.correlation[0]![1], (1 - report.shrinkage!) * sample, { rel: 1e-12 });
  expect(parameters.correlation[1]![1]).toBe(1);
  expect(report.shrinkage!).toBeGreaterThan(1e-5);
});

test("calibrate: fits the degrees of freedom unless they are given", () => {
  const { parameters, report } = calibrate(history, { model: "student-t" });
  expect(parameters.degreesOfFreedom).toBe(report.tail!.degreesOfFreedom);
  expect(Math.abs(parameters.degreesOfFreedom! - 4)).toBeLessThan(3 * report.tail!.standardError!);
  const given = calibrate(history, { model: "student-t", degreesOfFreedom: 6 });
  expect([given.parameters.degreesOfFreedom, given.report.tail]).toEqual([6, null]);
  expect(marketModel(parameters).kernel).toBe("gaussian-mixture");
});

test("calibrate: two columns of one asset give rank one, which a model takes", () => {
  const single = raw.map((_, index) => 0.02 * raw[index & ~1]!);
  const { parameters, report } = calibrate(toHistory(single, ["A", "B"]), { model: "student-t" });
  expectClose(parameters.correlation[0]![1], 1, { abs: 1e-12 });
  expectClose(report.smallestEigenvalue, 0, { abs: 1e-12 });
  expect(marketModel(parameters).assets).toEqual(["A", "B"]);
});

test("calibrate: refuses options that mean nothing, all at once", () => {
  const options = {
    model: "normal",
    lambda: 1,
    degreesOfFreedom: 2,
    repair: "clip",
  } as unknown as Parameters<typeof calibrate>[1];
  expect(issuesOf(() => calibrate(history, options))).toEqual([
    ["/options/degreesOfFreedom", "NUMBER_RANGE"],
    ["/options/lambda", "NUMBER_RANGE"],
    ["/options/model", "TYPE"],
    ["/options/repair", "TYPE"],
  ]);
  expect(issuesOf(() => calibrate(history, { assets: ["XRP"] }))).toEqual([
    ["/options/assets/0", "REFERENCE_UNKNOWN"],
  ]);
});
