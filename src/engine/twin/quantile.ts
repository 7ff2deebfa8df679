/**
 * Quantile functions as tables in plain JavaScript, see assembly/quantile.ts.
 */
import type { TwinMemory } from "./memory.ts";
import { logarithm } from "./vector-math.ts";

/** Quantile of one uniform word. */
export function quantile(memory: TwinMemory, table: number, word: number): number {
  const { f64 } = memory;
  const u = ((word >>> 0) + 0.5) * 2.3283064365386963e-10;
  const y = logarithm(u) - logarithm(1 - u);
  const start = table >>> 3;
  const yMax = f64[start]!;
  const cells = f64[start + 1]!;
  const position = Math.min(Math.max((y + yMax) * (cells / (2 * yMax)), 0), cells - 1e-9);
  const cell = Math.floor(position);
  const t = position - cell;
  const at = start + 2 + 4 * cell;
  return f64[at]! + t * (f64[at + 1]! + t * (f64[at + 2]! + t * f64[at + 3]!));
}
