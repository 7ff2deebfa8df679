import { type BackendChoice, compileKernelFrom, type ReadyKernel } from "./backend.ts";
import { KERNEL_HEX } from "./binary-text.ts";
import { blocked } from "./instance.ts";

function bytes(): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(KERNEL_HEX.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = digit(2 * i) * 16 + digit(2 * i + 1);
  return out;
}

/** "0" … "9" are 48 … 57, "a" … "f" 97 … 102. */
function digit(at: number): number {
  const code = KERNEL_HEX.charCodeAt(at);
  return code < 97 ? code - 48 : code - 87;
}

/** As `WebAssembly.compile` of the module, at once. @throws PoolError KERNEL_BLOCKED */
export function compileModuleSync(): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes());
  } catch (cause) {
    return blocked(cause);
  }
}

/**
 * Makes the kernels ready without blocking, from the module that this build carries.
 *
 * @throws PoolError KERNEL_BLOCKED for "wasm" where it cannot be had
 */
export async function compileKernel(choice: BackendChoice = "wasm"): Promise<ReadyKernel> {
  return compileKernelFrom(async () => bytes(), choice);
}
