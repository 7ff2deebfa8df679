/**
 * The simulation in plain JavaScript, see assembly/simulate.ts: the same stages on the same scratch.
 */
import { assert } from "../../basics/index.ts";
import { MARGIN, NODE_BYTES, PLAN, TILE } from "../plan.ts";
import { addShortfalls } from "./account.ts";
import { addAudit } from "./audit.ts";
import { addCovers, COVER_ROWS, STREAM_MIXING, STREAM_SHOCK } from "./cover.ts";
import { finishMargin, startMargin, stepMargin } from "./liquidation.ts";
import type { TwinMemory } from "./memory.ts";
import { normals } from "./normal.ts";
import { addMarketFactor, advance } from "./path.ts";
import { pathWords } from "./philox.ts";
import { addMoments, addProfile } from "./profile.ts";
import { quantile } from "./quantile.ts";
import { expColumn } from "./vector-math.ts";

const COLUMN = TILE * 8;
// Scratch: │ words 64 B │ scale │ market │ equity │ spare │ at [N] i32 │ t [N] │ node x [N] │ node S [N] │ x [U] │ z [..] │
const FIXED = 64 + 4 * COLUMN;

/** Bytes of scratch that a plan of these sizes needs. */
export function scratchBytes(
  nodes: number,
  assets: number,
  factors: number,
  covers: number,
): number {
  const rows = Math.max(4 * factors, covers ? COVER_ROWS : 0);
  return FIXED + nodes * (COLUMN / 2 + 3 * COLUMN) + (assets + rows) * COLUMN;
}

/** Where in the scratch the cells and places of the last tile stand: [nodes×TILE] i32, then f64. */
export function placesAt(): number {
  return FIXED;
}

/** Losses of a list of paths: paths [count] u32, weights, losses [count] f64; count divides by 8. */
export function simulate(
  memory: TwinMemory,
  plan: number,
  paths: number,
  weights: number,
  losses: number,
  count: number,
): void {
  assert(count % 8 === 0, "paths come in eights");
  for (let done = 0; done < count; done += TILE) {
    const size = Math.min(TILE, count - done);
    runTile(memory, plan, paths + 4 * done, weights + 8 * done, losses + 8 * done, done, size);
  }
}

function runTile(
  memory: TwinMemory,
  plan: number,
  paths: number,
  weights: number,
  losses: number,
  done: number,
  count: number,
): void {
  const { f64, i32, u32 } = memory;
  const word = plan >>> 2;
  const nodes = i32[word + PLAN.NODE_COUNT / 4]!;
  const assets = i32[word + PLAN.ASSETS / 4]!;
  const keys = u32[word + PLAN.KEYS / 4]!;
  const words = u32[word + PLAN.SCRATCH / 4]!;
  const scale = words + 64;
  const market = scale + COLUMN;
  const equity = market + COLUMN;
  const spare = equity + COLUMN;
  const at = words + FIXED;
  const t = at + nodes * (COLUMN / 2);
  const nodeX = t + nodes * COLUMN;
  const nodeS = nodeX + nodes * COLUMN;
  const x = nodeS + nodes * COLUMN;
  const z = x + assets * COLUMN;
  f64.fill(0, losses >>> 3, (losses >>> 3) + count);
  f64.fill(0, market >>> 3, (market >>> 3) + TILE);
  f64.fill(0, x >>> 3, (x >>> 3) + assets * TILE);
  const mixed = u32[word + PLAN.MIXING / 4]!;
  if (mixed) mix(memory, mixed, paths, keys, scale, count);
  const margin = u32[word + PLAN.MARGIN / 4]!;
  const before = margin ? u32[(margin + MARGIN.M_BEFORE) >>> 2]! : 0;
  const sample = u32[word + PLAN.SAMPLE_OUT / 4]!;
  if (margin) startMargin(memory, plan, count);
  const steps = i32[word + PLAN.STEPS / 4]!;
  const covers = i32[word + PLAN.COVER_COUNT / 4]!;
  const audit = u32[word + PLAN.AUDIT / 4]!;
  const gather = !audit && i32[word + PLAN.WITH_MOMENTS / 4];
  const records = u32[word + PLAN.NODES / 4]!;
  let node = 0;
  for (let step = 0; step < steps; step++) {
    const shocks = shocksOf(memory, plan, paths, z, step, count);
    if (before) copyRows(f64, before, x, assets);
    advance(memory, plan, step, x, shocks, mixed ? scale : 0, count);
    if (covers) addMarketFactor(memory, plan, step, market, shocks, count);
    if (sample) copyRows(f64, sample + step * assets * COLUMN, x, assets);
    if (margin) stepMargin(memory, plan, paths, step, x, before, mixed ? scale : 0, count);
    // Nodes are sorted by step, so each is met once.
    for (; node < nodes; node++) {
      const record = records + node * NODE_BYTES;
      if (i32[record >>> 2] !== step) break;
      const column = x + i32[(record + 4) >>> 2]! * COLUMN;
      if (audit) {
        copyRows(f64, nodeX + node * COLUMN, column, 1);
        expColumn(memory, nodeS + node * COLUMN, column, count);
      }
      // In an audit the profiles hold barriers alone, and what was closed or touched has its place in them.
      if (audit && !isPlaced(memory, margin)) continue;
      const atNode = at + node * (COLUMN / 2);
      const tNode = t + node * COLUMN;
      addProfile(memory, record, column, losses, atNode, tNode, count);
      if (gather) addMoments(memory, record, atNode, tNode, weights, count);
    }
  }
  if (audit) addAudit(memory, plan, nodeX, nodeS, equity, spare, losses, count);
  else if (i32[word + PLAN.ACCOUNT_COUNT / 4]!)
    addShortfalls(memory, plan, at, t, equity, nodeX, weights, losses, count);
  if (margin) finishMargin(memory, plan, paths, x, at, t, weights, losses, done, count);
  if (covers) addCovers(memory, plan, paths, market, z, words, weights, losses, count);
}

