import { expect, test } from "vitest";
import {
  covariance,
  ledoitWolf,
  nearestCorrelation,
  shrinkToCorrelation,
  smallestEigenvalue,
  toCorrelation,
} from "../../src/market/index.ts";
import { frobeniusDistance } from "../../src/numeric/index.ts";
import { expectClose, reference } from "../support/reference.ts";

const flat = (rows: readonly (readonly number[])[]): Float64Array => Float64Array.from(rows.flat());

test("toCorrelation: agrees with the known correlation of five pairs", () => {
  const entry = reference<{ data: number[][] }, { correlation: number }>("calib.correlation");
  const correlation = toCorrelation(covariance(flat(entry.inputs.data), 2), 2);
  expectClose(correlation[1], entry.expected.correlation, entry.tolerance);
  expect([correlation[0], correlation[2], correlation[3]]).toEqual([1, correlation[1], 1]);
});

test("ledoitWolf: agrees with the known shrinkage and covariance", () => {
  const entry = reference<
    { X: number[][] },
    { shrinkage: number; cov: number[][]; sample_cov: number[][] }
  >("calib.ledoit-wolf.identity");
  const returns = flat(entry.inputs.X);
  const { shrinkage, covariance: shrunk } = ledoitWolf(returns, 3);
  expectClose(shrinkage, entry.expected.shrinkage, entry.tolerance);
  expectClose(shrunk, flat(entry.expected.cov), entry.tolerance);
  expectClose(covariance(returns, 3), flat(entry.expected.sample_cov), entry.tolerance);
});

test("nearestCorrelation: agrees with Higham's example and its distance", () => {
  const entry = reference<{ A: number[][] }, { X: number[][]; frobenius_distance: number }>(
    "calib.nearest-correlation.3x3",
  );
  const repair = nearestCorrelation(flat(entry.inputs.A), 3);
  expectClose(repair.correlation, flat(entry.expected.X), entry.tolerance);
  expectClose(repair.distance, entry.expected.frobenius_distance, entry.tolerance);
});

test("nearestCorrelation: agrees with the second known matrix", () => {
  const entry = reference<{ badCorr: number[][] }, { higham_nearest: number[][] }>(
    "calib.psd-spectral-salvage",
  );
  const { correlation } = nearestCorrelation(flat(entry.inputs.badCorr), 3);
  expectClose(correlation, flat(entry.expected.higham_nearest), entry.tolerance);
  expectClose(smallestEigenvalue(correlation, 3), 0, { abs: 1e-15 });
});

test("nearestCorrelation: leaves a correlation matrix where it is", () => {
  const given = flat([
    [1, 0.5],
    [0.5, 1],
  ]);
  const { correlation, distance } = nearestCorrelation(given, 2);
  expectClose(correlation, given, { abs: 1e-15 });
  expectClose(distance, 0, { abs: 1e-15 });
});

test("shrinkToCorrelation: mixes in the least identity that is enough", () => {
  // Eigenvalues of the pattern (ρ, ρ, −ρ) are 1 − 2ρ, 1 + ρ, 1 + ρ: here −0.8, so a = 0.8/1.8.
  const given = flat([
    [1, 0.9, 0.9],
    [0.9, 1, -0.9],
    [0.9, -0.9, 1],
  ]);
  const { correlation, parameter, distance } = shrinkToCorrelation(given, 3);
  expectClose(parameter, 4 / 9, { rel: 1e-14 });
  expectClose([correlation[1], correlation[5]], [0.5, -0.5], { rel: 1e-14 });
  expectClose(smallestEigenvalue(correlation, 3), 0, { abs: 1e-15 });
  expectClose(distance, 0.4 * Math.sqrt(6), { rel: 1e-14 });
  expect(nearestCorrelation(given, 3).distance).toBeLessThanOrEqual(distance + 1e-9);
});

test("shrinkToCorrelation: leaves a correlation matrix where it is", () => {
  const given = flat([
    [1, -0.25],
    [-0.25, 1],
  ]);
  const { correlation, parameter } = shrinkToCorrelation(given, 2);
  expect([frobeniusDistance(correlation, given), parameter]).toEqual([0, 0]);
});
