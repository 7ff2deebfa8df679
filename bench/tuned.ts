// Pieces of the tuned implementations: typed arrays, everything that does not change taken out of
// the loops, no allocation inside them.
import { normalCdf } from "../src/numeric/index.ts";
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

/** Cubics of the cumulative normal on [-9, 9], good to 2e-12: a look-up instead of an exponential. */
export const normalTable: {
  readonly cells: number;
  readonly low: number;
  readonly perUnit: number;
  /** [4·(cells + 1)] c0 … c3; the last is 1. */
  readonly cubic: Float64Array;
} = tabulate(2048, -9);

function tabulate(cells: number, low: number) {
  const perUnit = cells / (-2 * low);
  const width = 1 / perUnit;
  const cubic = new Float64Array(4 * (cells + 1));
  for (let c = 0; c < cells; c++) {
    const x = low + c * width;
    const [f0, f1] = [normalCdf(x), normalCdf(x + width)];
    const [g0, g1] = [density(x) * width, density(x + width) * width];
    const step = f1 - f0;
    cubic.set([f0, g0, 3 * step - 2 * g0 - g1, g0 + g1 - 2 * step], 4 * c);
  }
  cubic[4 * cells] = 1;
  return { cells, low, perUnit, cubic };
}

function density(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}

/** The cumulative normal from {@link normalTable}. */
export function cumulativeNormal(x: number): number {
  const { cubic, cells, low, perUnit } = normalTable;
  const place = Math.min(cells, Math.max(0, (x - low) * perUnit));
  const cell = place | 0;
  const t = place - cell;
  const c = cell << 2;
  return cubic[c]! + t * (cubic[c + 1]! + t * (cubic[c + 2]! + t * cubic[c + 3]!));
}
