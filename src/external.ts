/**
 * `riskpool/external`: an engine whose kernel is a file of its own, which browsers keep, instead of
 * text in the script.
 *
 * @example
 * import { load } from "riskpool/external";
 * const engine = await load();                               // Vite, webpack, Node
 * const engine = await load({ wasm: "/assets/kernel.wasm" }); // wherever else it is served
 */
import type { Engine } from "./facade.ts";
import { type ExternalOptions, loadFrom } from "./load-external.ts";
import { openKernel } from "./runtime/browser/kernel-file.ts";

export type { ExternalOptions } from "./load-external.ts";
export type { KernelSource } from "./runtime/index.ts";

/**
 * As `load` of `riskpool`; fetches the kernel from `wasm`, or beside this script.
 *
 * @throws PoolError as `load`; KERNEL_MISSING, KERNEL_DIFFERS
 */
export function load(options: ExternalOptions = {}): Promise<Engine> {
  return loadFrom(options, () => new URL("./kernel.wasm", import.meta.url), openKernel);
}
