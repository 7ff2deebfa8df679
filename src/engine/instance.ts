import { instantiateSync } from "@assemblyscript/loader";
import { refuse } from "../basics/index.ts";
import { KERNEL_SHA256 } from "./binary.ts";
import type { Kernels } from "./kernels.ts";

/** SHA-256 of the kernel module that this build carries; plain JavaScript has the same bits. */
export const kernelDigest: string = KERNEL_SHA256;

/** Refuses: the kernel module cannot be compiled here. */
export function blocked(cause: unknown): never {
  return refuse({
    code: "KERNEL_BLOCKED",
    pointer: "",
    detail: `WebAssembly could not be compiled: ${String(cause)}. On a page with a content security policy, add 'wasm-unsafe-eval' to script-src, or load with the backend "js".`,
    expected:
      "a runtime with WebAssembly SIMD (Node 20, Chrome 91, Firefox 89, Safari 16.4 or later)",
  });
}

/** A fresh instance of the module with its own memory. */
export function instantiateModule(module: WebAssembly.Module): Kernels {
  const { exports } = instantiateSync<Record<string, unknown>>(module, {});
  // Copied: an instance's own exports are a dictionary to V8, which looks every call up in it.
  return { kernel: { backend: "wasm", module }, ...exports } as unknown as Kernels;
}
