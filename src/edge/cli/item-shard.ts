import { type Issue, PoolError, received } from "../../index.ts";
import { gatherItemShards, writeMerged } from "../batch/item-merge.ts";
import { itemRange, paceOf, runItems } from "../batch/item-run.ts";
import { type ItemJob, isItemShard, readItemShard } from "../batch/item-shard.ts";
import { resultKind } from "../batch/result.ts";
import { plainTable } from "../report/terminal.ts";
import type { Core } from "./core.ts";
import { FileFault, type Io, readBytes, writeOut } from "./io.ts";
import { onItems, type ReadItems } from "./item-job.ts";
import type { OptionTexts } from "./option.ts";
import { progressOn, wipeProgress } from "./run-option.ts";
import { type Choice, wantedShards } from "./shard-choice.ts";

/** How many jobs are best cut. */
interface ItemPlan {
  readonly shards: number;
  readonly items: number;
  /** Of one core, by valuing some items on this machine. */
  readonly secondsPerItem: number;
  readonly secondsPerShard: number;
  readonly bytesPerShard: number;
  readonly coreSeconds: number;
}

/** Says how many shards items are best cut into. */
export async function planItems(
  io: Io,
  core: Core,
  read: ReadItems,
  cut: { readonly seconds: number } | { readonly count: number },
  isJson: boolean,
): Promise<void> {
  const plan = await onItems(io, core, read, async (run, job): Promise<ItemPlan> => {
    const { items } = job;
    const { secondsPerItem, bytesPerItem } = await paceOf(run, job, io.now);
    const coreSeconds = items * secondsPerItem;
    const wanted = "count" in cut ? cut.count : Math.ceil(coreSeconds / cut.seconds);
    const shards = Math.max(1, Math.min(items, wanted));
    const most = Math.ceil(items / shards);
    return {
      shards,
      items,
      secondsPerItem,
      secondsPerShard: most * secondsPerItem,
      bytesPerShard: Math.ceil(most * bytesPerItem),
      coreSeconds,
    };
  });
  io.stdout(isJson ? `${JSON.stringify(plan)}\n` : planText(plan));
}

function planText(plan: ItemPlan): string {
  const seconds = (value: number) => `${Number(value.toPrecision(2))} s`;
  const rows = [
    ["shards", `${plan.shards} (at most ${plan.items})`],
    ["items", String(plan.items)],
    ["an item, on one core", seconds(plan.secondsPerItem)],
    [
      "a shard, on one core",
      `${seconds(plan.secondsPerShard)}, ${Number((plan.bytesPerShard / 1e6).toPrecision(2))} MB`,
    ],
    ["all, on one core", seconds(plan.coreSeconds)],
  ];
  const advice = `Say so in the spec: "shards": { "count": ${plan.shards} }`;
  return `${plainTable(["Jobs", "about"], rows)}\n\n${advice}\n`;
}

/** Values the items of one shard, or of several, into files. */
export async function runItemShards(
  io: Io,
  core: Core,
  read: ReadItems,
  texts: OptionTexts,
): Promise<void> {
  const wanted = await wantedShards(texts, io, read.count, "items");
  await onItems(io, core, read, async (run, job) => {
    for (const { name, choice } of wanted) {
      const path = `${String(texts["out"]).replace(/\/+$/, "")}/${name}`;
      const [from, end] = rangeOf(choice, job.items);
      const isThere = await stands(io, path, job, from, end);
      let faults: number | null = null;
      let bytes: number | null = null;
      if (!isThere) {
        const progress = progressOn(io);
        const ran = await runItems(run, job, [from, end], progress).finally(() => wipeProgress(io));
        await writeOut(io, path, ran.bytes);
        faults = ran.faults;
        bytes = ran.bytes.length;
      }
      const told = { file: path, from, end, items: job.items, faults, job: job.job, bytes };
      const which = `items ${from} to ${end - 1} of ${job.items}`;
      const words = isThere ? `${path} is there already: ${which}` : `Wrote ${path}: ${which}`;
      io.stdout(texts["json"] ? `${JSON.stringify(told)}\n` : `${words}\n`);
    }
  });
}

