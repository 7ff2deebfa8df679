import type { KernelMemory } from "../kernels.ts";

const PAGE = 65536;
/** As many as the kernel module may have: 2 GiB. */
const PAGES_MAX = 32768;

/**
 * Memory of the plain JavaScript kernels: bytes that grow, and views of them.
 *
 * A kernel takes the views it needs once per call, so that its loops see typed arrays that cannot
 * change. An address counts bytes; `address >>> 3` is its place in `f64`, `address >>> 2` in
 * `i32` and `u32`.
 */
export class TwinMemory implements KernelMemory {
  buffer: ArrayBuffer = new ArrayBuffer(PAGE);
  f64: Float64Array = new Float64Array(this.buffer);
  i32: Int32Array = new Int32Array(this.buffer);
  u32: Uint32Array = new Uint32Array(this.buffer);

  /**
   * Grows by at least so many pages of 64 KiB.
   *
   * Older views keep the bytes of before: they must be taken anew, as for WebAssembly.
   *
   * @returns pages before
   * @throws  RangeError where there is no more memory
   */
  grow(pages: number): number {
    const before = this.buffer.byteLength / PAGE;
    const needed = before + pages;
    if (!(needed <= PAGES_MAX)) throw new RangeError(`more than ${PAGES_MAX} pages`);
    // Every growth copies; doubling bounds all copies together by the last size.
    const grown = new ArrayBuffer(PAGE * Math.min(Math.max(needed, 2 * before), PAGES_MAX));
    new Uint8Array(grown).set(new Uint8Array(this.buffer));
    this.buffer = grown;
    this.f64 = new Float64Array(grown);
    this.i32 = new Int32Array(grown);
    this.u32 = new Uint32Array(grown);
    return before;
  }
}
