/**
 * `riskpool/node`: runs on Node's worker threads.
 *
 * @example
 * import { load } from "riskpool";
 * import { workerPool } from "riskpool/node";
 * const engine = await load({ executor: workerPool() });
 */
export type { ItemCrew as BatchWorkers } from "./runtime/items/crew.ts";
export { batchWorkers, workerPool } from "./runtime/node/node.ts";
export type { WorkerPool, WorkerPoolOptions } from "./runtime/pool/pool.ts";
