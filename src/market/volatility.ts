/** Log returns to volatility. Returns are [rows×width] row-major everywhere. */

/** 365 days. */
export const YEAR_MS = 31_536_000_000;

/** Standard deviation of each column about its mean, divisor rows − 1; per interval. */
export function sampleVolatility(returns: Float64Array, width: number): Float64Array {
  const rows = returns.length / width;
  const deviations = new Float64Array(width);
  const mean = columnMeans(returns, width);
  for (let u = 0; u < width; u++) {
    let sum = 0;
    for (let r = 0; r < rows; r++) {
      const distance = returns[r * width + u]! - mean[u]!;
      sum += distance * distance;
    }
    deviations[u] = Math.sqrt(sum / (rows - 1));
  }
  return deviations;
}

/** Mean of each column. */
export function columnMeans(returns: Float64Array, width: number): Float64Array {
  const rows = returns.length / width;
  const means = new Float64Array(width);
  for (let r = 0; r < rows; r++) {
    for (let u = 0; u < width; u++) means[u]! += returns[r * width + u]!;
  }
  return means.map((sum) => sum / rows);
}

/**
 * Exponentially weighted variance of one series about zero, after each of its values:
 * s² = λ·s² + (1−λ)·r².
 *
 * @param returns  one series
 * @param lambda   in (0, 1); 0.94 for daily returns
 * @param first    variance that the first value meets; its own square when left out
 * @returns        [rows] variance per interval, the last is the one now
 * @source         RiskMetrics Technical Document (1996), equation 5.3
 */
export function ewmaVariance(
  returns: Float64Array,
  lambda: number,
  first: number = (returns[0] ?? 0) * (returns[0] ?? 0),
): Float64Array {
  const variances = new Float64Array(returns.length);
  let variance = first;
  returns.forEach((value, row) => {
    variance = lambda * variance + (1 - lambda) * value * value;
    variances[row] = variance;
  });
  return variances;
}

/** One column of row-major returns. */
export function columnOf(returns: Float64Array, width: number, column: number): Float64Array {
  const series = new Float64Array(returns.length / width);
  for (let r = 0; r < series.length; r++) series[r] = returns[r * width + column]!;
  return series;
}

/** Volatility per interval to volatility per year of 365 days. */
export function annualise(perInterval: number, intervalMs: number): number {
  return perInterval * Math.sqrt(YEAR_MS / intervalMs);
}
