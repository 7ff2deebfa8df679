import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { ItemCrew } from "../items/crew.ts";
import { WorkerPool, type WorkerPoolOptions, workersOf } from "../pool/pool.ts";
import { type StartThread, stillborn, type Thread, type ThreadEvents } from "../pool/thread.ts";
import { ITEM_WORKER_SCRIPT } from "./item-worker-script.ts";
import { WORKER_SCRIPT } from "./worker-script.ts";

/**
 * A pool of worker threads to run on. It gives the bits of a run without workers, whatever their
 * number; threads begin with the first run.
 *
 * @throws PoolError NUMBER_RANGE
 */
export function workerPool(options: WorkerPoolOptions = {}): WorkerPool {
  return new WorkerPool(threadsOf(WORKER_SCRIPT), workersOf(options, availableParallelism()));
}

/**
 * Worker threads for `engine.valueMany`, which value whole items, each with an engine of its own: the
 * same answers, whatever their number and whichever of them die. They begin with the first item, and
 * serve one batch after the other until they are disposed of.
 *
 * @throws PoolError NUMBER_RANGE
 */
export function batchWorkers(options: WorkerPoolOptions = {}): ItemCrew {
  return new ItemCrew(threadsOf(ITEM_WORKER_SCRIPT), workersOf(options, availableParallelism()));
}

// Scripts are texts of modules and not files beside them, so that they are found in whatever bundle
// this module ends up.
function threadsOf<To, From>(script: string): StartThread<To, From> {
  return (events) => startThread(script, events);
}

function startThread<To, From>(script: string, events: ThreadEvents<From>): Thread<To> {
  let worker: Worker;
  try {
    // Not the caller's flags: `--import` of a loader has no business in there.
    worker = new Worker(script, { eval: true, execArgv: [], name: "riskpool" });
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
}
