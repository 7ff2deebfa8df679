/**
 * What first paths keep from one run to the next, see assembly/kept.ts.
 */
import { PLAN, TILE } from "../plan.ts";
import { STREAM_SHOCK } from "./cover.ts";
import type { TwinMemory } from "./memory.ts";
import { normals } from "./normal.ts";

const COLUMN = TILE * 8;

/** The place of a whole tile among those of which something is kept; -1 for others. */
function keptIndex({ u32 }: TwinMemory, plan: number, paths: number, count: number): number {
  const first = u32[paths >>> 2]!;
  const index = Math.floor(first / TILE);
  const isKept = index < u32[(plan + PLAN.KEPT_TILES) >>> 2]! && count === TILE;
  return isKept && first % TILE === 0 ? index : -1;
}

/** Address of the normals of a tile's paths, drawn if they have not been yet; 0 where none are kept. */
export function keptShocks(memory: TwinMemory, plan: number, paths: number, count: number): number {
  const { i32, u32 } = memory;
  const word = plan >>> 2;
  const index = keptIndex(memory, plan, paths, count);
  if (index < 0) return 0;
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

interface KeptMoves {
  readonly address: number;
  /** Address of the flag. */
  readonly flag: number;
}

/** The log prices of a tile's paths, known or not; null where none are kept. */
export function keptMoves(
  memory: TwinMemory,
  plan: number,
  paths: number,
  count: number,
): KeptMoves | null {
  const { i32, u32 } = memory;
  const word = plan >>> 2;
  const moves = u32[word + PLAN.KEPT_MOVES / 4]!;
  const index = moves ? keptIndex(memory, plan, paths, count) : -1;
  if (index < 0) return null;
  const rows = i32[word + PLAN.STEPS / 4]! * i32[word + PLAN.ASSETS / 4]!;
  return {
    address: moves + index * rows * COLUMN,
    flag: u32[word + PLAN.KEPT_MOVE_FLAGS / 4]! + 16 * index,
  };
}

/** Prices that were held at the bound count in every run, also where their paths were known. */
export function settleHeld(
  { f64, u32 }: TwinMemory,
  flag: number,
  held: number,
  before: number,
  known: boolean,
): void {
  if (known) {
    f64[held]! += f64[(flag + 8) >>> 3]!;
    return;
  }
  u32[flag >>> 2] = 1;
  f64[(flag + 8) >>> 3] = f64[held]! - before;
}
