/**
 * Value profiles: the pool's loss as a function of one asset's log return at one date.
 *
 * A node is one (asset, date). Its cells tile the model's range and hold one cubic each; their
 * edges follow the book: fine where an option is about to expire, and one at every kink (strikes
 * at settlement, prices at which an isolated account is worth nothing), so that a cubic never
 * has to bend around a corner.
 *
 *   node      │ step i32 │ asset i32 │ unused i32 │ first u32 │ cells u32 │ moments u32 │ low f64 │ bucketsPerUnit f64 │ reach 2 i32 │
 *   first     [buckets] u32: byte offset of the first cell that reaches into the bucket
 *   cells     start, 1/width, c0, c2, c1, c3, end, unused: one cache line each; the last end is +infinity
 *   moments   Σw, Σw·t, Σw·t², Σw·t³ per cell
 *   reach     byte offsets of the first and the last cell with moments; the first is behind where none has
 *
 * The moments are what makes everyone's average cheap: the average of any cubic profile over
 * weighted scenarios is the dot product of its coefficients with them (see src/risk/adjoint.ts).
 */
import { TILE } from "./plan";

/** Bytes of a node. */
// @ts-ignore: decorator
@inline export const NODE_BYTES: usize = 48;
/** Bytes of a cell. */
// @ts-ignore: decorator
@inline export const CELL_BYTES: usize = 64;

// 2^52 - 1/2: added to a bucket number it rounds down, and leaves the whole number in the low bits.
// @ts-ignore: decorator
@inline const ROUND_DOWN: usize = memory.data<f64>([4503599627370495.5, 4503599627370495.5], 16);

// A bucket's first cell is seldom left of the path's: only where an edge falls inside the bucket.
// @ts-ignore: decorator
@inline
function cellOf(first: usize, cells: usize, bucket: i32, x: f64): usize {
  let cell = cells + <usize>load<u32>(first + (<usize>bucket << 2));
  while (load<f64>(cell, 48) <= x) cell += CELL_BYTES;
  return cell;
}

/**
 * Adds the profile of one node to the losses of a tile, and notes where each path fell.
 *
 * shape   x, losses [TILE] f64; at [TILE] i32 byte offsets of cells; t [TILE] f64 places in the cells;
 *         both 0 to note nothing
 * lanes   two paths, each with its own cell
 *         |x| stays inside the node's range: `advance` holds it there
 * reads   node, x   writes  losses, at, t   count divides by 2
 */
export function addProfile(node: usize, x: usize, losses: usize, at: usize, t: usize, count: i32): void {
  const first = <usize>load<u32>(node, 12), cells = <usize>load<u32>(node, 16);
  const low = v128.load64_splat(node, 24), perUnit = v128.load64_splat(node, 32);
  for (let p = 0; p < count; p += 2) {
    const lane = <usize>p << 3;
    const xs = v128.load(x + lane);
    const bucket = f64x2.add(f64x2.mul(f64x2.sub(xs, low), perUnit), v128.load(ROUND_DOWN));
    const cellA = cellOf(first, cells, i32x4.extract_lane(bucket, 0), f64x2.extract_lane(xs, 0));
    const cellB = cellOf(first, cells, i32x4.extract_lane(bucket, 2), f64x2.extract_lane(xs, 1));
    const placeA = v128.load(cellA), placeB = v128.load(cellB);
    const start = v128.shuffle<i64>(placeA, placeB, 0, 2), scale = v128.shuffle<i64>(placeA, placeB, 1, 3);
    const ts = f64x2.mul(f64x2.sub(xs, start), scale);
    if (at) {
      v128.store(t + lane, ts);
      store<i32>(at + (<usize>p << 2), <i32>(cellA - cells));
      store<i32>(at + (<usize>p << 2), <i32>(cellB - cells), 4);
    }
    const a = f64x2.add(v128.load(cellA, 16), f64x2.mul(f64x2.splat(f64x2.extract_lane(ts, 0)), v128.load(cellA, 32)));
    const b = f64x2.add(v128.load(cellB, 16), f64x2.mul(f64x2.splat(f64x2.extract_lane(ts, 1)), v128.load(cellB, 32)));
    const value = f64x2.add(
      v128.shuffle<i64>(a, b, 0, 2),
      f64x2.mul(f64x2.mul(ts, ts), v128.shuffle<i64>(a, b, 1, 3)),
    );
    v128.store(losses + lane, f64x2.add(v128.load(losses + lane), value));
  }
}

/**
 * Adds the weighted powers of every path's place to the moments of its cell, in path order.
 *
 * shape   at [TILE] i32 byte offsets of cells, t, weights [TILE] f64
 * reads   at, t, weights   writes  the node's moments and their reach
 */
