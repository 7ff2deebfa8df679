/**
 * `riskpool/node`: runs on Node's worker threads.
 *
 * @example
 * import { load } from "riskpool";
 * import { workerPool } from "riskpool/node";
 * const engine = await load({ executor: workerPool() });
 */
import { availableParallelism } from "node:os";
import { startNodeThread } from "./runtime/node/node.ts";
import { WorkerPool, type WorkerPoolOptions, workersOf } from "./runtime/pool/pool.ts";

export type { WorkerPool, WorkerPoolOptions };

/**
 * A pool of worker threads to run on. It gives the bits of a run without workers, whatever their
 * number; threads begin with the first run.
 *
 * @throws PoolError NUMBER_RANGE
 */
export function workerPool(options: WorkerPoolOptions = {}): WorkerPool {
  return new WorkerPool(startNodeThread, workersOf(options, availableParallelism()));
}
