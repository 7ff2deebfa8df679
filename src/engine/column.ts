import type { Arena } from "./arena.ts";
import { ascending, keepAbove, type OrderMemory } from "./twin/order.ts";

/** Bytes of the counts that a column is sorted by. */
const TABLE_BYTES = 3 * 2048 * 4;
/** Numbers that are brought into the kernel's memory at a time. */
const BLOCK = 1 << 15;
/** A longer column is put in order outside of the kernel's memory, which never shrinks. */
const SORTED_MAX = 1 << 20;

/** Numbers of a column that are above a bar, and where they stand in it, until the next question. */
export interface Above {
  readonly values: Float64Array;
  readonly places: Uint32Array;
}

/** Most numbers above a bar for which there is room once and for all. */
const KEPT_MAX = 1 << 13;
/** That room: everyone's own losses are asked, and what each answer left behind would be collected. */
const spare: Above = { values: new Float64Array(KEPT_MAX), places: new Uint32Array(KEPT_MAX) };

/** A stretch of a column in the kernel's memory. */
interface Block {
  readonly address: number;
  readonly first: number;
  readonly count: number;
}

/** Bytes of the kernel's memory, at most, that it takes to ask about a column and to put it in order. */
export function columnBytes(length: number): number {
  const asking = orderBytes(Math.min(BLOCK, length));
  return length > SORTED_MAX ? asking : Math.max(asking, sortBytes(length));
}

/** Bytes of the kernel's memory that {@link Column.laid} takes, at most. */
export function laidBytes(length: number): number {
  return length > BLOCK ? 0 : length * 8 + 64;
}

/** Bytes that it takes to put numbers in order with their places; to bring and look for them takes less. */
const orderBytes = (count: number): number => 44 * count + TABLE_BYTES + 320;

const sortBytes = (length: number): number => 16 * length + TABLE_BYTES + 256;

/**
 * A column of numbers, of which kernels tell what there is to know of it as a whole. Numbers that do
 * not stand in the kernel's memory are brought there a stretch at a time, behind everything else.
 */
export class Column {
  readonly length: number;
  readonly #arena: Arena;
  readonly #numbers: Float64Array | null;
  readonly #address: number | null;

  /**
   * @param numbers  them, if they stand elsewhere
   * @param address  of [length] f64, if they stand in the kernel's memory; they may in both
   * @param length   all of them when left out
   */
  constructor(
    arena: Arena,
    numbers: Float64Array | null,
    address: number | null = null,
    length: number = numbers?.length ?? 0,
  ) {
    this.#arena = arena;
    this.#numbers = numbers;
    this.#address = address;
    this.length = length;
  }

  /** Numbers that are laid in the kernel's memory once for all questions, if they are few and have room. */
  static laid(arena: Arena, numbers: Float64Array): Column {
    const { length } = numbers;
    const bytes = laidBytes(length);
    if (bytes === 0 || !arena.hasRoom(bytes)) return new Column(arena, numbers);
    const address = arena.reserve(length * 8);
    arena.f64(address, length).set(numbers);
    return new Column(arena, numbers, address);
  }

  /** The numbers; those of the kernel's memory until it grows. */
  get values(): Float64Array {
    return this.#numbers
      ? this.#numbers.subarray(0, this.length)
      : this.#arena.f64(this.#address!, this.length);
  }

