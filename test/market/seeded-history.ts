// Price histories with a known law, the same on every machine.

import type { PriceHistory } from "../../src/market/index.ts";
import { chiSquareQuantile, exp, normalQuantile } from "../../src/numeric/index.ts";

/** Start of the histories: 2023-01-01 UTC, in milliseconds. */
export const START_MS = 1_672_531_200_000;
export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;

/** Uniform numbers inside (0, 1): the high bits of a 64-bit linear congruence (Knuth's MMIX). */
export function seededUniform(seed: number): () => number {
  let state = BigInt(seed) * 2_654_435_761n + 1n;
  return () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
    return (Number(state >> 12n) + 0.5) / 4503599627370496;
  };
}

/** [rows×2] normal returns, or Student t of unit variance, with the given correlation. */
export function seededPairs(
  rows: number,
  correlation: number,
  seed: number,
  degreesOfFreedom: number = Infinity,
): Float64Array {
  const next = seededUniform(seed);
  const returns = new Float64Array(rows * 2);
  for (let r = 0; r < rows; r++) {
    const a = normalQuantile(next());
    const b = correlation * a + Math.sqrt(1 - correlation * correlation) * normalQuantile(next());
    const n = degreesOfFreedom;
    const scale = n === Infinity ? 1 : Math.sqrt((n - 2) / chiSquareQuantile(n, next()));
    returns[2 * r] = scale * a;
    returns[2 * r + 1] = scale * b;
  }
  return returns;
}

/** Prices that begin at 100 and have the given log returns [rows×width]. */
export function toHistory(
  returns: Float64Array,
  assets: readonly string[],
  intervalMs: number = DAY_MS,
): PriceHistory {
  const width = assets.length;
  const rows = returns.length / width + 1;
  const prices = new Float64Array(rows * width).fill(100);
  for (let i = width; i < prices.length; i++)
    prices[i] = prices[i - width]! * exp(returns[i - width]!);
  const times = Float64Array.from({ length: rows }, (_, row) => START_MS + row * intervalMs);
  return { assets, times, prices };
}

/** The history with some of its rows left out. */
export function withoutRows(
  history: PriceHistory,
  dropped: (row: number) => boolean,
): PriceHistory {
  const width = history.assets.length;
  const rows = [...history.times.keys()].filter((row) => !dropped(row));
  return {
    assets: history.assets,
    times: Float64Array.from(rows, (row) => history.times[row]!),
    prices: Float64Array.from(
      rows.flatMap((row) => [...history.prices.subarray(row * width, (row + 1) * width)]),
    ),
  };
}

/** The issues of a `PoolError`, as `[pointer, code]`; fails when nothing is thrown. */
export function issuesOf(action: () => unknown): readonly (readonly [string, string])[] {
  try {
    action();
  } catch (error) {
    const { issues } = error as { issues?: readonly { pointer: string; code: string }[] };
    if (issues === undefined) throw error;
    return issues.map((issue) => [issue.pointer, issue.code] as const);
  }
  throw new Error("nothing was refused");
}
