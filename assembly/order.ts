/**
 * Order of a column of numbers: its ends, what lies above a bar, counts by bins, the column sorted.
 *
 * source  Knuth, The Art of Computer Programming 3 (1998), algorithms 5.2.5R and 5.2.1S
 */

/** Bits of a digit: three cover the upper or the lower half of a number. */
// @ts-ignore: decorator
@inline const DIGIT: u32 = 11;
// @ts-ignore: decorator
@inline const MASK: u32 = 2047;
/** Bytes of one digit's counts. */
// @ts-ignore: decorator
@inline const TABLE: usize = 8192;
/** Longer runs of numbers that are alike in their upper halves are sorted by digits as well. */
// @ts-ignore: decorator
@inline const SHORT: usize = 24 << 3;

/**
 * Least and greatest number of a column; not a number where one of them is none.
 *
 * shape   out [2] f64, column [count] f64 on 16 bytes, count >= 1
 * reads   column   writes  out
 */
export function extremes(out: usize, column: usize, count: i32): void {
  const end = column + (<usize>count << 3);
  let low = v128.load64_splat(column), high = low;
  let p = column;
  for (; p + 16 <= end; p += 16) {
    const pair = v128.load(p);
    low = f64x2.min(low, pair);
    high = f64x2.max(high, pair);
  }
  if (p < end) {
    const last = v128.load64_splat(p);
    low = f64x2.min(low, last);
    high = f64x2.max(high, last);
  }
  store<f64>(out, min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1)));
  store<f64>(out, max(f64x2.extract_lane(high, 0), f64x2.extract_lane(high, 1)), 8);
}

/**
 * Numbers above a bar and their places, in their order; it ends where more are found than there is
 * room for.
 *
 * shape   values [room] f64, places [room] u32, column [count] f64 on 16 bytes
 * reads   column   writes  values, places
 * return  how many were found; room + 1 where there are more
 */
export function above(values: usize, places: usize, column: usize, count: i32, bar: f64, room: i32): i32 {
  const end = column + (<usize>count << 3);
  const bars = f64x2.splat(bar);
  let found = 0;
  let p = column;
  // Few are above: eight at a time are passed over.
  for (; p + 64 <= end; p += 64) {
    const first = v128.or(f64x2.gt(v128.load(p), bars), f64x2.gt(v128.load(p, 16), bars));
    const second = v128.or(f64x2.gt(v128.load(p, 32), bars), f64x2.gt(v128.load(p, 48), bars));
    if (!v128.any_true(v128.or(first, second))) continue;
    for (let q = p; q < p + 64; q += 8) {
      const value = load<f64>(q);
      if (!(value > bar)) continue;
      if (found == room) return room + 1;
      store<f64>(values + (<usize>found << 3), value);
      store<u32>(places + (<usize>found << 2), <u32>((q - column) >> 3));
      found++;
    }
  }
  for (; p < end; p += 8) {
    const value = load<f64>(p);
    if (!(value > bar)) continue;
    if (found == room) return room + 1;
    store<f64>(values + (<usize>found << 3), value);
    store<u32>(places + (<usize>found << 2), <u32>((p - column) >> 3));
    found++;
  }
  return found;
}

/**
 * Numbers above a bar, in their order, however many they are.
 *
 * shape   out [count + 1] f64, column [count] f64
 * reads   column   writes  out
 * return  how many
 */
export function keepAbove(out: usize, column: usize, count: i32, bar: f64): i32 {
  const end = column + (<usize>count << 3);
  let to = out;
  for (let p = column; p < end; p += 8) {
    const value = load<f64>(p);
    // Written in any case: a branch on what cannot be predicted costs more.
    store<f64>(to, value);
    to += <usize>(value > bar) << 3;
  }
  return <i32>((to - out) >> 3);
}

/**
 * Counts numbers by bins of one width; those beyond the last bin are in it.
 *
 * shape   counts [2×bins] u32 that begin at 0, whose second half is scratch; column [count] f64, no
 *         number below low, bins · width within i32
 * reads   column   writes  counts
 */
