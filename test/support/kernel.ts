import { Arena, compileKernelSync, instantiate, type Kernels } from "../../src/engine/index.ts";

const compiled = compileKernelSync();

/** A fresh kernel instance with an arena of its own. */
export function freshKernel(): { kernels: Kernels; arena: Arena } {
  const kernels = instantiate(compiled);
  return { kernels, arena: new Arena(kernels, 1 << 28) };
}

/** Numbers in [0, 1) that are the same on every run. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
