import { expect, test } from "vitest";
import {
  frobeniusDistance,
  gramMatrix,
  identityMatrix,
  semidefiniteCholesky,
  spectralMatrix,
  symmetricEigen,
} from "../../src/numeric/index.ts";
import { expectClose, reference } from "../support/reference.ts";

const flat = (rows: readonly (readonly number[])[]): Float64Array => Float64Array.from(rows.flat());

/** Symmetric n×n with entries in (-1, 1) from a linear congruence. */
function seededSymmetric(n: number, seed: number): Float64Array {
  const matrix = new Float64Array(n * n);
  let state = seed;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      matrix[i * n + j] = state / 2147483648 - 1;
      matrix[j * n + i] = matrix[i * n + j]!;
    }
  }
  return matrix;
}

test("symmetricEigen: finds the eigenvalues 2 − 2·cos(kπ/6) of the second difference", () => {
  const n = 5;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    matrix[i * n + i] = 2;
    if (i > 0) matrix[i * n + i - 1] = -1;
    if (i < n - 1) matrix[i * n + i + 1] = -1;
  }
  const root = Math.sqrt(3);
  expectClose(symmetricEigen(matrix, n).values, Float64Array.of(2 - root, 1, 2, 3, 2 + root), {
    abs: 2e-15,
  });
});

test("symmetricEigen: puts the matrix together again from orthonormal vectors", () => {
  for (const n of [1, 2, 7, 24]) {
    const matrix = seededSymmetric(n, n);
    const { values, vectors } = symmetricEigen(matrix, n);
    expect(frobeniusDistance(spectralMatrix(values, vectors, n), matrix)).toBeLessThan(n * 1e-14);
    expect(frobeniusDistance(gramMatrix(vectors, n), identityMatrix(n))).toBeLessThan(n * 1e-14);
    for (let i = 1; i < n; i++) expect(values[i]!).toBeGreaterThanOrEqual(values[i - 1]!);
  }
});

test("semidefiniteCholesky: agrees with the known factor", () => {
  const entry = reference<{ A: number[][] }, { L: number[][] }>("calib.cholesky");
  const { lower, rank } = semidefiniteCholesky(flat(entry.inputs.A), 3);
  expectClose(lower, flat(entry.expected.L), entry.tolerance);
  expect(rank).toBe(3);
});

test("semidefiniteCholesky: takes dependent rows, reports the rank and multiplies back", () => {
  // Rows 0 and 1 are the same; row 3 is row 2 reversed.
  const matrix = flat([
    [1, 1, 0.5, -0.5],
    [1, 1, 0.5, -0.5],
    [0.5, 0.5, 1, -1],
    [-0.5, -0.5, -1, 1],
  ]);
  const { lower, rank, pivots } = semidefiniteCholesky(matrix, 4);
  expect(rank).toBe(2);
  expect([...pivots]).toEqual([1, 0, 1, 0]);
  expectClose(gramMatrix(lower, 4), matrix, { abs: 1e-15 });
  expect([lower[5], lower[9], lower[13], lower[15]]).toEqual([0, 0, 0, 0]);
});
