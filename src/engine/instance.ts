import { instantiateSync } from "@assemblyscript/loader";
import { refuse } from "../basics/index.ts";
import { KERNEL_BASE64, KERNEL_SHA256 } from "./binary.ts";
import type { Kernels } from "./kernels.ts";

/** SHA-256 of the kernel that this build carries. */
export const kernelDigest: string = KERNEL_SHA256;

/** A compiled kernel; instances of it share code and nothing else. */
export type CompiledKernel = WebAssembly.Module;

function bytes(): Uint8Array<ArrayBuffer> {
  const text = atob(KERNEL_BASE64);
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
  return out;
}

/**
 * Compiles the kernel without blocking.
 *
 * @throws PoolError KERNEL_BLOCKED where the page's content security policy forbids WebAssembly
 */
export async function compileKernel(): Promise<CompiledKernel> {
  try {
    return await WebAssembly.compile(bytes());
  } catch (cause) {
    return blocked(cause);
  }
}

/** As {@link compileKernel}, at once. */
export function compileKernelSync(): CompiledKernel {
  try {
    return new WebAssembly.Module(bytes());
  } catch (cause) {
    return blocked(cause);
  }
}

function blocked(cause: unknown): never {
  return refuse({
    code: "KERNEL_BLOCKED",
    pointer: "",
    detail: `WebAssembly could not be compiled: ${String(cause)}. On a page with a content security policy, add 'wasm-unsafe-eval' to script-src.`,
    expected:
      "a runtime with WebAssembly SIMD (Node 20, Chrome 91, Firefox 89, Safari 16.4 or later)",
  });
}

/** A fresh instance with its own memory. */
export function instantiate(kernel: CompiledKernel): Kernels {
  const { exports } = instantiateSync<Record<string, unknown>>(kernel, {});
  return Object.assign(exports as unknown as Kernels, { module: kernel });
}