function copyRows(f64: Float64Array, to: number, from: number, rows: number): void {
  f64.copyWithin(to >>> 3, from >>> 3, (from >>> 3) + rows * TILE);
}

/** Whether a margin program reads the places of paths on the nodes. */
function isPlaced({ u32 }: TwinMemory, margin: number): boolean {
  if (margin === 0) return false;
  return (
    u32[(margin + MARGIN.M_OPTIONS) >>> 2] !== 0 || u32[(margin + MARGIN.M_TOUCHED) >>> 2] !== 0
  );
}

/** Address of the normals of a tile's paths, drawn if they have not been yet; 0 where none are kept. */
function keptShocks(memory: TwinMemory, plan: number, paths: number, count: number): number {
  const { i32, u32 } = memory;
  const word = plan >>> 2;
  const first = u32[paths >>> 2]!;
  const index = Math.floor(first / TILE);
  if (index >= u32[word + PLAN.KEPT_TILES / 4]! || count !== TILE || first % TILE !== 0) return 0;
  const rows = (i32[word + PLAN.STEPS / 4]! * i32[word + PLAN.FACTORS / 4]! + 3) & ~3;
  const at = u32[word + PLAN.KEPT_SHOCKS / 4]! + index * rows * COLUMN;
  const flag = u32[word + PLAN.KEPT_FLAGS / 4]! + 4 * index;
  if (u32[flag >>> 2] === 0) {
    const keys = u32[word + PLAN.KEYS / 4]!;
    normals(memory, at, paths, count, TILE, keys, STREAM_SHOCK, 0, rows >> 2);
    u32[flag >>> 2] = 1;
  }
  return at;
}

/** The normals of a step; those of steps that share blocks of four are drawn together. */
function shocksOf(
  memory: TwinMemory,
  plan: number,
  paths: number,
  z: number,
  step: number,
  count: number,
): number {
  const { i32, u32 } = memory;
  const word = plan >>> 2;
  const factors = i32[word + PLAN.FACTORS / 4]!;
  const kept = keptShocks(memory, plan, paths, count);
  if (kept) return kept + step * factors * COLUMN;
  const period = factors & 1 ? 4 : factors & 2 ? 2 : 1;
  const turn = step % period;
  if (turn === 0) {
    const left = i32[word + PLAN.STEPS / 4]! - step;
    const blocks = (factors * Math.min(period, left) + 3) >> 2;
    const first = (step * factors) / 4;
    normals(memory, z, paths, count, TILE, u32[word + PLAN.KEYS / 4]!, STREAM_SHOCK, first, blocks);
  }
  return z + turn * factors * COLUMN;
}

const mixingWords: Int32Array = new Int32Array(4 * TILE);

/** Scales of a tile's paths, from the first word of each. */
function mix(
  memory: TwinMemory,
  table: number,
  paths: number,
  keys: number,
  scale: number,
  count: number,
): void {
  const out = scale >>> 3;
  pathWords(memory, mixingWords, paths, count, keys, STREAM_MIXING, 0);
  for (let p = 0; p < count; p++) {
    memory.f64[out + p] = quantile(memory, table, mixingWords[4 * p]!);
  }
}
