import type { Engine } from "../../index.ts";
import { sha256 } from "../digest.ts";

/** What figures of two machines have in common where they may be put together. */
export interface Build {
  /** Of the package. */
  readonly version: string;
  /** SHA-256 of the kernel. */
  readonly kernel: string;
}

/** The build of an engine. */
export function buildOf({ version, kernel }: Engine): Build {
  return { version, kernel };
}

/**
 * The queue of a build. Each has its own, so that no worker takes what it may not run, and work waits
 * for those that may.
 */
export function queueName({ version, kernel }: Build): string {
  return `work-${sha256(`${version} ${kernel}`).slice(0, 16)}`;
}

/** Whether work is of this build: no queue is trusted to hold nothing else. */
export function isSameBuild(one: Build, other: Build): boolean {
  return one.version === other.version && one.kernel === other.kernel;
}
