import { type BackendChoice, compileKernelFrom, type ReadyKernel } from "./backend.ts";
import { KERNEL_TEXT } from "./binary-text.ts";
import { blocked } from "./instance.ts";

/** The module out of its letters, as build.mjs has written them: from "$" on, without "<" and "\\". */
function bytes(): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(KERNEL_TEXT.length);
  let count = 0;
  let above = 0;
  for (let i = 0; i < KERNEL_TEXT.length; i++) {
    const code = KERNEL_TEXT.charCodeAt(i);
    if (code < 36) above = code === 33 ? 89 : 178;
    else {
      out[count++] = code - 39 - Number(code > 60) - Number(code > 92) + above;
      above = 0;
    }
  }
  return out.slice(0, count);
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
