/**
 * `riskpool/browser`: runs on a browser's workers.
 *
 * @example
 * import { load } from "riskpool";
 * import { workerPool } from "riskpool/browser";
 * const engine = await load({ executor: workerPool({ script: "/riskpool/worker.js" }) });
 */
export { type BrowserPoolOptions, workerPool } from "./runtime/browser/browser.ts";
export type { WorkerPool } from "./runtime/pool/pool.ts";
