import { digestOf } from "../../basics/index.ts";
import type { BatchSession } from "../cli/core.ts";
import { type Disk, FileFault } from "../cli/io.ts";
import { Extent, type ResultColumn } from "./column.ts";
import { headOf, type JobWords, lineOf, openJournal, otherJob, recordsOf } from "./journal.ts";
import { type BatchRecord, type RunTerms, recordOf } from "./record.ts";
import { type ResultKind, writeResults } from "./result.ts";
import type { SourceItem } from "./source.ts";

/** A batch from files to a file. */
export interface BatchJob {
  readonly disk: Disk;
  readonly source: AsyncIterable<SourceItem>;
  readonly session: BatchSession;
  readonly terms: RunTerms;
  /** What else the results depend on, by name. */
  readonly words: JobWords;
  readonly out: string;
  readonly kind: ResultKind;
  /** Rows carry the engine's whole answer. */
  readonly isFull: boolean;
  /** Leaves what an interrupted run left behind. */
  readonly isAnew: boolean;
  readonly onProgress: (progress: BatchProgress) => void;
  /** Hears of every record, in order, before the results are written. */
  readonly onRecord?: (record: BatchRecord) => void;
  /** Columns besides those of every batch; asked for when all records have been heard of. */
  readonly ownColumns?: () => readonly ResultColumn[];
}

export interface BatchProgress {
  /** Items done, and those of them that an earlier run had done. */
  readonly done: number;
  readonly found: number;
  /** The part of the file that was read so far, from 0 to 1; and when the run began. */
  readonly part: number;
  readonly partFound: number;
}

/** What came of a batch. */
export interface BatchOutcome {
  readonly items: number;
  readonly faults: number;
  /** Items that an earlier run had done. */
  readonly found: number;
}

/** Where an interrupted batch is taken up again. */
export function journalOf(out: string): string {
  return `${out}.partial`;
}

/**
 * Values items and writes their results. Every answer goes to a journal beside the results at once,
 * in the order of items, so that a run that was ended in whatever way goes on behind the last whole
 * line of it: nothing is valued twice, and the results are those of a run that was never ended.
 *
 * @throws PoolError JOURNAL_OTHER, JOURNAL_DAMAGED; of what is shared by all items; FileFault
 */
export async function runBatch(job: BatchJob): Promise<BatchOutcome> {
  const { disk, out } = job;
  const path = journalOf(out);
  const words = { ...job.words, options: digestOf(job.terms.options), ...runWords(job) };
  if (job.isAnew) await onDisk(path, disk.remove(path));
  const journal = await openJournal(disk, path, words);
  const appender = await onDisk(path, disk.append(path, journal.size));
  try {
    if (!journal.isBegun) await onDisk(path, appender.write(headOf(words)));
    for await (const line of answered(job, path, journal.count)) {
      await onDisk(path, appender.write(line));
    }
  } finally {
    await onDisk(path, appender.close());
  }
  const extent = new Extent();
  for await (const record of recordsOf(disk, path)) {
    extent.add(record);
    job.onRecord?.(record);
  }
  const own = job.ownColumns?.() ?? [];
  const write = disk.replace(out, (put) =>
    writeResults(job.kind, recordsOf(disk, path), extent, put, own),
  );
  await onDisk(out, write);
  await onDisk(path, disk.remove(path));
  return { items: extent.count, faults: extent.faults, found: journal.count };
}

function runWords({ terms, kind, isFull }: BatchJob): JobWords {
  const { version, kernel, figures } = terms;
  return { version, kernel, figures, output: isFull ? `${kind}, full` : kind };
}

/** Lines for the journal of the items that it does not have yet. */
async function* answered(job: BatchJob, path: string, found: number): AsyncGenerator<string> {
  const { session, terms, isFull } = job;
  const items = job.source[Symbol.asyncIterator]();
  const partFound = await skip(items, job.disk, path, found);
  const under: SourceItem[] = [];
  async function* rest() {
    for (let next = await items.next(); !next.done; next = await items.next()) {
      under.push(next.value);
      yield next.value.fault ? null : next.value.item;
    }
  }
  let done = found;
  for await (const answer of session.answers(rest())) {
    const item = under.shift()!;
    const index = done++;
    yield lineOf(recordOf(item, { ...answer, index }, terms, isFull));
    job.onProgress({ done, found, part: item.part, partFound });
  }
}

/** Goes past the items that the journal has, and sees to it that they are still the same. */
async function skip(
  items: AsyncIterator<SourceItem>,
  disk: Disk,
  path: string,
  found: number,
): Promise<number> {
  if (found === 0) return 0;
  let part = 0;
  for await (const { item, index } of recordsOf(disk, path)) {
    const next = await items.next();
    if (next.done || next.value.digest !== item) throw otherJob(path, `item ${index}`);
    part = next.value.part;
  }
  return part;
}

/** Says which file could not be written. */
function onDisk<Value>(path: string, work: Promise<Value>): Promise<Value> {
  return work.catch((cause) => {
    const isOurs = !(cause instanceof Error && "syscall" in cause);
    throw isOurs ? cause : new FileFault("FILE_UNWRITABLE", path, cause);
  });
}
