import { PoolError } from "../basics/index.ts";
import { compileModule, compileModuleSync, instantiateModule } from "./instance.ts";
import type { Backend, CompiledKernel, Kernels } from "./kernels.ts";
import { twinKernels } from "./twin/twin.ts";

/** "auto" is WebAssembly, and plain JavaScript where there is none or it is forbidden. */
export type BackendChoice = Backend | "auto";

/** The words of a {@link BackendChoice}. */
export const BACKEND_CHOICES: readonly BackendChoice[] = ["auto", "wasm", "js"];

const inJavaScript: CompiledKernel = { backend: "js" };

/**
 * Makes the kernels ready without blocking.
 *
 * @throws PoolError KERNEL_BLOCKED for "wasm" where it cannot be had
 */
export async function compileKernel(choice: BackendChoice = "wasm"): Promise<CompiledKernel> {
  if (choice === "js") return inJavaScript;
  try {
    return { backend: "wasm", module: await compileModule() };
  } catch (error) {
    return otherwise(choice, error);
  }
}

/** As {@link compileKernel}, at once; the compile takes a few milliseconds. */
export function compileKernelSync(choice: BackendChoice = "wasm"): CompiledKernel {
  if (choice === "js") return inJavaScript;
  try {
    return { backend: "wasm", module: compileModuleSync() };
  } catch (error) {
    return otherwise(choice, error);
  }
}

function otherwise(choice: BackendChoice, error: unknown): CompiledKernel {
  if (choice === "auto" && error instanceof PoolError) return inJavaScript;
  throw error;
}

/** Fresh kernels with a memory of their own. */
export function instantiate(kernel: CompiledKernel): Kernels {
  return kernel.backend === "wasm" ? instantiateModule(kernel.module) : twinKernels();
}
