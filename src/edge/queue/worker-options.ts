import type { Notice } from "../../index.ts";
import { type Issue, PoolError, received } from "../../index.ts";
import type { UnsafeRedis } from "./settings.ts";

/** How a worker works; only where the queue is has no default. */
export interface WorkerOptions {
  /** Address of the server: redis://host:port, or rediss:// for TLS. */
  readonly redis: string;
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
  /** `warn` goes on with a server whose settings may lose work; it is refused when left out. */
  readonly unsafeRedis?: UnsafeRedis;
  /** Hears of what is not as it should be. */
  readonly onNotice?: (notice: Notice) => void;
}

/** Options with their defaults. */
export type WorkerTerms = Required<
  Pick<WorkerOptions, "concurrency" | "graceSeconds" | "lockSeconds" | "stalledMax">
>;

/**
 * Least number of losses: with BullMQ's one, 4 of 400 jobs were given up under 25 kills. Whatever
 * takes its workers with it is held by the cap on starts.
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
  const bounds = [
    ["concurrency", Number.isInteger(concurrency), 1, 256],
    ["graceSeconds", Number.isFinite(graceSeconds), 0, 3600],
    ["lockSeconds", Number.isFinite(lockSeconds), 1, 3600],
    ["stalledMax", Number.isInteger(stalledMax), STALLED_MIN, 1e6],
  ] as const;
  const issues = bounds.flatMap(([name, isNumber, min, max]) => {
    const value = terms[name];
    if (isNumber && value >= min && value <= max) return [];
    const isStalled = name === "stalledMax";
    const detail = isStalled
      ? `a job whose worker is lost must be given to another more often than that; give ${STALLED_MIN} or more, the cap on starts is another one`
      : `${name} must be a number within the bounds`;
    const issue: Issue = {
      code: isStalled ? "STALLED_MAX" : "NUMBER_RANGE",
      ...{ pointer: `/options/${name}`, detail, expected: `${min} to ${max}` },
      received: received(value),
    };
    return [issue];
  });
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
