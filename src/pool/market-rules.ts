import { type Draft, type Findings, idClashes, received } from "../basics/index.ts";
import type { MarketParameters } from "../market/index.ts";

// Two halves of a matrix computed in doubles agree to far better than this.
const SYMMETRY_TOLERANCE = 1e-12;
// A diagonal this far from one is no rounding: someone sent variances.
const COVARIANCE_HINT = 0.01;

type DraftMarket = Exclude<Draft<MarketParameters>, undefined>;
type Matrix = readonly (readonly number[])[];

/**
 * Checks what the form of market parameters cannot say: that they speak of the pool's assets,
 * that vectors and matrix fit, that the matrix is one of correlations. Whether it is positive
 * semidefinite is found when the model is made.
 *
 * @param assets  ids of the pool's assets; undefined when they are not known
 */
export function checkMarket(
  market: DraftMarket,
  assets: ReadonlySet<string> | undefined,
  found: Findings,
): void {
  checkAssets(market, assets, found);
  checkDegrees(market, found);
  const count = market.assets?.length;
  if (count === undefined) return;
  for (const key of ["volatility", "drift", "correlation"] as const) {
    const length = market[key]?.length;
    if (length !== undefined && length !== count) {
      found.add(shape(`/market/${key}`, length, count));
    }
  }
  const rows = market.correlation;
  if (rows === undefined) return;
  rows.forEach((row, i) => {
    if (row !== undefined && row.length !== count) {
      found.add(shape(`/market/correlation/${i}`, row.length, count));
    }
  });
  if (isSquare(rows, count)) checkCorrelation(rows, found);
}

function checkAssets(
  market: DraftMarket,
  assets: ReadonlySet<string> | undefined,
  found: Findings,
): void {
  const ids = market.assets ?? [];
  const placed = ids.flatMap((id, i) =>
    id === undefined ? [] : [{ id, pointer: `/market/assets/${i}` }],
  );
  for (const issue of idClashes(placed)) found.add(issue);
  if (market.assets === undefined || assets === undefined) return;
  for (const { id, pointer } of placed) {
    if (assets.has(id)) continue;
    found.add({
      code: "REFERENCE_UNKNOWN",
      pointer,
      detail: "the pool has no asset of this id; remove it from the market or add it to the pool",
      expected: "the ids of the pool's assets, each once",
      received: received(id),
    });
  }
  // With an unreadable id in the list nobody can say which asset is missing.
  if (placed.length < ids.length) return;
  const missing = [...assets].filter((id) => !ids.includes(id)).sort();
  if (missing.length === 0) return;
  found.add({
    code: "REFERENCE_UNKNOWN",
    pointer: "/market/assets",
    detail: `the market does not say how these assets move: ${missing.slice(0, 5).join(", ")}`,
    expected: "the ids of the pool's assets, each once",
  });
}

function checkDegrees(market: DraftMarket, found: Findings): void {
  const given = market.degreesOfFreedom !== undefined;
  if (market.model === "student-t" && !given) {
    found.addFirst({
      code: "KEY_MISSING",
      pointer: "/market/degreesOfFreedom",
      detail: "the student-t model needs its degrees of freedom",
      expected: "number > 2",
      received: "missing",
    });
  }
  if (market.model === "gbm" && given) {
    found.add({
      code: "MODEL_DOMAIN",
      pointer: "/market/degreesOfFreedom",
      detail: "gbm has no degrees of freedom; choose student-t or remove them",
      expected: "degreesOfFreedom only with student-t",
      received: received(market.degreesOfFreedom),
    });
  }
}

function shape(pointer: string, length: number, count: number) {
  return {
    code: "MATRIX_SHAPE",
    pointer,
    detail: `there are ${count} assets but ${length} entries`,
    expected: `${count} entries, in the order of assets`,
    received: `array of ${length}`,
  };
}

function isSquare(rows: NonNullable<DraftMarket["correlation"]>, count: number): rows is Matrix {
  return (
    rows.length === count &&
    rows.every((row) => row?.length === count && row.every((entry) => entry !== undefined))
  );
}

function checkCorrelation(matrix: Matrix, found: Findings): void {
  checkDiagonal(matrix, found);
  let symmetric = true;
  for (let i = 0; i < matrix.length; i++) {
    for (let j = 0; j < matrix.length; j++) {
      const entry = matrix[i]![j]!;
      const pointer = `/market/correlation/${i}/${j}`;
      if (i !== j && !(entry >= -1 && entry <= 1)) {
        found.add({
          code: "NUMBER_RANGE",
          pointer,
          detail: "no correlation is beyond -1 and 1",
          expected: "-1 <= correlation <= 1",
          received: received(entry),
        });
      }
      const difference = entry - matrix[j]![i]!;
      if (symmetric && j > i && !(Math.abs(difference) <= SYMMETRY_TOLERANCE)) {
        symmetric = false;
        found.add({
          code: "MATRIX_SYMMETRY",
          pointer,
          detail: `entry (${i}, ${j}) and its mirror image differ by ${difference}`,
          expected: "a symmetric matrix, within 1e-12",
          received: received(entry),
        });
      }
    }
  }
}

function checkDiagonal(matrix: Matrix, found: Findings): void {
  const diagonal = matrix.map((row, i) => row[i]!);
  const first = diagonal.findIndex((entry) => entry !== 1);
  if (first < 0) return;
  const covariance = diagonal.some((entry) => !(Math.abs(entry - 1) <= COVARIANCE_HINT));
  found.add({
    code: "MATRIX_DIAGONAL",
    pointer: `/market/correlation/${first}/${first}`,
    detail: covariance
      ? "the matrix looks like a covariance; divide by the standard deviations"
      : "every asset has correlation 1 with itself",
    expected: "1 on the diagonal",
    received: received(diagonal[first]),
  });
}
