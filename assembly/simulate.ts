/**
 * The simulation: from path numbers to the pool's losses.
 *
 *   path numbers ─► shocks ─► log prices ─► profiles (or full revaluation) ─► + shortfalls ─► + covers ─► losses
 *
 * A path's loss depends on the plan and its own number only, so any list of paths, in any order
 * and any split, gives the same losses. Moments and sums add in the order of the list.
 */
import { addShortfalls } from "./account";
import { addAudit } from "./audit";
import { addCovers, COVER_ROWS, STREAM_MIXING, STREAM_SHOCK } from "./cover";
import { keptFlag, keptMoves, keptShocks, settleHeld } from "./kept";
import { finishMargin, startMargin, stepMargin } from "./liquidation";
import { normals } from "./normal";
import { addMarketFactor, advance } from "./path";
import { philox } from "./philox";
import {
  ACCOUNT_COUNT, ASSETS, AUDIT, COVER_COUNT, FACTORS, HELD, KEPT_MOVES, KEYS, MARGIN, M_BEFORE, M_OPTIONS, M_TOUCHED, MIXING, NODES, NODE_COUNT, SAMPLE_OUT, SCRATCH, STATISTICS_OUT,
  STATISTICS_STRIDE, STEPS, TILE, WITH_MOMENTS, address, word,
} from "./plan";
import { addMoments, addProfile, NODE_BYTES } from "./profile";
import { quantile } from "./quantile";
import { expColumn } from "./vector-math";

// @ts-ignore: decorator
@inline const COLUMN: usize = <usize>TILE << 3;

// Scratch: │ words 64 B │ scale │ market │ equity │ spare │ at [N] i32 │ t [N] │ node x [N] │ node S [N] │ x [U] │ z [..] │
// @ts-ignore: decorator
@inline const FIXED: usize = 64 + 4 * COLUMN;

/**
 * Bytes of scratch that a plan of these sizes needs.
 */
export function scratchBytes(nodes: i32, assets: i32, factors: i32, covers: i32): usize {
  const rows = max(4 * factors, covers ? COVER_ROWS : 0);
  return FIXED + <usize>nodes * (COLUMN / 2 + 3 * COLUMN) + <usize>(assets + rows) * COLUMN;
}

/** Where in the scratch the cells and places of a tile that was run alone stand: [nodes×TILE] i32, then f64. */
export function placesAt(): usize {
  return FIXED;
}

/**
 * Losses of a list of paths.
 *
 * shape   paths [count] u32, weights, losses [count] f64; count divides by 8
 * reads   plan, paths, weights   writes  losses, scratch, moments, sums, events
 *         allocates nothing
 * bits    a loss depends on plan and path number only
 */
export function simulate(plan: usize, paths: usize, weights: usize, losses: usize, count: i32): void {
  assert(count % 8 == 0);
  const known = plainTiles(plan, paths, count);
  if (known) addProfiles(plan, paths, losses, known);
  for (let done = known * TILE; done < count; done += TILE) {
    const size = min(TILE, count - done);
    tile(plan, paths + (<usize>done << 2), weights + (<usize>done << 3), losses + (<usize>done << 3), done, size);
  }
}

/**
 * Tiles at the head of a list whose prices are known and whose losses are profiles and nothing else. One that
 * is alone is not among them: it notes where its paths fall.
 */
function plainTiles(plan: usize, paths: usize, count: i32): i32 {
  if (count <= TILE || !address(plan, KEPT_MOVES) || address(plan, MARGIN) || address(plan, AUDIT) || address(plan, SAMPLE_OUT)) return 0;
  if (word(plan, COVER_COUNT) || word(plan, ACCOUNT_COUNT) || word(plan, WITH_MOMENTS)) return 0;
  let tiles = 0;
  for (; (tiles + 1) * TILE <= count; tiles++) {
    const first = paths + (<usize>(tiles * TILE) << 2);
    if (!keptMoves(plan, first, TILE) || !load<u32>(keptFlag(plan, first))) break;
  }
  return tiles;
}

/** Losses of such tiles, node by node: the cells of one stay in the nearest cache for all of them. */
function addProfiles(plan: usize, paths: usize, losses: usize, tiles: i32): void {
  const nodes = word(plan, NODE_COUNT), assets = word(plan, ASSETS);
  const held = address(plan, HELD);
  memory.fill(losses, 0, <usize>tiles * COLUMN);
  for (let node = 0; node < nodes; node++) {
    const record = address(plan, NODES) + <usize>node * NODE_BYTES;
    const row = <usize>(load<i32>(record) * assets + load<i32>(record, 4)) * COLUMN;
    for (let tile = 0; tile < tiles; tile++) {
      const moves = keptMoves(plan, paths + (<usize>(tile * TILE) << 2), TILE);
      addProfile(record, moves + row, losses + <usize>tile * COLUMN, 0, 0, TILE);
    }
  }
  for (let tile = 0; tile < tiles; tile++) {
    settleHeld(keptFlag(plan, paths + (<usize>(tile * TILE) << 2)), held, 0, true);
  }
}

/**
 * Numbers of consecutive paths, and their weights: 1 each, and 0 for those that fill up the last eight.
 *
 * shape   paths [padded] u32, weights [padded] f64
 * writes  paths, weights
 */
export function layRange(paths: usize, weights: usize, first: u32, count: i32, padded: i32): void {
  for (let i = 0; i < padded; i++) {
    store<u32>(paths + (<usize>i << 2), first + <u32>i);
    store<f64>(weights + (<usize>i << 3), i < count ? 1 : 0);
  }
}

