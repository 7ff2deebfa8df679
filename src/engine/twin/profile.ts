/**
 * Value profiles in plain JavaScript, see assembly/profile.ts.
 */
import { CELL_BYTES, NODE_BYTES, NOWHERE, TILE } from "../plan.ts";
import type { TwinMemory } from "./memory.ts";

/** Adds one node's profile to the losses of a tile: x, losses, t [TILE] f64, at [TILE] i32. */
export function addProfile(
  memory: TwinMemory,
  node: number,
  x: number,
  losses: number,
  at: number,
  t: number,
  count: number,
): void {
  // 2^52 - 1/2 and 2^52: adding the one and taking off the other rounds down.
  const down = 4503599627370495.5;
  const back = 4503599627370496;
  const numbers = CELL_BYTES / 8;
  const { f64, i32, u32 } = memory;
  const first = u32[(node + 12) >>> 2]! >>> 2;
  const cells = u32[(node + 16) >>> 2]! >>> 3;
  const low = f64[(node + 24) >>> 3]!;
  const perUnit = f64[(node + 32) >>> 3]!;
  const from = x >>> 3;
  const out = losses >>> 3;
  const offsets = at >>> 2;
  const places = t >>> 3;
  for (let p = 0; p < count; p++) {
    const price = f64[from + p]!;
    const bucket = ((price - low) * perUnit + down - back) | 0;
    let cell = cells + (u32[first + bucket]! >>> 3);
    while (f64[cell + 6]! <= price) cell += numbers;
    const place = (price - f64[cell]!) * f64[cell + 1]!;
    f64[places + p] = place;
    i32[offsets + p] = (cell - cells) << 3;
    const value =
      f64[cell + 2]! +
      place * f64[cell + 4]! +
      place * place * (f64[cell + 3]! + place * f64[cell + 5]!);
    f64[out + p] = f64[out + p]! + value;
  }
}

/** Adds the weighted powers of every path's place to the moments of its cell, in path order. */
export function addMoments(
  memory: TwinMemory,
  node: number,
  at: number,
  t: number,
  weights: number,
  count: number,
): void {
  const { f64, i32, u32 } = memory;
  const moments = u32[(node + 20) >>> 2]! >>> 3;
  const offsets = at >>> 2;
  const places = t >>> 3;
  const from = weights >>> 3;
  const reach = (node + 40) >>> 2;
  for (let p = 0; p < count; p++) {
    const place = f64[places + p]!;
    const weight = f64[from + p]!;
    const offset = i32[offsets + p]!;
    if (weight !== 0) {
      i32[reach] = Math.min(i32[reach]!, offset);
      i32[reach + 1] = Math.max(i32[reach + 1]!, offset);
    }
    const cell = moments + (offset >> 4);
    const first = weight * place;
    const square = place * place;
    f64[cell] = f64[cell]! + weight;
    f64[cell + 1] = f64[cell + 1]! + first;
    f64[cell + 2] = f64[cell + 2]! + weight * square;
    f64[cell + 3] = f64[cell + 3]! + first * square;
  }
}

/** Moves the moments of all cells that were reached, node by node, and clears them. */
export function takeMoments(
  { f64, i32, u32 }: TwinMemory,
  nodes: number,
  count: number,
  out: number,
  bounds: number,
): number {
  let to = out >>> 3;
  for (let node = 0; node < count; node++) {
    const record = (nodes + node * NODE_BYTES) >>> 2;
    const first = i32[record + 10]!;
    const last = i32[record + 11]!;
    let from = 0;
    let end = 0;
    if (first <= last) {
      from = first / CELL_BYTES;
      end = last / CELL_BYTES + 1;
      const moments = u32[record + 5]! >>> 3;
      f64.copyWithin(to, moments + 4 * from, moments + 4 * end);
      f64.fill(0, moments + 4 * from, moments + 4 * end);
      to += 4 * (end - from);
      i32.set(NOWHERE, record + 10);
    }
    i32[(bounds >>> 2) + 2 * node] = from;
    i32[(bounds >>> 2) + 2 * node + 1] = end;
  }
  return to - (out >>> 3);
}

/** Adds another cubic table on a node's cells to a column: cubics [cells × 4] f64 as c0 c2 c1 c3. */
export function addCubic(
  memory: TwinMemory,
  cubics: number,
  at: number,
  t: number,
  out: number,
  count: number,
): void {
  const { f64, i32 } = memory;
  const table = cubics >>> 3;
  const offsets = at >>> 2;
  const places = t >>> 3;
  const to = out >>> 3;
  for (let p = 0; p < count; p++) {
    const place = f64[places + p]!;
    const cell = table + (i32[offsets + p]! >> 4);
    const value =
      f64[cell]! +
      place * f64[cell + 2]! +
      place * place * (f64[cell + 1]! + place * f64[cell + 3]!);
    f64[to + p] = f64[to + p]! + value;
  }
}

/** Keeps where the paths of a tile fell, and which cells they fell into at the utmost. */
export function keepPlaces(
  { f64, i32 }: TwinMemory,
  places: number,
  nodes: number,
  count: number,
  at: number,
  t: number,
  stride: number,
  bounds: number,
): void {
  for (let node = 0; node < nodes; node++) {
    const cells = (places >>> 2) + node * TILE;
    const spots = ((places + nodes * TILE * 4) >>> 3) + node * TILE;
    const bound = (bounds >>> 2) + 2 * node;
    for (let p = 0; p < count; p++) {
      const offset = i32[cells + p]!;
      i32[bound] = Math.min(i32[bound]!, offset);
      i32[bound + 1] = Math.max(i32[bound + 1]!, offset);
      i32[(at >>> 2) + node * stride + p] = offset;
      f64[(t >>> 3) + node * stride + p] = f64[spots + p]!;
    }
  }
}
