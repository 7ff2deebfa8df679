import { assert, PoolError, refuse } from "../basics/index.ts";
import type { Kernels } from "./kernels.ts";

const PAGE = 65536;

/** Whose columns an instance's memory holds. */
const occupants = new WeakMap<Kernels, Arena>();

/**
 * Columns in the kernel's memory, laid one after the other and all given back at once.
 *
 * Views must be taken after the last `take` of a phase: growing the memory detaches older ones.
 */
export class Arena {
  readonly kernels: Kernels;
  readonly #bytesMax: number;
  #top: number;

  /** @param bytesMax  most the memory may grow to */
  constructor(kernels: Kernels, bytesMax: number) {
    this.kernels = kernels;
    this.#bytesMax = bytesMax;
    this.#top = kernels.columnsStart();
    occupants.set(kernels, this);
  }

  /** Whether no later arena has begun to lay its columns over these. */
  get isWhole(): boolean {
    return occupants.get(this.kernels) === this;
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
    const address = this.reserve(byteCount);
    new Uint8Array(this.kernels.memory.buffer, address, byteCount).fill(0);
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
    return address;
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
