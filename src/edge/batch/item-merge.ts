import { pointerKey } from "../../basics/index.ts";
import { type Issue, PoolError } from "../../index.ts";
import type { Put } from "../cli/io.ts";
import { Extent } from "./column.ts";
import {
  type ItemJob,
  type ItemShard,
  isItemShard,
  readItemShard,
  recordsIn,
} from "./item-shard.ts";
import type { BatchRecord } from "./record.ts";
import { type ResultKind, writeResults } from "./result.ts";

/** A file that may be a shard; read two or three times. */
export interface ShardSourceFile {
  readonly name: string;
  readonly read: () => Promise<Uint8Array>;
}

/** The build that merges: shards of another are refused. */
type Build = Pick<ItemJob, "kernel" | "version">;

/** Shards in the order of their items, all of one job and without a gap. */
export interface ItemShards {
  readonly job: ItemJob;
  readonly shards: readonly { readonly shard: ItemShard; readonly file: ShardSourceFile }[];
}

/**
 * Looks at all shards of many jobs.
 *
 * @param wanted  the job, where somebody has said it; as the first sound shard says otherwise
 * @throws PoolError with every problem of all of them: SHARD_DAMAGED, SHARD_BUILD, SHARD_JOB,
 *         SHARD_OVERLAP, SHARD_GAP
 */
export async function gatherItemShards(
  files: readonly ShardSourceFile[],
  build: Build,
  wanted?: ItemJob,
): Promise<ItemShards> {
  const issues: Issue[] = [];
  const found: { shard: ItemShard; file: ShardSourceFile }[] = [];
  for (const file of files) {
    try {
      const bytes = await file.read();
      if (!isItemShard(bytes)) throw new PoolError([stranger(file.name)], "shard");
      found.push({ shard: readItemShard(bytes, file.name), file });
    } catch (error) {
      if (!(error instanceof PoolError)) throw error;
      issues.push(...error.issues);
    }
  }
  const ofBuild = found.filter(({ shard }) => kept(otherBuild(shard, build), issues));
  const job = wanted ?? ofBuild[0]?.shard.head;
  const own = ofBuild.filter(({ shard }) => kept(job ? otherJob(shard, job) : null, issues));
  const sorted = own.sort(
    ({ shard: a }, { shard: b }) => a.head.from - b.head.from || a.head.end - b.head.end,
  );
  const inOrder: typeof found = [];
  for (const one of sorted) {
    const before = inOrder.at(-1)?.shard;
    if (before && one.shard.head.from < before.head.end) {
      // The same shard under another name is no other shard.
      if (one.shard.digest !== before.digest) issues.push(overlap(before, one.shard));
      if (one.shard.head.end <= before.head.end) continue;
    }
    inOrder.push(one);
  }
  issues.push(
    ...gapsOf(
      inOrder.map(({ shard }) => shard),
      job?.items ?? 0,
    ),
  );
  if (issues.length > 0 || !job) throw new PoolError(issues, "shards");
  return { job, shards: inOrder };
}

function kept(issue: Issue | null, issues: Issue[]): boolean {
  if (issue) issues.push(issue);
  return issue === null;
}

const place = (name: string) => `/shards${pointerKey(name)}`;

function stranger(name: string): Issue {
  return {
    code: "SHARD_JOB",
    pointer: place(name),
    detail: `${name} is no shard of many jobs, as the others are; keep the shards of each job in a folder of their own`,
    expected: "a shard of items",
  };
}

function otherBuild({ name, head }: ItemShard, { kernel, version }: Build): Issue | null {
  if (head.kernel === kernel && head.version === version) return null;
  return {
    code: "SHARD_BUILD",
    pointer: place(name),
    detail: `${name} comes from another build; run it again with this one, or merge with the build that ran all of them`,
    expected: `riskpool ${version}, kernel ${kernel}`,
    received: `riskpool ${head.version}, kernel ${head.kernel}`,
  };
}

function otherJob({ name, head }: ItemShard, { job, items }: ItemJob): Issue | null {
  if (head.job === job && head.items === items) return null;
  return {
    code: "SHARD_JOB",
    pointer: place(name),
    detail: `${name} belongs to another job: other items, another base, market or options; keep the shards of each job in a folder of their own`,
    expected: `job ${job}, ${items} items`,
    received: `job ${head.job}, ${head.items} items`,
  };
}

const inWords = ({ head }: ItemShard) => `items ${head.from}-${head.end - 1}`;

function overlap(before: ItemShard, { name, head, digest }: ItemShard): Issue {
  const isSame = head.from === before.head.from && head.end === before.head.end;
  return {
    code: "SHARD_OVERLAP",
    pointer: place(name),
    detail: isSame
      ? `${name} and ${before.name} hold the same items with other rows; a machine is at fault, run them again elsewhere`
      : `${name} and ${before.name} hold some of the same items; remove one of the two`,
    expected: `no item besides ${inWords(before)} of ${before.name}`,
    received: isSame ? `SHA-256 ${digest}` : inWords({ name, head, digest }),
  };
}

function gapsOf(shards: readonly ItemShard[], items: number): Issue[] {
  const gaps: [number, number][] = [];
  let next = 0;
  for (const { head } of shards) {
    if (head.from > next) gaps.push([next, head.from]);
    next = Math.max(next, head.end);
  }
  if (next < items || items === 0) gaps.push([next, Math.max(items, next + 1)]);
  return gaps.map(([from, end]) => ({
    code: "SHARD_GAP",
    pointer: "/shards",
    detail:
      items === 0
        ? "there is no sound shard"
        : `no shard holds items ${from} to ${end - 1}; run them: riskpool shard run --items ${from}-${end - 1}`,
    expected: items === 0 ? "shards of items" : `items 0 to ${items - 1}`,
  }));
}

/** The records of all shards, in the order of items, one file held at a time. */
async function* recordsOf({ shards }: ItemShards): AsyncGenerator<BatchRecord> {
  for (const { shard, file } of shards) yield* recordsIn(await file.read(), shard);
}

/**
 * Writes what a batch of all items would have written, to the last byte.
 *
 * @returns items, and those of them that are at fault
 * @throws PoolError LAYERS_MANY, SHARD_DAMAGED
 */
export async function writeMerged(
  all: ItemShards,
  kind: ResultKind,
  replace: (write: (put: Put) => Promise<void>) => Promise<void>,
): Promise<{ readonly items: number; readonly faults: number }> {
  const extent = new Extent();
  for await (const record of recordsOf(all)) extent.add(record);
  await replace((put) => writeResults(kind, recordsOf(all), extent, put));
  return { items: extent.count, faults: extent.faults };
}
