import { type Issue, PoolError, received } from "../../index.ts";
import { limitIssues } from "./limits.ts";
import type { ServerOptions } from "./settings.ts";

/** How a worker works; only where the queue is has no default. */
export interface WorkerOptions extends ServerOptions {
  /** First word of all keys; `riskpool` when left out. Clients must have the same. */
  readonly prefix?: string;
  /** Pieces of work at a time, each on a thread of its own, 1 … 256; 1 when left out. */
  readonly concurrency?: number;
  /** Where probes and metrics are served, `127.0.0.1:9464`; nowhere when left out. */
  readonly listen?: string;
  /** Seconds for what is under way when the worker is stopped, 0 … 3,600; 8 when left out. */
  readonly graceSeconds?: number;
  /**
   * Seconds after which a worker that no longer renews its locks has lost its work, 1 … 3,600; 30
   * when left out.
   */
  readonly lockSeconds?: number;
  /** Losses of its worker that a job may see, 100 or more; 1,000 when left out. */
  readonly stalledMax?: number;
}

/** Options with their defaults. */
export type WorkerTerms = Required<
  Pick<WorkerOptions, "concurrency" | "graceSeconds" | "lockSeconds" | "stalledMax">
>;

/**
 * Least number of losses: BullMQ by itself gives a job up after one. Whatever takes its workers with
 * it is held by the cap on starts.
 */
const STALLED_MIN = 100;

/** Reads options; what is wrong with them is told with what is wrong with the server. */
export function readWorkerOptions(options: WorkerOptions): {
  readonly terms: WorkerTerms;
  readonly issues: readonly Issue[];
} {
  if (typeof options !== "object" || options === null) throw noOptions(options);
  const { concurrency = 1, graceSeconds = 8, lockSeconds = 30, stalledMax = 1000 } = options;
  const terms = { concurrency, graceSeconds, lockSeconds, stalledMax };
  const issues = limitIssues([
    { name: "concurrency", value: concurrency, isWhole: true, min: 1, max: 256 },
    { name: "graceSeconds", value: graceSeconds, isWhole: false, min: 0, max: 3600 },
    { name: "lockSeconds", value: lockSeconds, isWhole: false, min: 1, max: 3600 },
  ]);
  const [stalled] = limitIssues([
    { name: "stalledMax", value: stalledMax, isWhole: true, min: STALLED_MIN, max: 1e6 },
  ]);
  if (stalled) {
    const detail = `a job whose worker is lost must be given to another more often than that; give ${STALLED_MIN} or more, the cap on starts is another one`;
    issues.push({ ...stalled, code: "STALLED_MAX", detail });
  }
  return { terms, issues };
}

function noOptions(options: unknown): PoolError {
  return new PoolError([
    {
      code: "TYPE",
      pointer: "/options",
      detail: "a worker must be told where its queue is",
      expected: "{ redis: redis://host:port }",
      received: received(options),
    },
  ]);
}
