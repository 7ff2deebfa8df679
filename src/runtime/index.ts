export { inlineExecutor } from "./inline/inline.ts";
export { type KernelSource, kernelFrom } from "./kernel-source.ts";
