import {
  type BackendChoice,
  type CompiledKernel,
  compileKernelSync,
  instantiate,
} from "./engine/index.ts";
import { Engine } from "./facade.ts";
import { type LoadOptions, readOptions } from "./load-options.ts";

const loaded = new Map<BackendChoice, CompiledKernel>();

/**
 * As `load`, at once; the compile takes a few milliseconds. It brings both backends along, where
 * `load` fetches the plain JavaScript one only when it is needed.
 */
export function loadSync(options: LoadOptions = {}): Engine {
  const { choice, executor } = readOptions(options);
  const kernel = loaded.get(choice) ?? compileKernelSync(choice);
  loaded.set(choice, kernel);
  return new Engine(kernel.backend, () => instantiate(kernel), executor);
}
