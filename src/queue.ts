/**
 * `riskpool/queue`: values pools on the workers of a queue, BullMQ on Redis or Valkey. Node only;
 * `npm install bullmq ioredis` beside it.
 *
 * @example
 * import { openQueue } from "riskpool/queue";
 * const queue = await openQueue({ redis: "redis://127.0.0.1:6379" });
 * const result = await queue.value(pool, { scenarios: 10_000_000 });
 */
export {
  type Build,
  openQueue,
  Queue,
  type QueueBatchOptions,
  type QueueCounts,
  type QueueOptions,
  type QueueValueOptions,
  type ShardCut,
  startWorker,
  type UnsafeRedis,
  type WorkerHandle,
  type WorkerOptions,
} from "./edge/queue/index.ts";
