/**
 * The simulation in plain JavaScript, see assembly/simulate.ts: the same stages on the same scratch.
 */
import { assert } from "../../basics/index.ts";
import { MARGIN, NODE_BYTES, PLAN, TILE } from "../plan.ts";
import { addShortfalls } from "./account.ts";
import { addAudit } from "./audit.ts";
import { addCovers, COVER_ROWS, STREAM_MIXING, STREAM_SHOCK } from "./cover.ts";
import { keptMoves, keptShocks, settleHeld } from "./kept.ts";
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

/** Where in the scratch the cells and places of a tile that was run alone stand: [nodes×TILE] i32, then f64. */
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

/** Numbers of consecutive paths, and their weights: 1 each, and 0 for those that fill up the last eight. */
export function layRange(
  { f64, u32 }: TwinMemory,
  paths: number,
  weights: number,
  first: number,
  count: number,
  padded: number,
): void {
  for (let i = 0; i < padded; i++) {
    u32[(paths >>> 2) + i] = first + i;
    f64[(weights >>> 3) + i] = i < count ? 1 : 0;
  }
}

/** Where the columns of the scratch stand. */
function scratchOf({ i32, u32 }: TwinMemory, plan: number) {
  const nodes = i32[(plan + PLAN.NODE_COUNT) >>> 2]!;
  const words = u32[(plan + PLAN.SCRATCH) >>> 2]!;
  const scale = words + 64;
  const market = scale + COLUMN;
  const equity = market + COLUMN;
  const at = words + FIXED;
  const t = at + nodes * (COLUMN / 2);
  const nodeX = t + nodes * COLUMN;
  const nodeS = nodeX + nodes * COLUMN;
  const x = nodeS + nodes * COLUMN;
  const z = x + i32[(plan + PLAN.ASSETS) >>> 2]! * COLUMN;
  return { words, scale, market, equity, at, t, nodeX, nodeS, x, z };
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
  const { words, scale, market, equity, at, t, nodeX, nodeS, x, z } = scratchOf(memory, plan);
  const margin = u32[word + PLAN.MARGIN / 4]!;
  // What is watched on the way needs every step of the path.
  const moves = margin ? null : keptMoves(memory, plan, paths, count);
  const known = moves !== null && u32[moves.flag >>> 2] !== 0;
  f64.fill(0, losses >>> 3, (losses >>> 3) + count);
  f64.fill(0, market >>> 3, (market >>> 3) + TILE);
  f64.fill(0, x >>> 3, (x >>> 3) + assets * TILE);
  const mixed = known ? 0 : u32[word + PLAN.MIXING / 4]!;
  if (mixed) mix(memory, plan, paths, scale, count);
  const before = margin ? u32[(margin + MARGIN.M_BEFORE) >>> 2]! : 0;
  const sample = u32[word + PLAN.SAMPLE_OUT / 4]!;
  if (margin) startMargin(memory, plan, count);
  const steps = i32[word + PLAN.STEPS / 4]!;
  const covers = i32[word + PLAN.COVER_COUNT / 4]!;
  const audit = u32[word + PLAN.AUDIT / 4]!;
  const gather = !audit && i32[word + PLAN.WITH_MOMENTS / 4];
  const records = u32[word + PLAN.NODES / 4]!;
  const held = u32[word + PLAN.HELD / 4]! >>> 3;
  const heldBefore = f64[held]!;
  let node = 0;
  for (let step = 0; step < steps; step++) {
    const shocks = !known || covers ? shocksOf(memory, plan, paths, z, step, count) : 0;
    if (before) copyRows(f64, before, x, assets);
    const there = moves ? moves.address + step * assets * COLUMN : 0;
    const here = known ? there : x;
    if (!known) advanceTo(memory, there, plan, step, x, shocks, mixed ? scale : 0, count);
    if (covers) addMarketFactor(memory, plan, step, market, shocks, count);
    if (sample) copyRows(f64, sample + step * assets * COLUMN, here, assets);
    if (margin) stepMargin(memory, plan, paths, step, x, before, mixed ? scale : 0, count);
    // Nodes are sorted by step, so each is met once.
    for (; node < nodes; node++) {
      const record = records + node * NODE_BYTES;
      if (i32[record >>> 2] !== step) break;
      const column = here + i32[(record + 4) >>> 2]! * COLUMN;
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
  if (moves) settleHeld(memory, moves.flag, held, heldBefore, known);
  if (audit) addAudit(memory, plan, nodeX, nodeS, equity, equity + COLUMN, losses, count);
  else if (i32[word + PLAN.ACCOUNT_COUNT / 4]!)
    addShortfalls(memory, plan, at, t, equity, nodeX, weights, losses, count);
  if (margin) finishMargin(memory, plan, paths, x, at, t, weights, losses, done, count);
  if (covers) addCovers(memory, plan, paths, market, z, words, weights, losses, count);
}

/** Advances the log prices by one step, and keeps them where there is a place. */
function advanceTo(
  memory: TwinMemory,
  there: number,
  plan: number,
  step: number,
  x: number,
  shocks: number,
  scale: number,
  count: number,
): void {
  advance(memory, plan, step, x, shocks, scale, count);
  if (there) copyRows(memory.f64, there, x, memory.i32[(plan + PLAN.ASSETS) >>> 2]!);
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
function mix(memory: TwinMemory, plan: number, paths: number, scale: number, count: number): void {
  const { f64, u32 } = memory;
  const out = scale >>> 3;
  const table = u32[(plan + PLAN.MIXING) >>> 2]!;
  const keys = u32[(plan + PLAN.KEYS) >>> 2]!;
  pathWords(memory, mixingWords, paths, count, keys, STREAM_MIXING, 0);
  for (let p = 0; p < count; p++) f64[out + p] = quantile(memory, table, mixingWords[4 * p]!);
}
