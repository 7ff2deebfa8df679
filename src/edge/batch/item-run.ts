import { createHash } from "node:crypto";
import { digestOf } from "../../basics/index.ts";
import type { BatchSession } from "../cli/core.ts";
import { headLine, headOf, type ItemJob, ItemShardLines } from "./item-shard.ts";
import { lineOf } from "./journal.ts";
import { type RunTerms, recordOf } from "./record.ts";
import type { SourceItem } from "./source.ts";

/** Many jobs that are cut by their items. */
export interface ItemRun {
  /** Goes through all items; asked for once for each pass. */
  readonly items: () => AsyncIterable<SourceItem>;
  readonly session: BatchSession;
  readonly terms: RunTerms;
  /** What else the rows depend on, by name. */
  readonly words: Readonly<Record<string, string>>;
  readonly isFull: boolean;
}

/** Goes through all items once, and says which job they are. */
export async function itemJobOf({ items, terms, words, isFull }: ItemRun): Promise<ItemJob> {
  const all = createHash("sha256");
  let count = 0;
  for await (const { digest } of items()) {
    all.update(`${digest}\n`);
    count++;
  }
  const { version, kernel } = terms;
  const job = digestOf({ ...terms, ...words, isFull, items: all.digest("hex") });
  return { job, kernel, version, items: count, isFull };
}

/** Items of shard `index` of `count`: as many in each, or one more. */
export function itemRange(index: number, count: number, items: number): readonly [number, number] {
  const bound = (i: number) => Math.floor((i * items) / count);
  return [bound(index), bound(index + 1)];
}

/**
 * Values some of the items into the bytes of a file.
 *
 * @param range     [from, end)
 * @param progress  hears how many of the range are done
 */
export async function runItems(
  run: ItemRun,
  job: ItemJob,
  [from, end]: readonly [number, number],
  progress: (done: number, total: number) => void,
): Promise<{ readonly bytes: Uint8Array; readonly faults: number }> {
  const { session, terms, isFull } = run;
  const under: SourceItem[] = [];
  async function* wanted() {
    let index = 0;
    for await (const item of run.items()) {
      if (index >= end) return;
      if (index++ < from) continue;
      under.push(item);
      yield item.fault ? null : item.item;
    }
  }
  const lines = new ItemShardLines();
  lines.add(headLine(headOf(job, from, end)));
  let index = from;
  let faults = 0;
  for await (const answer of session.answers(wanted())) {
    const record = recordOf(under.shift()!, { ...answer, index: index++ }, terms, isFull);
    if (record.error) faults++;
    lines.add(lineOf(record));
    progress(index - from, end - from);
  }
  return { bytes: lines.bytes(), faults };
}

/** Blocks of consecutive items that are tried, items of a block, and milliseconds that it may take. */
const BLOCKS = 3;
const BLOCK_ITEMS = 200;
const BLOCK_MS = 700;

/** What items take, by valuing some. */
export interface ItemPace {
  readonly secondsPerItem: number;
  readonly bytesPerItem: number;
}

/**
 * Values some items at the beginning, in the middle and at the end. Neighbours stay together: variants
 * that differ in terms alone are answered from one simulation.
 *
 * @param now  milliseconds on a clock that never goes back
 */
export async function paceOf(run: ItemRun, job: ItemJob, now: () => number): Promise<ItemPace> {
  const { session, terms, isFull } = run;
  const starts = Array.from({ length: BLOCKS }, (_, i) => Math.floor((i * job.items) / BLOCKS));
  const blocks = starts.map((): SourceItem[] => []);
  let index = 0;
  for await (const item of run.items()) {
    const block = blocks[starts.filter((start) => start <= index).length - 1]!;
    if (block.length < BLOCK_ITEMS) block.push(item);
    index++;
  }
  let items = 0;
  let ms = 0;
  let bytes = 0;
  for (const block of blocks) {
    // Code that is compiled while it runs is slow at first: what comes first is valued twice.
    if (items === 0 && block[0]) for await (const _ of session.answers(itemsIn([block[0]])));
    const start = now();
    let done = 0;
    for await (const answer of session.answers(itemsIn(block))) {
      const record = recordOf(block[done]!, { ...answer, index: done }, terms, isFull);
      bytes += lineOf(record).length;
      done++;
      if (now() - start > BLOCK_MS) break;
    }
    items += done;
    ms += now() - start;
  }
  const count = Math.max(1, items);
  return { secondsPerItem: ms / 1000 / count, bytesPerItem: bytes / count };
}

async function* itemsIn(list: readonly SourceItem[]): AsyncGenerator<unknown> {
  for (const { fault, item } of list) yield fault ? null : item;
}
