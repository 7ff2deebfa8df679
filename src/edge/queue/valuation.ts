import { randomUUID } from "node:crypto";
import { unlessAborted } from "../../basics/index.ts";
import {
  holdToBudget,
  PoolError,
  type PoolValuation,
  type Progress,
  shardRange,
  type ValueOptions,
  variantOf,
} from "../../index.ts";
import { sha256 } from "../digest.ts";
import type { Client } from "./client.ts";
import { decoded, encoded } from "./codec.ts";
import { type QueueJob, shardUnit } from "./job.ts";
import { countFor, readCut, type ShardCut } from "./shard-count.ts";
import type { RunFields } from "./store.ts";

/** Times that a valuation is submitted anew because Redis has lost what was found. */
const AGAIN_MAX = 3;
/** Faults that say so. */
const LOST: readonly string[] = ["SPEC_GONE", "SHARDS_GONE"];

/** How one pool is valued. */
export interface QueueValueOptions extends ValueOptions {
  /** Into how many shards the run is cut, or of how many seconds each; 5 seconds when left out. */
  readonly shards?: ShardCut;
}

/** A valuation as it is submitted. */
interface Plan {
  readonly spec: string;
  readonly text: string;
  readonly shards: string;
  readonly bounds: readonly number[];
  readonly units: readonly string[];
  /** The unit of the merge. */
  readonly answer: string;
  readonly scenarios: number;
}

/**
 * Values one pool on a client's queue, in shards.
 *
 * @throws PoolError as `engine.value`; of the queue; the signal's reason
 */
export async function valueInShards(
  client: Client,
  pool: unknown,
  { shards, signal, onProgress, ...options }: QueueValueOptions,
): Promise<PoolValuation> {
  signal?.throwIfAborted();
  const plan = await planned(client, pool, options, readCut(shards));
  for (let again = 0; ; again++) {
    try {
      return await submitted(client, plan, signal, onProgress);
    } catch (error) {
      const isLost = error instanceof PoolError && LOST.includes(error.code);
      if (!isLost || again >= AGAIN_MAX) throw error;
    }
  }
}

async function planned(
  { engine, build }: Client,
  pool: unknown,
  options: ValueOptions,
  cut: ShardCut,
): Promise<Plan> {
  // Reads pool and options, with every problem of both.
  const { job, scenarios } = await engine.shardJob(pool, { index: 0, count: 1 }, options);
  const read = variantOf(pool);
  const { budget } = options;
  const forecast = budget || "seconds" in cut ? await engine.plan(read, options) : null;
  if (forecast && budget) holdToBudget(budget, forecast);
  const count = "count" in cut ? cut.count : countFor(forecast!, cut.seconds);
  const bounds = [0];
  for (let index = 0; index < count; index++) {
    bounds.push(shardRange({ index, count }, scenarios).end);
  }
  const text = encoded({ pool: read.document, options });
  const spec = sha256(text);
  const shards = sha256(encoded([build, job, options.contributions ?? "all"]));
  return {
    ...{ spec, text, shards, bounds, scenarios },
    units: bounds.slice(1).map((end, i) => shardUnit(shards, bounds[i]!, end)),
    answer: sha256(encoded([build, spec, bounds])),
  };
}

async function submitted(
  client: Client,
  plan: Plan,
  signal: AbortSignal | undefined,
  onProgress: ((progress: Progress) => void) | undefined,
): Promise<PoolValuation> {
  const { store } = client;
  const run = randomUUID();
  const { spec, answer, units } = plan;
  const { parent, children } = jobsOf(client, plan, run);
  const progress = onProgress && progressOf(plan, onProgress);
  const watch = client.watch(run, {
    kept: () => [[spec], [...units, answer]],
    ...(progress && { onFields: progress }),
  });
  const work = async () => {
    await store.open(run);
    await store.hold(run, spec, plan.text);
    const isThere = await store.committed([...units, answer]);
    if (!isThere.at(-1)) {
      const missing = children.filter((_, i) => !isThere[i]);
      const submit = () => client.submitFlow(parent, missing);
      await submit();
      await watch.done(client.awaited(parent, submit));
    }
    return read(client, answer);
  };
  let isDone = false;
  try {
    const valuation = await unlessAborted(signal, work());
    isDone = true;
    progress?.(Object.fromEntries(units.map((unit) => [`ok:${unit}`, ""])));
    return valuation;
  } finally {
    client.leave(watch, async () => {
      // A run that ended otherwise must not go on: what is under way stops at its next beat.
      if (!isDone) {
        await store.abort(run);
        await client.withdraw([...children, parent]);
      }
      await store.release(run, spec, [...units, answer]);
      await store.close(run);
    });
  }
}

async function read({ store }: Client, answer: string): Promise<PoolValuation> {
  const bytes = await store.value(answer);
  if (bytes === null) throw gone();
  return decoded<PoolValuation>(new TextDecoder().decode(bytes));
}

const gone = () =>
  new PoolError([
    {
      code: "SHARDS_GONE",
      pointer: "",
      detail: "the valuation is no longer in Redis; submit it again",
      expected: "results that are kept until they are taken",
    },
  ]);

function jobsOf(
  client: Client,
  { spec, shards, bounds, units, answer }: Plan,
  run: string,
): { readonly parent: QueueJob; readonly children: readonly QueueJob[] } {
  const children = units.map((unit, i) => {
    const range = { from: bounds[i]!, end: bounds[i + 1]! };
    return client.job({ run, unit, spec, task: { kind: "shard", ...range } });
  });
  const task = { kind: "merge", shards, bounds } as const;
  return { parent: client.job({ run, unit: answer, spec, task }), children };
}

/** Adds up what the shards say of themselves; a shard that begins anew takes nothing back. */
function progressOf(
  { units, bounds, scenarios: total }: Plan,
  onProgress: (progress: Progress) => void,
): (fields: RunFields) => void {
  const parts = bounds.at(-1)!;
  const before = bounds.map((bound) => Math.round((total * bound) / parts));
  const size = units.map((_, i) => before[i + 1]! - before[i]!);
  let last = 0;
  return (fields) => {
    const of = (unit: string, i: number) =>
      fields[`ok:${unit}`] === undefined
        ? Math.min(size[i]!, Number(fields[`at:${unit}`] ?? 0))
        : size[i]!;
    const done = units.reduce((sum, unit, i) => sum + of(unit, i), 0);
    if (done <= last) return;
    last = done;
    onProgress({ done, total, estimate: null });
  };
}
