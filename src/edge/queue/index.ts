export type { Build } from "./build.ts";
export { openQueue, Queue, type QueueBatchOptions, type QueueOptions } from "./queue.ts";
export type { UnsafeRedis } from "./settings.ts";
export type { ShardCut } from "./shard-count.ts";
export type { QueueCounts } from "./store.ts";
export type { QueueValueOptions } from "./valuation.ts";
export { startWorker, type WorkerHandle } from "./worker.ts";
export type { WorkerOptions } from "./worker-options.ts";
