/** See bundle.mjs. */
export function workerScript(platform: "node" | "browser"): Promise<string>;
export function itemWorkerScript(): Promise<string>;
