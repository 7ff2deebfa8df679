/**
 * Order of a column of numbers in plain JavaScript, see assembly/order.ts.
 */
import type { TwinMemory } from "./memory.ts";

/** What these read and write: columns of a memory, or of any other bytes. */
export type OrderMemory = Pick<TwinMemory, "f64" | "u32">;

/** Least and greatest number of a column, without -0. */
export function extremes(memory: OrderMemory, out: number, column: number, count: number): void {
  const { f64 } = memory;
  const from = column >>> 3;
  let low = f64[from]!;
  let high = low;
  for (let i = from; i < from + count; i++) {
    low = Math.min(low, f64[i]!);
    high = Math.max(high, f64[i]!);
  }
  // Adding 0 turns -0 into 0.
  f64[out >>> 3] = low + 0;
  f64[(out >>> 3) + 1] = high + 0;
}

/** Numbers above a bar and their places. */
export function above(
  memory: OrderMemory,
  values: number,
  places: number,
  column: number,
  count: number,
  bar: number,
  room: number,
): number {
  const { f64, u32 } = memory;
  const from = column >>> 3;
  let found = 0;
  for (let i = 0; i < count; i++) {
    const value = f64[from + i]!;
    if (!(value > bar)) continue;
    if (found === room) return room + 1;
    f64[(values >>> 3) + found] = value;
    u32[(places >>> 2) + found] = i;
    found++;
  }
  return found;
}

/** Numbers above a bar, however many they are. */
export function keepAbove(
  memory: OrderMemory,
  out: number,
  column: number,
  count: number,
  bar: number,
): number {
  const { f64 } = memory;
  const from = column >>> 3;
  const start = out >>> 3;
  let to = start;
  for (let i = from; i < from + count; i++) {
    f64[to] = f64[i]!;
    to += Number(f64[i]! > bar);
  }
  return to - start;
}

/** Counts numbers by bins of one width. */
export function binned(
  memory: OrderMemory,
  counts: number,
  column: number,
  count: number,
  low: number,
  width: number,
  bins: number,
): void {
  const { f64, u32 } = memory;
  const from = column >>> 3;
  const start = counts >>> 2;
  const pairs = count & ~1;
  for (let i = 0; i < count; i++) {
    const bin = Math.min(bins - 1, ((f64[from + i]! - low) / width) | 0);
    u32[start + (i < pairs && i & 1 ? bins : 0) + bin]! += 1;
  }
  for (let bin = start; bin < start + bins; bin++) u32[bin]! += u32[bin + bins]!;
}

/** Sorts by one half of every number. @returns where the sorted column is */
function byHalf(
  memory: OrderMemory,
  column: number,
  spare: number,
  count: number,
  tables: number,
  word: number,
): number {
  const { f64, u32 } = memory;
  const digit = 11;
  const size = 1 << digit;
  const mask = size - 1;
  const table = tables >>> 2;
  u32.fill(0, table, table + 3 * size);
  const first = (column >>> 2) + word;
  for (let i = first; i < first + 2 * count; i += 2) {
    const half = u32[i]!;
    u32[table + (half & mask)]! += 1;
    u32[table + size + ((half >>> digit) & mask)]! += 1;
    u32[table + 2 * size + (half >>> (2 * digit))]! += 1;
  }
  let from = column;
  let to = spare;
  for (let round = 0; round < 3; round++) {
    const shift = round * digit;
    const own = table + round * size;
    const halves = (from >>> 2) + word;
    if (u32[own + ((u32[halves]! >>> shift) & mask)] === count) continue;
    let place = to >>> 3;
    for (let k = own; k < own + size; k++) {
      const next = place + u32[k]!;
      u32[k] = place;
      place = next;
    }
    const values = from >>> 3;
    for (let i = 0; i < count; i++) {
      const at = own + ((u32[halves + 2 * i]! >>> shift) & mask);
      const target = u32[at]!;
      f64[target] = f64[values + i]!;
      u32[at] = target + 1;
    }
    [from, to] = [to, from];
  }
  return from;
}

/** Sorts numbers that are above zero. */
export function ascending(
  memory: OrderMemory,
  column: number,
  spare: number,
  count: number,
  tables: number,
): number {
  const { f64, u32 } = memory;
  const short = 24;
  const sorted = byHalf(memory, column, spare, count, tables, 1);
  const other = sorted === column ? spare : column;
  const base = sorted >>> 3;
  for (let start = 0; start < count; ) {
    const half = u32[2 * (base + start) + 1]!;
    let stop = start + 1;
    while (stop < count && u32[2 * (base + stop) + 1] === half) stop++;
    if (stop - start > short) {
      const at = sorted + 8 * start;
      const run = byHalf(memory, at, other + 8 * start, stop - start, tables, 0);
      if (run !== at) f64.copyWithin(at >>> 3, run >>> 3, (run >>> 3) + stop - start);
    } else {
      for (let i = start + 1; i < stop; i++) {
        const value = f64[base + i]!;
        let j = i;
        for (; j > start && f64[base + j - 1]! > value; j--) f64[base + j] = f64[base + j - 1]!;
        f64[base + j] = value;
      }
    }
    start = stop;
  }
  return sorted;
}

/** Sorts numbers with their places, the greatest first; of equal ones the order stays. -0 becomes 0. */
export function descending(
  { f64, u32 }: OrderMemory,
  values: number,
  places: number,
  count: number,
): void {
  // Adding 0 turns -0 into 0.
  const numbers = f64.slice(values >>> 3, (values >>> 3) + count).map((value) => value + 0);
  const own = u32.slice(places >>> 2, (places >>> 2) + count);
  const order = Uint32Array.from(own, (_, i) => i);
  order.sort((a, b) => numbers[b]! - numbers[a]! || a - b);
  for (let i = 0; i < count; i++) {
    f64[(values >>> 3) + i] = numbers[order[i]!]!;
    u32[(places >>> 2) + i] = own[order[i]!]!;
  }
}
