/**
 * Quantile functions as tables: cubics over y = ln(u / (1 - u)), where both tails are smooth.
 *
 *   table   │ yMax f64 │ cells f64 │ cell 0: c0 c1 c2 c3 │ cell 1 … │
 *
 * Cell i covers an equal part of [-yMax, yMax] and holds c0 + c1 t + c2 t² + c3 t³, t in [0, 1].
 */
import { logX2 } from "./vector-math";

/**
 * Quantile of one uniform word.
 *
 * reads   table
 * bits    depend on table and word only
 */
export function quantile(table: usize, word: u32): f64 {
  const u = (<f64>word + 0.5) * 2.3283064365386963e-10;
  const pair = logX2(f64x2.replace_lane(f64x2.splat(u), 1, 1.0 - u));
  const y = f64x2.extract_lane(pair, 0) - f64x2.extract_lane(pair, 1);
  const yMax = load<f64>(table);
  const cells = load<f64>(table, 8);
  const position = min(max((y + yMax) * (cells / (2.0 * yMax)), 0.0), cells - 1e-9);
  const cell = Math.floor(position);
  const t = position - cell;
  const at = table + 16 + (<usize>cell << 5);
  return load<f64>(at) + t * (load<f64>(at, 8) + t * (load<f64>(at, 16) + t * load<f64>(at, 24)));
}
