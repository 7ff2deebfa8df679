import type { Command } from "commander";
import type { QueueRequest } from "./core.ts";
import type { OptionReader, OptionTexts } from "./option.ts";

/** Where a server of this machine is. */
export const LOCAL_REDIS = "redis://127.0.0.1:6379";

/** Adds the options that say where a queue is. */
export function queueOptions(command: Command): Command {
  return command
    .option("--redis <url>", "queue whose workers do the work: redis://127.0.0.1:6379")
    .option("--prefix <word>", "first word of the queue's keys; riskpool when left out")
    .option("--unsafe-redis", "go on with a server whose settings may lose work");
}

/** Reads those options; null where the work is done here. */
export function readQueue(options: OptionReader, texts: OptionTexts): QueueRequest | null {
  if (!options.has("redis")) return null;
  return {
    redis: options.words("redis"),
    ...(options.has("prefix") && { prefix: options.words("prefix") }),
    isUnsafe: texts["unsafeRedis"] === true,
  };
}
