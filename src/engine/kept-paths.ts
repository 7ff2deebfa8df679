import type { Arena, Kept } from "./arena.ts";
import { PLAN, TILE } from "./plan.ts";

/** Bytes for the first paths, from one run to the next: normals and log prices of 130,000 paths of eight assets. */
const BYTES = 1 << 24;
/** Most normals of a path that are kept: those of a tile are drawn at once, and 32 KiB are a first-level cache. */
const ROWS_MAX = 32;
/** Bytes of a tile's flag for its normals, and for its log prices. */
const FLAG_BYTES = 4;
const MOVE_FLAG_BYTES = 16;

/** Where paths are kept. */
export interface KeptPaths {
  readonly place: Kept;
  /** Tiles of them, from path 0 on. */
  readonly tiles: number;
}

const rounded = (bytes: number): number => Math.ceil(bytes / 64) * 64;

/**
 * Keeps what first paths have in common with those of later runs in the same instance. Runs of one
 * seed and as many factors have the same normals, whatever their market, book and terms are; runs
 * that besides have the same model one after the other have the same log prices, from the second on.
 *
 * @param plan   address of the plan, of which the words on what is kept are written
 * @param model  the columns of the market model
 * @returns      null where nothing is kept
 */
export function keepPaths(
  arena: Arena,
  plan: number,
  model: { readonly address: number; readonly bytes: number },
): KeptPaths | null {
  const before = arena.u32(plan, PLAN.PLAN_BYTES / 4);
  const steps = before[PLAN.STEPS / 4]!;
  const rows = Math.ceil((steps * before[PLAN.FACTORS / 4]!) / 4) * 4;
  const moveRows = steps * before[PLAN.ASSETS / 4]!;
  if (rows === 0 || rows > ROWS_MAX) return null;
  // The first round's keys are the seed.
  const seed = arena.u32(before[PLAN.KEYS / 4]!, 8);
  const key = `${seed[0]} ${seed[4]} ${rows} ${moveRows} ${model.bytes}`;
  const columns = (rows + moveRows) * TILE * 8;
  const tiles = Math.floor(BYTES / (FLAG_BYTES + MOVE_FLAG_BYTES + columns));
  const flags = rounded(FLAG_BYTES * tiles);
  const moveFlags = rounded(MOVE_FLAG_BYTES * tiles);
  const modelBytes = rounded(model.bytes);
  const found = arena.keep(key, flags + moveFlags + modelBytes + tiles * columns);
  if (!found) return null;
  const { kept: place, isNew } = found;
  const { address } = place;
  const modelAt = address + flags + moveFlags;
  const shocks = modelAt + modelBytes;
  if (isNew) arena.u32(address, flags / 4).fill(0);
  const isKnownModel = !isNew && isSame(arena, model.address, modelAt, model.bytes);
  if (!isKnownModel) {
    arena.u32(address + flags, moveFlags / 4).fill(0);
    const bytes = model.bytes / 4;
    arena.u32(modelAt, bytes).set(arena.u32(model.address, bytes));
  }
  // Keeping may have had the memory grow.
  const words = arena.u32(plan, PLAN.PLAN_BYTES / 4);
  words[PLAN.KEPT_FLAGS / 4] = address;
  words[PLAN.KEPT_SHOCKS / 4] = shocks;
  words[PLAN.KEPT_MOVE_FLAGS / 4] = address + flags;
  // A model that is met once, as in a sweep over markets, would have its prices written for nothing.
  words[PLAN.KEPT_MOVES / 4] = isKnownModel ? shocks + tiles * rows * TILE * 8 : 0;
  return { place, tiles };
}

function isSame(arena: Arena, a: number, b: number, bytes: number): boolean {
  const count = bytes / 4;
  const one = arena.u32(a, count);
  const other = arena.u32(b, count);
  for (let i = 0; i < count; i++) if (one[i] !== other[i]) return false;
  return true;
}
