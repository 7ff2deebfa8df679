import type { JobsOptions } from "bullmq";
import type { Build } from "./build.ts";

/** What there is to do; whatever else it takes is in its spec. */
export type Task =
  /** Simulate the parts [from, end) of a run. */
  | { readonly kind: "shard"; readonly from: number; readonly end: number }
  /** Put the shards of a run together, named `shards` and cut at these parts, and value the pool. */
  | { readonly kind: "merge"; readonly shards: string; readonly bounds: readonly number[] }
  /** Value the items of a batch that are in the spec. */
  | { readonly kind: "chunk" };

/** A job as BullMQ keeps it: names of what is elsewhere, and no more. */
export interface QueueJob extends Build {
  readonly run: string;
  /** Tells jobs of a run apart that are for the same work, one after the other. */
  readonly turn?: number;
  readonly unit: string;
  /** Digest of the spec. */
  readonly spec: string;
  /** Starts after which the work is given up. */
  readonly startsMax: number;
  readonly keepMs: number;
  readonly task: Task;
}

/** Milliseconds before a job that has failed is tried again; twice as many each further time. */
const BACKOFF_MS = 500;
/** Seconds for which BullMQ keeps the record of what has failed. */
const FAILED_SECONDS = 3600;

/**
 * How BullMQ treats a job. Starts are capped by our own count, which also knows of those that took
 * their process with them; BullMQ's attempts must not end a job before that.
 */
export function jobOptions(id: string, startsMax: number): JobsOptions {
  return {
    jobId: id,
    attempts: startsMax + 10,
    backoff: { type: "exponential", delay: BACKOFF_MS },
    removeOnComplete: true,
    removeOnFail: { age: FAILED_SECONDS },
    stackTraceLimit: 1,
  };
}

/** A job's id: of the submission, so that another one has jobs of its own for the same work. */
export function jobId({ run, turn = 0, unit }: Pick<QueueJob, "run" | "turn" | "unit">): string {
  return `${run}-${turn}-${unit}`;
}

/** The name of a shard's result: what it is a shard of, and its parts. */
export function shardUnit(shards: string, from: number, end: number): string {
  return `${shards}-${from}-${end}`;
}

/** What became of a job that a worker had. */
export type Outcome =
  | "committed"
  | "duplicate"
  | "fenced"
  | "found"
  | "over"
  | "handed-back"
  | "failed";

/** What the threads of a worker tell it of a job. */
export type ThreadNews =
  | { readonly kind: "start"; readonly task: Task["kind"] }
  | {
      readonly kind: "end";
      readonly task: Task["kind"];
      readonly outcome: Outcome;
      readonly seconds: number;
      readonly bytes: number;
    };
