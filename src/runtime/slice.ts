/** Longest a thread is kept busy at a stretch. */
const SLICE_MS = 12;

/** A stretch of work in a thread. */
export class Slice {
  #end = performance.now() + SLICE_MS;

  /** Whether it has lasted long enough. */
  get isOver(): boolean {
    return performance.now() >= this.#end;
  }

  /** Starts the next stretch at once. */
  renew(): void {
    this.#end = performance.now() + SLICE_MS;
  }

  /** Gives everyone else a turn and starts the next stretch. */
  async next(): Promise<void> {
    await pause();
    this.renew();
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
