import type { Issue } from "../../basics/index.ts";
import type { CompiledKernel, Moments, SimulationImage } from "../../engine/index.ts";

/** What a pool tells its workers. Everything is plain: it crosses threads by structured clone. */
export type ToWorker = RunMessage | DropMessage;

/** Run these paths, and answer with one message. */
export interface RunMessage {
  readonly kind: "run";
  /** Number of the run that the part belongs to. */
  readonly job: number;
  /** Index of the part. */
  readonly part: number;
  readonly first: number;
  readonly count: number;
  /** Comes with the first part that a worker is given of a job. */
  readonly image?: SimulationImage;
  /** Comes when it is not the kernel that the worker has. */
  readonly kernel?: CompiledKernel;
}

/** Answer what has been asked of this job without finishing it. */
export interface DropMessage {
  readonly kind: "drop";
  readonly job: number;
}

/** What a worker answers: one message for each that asked it to run. */
export type FromWorker = RanMessage | DroppedMessage | FailedMessage;

export interface RanMessage {
  readonly kind: "ran";
  readonly job: number;
  readonly part: number;
  /** [count] each; the losses first. */
  readonly columns: readonly Float64Array<ArrayBuffer>[];
  readonly moments: Pick<Moments, "bounds" | "numbers">;
}

export interface DroppedMessage {
  readonly kind: "dropped";
  readonly job: number;
  readonly part: number;
}

export interface FailedMessage {
  readonly kind: "failed";
  readonly job: number;
  readonly part: number;
  /** Issues of a `PoolError`; null for any other error, after which the worker is not trusted. */
  readonly issues: readonly Issue[] | null;
  readonly detail: string;
}
