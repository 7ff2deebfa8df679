/**
 * Covers in plain JavaScript, see assembly/cover.ts.
 */
import { COVER_BYTES, PLAN, TILE } from "../plan.ts";
import type { TwinMemory } from "./memory.ts";
import { normals } from "./normal.ts";
import { philox } from "./philox.ts";
import { quantile } from "./quantile.ts";

/** Stream numbers: every purpose draws from counters of its own. */
export const STREAM_SHOCK = 0;
const STREAM_COVER = 1;
const STREAM_SEVERITY = 2;
export const STREAM_MIXING = 3;

/** Adds the payments on all covers to the losses of a tile. */
export function addCovers(
  memory: TwinMemory,
  plan: number,
  paths: number,
  market: number,
  z: number,
  words: number,
  weights: number,
  losses: number,
  count: number,
): void {
  const { f64, i32, u32 } = memory;
  const fields = plan >>> 2;
  const covers = i32[fields + PLAN.COVER_COUNT / 4]!;
  const keys = u32[fields + PLAN.KEYS / 4]!;
  normals(memory, z, paths, count, TILE, keys, STREAM_COVER, 0, (covers + 4) >> 2);
  const systemic = u32[fields + PLAN.SYSTEMIC / 4]! >>> 3;
  const onMarket = f64[systemic]!;
  const onOwn = f64[systemic + 1]!;
  const factor = z >>> 3;
  const moves = market >>> 3;
  for (let p = 0; p < count; p++) {
    f64[factor + p] = onMarket * f64[moves + p]! + onOwn * f64[factor + p]!;
  }
  const records = u32[fields + PLAN.COVERS / 4]!;
  for (let c = 0; c < covers; c++) {
    const cover = records + c * COVER_BYTES;
    const onFactor = f64[cover >>> 3]!;
    const own = f64[(cover + 8) >>> 3]!;
    const threshold = f64[(cover + 16) >>> 3]!;
    const row = factor + (c + 1) * TILE;
    for (let p = 0; p < count; p++) {
      const latent = onFactor * f64[factor + p]! + own * f64[row + p]!;
      if (latent < threshold) pay(memory, plan, cover, c, paths, words, weights, losses, p);
    }
  }
}

function pay(
  memory: TwinMemory,
  plan: number,
  cover: number,
  c: number,
  paths: number,
  words: number,
  weights: number,
  losses: number,
  p: number,
): void {
  const { f64, i32, u32 } = memory;
  const fields = plan >>> 2;
  const record = cover >>> 3;
  const path = u32[(paths >>> 2) + p]!;
  philox(memory, words, u32[fields + PLAN.KEYS / 4]!, path, c >> 2, STREAM_SEVERITY, 0);
  const drawn = quantile(memory, u32[(cover + 56) >>> 2]!, u32[(words >>> 2) + (c & 3)]!);
  const ratio = Math.max(0, Math.min(1, drawn));
  const gross = Math.max(0, ratio * f64[record + 3]! - f64[record + 4]!);
  const payment = Math.min(f64[record + 6]!, f64[record + 5]! * gross);
  const out = (losses >>> 3) + p;
  f64[out] = f64[out]! + payment;
  if (i32[fields + PLAN.WITH_MOMENTS / 4]) {
    const sums = u32[fields + PLAN.SUMS / 4]! >>> 3;
    const sum = sums + i32[fields + PLAN.ACCOUNT_COUNT / 4]! + c;
    f64[sum] = f64[sum]! + f64[(weights >>> 3) + p]! * payment;
  }
  const events = u32[fields + PLAN.EVENTS / 4]!;
  if (events) {
    const n = i32[events >>> 2]!;
    const at = events + 16 + 16 * n;
    u32[at >>> 2] = path;
    i32[(at >>> 2) + 1] = c;
    f64[(at >>> 3) + 1] = payment;
    i32[events >>> 2] = n + 1;
  }
}
