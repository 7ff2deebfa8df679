import { PoolError, part } from "../basics/index.ts";
import { blocked, instantiateModule } from "./instance.ts";
import type { Backend, Kernels } from "./kernels.ts";

/** "auto" is WebAssembly, and plain JavaScript where there is none or it is forbidden. */
export type BackendChoice = Backend | "auto";

/** The words of a {@link BackendChoice}. */
export const BACKEND_CHOICES: readonly BackendChoice[] = ["auto", "wasm", "js"];

/** Kernels that can be had at once, as often as one likes. */
export interface ReadyKernel {
  readonly backend: Backend;
  /** Fresh kernels with a memory of their own. */
  instantiate(): Kernels;
}

/**
 * Makes the kernels ready without blocking. Plain JavaScript is fetched where it is needed.
 *
 * @param source  what gives the kernel module or its bytes; not asked for "js"
 * @throws        whatever `source` throws; PoolError KERNEL_BLOCKED for "wasm" where there is no
 *                WebAssembly SIMD, or the page's content security policy forbids it
 */
export async function compileKernelFrom(
  source: () => Promise<BufferSource | WebAssembly.Module>,
  choice: BackendChoice,
): Promise<ReadyKernel> {
  if (choice === "js") return inJavaScript();
  try {
    const module = await compiled(await source());
    return { backend: "wasm", instantiate: () => instantiateModule(module) };
  } catch (error) {
    if (!fallsBack(choice, error)) throw error;
    return inJavaScript();
  }
}

async function compiled(source: BufferSource | WebAssembly.Module): Promise<WebAssembly.Module> {
  try {
    return source instanceof WebAssembly.Module ? source : await WebAssembly.compile(source);
  } catch (cause) {
    return blocked(cause);
  }
}

const twin = part("plain JavaScript", () => import("./twin/twin.ts"));

async function inJavaScript(): Promise<ReadyKernel> {
  const { twinKernels } = await twin();
  return { backend: "js", instantiate: twinKernels };
}

let isTold = false;

/** Whether plain JavaScript takes over after this error; the console is told so, once. */
export function fallsBack(choice: BackendChoice, error: unknown): boolean {
  if (choice !== "auto" || !(error instanceof PoolError) || error.code !== "KERNEL_BLOCKED") {
    return false;
  }
  if (!isTold) {
    console.warn(
      "riskpool: WebAssembly SIMD is missing or forbidden here, so plain JavaScript takes over: the same figures, two to three times slower. On a page with a content security policy, add 'wasm-unsafe-eval' to script-src; { backend: \"js\" } asks for it without this note.",
    );
  }
  isTold = true;
  return true;
}
