import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { WorkerPool, type WorkerPoolOptions, workersOf } from "../pool/pool.ts";
import { type StartThread, stillborn } from "../pool/thread.ts";
import { WORKER_SCRIPT } from "./worker-script.ts";

/**
 * A pool of worker threads to run on. It gives the bits of a run without workers, whatever their
 * number; threads begin with the first run.
 *
 * @throws PoolError NUMBER_RANGE
 */
export function workerPool(options: WorkerPoolOptions = {}): WorkerPool {
  return new WorkerPool(startThread, workersOf(options, availableParallelism()));
}

// The script is a text of this module and not a file beside it, so that it is found in whatever
// bundle this module ends up.
const startThread: StartThread = (events) => {
  let worker: Worker;
  try {
    // Not the caller's flags: `--import` of a loader has no business in there.
    worker = new Worker(WORKER_SCRIPT, { eval: true, execArgv: [], name: "riskpool" });
  } catch (cause) {
    return stillborn(events, cause);
  }
  let cause = "";
  worker.on("message", (message) => events.message(message));
  worker.on("messageerror", (error) => {
    cause = String(error);
    void worker.terminate();
  });
  worker.on("error", (error) => {
    cause = String(error);
  });
  worker.on("exit", (code) => events.lost(cause || `exit code ${code}`));
  return {
    send: (message, transfer) => worker.postMessage(message, transfer),
    hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
    end: async () => void (await worker.terminate()),
  };
};
