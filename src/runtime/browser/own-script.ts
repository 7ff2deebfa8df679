import { part } from "../../basics/index.ts";

const text = part("workers", () => import("./worker-script.ts"));

let address: string | undefined;

/**
 * Address of the package's own worker script, from a Blob: for `workerPool({ script })` where the
 * page serves none. A content security policy must say `worker-src blob:`.
 *
 * @throws PoolError PART_MISSING
 */
export async function workerScript(): Promise<string> {
  const { WORKER_SCRIPT } = await text();
  // One for the page, and never given back: a lost worker is replaced from it at any time.
  address ??= URL.createObjectURL(new Blob([WORKER_SCRIPT], { type: "text/javascript" }));
  return address;
}
