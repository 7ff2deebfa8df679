// Pieces of the tuned implementations: typed arrays, everything that does not change taken out of
// the loops, no allocation inside them.
import { largest } from "../src/risk/tail.ts";

/** Lower triangle of a matrix by rows: [n×n], zeros above the diagonal. */
export function choleskyRows(matrix: readonly (readonly number[])[]): Float64Array {
  const n = matrix.length;
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]![j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * n + k]! * lower[j * n + k]!;
      lower[i * n + j] = i === j ? Math.sqrt(sum) : sum / lower[j * n + j]!;
    }
  }
  return lower;
}

/**
 * Correlated log returns over `years`: rows of the lower triangle times volatility · √years.
 *
 * @returns [n×n] by rows
 */
export function shockMatrix(
  market: {
    readonly volatility: readonly number[];
    readonly correlation: readonly (readonly number[])[];
  },
  years: number,
): Float64Array {
  const n = market.volatility.length;
  return choleskyRows(market.correlation).map(
    (weight, at) => weight * market.volatility[Math.floor(at / n)]! * Math.sqrt(years),
  );
}

/** Value at risk and expected shortfall of losses, by selection; the losses keep their order. */
export function tailOf(losses: Float64Array): { valueAtRisk: number; shortfall: number } {
  const count = Math.round(0.025 * losses.length);
  const rank = losses.length - Math.ceil(0.99 * losses.length) + 1;
  const work = losses.slice();
  largest(work, count);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += work[i]!;
  return { valueAtRisk: largest(work.subarray(0, count), rank), shortfall: sum / count };
}
