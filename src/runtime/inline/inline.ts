import { BATCH, type Executor } from "../../engine/index.ts";

/** Longest the caller's thread is kept busy at a stretch. */
const SLICE_MS = 12;
/** Most bytes that the platform may copy for a digest. */
const DIGEST_BYTES_MAX = 1 << 24;

/**
 * Runs in the caller's thread, in slices, so that timers, input and an abort get their turn.
 * The reference that every other executor must equal bit for bit.
 */
export const inlineExecutor: Executor = {
  breather(signal) {
    const slice = new Slice();
    return async () => {
      if (slice.isOver) await slice.next();
      signal?.throwIfAborted();
    };
  },

  sha256(bytes) {
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
    const slice = new Slice();
    let done = 0;
    hooks.signal?.throwIfAborted();
    for (const [index, chunk] of chunks.entries()) {
      const end = chunk.first + chunk.count;
      for (let first = chunk.first; first < end; first += BATCH) {
        const count = Math.min(BATCH, end - first);
        simulation.runRange(first, count);
        hooks.onBatch(first, simulation.columns(count));
        done += count;
        if (!slice.isOver) continue;
        hooks.onProgress?.({ done, total });
        await slice.next();
        hooks.signal?.throwIfAborted();
      }
      hooks.onChunk(index, simulation.takeMoments());
    }
    hooks.onProgress?.({ done, total });
  },
};

/** A stretch of work in the caller's thread. */
class Slice {
  #end = performance.now() + SLICE_MS;

  get isOver(): boolean {
    return performance.now() >= this.#end;
  }

  /** Gives everyone else a turn and starts the next stretch. */
  async next(): Promise<void> {
    await pause();
    this.#end = performance.now() + SLICE_MS;
  }
}

// A message gets its turn at once; a timer would wait four milliseconds in a browser.
function pause(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
