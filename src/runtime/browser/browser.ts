import { WorkerPool, type WorkerPoolOptions, workersOf } from "../pool/pool.ts";
import { type StartThread, stillborn } from "../pool/thread.ts";
import type { FromWorker } from "../worker/message.ts";

/** How a pool of browser workers is made. */
export interface BrowserPoolOptions extends WorkerPoolOptions {
  /**
   * Address of the package's `dist/worker.js`, which the page serves from its own origin: a strict
   * content security policy lets no worker begin from a text.
   */
  readonly script: string | URL;
}

/**
 * A pool of browser workers to run on, without shared memory and so without special headers. It
 * gives the bits of a run without workers.
 *
 * @throws PoolError NUMBER_RANGE
 */
export function workerPool(options: BrowserPoolOptions): WorkerPool {
  const workers = workersOf(options, navigator.hardwareConcurrency || 1);
  return new WorkerPool(starterOf(options.script), workers);
}

function starterOf(script: string | URL): StartThread {
  return (events) => {
    let worker: Worker;
    try {
      worker = new Worker(script, { name: "riskpool" });
    } catch (cause) {
      return stillborn(events, cause);
    }
    const lose = (cause: string) => {
      worker.terminate();
      events.lost(cause);
    };
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => events.message(data);
    // A script that cannot be loaded is told without a message.
    worker.onerror = ({ message }) => lose(message || `${script} could not be loaded or run`);
    worker.onmessageerror = () => lose("a message could not be read");
    return {
      send: (message, transfer) => worker.postMessage(message, transfer),
      hold() {},
      end: async () => worker.terminate(),
    };
  };
}
