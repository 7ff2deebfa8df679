export { Arena } from "./arena.ts";
export { compileKernelSync, instantiate } from "./at-once.ts";
export {
  BACKEND_CHOICES,
  type BackendChoice,
  compileKernelFrom,
  type ReadyKernel,
} from "./backend.ts";
export { type Above, ascendingAbove, Column, columnBytes, laidBytes } from "./column.ts";
export { cutOf, middleOf, type RunCut, secondsOf, type Timing } from "./cost.ts";
export {
  CHUNKS_MAX,
  type Chunk,
  chunksOf,
  DIGEST_BYTES_MAX,
  type Executor,
  type Part,
  type Progress,
  partsOf,
  type RunHooks,
} from "./executor.ts";
export { compileKernel } from "./inlined.ts";
export { kernelDigest } from "./instance.ts";
export type { Backend, CompiledKernel, KernelMemory, Kernels } from "./kernels.ts";
export { MomentSums } from "./moment-sums.ts";
export { Moments, type NodeMoments } from "./moments.ts";
export {
  ACCOUNT_BYTES,
  ACCOUNT_ENTRY_BYTES,
  AUDIT_ACCOUNT_BYTES,
  BATCH,
  CELL_BYTES,
  COIN_BYTES,
  COVER_BYTES,
  COVER_CLASS_BYTES,
  ENTRY_BYTES,
  LEG_BYTES,
  MARGIN,
  MARGIN_ACCOUNT_BYTES,
  MARGIN_LEG_BYTES,
  NODE_BYTES,
  NOWHERE,
  OPTION_BYTES,
  PLAN,
  RECORD_BYTES,
  SCREEN_BYTES,
  SCREEN_ENTRY_BYTES,
  STATISTICS,
  TILE,
  TOUCH_BYTES,
  WATCH_BYTES,
  WATCH_STATE_BYTES,
} from "./plan.ts";
export { Simulation, type SimulationImage, type SimulationPlaces } from "./simulation.ts";
export { allNumbers, momentsOf, wholeNode } from "./whole-moments.ts";
