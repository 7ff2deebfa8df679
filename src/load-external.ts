import { compileKernelFrom } from "./engine/index.ts";
import { Engine } from "./facade.ts";
import { type LoadOptions, readOptions } from "./load-options.ts";
import { type KernelSource, kernelFrom } from "./runtime/index.ts";

/** How an engine runs whose kernel is a file; everything has a default. */
export interface ExternalOptions extends LoadOptions {
  /** The kernel of this version, `riskpool/kernel.wasm`; the file beside the script when left out. */
  readonly wasm?: KernelSource;
}

/** Makes an engine from the kernel in a file; every call reads and compiles it anew. */
export async function loadFrom(
  options: ExternalOptions,
  beside: () => URL,
  open: Parameters<typeof kernelFrom>[1],
): Promise<Engine> {
  const { choice, executor } = readOptions(options, ["wasm"]);
  const source = () => kernelFrom(options.wasm ?? beside(), open);
  const { backend, instantiate } = await compileKernelFrom(source, choice);
  return new Engine(backend, instantiate, executor);
}