export function addMoments(node: usize, at: usize, t: usize, weights: usize, count: i32): void {
  const moments = <usize>load<u32>(node, 20);
  let first = load<i32>(node, 40), last = load<i32>(node, 44);
  for (let p = 0; p < count; p++) {
    const place = load<f64>(t + (<usize>p << 3));
    const weight = load<f64>(weights + (<usize>p << 3));
    const offset = load<i32>(at + (<usize>p << 2));
    // Paths that fill up the last eight weigh nothing.
    if (weight != 0) {
      first = min(first, offset);
      last = max(last, offset);
    }
    const cell = moments + (<usize>offset >> 1);
    const low = f64x2.replace_lane(f64x2.splat(weight), 1, weight * place);
    v128.store(cell, f64x2.add(v128.load(cell), low));
    v128.store(cell, f64x2.add(v128.load(cell, 16), f64x2.mul(low, f64x2.splat(place * place))), 16);
  }
  store<i32>(node, first, 40);
  store<i32>(node, last, 44);
}

/**
 * Moves the moments of all cells that were reached, node by node, and clears them.
 *
 * shape   nodes [count × NODE_BYTES]; out [4·cells that were reached] f64; bounds [count × 2] i32 first cell
 *         of each node that was reached and the one after the last, both 0 for none
 * reads   nodes   writes  out, bounds, moments and their reach
 * returns how many numbers were moved
 */
export function takeMoments(nodes: usize, count: i32, out: usize, bounds: usize): i32 {
  let to = out;
  for (let node = 0; node < count; node++) {
    const first = load<i32>(nodes, 40), last = load<i32>(nodes, 44);
    let from = 0, end = 0;
    if (first <= last) {
      from = first / <i32>CELL_BYTES;
      end = last / <i32>CELL_BYTES + 1;
      const moments = <usize>load<u32>(nodes, 20) + (<usize>from << 5);
      const bytes = <usize>(end - from) << 5;
      memory.copy(to, moments, bytes);
      memory.fill(moments, 0, bytes);
      to += bytes;
      store<i32>(nodes, i32.MAX_VALUE, 40);
      store<i32>(nodes, -1, 44);
    }
    store<i32>(bounds, from);
    store<i32>(bounds, end, 4);
    nodes += NODE_BYTES;
    bounds += 8;
  }
  return <i32>((to - out) >> 3);
}

/**
 * Adds another cubic table on a node's cells to a column: one participant's profile.
 *
 * shape   cubics [cells × 4] f64 as c0 c2 c1 c3; at, t as addProfile left them; out [count] f64
 * reads   cubics, at, t   writes  out   count divides by 2
 */
export function addCubic(cubics: usize, at: usize, t: usize, out: usize, count: i32): void {
  for (let p = 0; p < count; p += 2) {
    const lane = <usize>p << 3;
    const ts = v128.load(t + lane);
    const cellA = cubics + (<usize>load<i32>(at + (<usize>p << 2)) >> 1);
    const cellB = cubics + (<usize>load<i32>(at + (<usize>p << 2), 4) >> 1);
    const a = f64x2.add(v128.load(cellA), f64x2.mul(f64x2.splat(f64x2.extract_lane(ts, 0)), v128.load(cellA, 16)));
    const b = f64x2.add(v128.load(cellB), f64x2.mul(f64x2.splat(f64x2.extract_lane(ts, 1)), v128.load(cellB, 16)));
    const value = f64x2.add(
      v128.shuffle<i64>(a, b, 0, 2),
      f64x2.mul(f64x2.mul(ts, ts), v128.shuffle<i64>(a, b, 1, 3)),
    );
    v128.store(out + lane, f64x2.add(v128.load(out + lane), value));
  }
}

/**
 * Keeps where the paths of a tile fell, and which cells they fell into at the utmost.
 *
 * shape   places as a tile that was run alone leaves them: [nodes×TILE] i32 byte offsets of cells, then
 *         [nodes×TILE] f64; at, t: where the tile's own begin in [nodes×stride] i32 and f64;
 *         bounds [nodes×2] i32 least and greatest offset so far   count divides by 4
 * reads   places   writes  at, t, bounds
 */
export function keepPlaces(places: usize, nodes: i32, count: i32, at: usize, t: usize, stride: i32, bounds: usize): void {
  const bytes = <usize>count << 2;
  let cells = places, spots = places + <usize>nodes * (<usize>TILE << 2);
  for (let node = 0; node < nodes; node++) {
    let low = v128.load32_splat(bounds), high = v128.load32_splat(bounds, 4);
    for (let p: usize = 0; p < bytes; p += 16) {
      const offsets = v128.load(cells + p);
      low = i32x4.min_s(low, offsets);
      high = i32x4.max_s(high, offsets);
      v128.store(at + p, offsets);
    }
    low = i32x4.min_s(low, v128.shuffle<i32>(low, low, 2, 3, 0, 1));
    low = i32x4.min_s(low, v128.shuffle<i32>(low, low, 1, 0, 3, 2));
    high = i32x4.max_s(high, v128.shuffle<i32>(high, high, 2, 3, 0, 1));
    high = i32x4.max_s(high, v128.shuffle<i32>(high, high, 1, 0, 3, 2));
    store<i32>(bounds, i32x4.extract_lane(low, 0));
    store<i32>(bounds, i32x4.extract_lane(high, 0), 4);
    memory.copy(t, spots, bytes << 1);
    cells += <usize>TILE << 2;
    spots += <usize>TILE << 3;
    at += <usize>stride << 2;
    t += <usize>stride << 3;
    bounds += 8;
  }
}
