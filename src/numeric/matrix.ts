/** Small dense symmetric matrices, row-major in a Float64Array of n·n. */

/** Eigenvalues ascending; column j of `vectors` (row-major n×n) belongs to value j. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: Float64Array;
}

/**
 * Eigenvalues and orthonormal eigenvectors of a symmetric matrix, by cyclic Jacobi rotations in a
 * fixed order: the same bits everywhere, absolute error about n·1e-16·norm.
 *
 * @param matrix  [n×n] symmetric; only read
 * @source        Golub & Van Loan, Matrix Computations, algorithm 8.5.3
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const a = Float64Array.from(matrix);
  const v = identityMatrix(n);
  for (let sweep = 0; sweep < 100; sweep++) {
    let off = 0;
    let diagonal = 0;
    for (let p = 0; p < n; p++) {
      diagonal += a[p * n + p]! * a[p * n + p]!;
      for (let q = p + 1; q < n; q++) off += a[p * n + q]! * a[p * n + q]!;
    }
    if (!(off > 1e-36 * (diagonal + off))) break;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) rotate(a, v, n, p, q);
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort(
    (i, j) => a[i * n + i]! - a[j * n + j]! || i - j,
  );
  const values = new Float64Array(n);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    values[to] = a[from * n + from]!;
    for (let i = 0; i < n; i++) vectors[i * n + to] = v[i * n + from]!;
  });
  return { values, vectors };
}

/** One Jacobi rotation that makes a[p][q] zero. */
function rotate(a: Float64Array, v: Float64Array, n: number, p: number, q: number): void {
  const apq = a[p * n + q]!;
  if (apq === 0) return;
  const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * apq);
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  for (let k = 0; k < n; k++) {
    const kp = a[k * n + p]!;
    const kq = a[k * n + q]!;
    a[k * n + p] = cosine * kp - sine * kq;
    a[k * n + q] = sine * kp + cosine * kq;
  }
  for (let k = 0; k < n; k++) {
    const pk = a[p * n + k]!;
    const qk = a[q * n + k]!;
    a[p * n + k] = cosine * pk - sine * qk;
    a[q * n + k] = sine * pk + cosine * qk;
    const kp = v[k * n + p]!;
    const kq = v[k * n + q]!;
    v[k * n + p] = cosine * kp - sine * kq;
    v[k * n + q] = sine * kp + cosine * kq;
  }
  a[p * n + q] = 0;
  a[q * n + p] = 0;
}

/** The n×n identity. */
export function identityMatrix(n: number): Float64Array {
  const identity = new Float64Array(n * n);
  for (let i = 0; i < n; i++) identity[i * n + i] = 1;
  return identity;
}

/** V·diag(values)·V' for the eigenvectors V in columns. */
export function spectralMatrix(
  values: Float64Array,
  vectors: Float64Array,
  n: number,
): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += vectors[i * n + k]! * values[k]! * vectors[j * n + k]!;
      matrix[i * n + j] = sum;
      matrix[j * n + i] = sum;
    }
  }
  return matrix;
}

/** Frobenius norm of a − b. */
export function frobeniusDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) * (a[i]! - b[i]!);
  return Math.sqrt(sum);
}

/** L·L' of a lower-triangular or full n×n matrix. */
export function gramMatrix(lower: Float64Array, n: number): Float64Array {
  return spectralMatrix(new Float64Array(n).fill(1), lower, n);
}

/** Lower-triangular L with L·L' = the matrix; columns of zeros where a pivot was skipped. */
export interface SemidefiniteFactor {
  readonly lower: Float64Array;
  readonly rank: number;
  /** 1 where column j carries a pivot, 0 where row j depends on the rows before it. */
  readonly pivots: Uint8Array;
}

/**
 * Cholesky factor of a positive semidefinite matrix. A pivot of at most n·4e-15 of its diagonal is
 * rounding: its row depends on the rows before it, and its column stays zero instead of dividing
 * noise by noise. The entries of L·L' are then within the square root of that of the matrix.
 *
 * @param matrix  [n×n] symmetric, positive semidefinite; only read
 * @source        Higham, Accuracy and Stability of Numerical Algorithms (2002), section 10.3
 */
export function semidefiniteCholesky(matrix: Float64Array, n: number): SemidefiniteFactor {
  const lower = new Float64Array(n * n);
  const pivots = new Uint8Array(n);
  let rank = 0;
  for (let j = 0; j < n; j++) {
    let pivot = matrix[j * n + j]!;
    for (let k = 0; k < j; k++) pivot -= lower[j * n + k]! * lower[j * n + k]!;
    if (!(pivot > n * 4e-15 * matrix[j * n + j]!)) continue;
    const root = Math.sqrt(pivot);
    lower[j * n + j] = root;
    pivots[j] = 1;
    rank++;
    for (let i = j + 1; i < n; i++) {
      let sum = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * n + k]! * lower[j * n + k]!;
      lower[i * n + j] = sum / root;
    }
  }
  return { lower, rank, pivots };
}
