import { platformSha256 } from "../../basics/index.ts";
import { BATCH, DIGEST_BYTES_MAX, type Executor, MomentSums, partsOf } from "../../engine/index.ts";
import { Slice } from "../slice.ts";
import { stopwatch } from "../stopwatch.ts";

/** Bytes that are named here in less time than another thread takes to begin. */
const QUICK_BYTES_MAX = 1 << 17;

/** Room for numbers that are wanted until the next ones come. */
class Spare {
  #room = new Float64Array(0);

  list(count: number): Float64Array<ArrayBuffer> {
    if (count > this.#room.length) this.#room = new Float64Array(count);
    return this.#room.subarray(0, count);
  }
}

/**
 * Runs in the caller's thread, in slices, so that timers, input and an abort get their turn.
 * The reference that every other executor must equal bit for bit.
 */
export const inlineExecutor: Executor = {
  workers: 0,

  stopwatch,

  breather(signal) {
    const slice = new Slice();
    return async () => {
      if (slice.isOver) await slice.next();
      signal?.throwIfAborted();
    };
  },

  sha256(bytes) {
    if (platformSha256 && bytes.length <= QUICK_BYTES_MAX) {
      return Promise.resolve(platformSha256(bytes));
    }
    // Pages that were not loaded safely have no `subtle`.
    const { subtle } = globalThis.crypto ?? {};
    if (!subtle || bytes.length > DIGEST_BYTES_MAX) return null;
    return subtle.digest("SHA-256", bytes).then((digest) => {
      let hex = "";
      for (const byte of new Uint8Array(digest)) hex += byte.toString(16).padStart(2, "0");
      return hex;
    });
  },

  async run(simulation, chunks, hooks) {
    const total = chunks.reduce((sum, chunk) => sum + chunk.count, 0);
    const parts = partsOf(chunks);
    const sums = new MomentSums(parts, (index, own) => hooks.onChunk(index, own));
    const list = (count: number) => simulation.arena.list(count);
    const spare = new Spare();
    const added = (count: number) => spare.list(count);
    const slice = new Slice();
    let done = 0;
    hooks.signal?.throwIfAborted();
    simulation.keepPaths();
    for (const [index, part] of parts.entries()) {
      const end = part.first + part.count;
      for (let first = part.first; first < end; first += BATCH) {
        const count = Math.min(BATCH, end - first);
        simulation.runRange(first, count);
        hooks.onBatch(first, simulation.columns(count));
        done += count;
        if (!slice.isOver) continue;
        hooks.onProgress?.({ done, total });
        await slice.next();
        hooks.signal?.throwIfAborted();
      }
      // Those of a chunk's first part are kept, the others added to them.
      const begins = index === 0 || parts[index - 1]!.closes;
      sums.add(index, simulation.takeMoments(begins ? list : added));
    }
    hooks.onProgress?.({ done, total });
  },
};
