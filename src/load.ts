import { type BackendChoice, compileKernel, type ReadyKernel } from "./engine/index.ts";
import { Engine } from "./facade.ts";
import { type LoadOptions, readOptions } from "./load-options.ts";

const loading = new Map<BackendChoice, Promise<ReadyKernel>>();

/**
 * Compiles the kernel (once per process) and makes an engine.
 *
 * @throws PoolError with every problem of the options; KERNEL_BLOCKED for the backend "wasm" where
 *         there is none, as under a content security policy without 'wasm-unsafe-eval'
 */
export async function load(options: LoadOptions = {}): Promise<Engine> {
  const { choice, executor } = readOptions(options);
  const compiling = loading.get(choice) ?? compileKernel(choice);
  loading.set(choice, compiling);
  try {
    const { backend, instantiate } = await compiling;
    return new Engine(backend, instantiate, executor);
  } catch (error) {
    // What is forbidden now may be allowed later.
    loading.delete(choice);
    throw error;
  }
}
