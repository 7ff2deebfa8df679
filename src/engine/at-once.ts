import { type BackendChoice, fallsBack } from "./backend.ts";
import { compileModuleSync } from "./inlined.ts";
import { instantiateModule } from "./instance.ts";
import type { CompiledKernel, Kernels } from "./kernels.ts";
import { twinKernels } from "./twin/twin.ts";

/**
 * Makes the kernels ready at once; the compile takes a few milliseconds.
 *
 * @throws PoolError KERNEL_BLOCKED for "wasm" where it cannot be had
 */
export function compileKernelSync(choice: BackendChoice = "wasm"): CompiledKernel {
  if (choice === "js") return { backend: "js" };
  try {
    return { backend: "wasm", module: compileModuleSync() };
  } catch (error) {
    if (!fallsBack(choice, error)) throw error;
    return { backend: "js" };
  }
}

/** Fresh kernels with a memory of their own. */
export function instantiate(kernel: CompiledKernel): Kernels {
  return kernel.backend === "wasm" ? instantiateModule(kernel.module) : twinKernels();
}
