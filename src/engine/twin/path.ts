/**
 * One step of the log prices in plain JavaScript, see assembly/path.ts.
 */
import { PLAN, TILE } from "../plan.ts";
import type { TwinMemory } from "./memory.ts";

/** Advances a tile by one step: x [U×TILE], z [≥F×TILE], scale [TILE] f64 or 0 for ones. */
export function advance(
  memory: TwinMemory,
  plan: number,
  step: number,
  x: number,
  z: number,
  scale: number,
  count: number,
): void {
  const { f64, i32, u32 } = memory;
  const words = plan >>> 2;
  const assets = i32[words + PLAN.ASSETS / 4]!;
  const factors = i32[words + PLAN.FACTORS / 4]!;
  const rowEnds = u32[words + PLAN.ROW_ENDS / 4]! >>> 2;
  const held = u32[words + PLAN.HELD / 4]! >>> 3;
  const matrix = u32[words + PLAN.MATRIX / 4]! >>> 3;
  const drifts = u32[words + PLAN.DRIFT / 4]! >>> 3;
  const bounds = u32[words + PLAN.BOUND / 4]! >>> 3;
  for (let u = 0; u < assets; u++) {
    const cell = step * assets + u;
    const weights = matrix + cell * factors;
    const drift = f64[drifts + cell]!;
    const out = (x >>> 3) + u * TILE;
    addShocks(f64, out, z >>> 3, scale >>> 3, weights, weights + i32[rowEnds + u]!, drift, count);
    const high = f64[bounds + cell]!;
    for (let p = out; p < out + count; p++) {
      const s = f64[p]!;
      const size = Math.abs(s);
      if (size <= high) continue;
      if (size > high) f64[held] = f64[held]! + 1;
      const above = -high < s ? s : -high;
      f64[p] = above < high ? above : high;
    }
  }
}

/** x += drift + scale · Σ weight[f] · z[f], factors in their order, four paths side by side. */
function addShocks(
  f64: Float64Array,
  out: number,
  z: number,
  scale: number,
  weights: number,
  weightEnd: number,
  drift: number,
  count: number,
): void {
  const row = TILE;
  const start = drift - drift;
  for (let p = 0; p < count; p += 4) {
    let a = start;
    let b = start;
    let c = start;
    let d = start;
    let normals = z + p;
    for (let at = weights; at < weightEnd; at++) {
      const weight = f64[at]!;
      a += weight * f64[normals]!;
      b += weight * f64[normals + 1]!;
      c += weight * f64[normals + 2]!;
      d += weight * f64[normals + 3]!;
      normals += row;
    }
    if (scale) {
      a *= f64[scale + p]!;
      b *= f64[scale + p + 1]!;
      c *= f64[scale + p + 2]!;
      d *= f64[scale + p + 3]!;
    }
    const to = out + p;
    f64[to] = f64[to]! + (a + drift);
    f64[to + 1] = f64[to + 1]! + (b + drift);
    f64[to + 2] = f64[to + 2]! + (c + drift);
    f64[to + 3] = f64[to + 3]! + (d + drift);
  }
}

/** Adds one step of the standardised market move: w [TILE], z [≥F×TILE] f64. */
export function addMarketFactor(
  memory: TwinMemory,
  plan: number,
  step: number,
  w: number,
  z: number,
  count: number,
): void {
  const { f64, i32, u32 } = memory;
  const words = plan >>> 2;
  const factors = i32[words + PLAN.FACTORS / 4]!;
  const weights = (u32[words + PLAN.MARKET_FACTOR / 4]! >>> 3) + step * factors;
  const out = w >>> 3;
  for (let f = 0; f < factors; f++) {
    const weight = f64[weights + f]!;
    const normals = (z >>> 3) + f * TILE;
    for (let p = 0; p < count; p++) f64[out + p] = f64[out + p]! + weight * f64[normals + p]!;
  }
}
