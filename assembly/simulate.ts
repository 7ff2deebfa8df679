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
import { finishMargin, startMargin, stepMargin } from "./liquidation";
import { normals } from "./normal";
import { addMarketFactor, advance } from "./path";
import { philox } from "./philox";
import {
  ACCOUNT_COUNT, ASSETS, AUDIT, COVER_COUNT, FACTORS, KEPT_FLAGS, KEPT_SHOCKS, KEPT_TILES, KEYS, MARGIN, M_BEFORE, M_OPTIONS, M_TOUCHED, MIXING, NODES, NODE_COUNT, SAMPLE_OUT, SCRATCH, STATISTICS_OUT,
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

/** Where in the scratch the cells and places of the last tile stand: [nodes×TILE] i32, then f64. */
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
  for (let done = 0; done < count; done += TILE) {
    const size = min(TILE, count - done);
    tile(plan, paths + (<usize>done << 2), weights + (<usize>done << 3), losses + (<usize>done << 3), done, size);
  }
}

function tile(plan: usize, paths: usize, weights: usize, losses: usize, done: i32, count: i32): void {
  const nodes = word(plan, NODE_COUNT), assets = word(plan, ASSETS), factors = word(plan, FACTORS);
  const scratch = address(plan, SCRATCH);
  const words = scratch;
  const scale = scratch + 64, market = scale + COLUMN, equity = market + COLUMN, spare = equity + COLUMN;
  const at = scratch + FIXED;
  const t = at + <usize>nodes * (COLUMN / 2);
  const nodeX = t + <usize>nodes * COLUMN;
  const nodeS = nodeX + <usize>nodes * COLUMN;
  const x = nodeS + <usize>nodes * COLUMN;
  const z = x + <usize>assets * COLUMN;

  memory.fill(losses, 0, <usize>count << 3);
  memory.fill(market, 0, COLUMN);
  memory.fill(x, 0, <usize>assets * COLUMN);
  const mixed = address(plan, MIXING);
  if (mixed) mix(plan, paths, words, scale, count);

  const margin = address(plan, MARGIN);
  const before = margin ? address(margin, M_BEFORE) : 0;
  if (margin) startMargin(plan, count);
  const placed = margin && (word(margin, M_OPTIONS) || address(margin, M_TOUCHED));
  const sample = address(plan, SAMPLE_OUT);
  const rowBytes = <usize>assets * COLUMN;
  const period = periodOf(factors);
  const steps = word(plan, STEPS);
  const kept = keptShocks(plan, paths, count);
  const covers = word(plan, COVER_COUNT);
  const audit = address(plan, AUDIT);
  let node = 0;
  for (let step = 0; step < steps; step++) {
    const turn = step % period;
    if (!kept && turn == 0) {
      const rows = factors * min(period, steps - step);
      normals(z, paths, count, TILE, address(plan, KEYS), STREAM_SHOCK, step * factors / 4, (rows + 3) / 4);
    }
    const shocks = kept ? kept + <usize>(step * factors) * COLUMN : z + <usize>(turn * factors) * COLUMN;
    if (before) memory.copy(before, x, rowBytes);
    advance(plan, step, x, shocks, mixed ? scale : 0, count);
    if (covers) addMarketFactor(plan, step, market, shocks, count);
    if (sample) memory.copy(sample + <usize>step * rowBytes, x, rowBytes);
    if (margin) stepMargin(plan, paths, step, x, before, mixed ? scale : 0, count);
    // Nodes are sorted by step, so each is met once.
    for (; node < nodes; node++) {
      const record = address(plan, NODES) + <usize>node * NODE_BYTES;
      if (load<i32>(record) != step) break;
      const column = x + <usize>load<i32>(record, 4) * COLUMN;
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
  if (audit) addAudit(plan, nodeX, nodeS, equity, spare, losses, count);
  else if (word(plan, ACCOUNT_COUNT)) addShortfalls(plan, at, t, equity, nodeX, weights, losses, count);
  if (margin) {
    const statistics = address(plan, STATISTICS_OUT);
    const out = statistics ? statistics + (<usize>done << 3) : 0;
    finishMargin(plan, paths, x, at, t, weights, losses, out, STATISTICS_STRIDE, count);
  }
  if (covers) addCovers(plan, paths, market, z, words, weights, losses, count);
}

/** Rows of normals of a path: whole blocks of four. */
function shockRows(steps: i32, factors: i32): i32 {
  return (steps * factors + 3) & ~3;
}

/** Address of the normals of a tile's paths, drawn if they have not been yet; 0 where none are kept. */
function keptShocks(plan: usize, paths: usize, count: i32): usize {
  const first = load<u32>(paths), index = first / TILE;
  if (index >= <u32>word(plan, KEPT_TILES) || count != TILE || first % TILE) return 0;
  const rows = shockRows(word(plan, STEPS), word(plan, FACTORS));
  const at = address(plan, KEPT_SHOCKS) + <usize>index * <usize>rows * COLUMN;
  const flag = address(plan, KEPT_FLAGS) + (<usize>index << 2);
  if (!load<u32>(flag)) {
    normals(at, paths, count, TILE, address(plan, KEYS), STREAM_SHOCK, 0, rows / 4);
    store<u32>(flag, 1);
  }
  return at;
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
