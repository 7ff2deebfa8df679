/**
 * Covers in plain JavaScript, see assembly/cover.ts.
 */
import { COVER_BYTES, COVER_CLASS_BYTES, PLAN, TILE } from "../plan.ts";
import { exponential, uniform } from "./exponential.ts";
import type { TwinMemory } from "./memory.ts";
import { normals } from "./normal.ts";
import { normalCdf } from "./normal-cdf.ts";
import { philox } from "./philox.ts";
import { quantile } from "./quantile.ts";

/** Stream numbers: every purpose draws from counters of its own. */
export const STREAM_SHOCK = 0;
const STREAM_COVER = 1;
const STREAM_SEVERITY = 2;
export const STREAM_MIXING = 3;
/** Rows of normals that `addCovers` needs. */
export const COVER_ROWS = 4;

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
  const { f64, u32 } = memory;
  const fields = plan >>> 2;
  normals(memory, z, paths, count, TILE, u32[fields + PLAN.KEYS / 4]!, STREAM_COVER, 0, 1);
  const systemic = u32[fields + PLAN.SYSTEMIC / 4]! >>> 3;
  const book = u32[fields + PLAN.COVERS / 4]!;
  const onMarket = f64[systemic]!;
  const onOwn = f64[systemic + 1]!;
  const screens = u32[(book + 12) >>> 2]! >>> 3;
  const perUnit = f64[(book + 24) >>> 3]!;
  const offset = f64[(book + 32) >>> 3]!;
  const last = f64[(book + 40) >>> 3]!;
  const own = z >>> 3;
  const moves = market >>> 3;
  for (let p = 0; p < count; p++) {
    const factor = onMarket * f64[moves + p]! + onOwn * f64[own + p]!;
    // Normals 2 and 3 share the radius of word 2: their squares add to twice the first point.
    const third = f64[own + 2 * TILE + p]!;
    const fourth = f64[own + 3 * TILE + p]!;
    const twice = third * third + fourth * fourth;
    const place = factor * perUnit + offset;
    const above = 0.5 < place ? place : 0.5;
    const position = above < last ? above : last;
    const bucket = position + 4503599627370495.5 - 4503599627370496;
    if (twice < f64[screens + bucket]!) {
      addEvents(memory, plan, factor, bucket, paths, words, weights, losses, p);
    }
  }
}

/** Walks along the line of bounds and pays what happens on one path. */
function addEvents(
  memory: TwinMemory,
  plan: number,
  factor: number,
  bucket: number,
  paths: number,
  words: number,
  weights: number,
  losses: number,
  p: number,
): void {
  const { f64, i32, u32 } = memory;
  const keys = u32[(plan + PLAN.KEYS) >>> 2]!;
  const book = u32[(plan + PLAN.COVERS) >>> 2]!;
  const path = u32[(paths >>> 2) + p]!;
  const classes = i32[book >>> 2]!;
  const order = u32[(book + 8) >>> 2]! >>> 2;
  const bounds = (u32[(book + 16) >>> 2]! >>> 3) + bucket * (classes + 1);
  const total = f64[bounds + classes]!;
  const edge = (bucket - f64[(book + 32) >>> 3]!) / f64[(book + 24) >>> 3]!;
  philox(memory, words, keys, path, 0, STREAM_COVER, 0);
  let point = exponential(memory, words + 8);
  let at = 0;
  let next = 0;
  for (let candidate = 1; point < total; candidate++) {
    philox(memory, words, keys, path, candidate, STREAM_COVER, 0);
    at = classAt(f64, bounds, at, classes, point);
    const stretch = bounds + at;
    const start = f64[stretch]!;
    const length = f64[stretch + 1]! - start;
    const record = u32[(book + 4) >>> 2]! + at * COVER_CLASS_BYTES;
    const members = i32[(record + 20) >>> 2]!;
    const width = length / members;
    const member = Math.min(Math.trunc((point - start) / width), members - 1);
    const place = i32[(record + 16) >>> 2]! + member;
    point = start + (member + 1) * width + exponential(memory, words);
    // Rounding may put a point back on the stretch that was left.
    if (place < next) continue;
    next = place + 1;
    const u = uniform(memory, words + 8);
    // The next bucket's bound is the least that the hazard can be.
    const least = f64[stretch + classes + 2]! - f64[stretch + classes + 1]!;
    const slope = f64[record >>> 3]!;
    const intercept = f64[(record + 8) >>> 3]!;
    const highest = (): number =>
      bucket !== 0 || slope === 0 ? normalCdf(intercept - slope * edge) : 1;
    if (u * length < least || u * highest() < normalCdf(intercept - slope * factor)) {
      pay(memory, plan, i32[order + place]!, paths, words, weights, losses, p);
    }
  }
}

/** The class on whose stretch a point lies; it is not before `low`. */
function classAt(
  f64: Float64Array,
  bounds: number,
  from: number,
  classes: number,
  point: number,
): number {
  let low = from;
  let high = classes;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (f64[bounds + middle]! <= point) low = middle;
    else high = middle;
  }
  return low;
}

function pay(
  memory: TwinMemory,
  plan: number,
  c: number,
  paths: number,
  words: number,
  weights: number,
  losses: number,
  p: number,
): void {
  const { f64, i32, u32 } = memory;
  const fields = plan >>> 2;
  const book = u32[fields + PLAN.COVERS / 4]!;
  const cover = u32[(book + 20) >>> 2]! + c * COVER_BYTES;
  const record = cover >>> 3;
  const path = u32[(paths >>> 2) + p]!;
  philox(memory, words, u32[fields + PLAN.KEYS / 4]!, path, c >> 2, STREAM_SEVERITY, 0);
  const drawn = quantile(memory, u32[(cover + 32) >>> 2]!, u32[(words >>> 2) + (c & 3)]!);
  const ratio = Math.max(0, Math.min(1, drawn));
  const gross = Math.max(0, ratio * f64[record]! - f64[record + 1]!);
  const payment = Math.min(f64[record + 3]!, f64[record + 2]! * gross);
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
