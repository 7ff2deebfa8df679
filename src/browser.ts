/**
 * `riskpool/browser`: runs on a browser's workers.
 *
 * @example
 * import { load } from "riskpool";
 * import { workerPool, workerScript } from "riskpool/browser";
 * const engine = await load({ executor: workerPool({ script: "/riskpool/worker.js" }) });
 * const same = await load({ executor: workerPool({ script: await workerScript() }) });
 */
export { type BrowserPoolOptions, workerPool } from "./runtime/browser/browser.ts";
export { workerScript } from "./runtime/browser/own-script.ts";
export type { WorkerPool } from "./runtime/pool/pool.ts";
