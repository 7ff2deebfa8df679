/**
 * `riskpool/browser`: runs on a browser's workers.
 *
 * @example
 * import { load } from "riskpool";
 * import { workerPool } from "riskpool/browser";
 * const engine = await load({ executor: workerPool({ script: "/riskpool/worker.js" }) });
 */
import { startBrowserThread } from "./runtime/browser/browser.ts";
import { WorkerPool, type WorkerPoolOptions, workersOf } from "./runtime/pool/pool.ts";

export type { WorkerPool, WorkerPoolOptions };

/**
 * A pool of browser workers to run on, without shared memory and so without special headers.
 *
 * @param options  `script` is the address of the package's `dist/worker.js`, which the page serves
 *                 from its own origin
 * @throws         PoolError NUMBER_RANGE
 */
export function workerPool(
  options: WorkerPoolOptions & { readonly script: string | URL },
): WorkerPool {
  const workers = workersOf(options, navigator.hardwareConcurrency || 1);
  return new WorkerPool(startBrowserThread(options.script), workers);
}