  /** Its first numbers. */
  first(length: number): Column {
    return new Column(this.#arena, this.#numbers, this.#address, length);
  }

  /**
   * Least and greatest number; NaN where one of them is none.
   *
   * @throws PoolError BUDGET_EXCEEDED, as everything that is asked of a column
   */
  extremes(): readonly [number, number] {
    const all: [number, number] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    this.#byBlocks(2, ({ address, count }, out) => {
      this.#arena.kernels.extremes(out, address, count);
      const [low, high] = this.#arena.f64(out, 2);
      all[0] = Math.min(all[0], low!);
      all[1] = Math.max(all[1], high!);
      return true;
    });
    return all;
  }

  /** Numbers above a bar, in their order; null where there are more than there is room for. */
  above(bar: number, room: number): Above | null {
    const address = this.#address;
    return address === null ? this.#aboveHere(bar, room) : this.#aboveThere(address, bar, room);
  }

  #aboveThere(address: number, bar: number, room: number): Above | null {
    const arena = this.#arena;
    const mark = arena.mark();
    const values = arena.reserve(room * 8);
    const places = arena.reserve(room * 4);
    const found = arena.kernels.above(values, places, address, this.length, bar, room);
    arena.release(mark);
    if (found > room) return null;
    const kept =
      found <= KEPT_MAX
        ? spare
        : { values: new Float64Array(found), places: new Uint32Array(found) };
    kept.values.set(arena.f64(values, found));
    kept.places.set(arena.u32(places, found));
    return { values: kept.values.subarray(0, found), places: kept.places.subarray(0, found) };
  }

  #aboveHere(bar: number, room: number): Above | null {
    const arena = this.#arena;
    const values = new Float64Array(room);
    const places = new Uint32Array(room);
    let found = 0;
    const most = Math.min(room, this.#blockLength);
    this.#byBlocks(Math.ceil(1.5 * most), ({ address, first, count }, out) => {
      const rest = Math.min(room - found, most);
      const at = out + most * 8;
      const more = arena.kernels.above(out, at, address, count, bar, rest);
      if (more > rest) {
        found = room + 1;
        return false;
      }
      values.set(arena.f64(out, more), found);
      const own = arena.u32(at, more);
      for (let i = 0; i < more; i++) places[found + i] = first + own[i]!;
      found += more;
      return true;
    });
    if (found > room) return null;
    return { values: values.subarray(0, found), places: places.subarray(0, found) };
  }

  /**
   * What was found above a bar with the greatest first, of equal ones the first of the column, and
   * without -0; null where there are too many of them, or no room.
   */
  descending({ values, places }: Above): Above | null {
    const arena = this.#arena;
    const count = values.length;
    if (count === 0 || count > BLOCK || !arena.hasRoom(orderBytes(count))) return null;
    const mark = arena.mark();
    const valuesAt = arena.put(values);
    const placesAt = arena.reserve(count * 4);
    const records = arena.reserve(count * 16);
    const spare = arena.reserve(count * 16);
    const tables = arena.reserve(TABLE_BYTES);
    arena.u32(placesAt, count).set(places);
    arena.kernels.descending(valuesAt, placesAt, count, records, spare, tables);
    arena.release(mark);
    return {
      values: arena.f64(valuesAt, count).slice(),
      places: arena.u32(placesAt, count).slice(),
    };
  }

  /** Numbers above a bound that is not below zero, in ascending order. */
  ascendingAbove(bound: number): Float64Array<ArrayBuffer> {
    const arena = this.#arena;
    const { kernels } = arena;
    const { length } = this;
    if (length > SORTED_MAX || !arena.hasRoom(sortBytes(length))) {
      return ascendingAbove(this.values, bound);
    }
    const mark = arena.mark();
    // Numbers that stand outside are brought where others are put in order.
    const spare = arena.reserve(length * 8);
    const kept = arena.reserve((length + 1) * 8);
    const tables = arena.reserve(TABLE_BYTES);
    if (this.#address === null) arena.f64(spare, length).set(this.values);
    const count = kernels.keepAbove(kept, this.#address ?? spare, length, bound);
    const sorted = count > 0 ? kernels.ascending(kept, spare, count, tables) : kept;
    const out = arena.f64(sorted, count).slice();
    arena.release(mark);
    return out;
  }

  /**
   * How many numbers are in each of some bins; those beyond the last one are in it.
   *
   * @param low  no number is below it
   */
  binned(low: number, width: number, bins: number): Uint32Array {
    const arena = this.#arena;
    const counts = new Uint32Array(bins);
    this.#byBlocks(bins, ({ address, count }, out) => {
      arena.u32(out, 2 * bins).fill(0);
      arena.kernels.binned(out, address, count, low, width, bins);
      const own = arena.u32(out, bins);
      for (let bin = 0; bin < bins; bin++) counts[bin]! += own[bin]!;
      return true;
    });
    return counts;
  }

  get #blockLength(): number {
    return this.#address === null ? Math.min(BLOCK, this.length) : this.length;
  }

  /**
   * Goes through the column until it is told that this is enough.
   *
   * @param results  numbers of 8 bytes that what is found takes
   */
  #byBlocks(results: number, look: (block: Block, out: number) => boolean): void {
    const arena = this.#arena;
    const mark = arena.mark();
    const out = arena.reserve(results * 8);
    if (this.#address !== null) {
      look({ address: this.#address, first: 0, count: this.length }, out);
    } else {
      const { values } = this;
      const address = arena.reserve(this.#blockLength * 8);
      for (let first = 0; first < this.length; first += BLOCK) {
        const count = Math.min(BLOCK, this.length - first);
        arena.f64(address, count).set(values.subarray(first, first + count));
        if (!look({ address, first, count }, out)) break;
      }
    }
    arena.release(mark);
  }
}

/**
 * Numbers above a bound that is not below zero, in ascending order: by the twin of the kernels, in memory
 * that is given back afterwards.
 */
export function ascendingAbove(values: Float64Array, bound: number): Float64Array<ArrayBuffer> {
  const { length } = values;
  const bytes = new ArrayBuffer(8 * (2 * length + 1) + TABLE_BYTES);
  const memory: OrderMemory = { f64: new Float64Array(bytes), u32: new Uint32Array(bytes) };
  const kept = TABLE_BYTES + 8 * length;
  memory.f64.set(values, TABLE_BYTES / 8);
  const count = keepAbove(memory, kept, TABLE_BYTES, length, bound);
  const sorted = count > 0 ? ascending(memory, kept, TABLE_BYTES, count, 0) : kept;
  return memory.f64.slice(sorted / 8, sorted / 8 + count);
}
