/** Prices to log returns on the common calendar. */

import { log } from "../numeric/index.ts";
import type { PriceHistory } from "./model.ts";

/** Log returns of one interval, with the clock they were taken on. */
export interface LogReturns {
  /** Median spacing of the rows: the one spacing over which returns are taken. */
  readonly intervalMs: number;
  /** [rows] 1 where every asset has a price. */
  readonly complete: Uint8Array;
  /** [returns×assets] row-major. */
  readonly returns: Float64Array;
  /** [returns] time of the row that ends each return, milliseconds UTC. */
  readonly returnTimes: Float64Array;
}

/**
 * Log returns between rows that follow each other, both have every price and lie exactly one
 * interval apart. A gap or a missing price costs the returns that touch it and nothing is filled.
 */
export function logReturns(history: PriceHistory): LogReturns {
  const { times, prices } = history;
  const width = history.assets.length;
  const complete = completeRows(prices, width, times.length);
  const intervalMs = medianSpacing(times);
  const ends: number[] = [];
  for (let row = 1; row < times.length; row++) {
    const regular = times[row]! - times[row - 1]! === intervalMs;
    if (regular && complete[row] === 1 && complete[row - 1] === 1) ends.push(row);
  }
  const returns = new Float64Array(ends.length * width);
  ends.forEach((row, r) => {
    for (let u = 0; u < width; u++) {
      returns[r * width + u] = log(prices[row * width + u]! / prices[(row - 1) * width + u]!);
    }
  });
  return { intervalMs, complete, returns, returnTimes: Float64Array.from(ends, (e) => times[e]!) };
}

function completeRows(prices: Float64Array, width: number, rows: number): Uint8Array {
  const complete = new Uint8Array(rows).fill(1);
  prices.forEach((price, index) => {
    if (Number.isNaN(price)) complete[Math.floor(index / width)] = 0;
  });
  return complete;
}

/** The lower median, so that it is a spacing that occurs. */
function medianSpacing(times: Float64Array): number {
  const spacing = new Float64Array(Math.max(0, times.length - 1));
  for (let row = 1; row < times.length; row++) spacing[row - 1] = times[row]! - times[row - 1]!;
  spacing.sort();
  return spacing[(spacing.length - 1) >> 1] ?? 0;
}