export function binned(counts: usize, column: usize, count: i32, low: f64, width: f64, bins: i32): void {
  const end = column + (<usize>count << 3);
  const lows = f64x2.splat(low), widths = f64x2.splat(width);
  const second = counts + (<usize>bins << 2);
  const last = bins - 1;
  let p = column;
  for (; p + 16 <= end; p += 16) {
    const places = i32x4.trunc_sat_f64x2_s_zero(f64x2.div(f64x2.sub(v128.load(p), lows), widths));
    // Neighbours are often alike: two tables, or one count would wait for the other.
    let at = counts + (<usize>min(last, i32x4.extract_lane(places, 0)) << 2);
    store<u32>(at, load<u32>(at) + 1);
    at = second + (<usize>min(last, i32x4.extract_lane(places, 1)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  if (p < end) {
    const at = counts + (<usize>min(last, <i32>((load<f64>(p) - low) / width)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  for (let bin: usize = 0; bin < <usize>bins << 2; bin += 4) {
    store<u32>(counts + bin, load<u32>(counts + bin) + load<u32>(second + bin));
  }
}

/** Sorts by one half of every number, `word` bytes into it. Returns where the sorted column is. */
function byHalf(column: usize, spare: usize, count: i32, tables: usize, word: usize): usize {
  memory.fill(tables, 0, 3 * TABLE);
  const size = <usize>count << 3;
  for (let p = column + word; p < column + size; p += 8) {
    const half = load<u32>(p);
    let at = tables + (<usize>(half & MASK) << 2);
    store<u32>(at, load<u32>(at) + 1);
    at = tables + TABLE + (<usize>((half >>> DIGIT) & MASK) << 2);
    store<u32>(at, load<u32>(at) + 1);
    at = tables + 2 * TABLE + (<usize>(half >>> (2 * DIGIT)) << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
  let from = column, to = spare;
  for (let shift: u32 = 0, table = tables; shift < 3 * DIGIT; shift += DIGIT, table += TABLE) {
    // Where all have the same digit, they are in its order.
    if (load<i32>(table + (<usize>((load<u32>(from + word) >>> shift) & MASK) << 2)) == count) continue;
    let place = <u32>to;
    for (let at = table; at < table + TABLE; at += 4) {
      const next = place + (load<u32>(at) << 3);
      store<u32>(at, place);
      place = next;
    }
    for (let p = from; p < from + size; p += 8) {
      const at = table + (<usize>((load<u32>(p + word) >>> shift) & MASK) << 2);
      const target = load<u32>(at);
      store<u64>(<usize>target, load<u64>(p));
      store<u32>(at, target + 8);
    }
    const other = from;
    from = to;
    to = other;
  }
  return from;
}

/**
 * Sorts numbers that are above zero: their bits are then in the order of their values.
 *
 * shape   column, spare [count] f64, tables [3×2048] u32, count >= 1
 * reads   column   writes  column, spare, tables
 * return  where the sorted column is: column or spare
 */
export function ascending(column: usize, spare: usize, count: i32, tables: usize): usize {
  const sorted = byHalf(column, spare, count, tables, 4);
  const other = sorted == column ? spare : column;
  const end = sorted + (<usize>count << 3);
  for (let start = sorted; start < end; ) {
    const half = load<u32>(start, 4);
    let stop = start + 8;
    while (stop < end && load<u32>(stop, 4) == half) stop += 8;
    if (stop - start > SHORT) {
      const run = byHalf(start, other + (start - sorted), <i32>((stop - start) >> 3), tables, 0);
      if (run != start) memory.copy(start, run, stop - start);
    } else {
      for (let p = start + 8; p < stop; p += 8) {
        const value = load<u64>(p);
        let q = p;
        for (; q > start && load<u64>(q - 8) > value; q -= 8) store<u64>(q, load<u64>(q - 8));
        store<u64>(q, value);
      }
    }
    start = stop;
  }
  return sorted;
}
