/**
 * `riskpool/external` in Node, Deno and Bun: the kernel is read from its file.
 */
import type { Engine } from "./facade.ts";
import { type ExternalOptions, loadFrom } from "./load-external.ts";
import { openKernel } from "./runtime/node/kernel-file.ts";

export type { ExternalOptions } from "./load-external.ts";
export type { KernelSource } from "./runtime/index.ts";

/**
 * As `load` of `riskpool`; reads the kernel from `wasm`, or beside this script.
 *
 * @throws PoolError as `load`; KERNEL_MISSING, KERNEL_DIFFERS
 */
export function load(options: ExternalOptions = {}): Promise<Engine> {
  return loadFrom(options, () => new URL("./kernel.wasm", import.meta.url), openKernel);
}
