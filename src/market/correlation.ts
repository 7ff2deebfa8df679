/** Correlation of returns, and what to do with a matrix that is none. Matrices are row-major. */

import { frobeniusDistance, spectralMatrix, symmetricEigen } from "../numeric/index.ts";
import { columnMeans } from "./volatility.ts";

/** Covariance about the mean, divisor rows. */
export function covariance(returns: Float64Array, width: number): Float64Array {
  const rows = returns.length / width;
  const mean = columnMeans(returns, width);
  const matrix = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let r = 0; r < rows; r++) {
        sum += (returns[r * width + i]! - mean[i]!) * (returns[r * width + j]! - mean[j]!);
      }
      matrix[i * width + j] = sum / rows;
      matrix[j * width + i] = sum / rows;
    }
  }
  return matrix;
}

/** A covariance matrix with the scales taken out: unit diagonal exactly, entries in [-1, 1]. */
export function toCorrelation(matrix: Float64Array, width: number): Float64Array {
  const correlation = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) {
      const scale = Math.sqrt(matrix[i * width + i]! * matrix[j * width + j]!);
      const entry = i === j ? 1 : matrix[i * width + j]! / scale;
      correlation[i * width + j] = Math.max(-1, Math.min(1, entry));
    }
  }
  return correlation;
}

/**
 * Covariance drawn towards a multiple of the identity by as much as its sampling error asks for.
 *
 * @param returns  [rows×width]
 * @returns        covariance (divisor rows) and the shrinkage in [0, 1]
 * @source         Ledoit & Wolf, A well-conditioned estimator for large-dimensional covariance
 *                 matrices (2004), lemmas 3.2 to 3.4
 */
export function ledoitWolf(
  returns: Float64Array,
  width: number,
): { readonly covariance: Float64Array; readonly shrinkage: number } {
  const rows = returns.length / width;
  const sample = covariance(returns, width);
  const mean = columnMeans(returns, width);
  let trace = 0;
  for (let i = 0; i < width; i++) trace += sample[i * width + i]!;
  const target = trace / width;
  let dispersion = 0;
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < width; j++) {
      const distance = sample[i * width + j]! - (i === j ? target : 0);
      dispersion += distance * distance;
    }
  }
  let error = 0;
  for (let r = 0; r < rows; r++) {
    for (let i = 0; i < width; i++) {
      const x = returns[r * width + i]! - mean[i]!;
      for (let j = 0; j < width; j++) {
        const distance = x * (returns[r * width + j]! - mean[j]!) - sample[i * width + j]!;
        error += distance * distance;
      }
    }
  }
  const bounded = Math.min(error / (rows * rows), dispersion);
  const shrinkage = dispersion > 0 ? bounded / dispersion : 0;
  const shrunk = sample.map(
    (entry, index) =>
      (1 - shrinkage) * entry + (index % (width + 1) === 0 ? shrinkage * target : 0),
  );
  return { covariance: shrunk, shrinkage };
}

/** Smallest eigenvalue of a symmetric matrix. */
export function smallestEigenvalue(matrix: Float64Array, width: number): number {
  return symmetricEigen(matrix, width).values[0]!;
}

/** A correlation matrix made of one that was not positive semidefinite. */
export interface Repair {
  readonly method: "nearest" | "shrink";
  readonly correlation: Float64Array;
  /** Frobenius norm of what was changed. */
  readonly distance: number;
  /** `shrink`: weight of the identity. `nearest`: iterations. */
  readonly parameter: number;
}

/**
 * Mixes in the least of the identity that makes the matrix positive semidefinite: with smallest
 * eigenvalue m < 0 the weight a solves a + (1−a)·m = 0. All correlations keep their order.
 *
 * @param matrix  [width×width] symmetric, unit diagonal
 * @source        Higham, Strabić & Šego, Restoring Definiteness via Shrinking (2016)
 */
export function shrinkToCorrelation(matrix: Float64Array, width: number): Repair {
  const smallest = smallestEigenvalue(matrix, width);
  const weight = smallest < 0 ? -smallest / (1 - smallest) : 0;
  const correlation = matrix.map((entry, index) =>
    index % (width + 1) === 0 ? 1 : (1 - weight) * entry,
  );
  const distance = frobeniusDistance(correlation, matrix);
  return { method: "shrink", correlation, distance, parameter: weight };
}

/**
 * The correlation matrix nearest in the Frobenius norm: projections in turn onto the semidefinite
 * matrices and onto those of unit diagonal, with Dykstra's correction for the first.
 *
 * @param matrix  [width×width] symmetric
 * @source        Higham, Computing the Nearest Correlation Matrix (2002), algorithm 3.3
 */
export function nearestCorrelation(matrix: Float64Array, width: number): Repair {
  const size = width * width;
  let unit = Float64Array.from(matrix);
  const correction = new Float64Array(size);
  let iterations = 0;
  while (iterations < 20_000) {
    iterations++;
    const shifted = unit.map((entry, index) => entry - correction[index]!);
    const { values, vectors } = symmetricEigen(shifted, width);
    const projected = spectralMatrix(
      values.map((value) => Math.max(0, value)),
      vectors,
      width,
    );
    for (let index = 0; index < size; index++) {
      correction[index] = projected[index]! - shifted[index]!;
    }
    const next = projected.map((entry, index) => (index % (width + 1) === 0 ? 1 : entry));
    const moved = frobeniusDistance(next, unit);
    unit = next;
    if (moved < 1e-12 * width) break;
  }
  const correlation = toCorrelation(semidefinite(unit, width), width);
  const distance = frobeniusDistance(correlation, matrix);
  return { method: "nearest", correlation, distance, parameter: iterations };
}

/** The iteration ends just outside the cone: what is left below zero is cut off. */
function semidefinite(matrix: Float64Array, width: number): Float64Array {
  const { values, vectors } = symmetricEigen(matrix, width);
  return spectralMatrix(
    values.map((value) => Math.max(0, value)),
    vectors,
    width,
  );
}
