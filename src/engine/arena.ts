import { assert, PoolError, refuse } from "../basics/index.ts";
import type { Kernels } from "./kernels.ts";
import { Lists } from "./lists.ts";

const PAGE = 65536;

/** Bytes above all columns, which stay there from one arena to the next. */
export interface Kept {
  readonly key: string;
  readonly address: number;
}

/** Who lives in an instance's memory. */
interface House {
  /** Whose columns it holds. */
  arena: Arena;
  /** What is kept above them. */
  kept: Kept | null;
  /** How high columns have ever come. */
  peak: number;
  /** Lists of its arena. */
  readonly lists: Lists;
}

const houses = new WeakMap<Kernels, House>();

/**
 * Columns in the kernel's memory, laid one after the other and all given back at once.
 *
 * Views must be taken after the last `take` of a phase: growing the memory detaches older ones.
 */
export class Arena {
  readonly kernels: Kernels;
  readonly #bytesMax: number;
  readonly #house: House;
  #top: number;

  /** @param bytesMax  most the memory may grow to */
  constructor(kernels: Kernels, bytesMax: number) {
    this.kernels = kernels;
    this.#bytesMax = bytesMax;
    this.#top = kernels.columnsStart();
    const known = houses.get(kernels);
    const house = known ?? { arena: this, kept: null, peak: 0, lists: new Lists() };
    house.arena = this;
    house.lists.begin();
    houses.set(kernels, house);
    this.#house = house;
  }

  /** Whether no later arena has begun to lay its columns over these. */
  get isWhole(): boolean {
    return this.#house.arena === this;
  }

  /**
   * A list beside the kernel's memory, with whatever it held before, for as long as no later arena has
   * begun: whoever wants it longer copies it.
   */
  list(count: number): Float64Array<ArrayBuffer> {
    assert(this.isWhole, "lists are taken from an arena that is whole");
    return this.#house.lists.take(count);
  }

  /** Bytes in use. */
  get bytes(): number {
    return this.#top;
  }

  /**
   * Reserves zeroed bytes on a 64-byte boundary.
   *
   * @returns the address
   * @throws  PoolError BUDGET_EXCEEDED when the memory would pass its bound
   */
  take(byteCount: number): number {
    const before = this.#top;
    const address = this.reserve(byteCount);
    // With what rounding left out: a stretch of columns is the same bytes whenever it is laid.
    new Uint8Array(this.kernels.memory.buffer, before, this.#top - before).fill(0);
    return address;
  }

  /** As {@link take}, with whatever the bytes held before: scratch that is written before it is read. */
  reserve(byteCount: number): number {
    const address = Math.ceil(this.#top / 64) * 64;
    const end = address + byteCount;
    const { memory } = this.kernels;
    // Before looking at what there is: an instance that has grown before must refuse the same runs.
    if (!(end <= this.#bytesMax)) this.#refuse(end);
    if (end > memory.buffer.byteLength) {
      try {
        memory.grow(Math.ceil((end - memory.buffer.byteLength) / PAGE));
      } catch {
        this.#refuse(end);
      }
    }
    this.#top = end;
    const house = this.#house;
    if (end > house.peak) house.peak = end;
    if (house.kept && end > house.kept.address) house.kept = null;
    return address;
  }

  /**
   * Bytes above everything that is laid, for what later arenas of this instance may find again under
   * its key: until something is laid over it, or other bytes are kept.
   *
   * @returns the place, and whether it holds anything yet; null where there is no room for it
   */
  keep(key: string, byteCount: number): { readonly kept: Kept; readonly isNew: boolean } | null {
    const house = this.#house;
    if (house.kept?.key === key) return { kept: house.kept, isNew: false };
    const { memory } = this.kernels;
    // As high as columns have come, or what is kept would be laid over again and again.
    const lowest = Math.max(house.peak, memory.buffer.byteLength - byteCount);
    const address = Math.ceil(lowest / 64) * 64;
    const end = address + byteCount;
    if (!(end <= this.#bytesMax)) return null;
    try {
      if (end > memory.buffer.byteLength) {
        memory.grow(Math.ceil((end - memory.buffer.byteLength) / PAGE));
      }
    } catch {
      return null;
    }
    house.kept = { key, address };
    return { kept: house.kept, isNew: true };
  }

  /** Whether kept bytes are still there. */
  holds(kept: Kept): boolean {
    return this.#house.kept === kept;
  }

  /** Whether so many bytes more are within its bound and the machine has them, grown for if need be. */
  hasRoom(byteCount: number): boolean {
    const mark = this.mark();
    try {
      this.reserve(byteCount);
      return true;
    } catch (error) {
      if (error instanceof PoolError) return false;
      throw error;
    } finally {
      this.release(mark);
    }
  }

  #refuse(end: number): never {
    refuse({
      code: "BUDGET_EXCEEDED",
      pointer: "",
      detail: `the run needs ${Math.ceil(end / 1048576)} MiB of kernel memory; split the pool or shorten the list of cross-margined participants`,
      expected: `at most ${
        this.#bytesMax < Number.POSITIVE_INFINITY
          ? `${Math.floor(this.#bytesMax / 1048576)} MiB, and `
          : ""
      }what this machine can give`,
    });
  }

  /** A copy of everything laid below an address. */
  copy(end: number): Uint8Array<ArrayBuffer> {
    const start = this.kernels.columnsStart();
    return new Uint8Array(this.kernels.memory.buffer, start, end - start).slice();
  }

  /** Lays a copy at the addresses it was taken from: the first thing that an arena is given. */
  restore(bytes: Uint8Array): void {
    const start = this.kernels.columnsStart();
    assert(this.#top === start, "a copy is restored into an empty arena");
    const first = this.take(bytes.length);
    // The columns of an arena start on 64 bytes, so what stands before the first of them is nothing.
    const skipped = first - start;
    new Uint8Array(this.kernels.memory.buffer).set(bytes.subarray(skipped), first);
    this.#top = start + bytes.length;
  }

  f64(address: number, count: number): Float64Array {
    return new Float64Array(this.kernels.memory.buffer, address, count);
  }

  i32(address: number, count: number): Int32Array {
    return new Int32Array(this.kernels.memory.buffer, address, count);
  }

  u32(address: number, count: number): Uint32Array {
    return new Uint32Array(this.kernels.memory.buffer, address, count);
  }

  /** Reserves a column and copies numbers into it. */
  put(values: ArrayLike<number>): number {
    const address = this.take(Math.max(values.length, 1) * 8);
    this.f64(address, values.length).set(values);
    return address;
  }

  /** Remembers the top, so that `release` can give back what came after. */
  mark(): number {
    return this.#top;
  }

  release(mark: number): void {
    this.#top = mark;
  }
}
