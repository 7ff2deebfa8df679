import { BATCH, type Executor } from "../../engine/index.ts";

/** Longest the caller's thread is kept busy at a stretch. */
const SLICE_MS = 12;

/**
 * Runs in the caller's thread, in slices, so that timers, input and an abort get their turn.
 * The reference that every other executor must equal bit for bit.
 */
export const inlineExecutor: Executor = {
  async run(simulation, chunks, hooks) {
    const total = chunks.reduce((sum, chunk) => sum + chunk.count, 0);
    let done = 0;
    let sliceEnd = performance.now() + SLICE_MS;
    hooks.signal?.throwIfAborted();
    for (const [index, chunk] of chunks.entries()) {
      const end = chunk.first + chunk.count;
      for (let first = chunk.first; first < end; first += BATCH) {
        const count = Math.min(BATCH, end - first);
        hooks.onLosses(first, simulation.runRange(first, count));
        done += count;
        if (performance.now() >= sliceEnd) {
          hooks.onProgress?.({ done, total });
          await pause();
          hooks.signal?.throwIfAborted();
          sliceEnd = performance.now() + SLICE_MS;
        }
      }
      hooks.onChunk(index, simulation.takeMoments());
    }
    hooks.onProgress?.({ done, total });
  },

  async breathe() {
    if (performance.now() < breathEnd) return;
    await pause();
    breathEnd = performance.now() + SLICE_MS;
  },
};

// One for all runs: it is the thread that is busy.
let breathEnd = 0;

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
