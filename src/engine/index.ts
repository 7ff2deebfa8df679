export { Arena } from "./arena.ts";
export { cutOf, type RunCut, type Speed, speedOf } from "./cost.ts";
export {
  CHUNKS_MAX,
  type Chunk,
  chunksOf,
  type Executor,
  type Part,
  type Progress,
  partsOf,
  type RunHooks,
} from "./executor.ts";
export {
  type CompiledKernel,
  compileKernel,
  compileKernelSync,
  instantiate,
  kernelDigest,
} from "./instance.ts";
export type { Kernels } from "./kernels.ts";
export { MomentSums } from "./moment-sums.ts";
export {
  ACCOUNT_BYTES,
  AUDIT_ACCOUNT_BYTES,
  BATCH,
  CELL_BYTES,
  COVER_BYTES,
  LEG_BYTES,
  NODE_BYTES,
  OPTION_BYTES,
  PLAN,
  TILE,
} from "./plan.ts";
export { Simulation, type SimulationImage, type SimulationPlaces } from "./simulation.ts";
