import { dirname, isAbsolute, join } from "node:path";
import {
  type Check,
  choice,
  type Draft,
  Findings,
  integer,
  number,
  object,
  optional,
  type Place,
  pointerTo,
  text,
} from "../../basics/index.ts";
import { type Issue, PoolError, received } from "../../index.ts";
import type { CalibrationRequest, ShardJobRequest } from "./core.ts";
import { type Io, readText } from "./io.ts";

/** A job's spec: what is valued, how, and how it is cut. */
interface JobSpec {
  /** A pool document, or the path of one. */
  readonly pool: unknown;
  /** Path of a price history. */
  readonly prices?: string;
  /** Market parameters, or the path of a file that holds them. */
  readonly market?: unknown;
  readonly calibration?: CalibrationRequest;
  /** As the engine names them. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly shards?: CutSpec;
}

const OPTIONS = [
  ...["scenarios", "seed", "horizon", "step", "monitoring", "confidence", "levels"],
  ...["audit", "contributions", "samplePaths", "worstPaths", "bytesMax"],
] as const;

/** What is checked elsewhere. */
export const anything: Check<unknown> = { schema: {}, check: (value) => value as Draft<unknown> };

const columns: Check<Readonly<Record<string, string>>> = {
  schema: { type: "object", additionalProperties: { type: "string" } },
  check: (value: unknown, place: Place, found: Findings) => {
    const isMapping =
      typeof value === "object" &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every((name) => typeof name === "string");
    if (isMapping) return value as Record<string, string>;
    const expected = "names of columns by asset, and time";
    const detail = "columns says which column of the price file is of what";
    const pointer = pointerTo(place);
    found.add({ code: "TYPE", pointer, detail, expected, received: received(value) });
    return undefined;
  },
};

/** How a market is fitted to prices, by the names of the command line. */
export const calibration: Check<CalibrationRequest> = object({
  model: optional(choice(["gbm", "student-t"])),
  volatility: optional(choice(["ewma", "sample"])),
  correlation: optional(choice(["sample", "ledoit-wolf"])),
  repair: optional(choice(["nearest", "shrink"])),
  window: optional(integer({ min: 2, max: 36_500, unit: "days" })),
  systemicLoading: optional(number({ min: -1, max: 1, unit: "correlation" })),
  columns: optional(columns),
});

const options: Check<Readonly<Record<string, unknown>>> = object<Record<string, unknown>>(
  Object.fromEntries(OPTIONS.map((name) => [name, optional(anything)])),
);

/** How many shards there are, or how long each should take. */
export interface CutSpec {
  readonly count?: number;
  readonly seconds?: number;
}

/** The form of `shards`. */
export const cut: Check<CutSpec> = object({
  count: optional(integer({ min: 1, max: 1_000_000, unit: "shards" })),
  seconds: optional(number({ min: 0.01, max: 86_400, unit: "seconds of one core" })),
});

const form: Check<JobSpec> = object<JobSpec>({
  pool: anything,
  prices: optional(text(4096)),
  market: optional(anything),
  calibration: optional(calibration),
  options: optional(options),
  shards: optional(cut),
});

/** A spec that has been read with the files that it names. */
export interface ReadJob {
  readonly job: ShardJobRequest;
  readonly count: number | undefined;
  readonly seconds: number | undefined;
}

/**
 * Reads a job's spec and the files that it names, which stand beside it unless their paths say
 * otherwise. What is wrong with its form comes back with it, to be told with all else.
 *
 * @param root  JSON of the spec at `path`
 * @throws PoolError where it is no JSON object; FileFault
 */
export async function jobIn(io: Io, path: string, root: unknown): Promise<ReadJob> {
  const found = new Findings();
  const spec = form.check(root, null, found) as Partial<JobSpec> | undefined;
  if (spec === undefined) throw new PoolError(found.issues, "job");
  const beside = besideOf(path);
  const textOf = async (given: unknown): Promise<string> =>
    typeof given === "string" ? readText(io, beside(given)) : JSON.stringify(given);
  const { prices, market, shards = {} } = spec;
  const job: ShardJobRequest = {
    issues: [...found.issues, ...twice(shards)],
    pool: spec.pool === undefined ? "" : await textOf(spec.pool),
    ...(prices !== undefined && { prices: await textOf(prices) }),
    ...(market !== undefined && { market: await textOf(market) }),
    calibration: spec.calibration ?? {},
    options: spec.options ?? {},
  };
  return { job, count: shards.count, seconds: shards.seconds };
}

/** Paths in a spec begin where it stands. */
export function besideOf(path: string): (name: string) => string {
  return (name) => (isAbsolute(name) ? name : join(dirname(path), name));
}

/** Refuses a number of shards and the length of each together. */
export function twice({ count, seconds }: CutSpec): Issue[] {
  if (count === undefined || seconds === undefined) return [];
  const detail = "say how many shards there are, or how long each should take, not both";
  return [{ code: "SHARD_COUNT", pointer: "/shards", detail, expected: "count or seconds" }];
}