/** @throws PoolError NUMBER_RANGE at /shard */
function rangeOf(choice: Choice, items: number): readonly [number, number] {
  const refuse = (name: string, most: number, given: number): never => {
    const issue: Issue = {
      code: "NUMBER_RANGE",
      pointer: `/shard/${name}`,
      detail: `${name} says which items are wanted and must be a whole number within the bounds`,
      expected: `a whole number up to ${most}, of ${items} items`,
      received: received(given),
    };
    throw new PoolError([issue], "request");
  };
  if ("index" in choice) {
    if (choice.count > items) refuse("count", items, choice.count);
    return itemRange(choice.index, choice.count, items);
  }
  const { from, end } = choice;
  if (from >= items) refuse("from", items - 1, from);
  if (end > items || end <= from) refuse("end", items, end);
  return [from, end];
}

/**
 * Whether a sound shard of these items stands there already. One that is damaged or of another build
 * is run again.
 *
 * @throws PoolError SHARD_JOB for one of another job, which is left alone
 */
async function stands(io: Io, path: string, job: ItemJob, from: number, end: number) {
  const bytes = await io.readBytes(path).catch(() => null);
  if (!bytes) return false;
  const head = headAt(bytes, path);
  if (!head) return false;
  const isBuild = head.kernel === job.kernel && head.version === job.version;
  if (isBuild && head.job !== job.job) {
    const issue = {
      code: "SHARD_JOB",
      pointer: "",
      detail: `${path} stands there and is a shard of another job; take a folder for each job`,
      expected: `job ${job.job}`,
      received: `job ${head.job}`,
    };
    throw new PoolError([issue], "shard");
  }
  return isBuild && head.from === from && head.end === end;
}

function headAt(bytes: Uint8Array, path: string) {
  if (!isItemShard(bytes)) return null;
  try {
    return readItemShard(bytes, path).head;
  } catch (error) {
    if (error instanceof PoolError) return null;
    throw error;
  }
}

/** Whether any of some files is a shard of items. */
export async function anyItemShard(io: Io, files: readonly string[]): Promise<boolean> {
  for (const name of files) if (isItemShard(await readBytes(io, name))) return true;
  return false;
}

/**
 * Puts the shards of many jobs together into one table.
 *
 * @param out  where it goes
 * @returns items at fault
 */
export async function mergeItems(
  io: Io,
  core: Core,
  files: readonly string[],
  read: ReadItems | undefined,
  { out, isJson }: { readonly out: string; readonly isJson: boolean },
): Promise<number> {
  const kind = resultKind(out);
  if (!kind) throw new PoolError([noTable(out)], "command line");
  const sources = files.map((name) => ({ name, read: () => readBytes(io, name) }));
  const build = { version: core.version, kernel: await core.kernel() };
  const wanted = read && (await onItems(io, core, read, async (_, job) => job));
  const all = await gatherItemShards(sources, build, wanted);
  const { items, faults } = await writeMerged(all, kind, (write) =>
    io.disk.replace(out, write).catch((cause: unknown) => {
      const isOurs = !(cause instanceof Error && "syscall" in cause);
      throw isOurs ? cause : new FileFault("FILE_UNWRITABLE", out, cause);
    }),
  );
  const shards = all.shards.length;
  const wrong = faults > 0 ? `; ${faults} at fault, their rows say why` : "";
  const words = `Wrote ${out}: ${items} items of ${shards} shards${wrong}\n`;
  io.stdout(isJson ? `${JSON.stringify({ out, items, faults, shards })}\n` : words);
  return faults;
}

function noTable(out: string): Issue {
  return {
    code: "VALUE_UNKNOWN",
    pointer: "/options/out",
    detail: "the shards are of many jobs, which are merged into a table",
    expected: "a file that ends in .parquet, .arrow, .csv or .ndjson",
    received: received(out),
  };
}
