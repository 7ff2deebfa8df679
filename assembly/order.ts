/**
 * Order of a column of numbers: its ends, what lies above a bar, counts by bins, the column sorted, the
 * greatest with their places.
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
@inline const SHORT: usize = 24;

/**
 * Least and greatest number of a column, without -0; not a number where one of them is none.
 *
 * shape   out [2] f64, column [count] f64 on 16 bytes, count >= 1
 * reads   column   writes  out
 */
export function extremes(out: usize, column: usize, count: i32): void {
  const end = column + (<usize>count << 3);
  let low = v128.load64_splat(column), high = low, next = low, other = low;
  let all = f64x2.eq(low, low);
  let p = column;
  // Comparisons that pass over what is no number are one instruction each: whether there is one is asked apart.
  for (; p + 32 <= end; p += 32) {
    const first = v128.load(p), second = v128.load(p, 16);
    all = v128.and(all, v128.and(f64x2.eq(first, first), f64x2.eq(second, second)));
    low = f64x2.pmin(low, first);
    high = f64x2.pmax(high, first);
    next = f64x2.pmin(next, second);
    other = f64x2.pmax(other, second);
  }
  for (; p < end; p += 8) {
    const last = v128.load64_splat(p);
    all = v128.and(all, f64x2.eq(last, last));
    low = f64x2.pmin(low, last);
    high = f64x2.pmax(high, last);
  }
  low = f64x2.pmin(low, next);
  high = f64x2.pmax(high, other);
  const isWhole = i64x2.all_true(all);
  // Adding 0 turns -0 into 0.
  store<f64>(out, isWhole ? min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1)) + 0 : NaN);
  store<f64>(out, isWhole ? max(f64x2.extract_lane(high, 0), f64x2.extract_lane(high, 1)) + 0 : NaN, 8);
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
  // Few are above: of eight at a time a bit each says which, so that nothing has to be guessed of the others.
  for (; p + 64 <= end; p += 64) {
    let bits = i64x2.bitmask(f64x2.gt(v128.load(p), bars)) | i64x2.bitmask(f64x2.gt(v128.load(p, 16), bars)) << 2;
    bits |= i64x2.bitmask(f64x2.gt(v128.load(p, 32), bars)) << 4 | i64x2.bitmask(f64x2.gt(v128.load(p, 48), bars)) << 6;
    for (; bits; bits &= bits - 1) {
      if (found == room) return room + 1;
      const q = p + (<usize>ctz(bits) << 3);
      store<f64>(values + (<usize>found << 3), load<f64>(q));
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

/** Bytes of a number alone, and of one with its place. */
// @ts-ignore: decorator
@inline const NUMBER: usize = 8;
// @ts-ignore: decorator
@inline const RECORD: usize = 16;

// @ts-ignore: decorator
@inline
function copyRecord(to: usize, from: usize, record: usize): void {
  store<u64>(to, load<u64>(from));
  if (record == RECORD) store<u64>(to, load<u64>(from, 8), 8);
}

/** Sorts records by one half of their numbers, `word` bytes into them. Returns where the sorted column is. */
function byHalf(column: usize, spare: usize, count: i32, tables: usize, word: usize, record: usize): usize {
  memory.fill(tables, 0, 3 * TABLE);
  const size = <usize>count * record;
  for (let p = column + word; p < column + size; p += record) {
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
      const next = place + load<u32>(at) * <u32>record;
      store<u32>(at, place);
      place = next;
    }
    for (let p = from; p < from + size; p += record) {
      const at = table + (<usize>((load<u32>(p + word) >>> shift) & MASK) << 2);
      const target = load<u32>(at);
      copyRecord(<usize>target, p, record);
      store<u32>(at, target + <u32>record);
    }
    const other = from;
    from = to;
    to = other;
  }
  return from;
}

/** Sorts records by their numbers, as bits; of equal ones the order stays. Returns where the sorted column is. */
function sorted(column: usize, spare: usize, count: i32, tables: usize, record: usize): usize {
  const found = byHalf(column, spare, count, tables, 4, record);
  const other = found == column ? spare : column;
  const end = found + <usize>count * record;
  for (let start = found; start < end; ) {
    const half = load<u32>(start, 4);
    let stop = start + record;
    while (stop < end && load<u32>(stop, 4) == half) stop += record;
    if (stop - start > SHORT * record) {
      const length = <i32>((stop - start) / record);
      const run = byHalf(start, other + (start - found), length, tables, 0, record);
      if (run != start) memory.copy(start, run, stop - start);
    } else {
      for (let p = start + record; p < stop; p += record) {
        const value = load<u64>(p), beside = record == RECORD ? load<u64>(p, 8) : 0;
        let q = p;
        for (; q > start && load<u64>(q - record) > value; q -= record) copyRecord(q, q - record, record);
        store<u64>(q, value);
        if (record == RECORD) store<u64>(q, beside, 8);
      }
    }
    start = stop;
  }
  return found;
}

/**
 * Sorts numbers that are above zero: their bits are then in the order of their values.
 *
 * shape   column, spare [count] f64, tables [3×2048] u32, count >= 1
 * reads   column   writes  column, spare, tables
 * return  where the sorted column is: column or spare
 */
export function ascending(column: usize, spare: usize, count: i32, tables: usize): usize {
  return sorted(column, spare, count, tables, NUMBER);
}

// @ts-ignore: decorator
@inline const SIGN: u64 = 0x8000000000000000;

/**
 * Sorts numbers with their places, the greatest first; of equal ones the order stays. -0 becomes 0.
 *
 * shape   values [count] f64, places [count] u32, records, spare [2×count] f64, tables [3×2048] u32,
 *         count >= 1, no number that is none
 * reads   values, places   writes  all
 */
export function descending(values: usize, places: usize, count: i32, records: usize, spare: usize, tables: usize): void {
  for (let i = 0; i < count; i++) {
    // Adding 0 turns -0 into 0.
    const bits = reinterpret<u64>(load<f64>(values + (<usize>i << 3)) + 0);
    const at = records + (<usize>i << 4);
    // Of what is not below zero the bits are turned over: the greatest has the least.
    store<u64>(at, bits & SIGN ? bits : ~(bits | SIGN));
    store<u32>(at, load<u32>(places + (<usize>i << 2)), 8);
  }
  const from = sorted(records, spare, count, tables, RECORD);
  for (let i = 0; i < count; i++) {
    const at = from + (<usize>i << 4);
    const key = load<u64>(at);
    store<u64>(values + (<usize>i << 3), key & SIGN ? key : ~key & ~SIGN);
    store<u32>(places + (<usize>i << 2), load<u32>(at, 8));
  }
}