function tile(plan: usize, paths: usize, weights: usize, losses: usize, done: i32, count: i32): void {
  const nodes = word(plan, NODE_COUNT), assets = word(plan, ASSETS);
  const scratch = address(plan, SCRATCH);
  const words = scratch;
  const scale = scratch + 64, market = scale + COLUMN, equity = market + COLUMN, spare = equity + COLUMN;
  const at = scratch + FIXED;
  const t = at + <usize>nodes * (COLUMN / 2);
  const nodeX = t + <usize>nodes * COLUMN;
  const nodeS = nodeX + <usize>nodes * COLUMN;
  const x = nodeS + <usize>nodes * COLUMN;
  const z = x + <usize>assets * COLUMN;

  const margin = address(plan, MARGIN);
  const covers = word(plan, COVER_COUNT);
  // What is watched on the way needs every step of the path.
  const moves = margin ? 0 : keptMoves(plan, paths, count);
  const flag = moves ? keptFlag(plan, paths) : 0;
  const known = moves ? load<u32>(flag) != 0 : false;
  memory.fill(losses, 0, <usize>count << 3);
  if (covers) memory.fill(market, 0, COLUMN);
  if (!known) memory.fill(x, 0, <usize>assets * COLUMN);
  const mixed = known ? 0 : address(plan, MIXING);
  if (mixed) mix(plan, paths, words, scale, count);

  const before = margin ? address(margin, M_BEFORE) : 0;
  if (margin) startMargin(plan, count);
  const placed = margin && (word(margin, M_OPTIONS) || address(margin, M_TOUCHED));
  const sample = address(plan, SAMPLE_OUT);
  const rowBytes = <usize>assets * COLUMN;
  const steps = word(plan, STEPS);
  const audit = address(plan, AUDIT);
  const held = address(plan, HELD), heldBefore = load<f64>(held);
  let node = 0;
  for (let step = 0; step < steps; step++) {
    const shocks = known && !covers ? 0 : shocksOf(plan, paths, z, step, count);
    if (before) memory.copy(before, x, rowBytes);
    const there = moves ? moves + <usize>step * rowBytes : 0;
    const here = known ? there : x;
    if (!known) advanceTo(there, plan, step, x, shocks, mixed ? scale : 0, count);
    if (covers) addMarketFactor(plan, step, market, shocks, count);
    if (sample) memory.copy(sample + <usize>step * rowBytes, here, rowBytes);
    if (margin) stepMargin(plan, paths, step, x, before, mixed ? scale : 0, count);
    // Nodes are sorted by step, so each is met once.
    for (; node < nodes; node++) {
      const record = address(plan, NODES) + <usize>node * NODE_BYTES;
      if (load<i32>(record) != step) break;
      const column = here + <usize>load<i32>(record, 4) * COLUMN;
      if (audit) {
        memory.copy(nodeX + <usize>node * COLUMN, column, COLUMN);
        expColumn(nodeS + <usize>node * COLUMN, column, count);
      }
      if (!audit || placed) {
        // In an audit the profiles hold barriers alone, and what was closed or touched has its place in them.
        const atNode = at + <usize>node * (COLUMN / 2), tNode = t + <usize>node * COLUMN;
        addProfile(record, column, losses, atNode, tNode, count);
        if (!audit && word(plan, WITH_MOMENTS)) addMoments(record, atNode, tNode, weights, count);
      }
    }
  }
  if (moves) settleHeld(flag, held, heldBefore, known);
  if (audit) addAudit(plan, nodeX, nodeS, equity, spare, losses, count);
  else if (word(plan, ACCOUNT_COUNT)) addShortfalls(plan, at, t, equity, nodeX, weights, losses, count);
  if (margin) {
    const statistics = address(plan, STATISTICS_OUT);
    const out = statistics ? statistics + (<usize>done << 3) : 0;
    finishMargin(plan, paths, x, at, t, weights, losses, out, STATISTICS_STRIDE, count);
  }
  if (covers) addCovers(plan, paths, market, z, words, weights, losses, count);
}

/** Advances the log prices by one step, and keeps them where there is a place. */
// @ts-ignore: decorator
@inline
function advanceTo(there: usize, plan: usize, step: i32, x: usize, shocks: usize, scale: usize, count: i32): void {
  advance(plan, step, x, shocks, scale, count);
  if (there) memory.copy(there, x, <usize>word(plan, ASSETS) * COLUMN);
}

/** Address of a step's normals; those of steps that share blocks of four are drawn together. */
function shocksOf(plan: usize, paths: usize, z: usize, step: i32, count: i32): usize {
  const factors = word(plan, FACTORS);
  const kept = keptShocks(plan, paths, count);
  if (kept) return kept + <usize>(step * factors) * COLUMN;
  const period = periodOf(factors), turn = step % period;
  if (turn == 0) {
    const rows = factors * min(period, word(plan, STEPS) - step);
    normals(z, paths, count, TILE, address(plan, KEYS), STREAM_SHOCK, step * factors / 4, (rows + 3) / 4);
  }
  return z + <usize>(turn * factors) * COLUMN;
}

/** Steps whose normals fill whole blocks of four. */
function periodOf(factors: i32): i32 {
  return factors & 1 ? 4 : factors & 2 ? 2 : 1;
}

function mix(plan: usize, paths: usize, words: usize, scale: usize, count: i32): void {
  for (let p = 0; p < count; p++) {
    philox(words, address(plan, KEYS), load<u32>(paths + (<usize>p << 2)), 0, STREAM_MIXING, 0);
    store<f64>(scale + (<usize>p << 3), quantile(address(plan, MIXING), load<u32>(words)));
  }
}
