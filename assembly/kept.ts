/**
 * What first paths keep from one run to the next: their normals, which are the seed's alone, and their log
 * prices, which are the seed's and the model's. The host says where, see src/engine/kept-paths.ts.
 */
import { STREAM_SHOCK } from "./cover";
import { normals } from "./normal";
import {
  ASSETS, FACTORS, KEPT_FLAGS, KEPT_MOVES, KEPT_MOVE_FLAGS, KEPT_SHOCKS, KEPT_TILES, KEYS, STEPS, TILE, address, word,
} from "./plan";

// @ts-ignore: decorator
@inline const COLUMN: usize = <usize>TILE << 3;

/** Rows of normals of a path: whole blocks of four. */
function shockRows(steps: i32, factors: i32): i32 {
  return (steps * factors + 3) & ~3;
}

/** Whether a tile is whole and among those of which something is kept. */
// @ts-ignore: decorator
@inline
function isKept(plan: usize, paths: usize, count: i32): bool {
  const first = load<u32>(paths);
  return first / TILE < <u32>word(plan, KEPT_TILES) && count == TILE && first % TILE == 0;
}

/** Address of the normals of a tile's paths, drawn if they have not been yet; 0 where none are kept. */
export function keptShocks(plan: usize, paths: usize, count: i32): usize {
  if (!isKept(plan, paths, count)) return 0;
  const index = load<u32>(paths) / TILE;
  const rows = shockRows(word(plan, STEPS), word(plan, FACTORS));
  const at = address(plan, KEPT_SHOCKS) + <usize>index * <usize>rows * COLUMN;
  const flag = address(plan, KEPT_FLAGS) + (<usize>index << 2);
  if (!load<u32>(flag)) {
    normals(at, paths, count, TILE, address(plan, KEYS), STREAM_SHOCK, 0, rows / 4);
    store<u32>(flag, 1);
  }
  return at;
}

/** Address of the log prices of a tile's paths, known or not; 0 where none are kept. */
export function keptMoves(plan: usize, paths: usize, count: i32): usize {
  const moves = address(plan, KEPT_MOVES);
  if (!moves || !isKept(plan, paths, count)) return 0;
  const rows = <usize>(word(plan, STEPS) * word(plan, ASSETS));
  return moves + <usize>(load<u32>(paths) / TILE) * rows * COLUMN;
}

/** Address of what is known of these: 1 where they are, u32, and how many prices were held among them, f64. */
export function keptFlag(plan: usize, paths: usize): usize {
  return address(plan, KEPT_MOVE_FLAGS) + (<usize>(load<u32>(paths) / TILE) << 4);
}

/** Prices that were held at the bound count in every run, also where their paths were known. */
export function settleHeld(flag: usize, held: usize, before: f64, known: bool): void {
  const now = load<f64>(held);
  if (known) {
    store<f64>(held, now + load<f64>(flag, 8));
    return;
  }
  store<u32>(flag, 1);
  store<f64>(flag, now - before, 8);
}
