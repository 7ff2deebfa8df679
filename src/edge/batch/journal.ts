import { PoolError } from "../../index.ts";
import type { Disk, Line } from "../cli/io.ts";
import type { BatchRecord } from "./record.ts";

const FORMAT = "riskpool-batch-1";

/** What a job is, by name: two jobs with the same words have the same results. */
export type JobWords = Readonly<Record<string, string>>;

/** The journal of a job: a line of JSON that says which job it is, then one for each item in order. */
export interface Journal {
  /** Bytes of its whole lines. */
  readonly size: number;
  /** Whether it says which job it is of; otherwise it is as good as none. */
  readonly isBegun: boolean;
  /** Items that need not be valued again. */
  readonly count: number;
}

/**
 * Looks at what an interrupted run has left behind. A last line that nothing ends is torn, and taken
 * for not written.
 *
 * @throws PoolError JOURNAL_OTHER where it is of another job; JOURNAL_DAMAGED
 */
export async function openJournal(disk: Disk, path: string, job: JobWords): Promise<Journal> {
  if ((await disk.size(path)) === null) return { size: 0, isBegun: false, count: 0 };
  let size = 0;
  let count = -1;
  for await (const line of disk.lines(path)) {
    if (!line.isEnded) break;
    if (count < 0) refuseOther(headIn(line, path), job, path);
    else if (recordIn(line, path).index !== count) throw damaged(path, line.number);
    count++;
    size = line.end;
  }
  return { size, isBegun: count >= 0, count: Math.max(0, count) };
}

/** The first line of a journal. */
export function headOf(job: JobWords): string {
  return `${JSON.stringify({ format: FORMAT, job })}\n`;
}

/** The line of a record. */
export function lineOf(record: BatchRecord): string {
  return `${JSON.stringify(record)}\n`;
}

/**
 * The records of a journal, in order.
 *
 * @throws PoolError JOURNAL_DAMAGED, also where two runs have written to it at a time
 */
export async function* recordsOf(disk: Disk, path: string): AsyncGenerator<BatchRecord> {
  let count = 0;
  for await (const line of disk.lines(path)) {
    if (!line.isEnded) return;
    if (line.number === 1) continue;
    const record = recordIn(line, path);
    if (record.index !== count++) throw damaged(path, line.number);
    yield record;
  }
}

function recordIn(line: Line, path: string): BatchRecord {
  try {
    return JSON.parse(line.text()) as BatchRecord;
  } catch {
    throw damaged(path, line.number);
  }
}

function headIn(line: Line, path: string): JobWords {
  try {
    const head = JSON.parse(line.text()) as { format?: unknown; job?: JobWords };
    if (head.format === FORMAT && head.job) return head.job;
  } catch {
    // Told below: whatever it is, it is no journal.
  }
  throw damaged(path, line.number);
}

function refuseOther(found: JobWords, job: JobWords, path: string): void {
  const names = [...new Set([...Object.keys(job), ...Object.keys(found)])];
  const differing = names.filter((name) => found[name] !== job[name]);
  if (differing.length > 0) throw otherJob(path, differing.join(", "));
}

/** Refuses: a journal belongs to another job. */
export function otherJob(path: string, differing: string): PoolError {
  return new PoolError([
    {
      code: "JOURNAL_OTHER",
      pointer: "/options/out",
      detail: `${path} is what an interrupted batch left behind, and that one differs in: ${differing}. Finish it as it was begun, give this one another --out, or begin anew with --restart.`,
      expected: "the journal of this very job, or none",
      received: path,
    },
  ]);
}

function damaged(path: string, line: number): PoolError {
  return new PoolError([
    {
      code: "JOURNAL_DAMAGED",
      pointer: "/options/out",
      detail: `line ${line} of ${path} is not what one batch alone writes there; begin anew with --restart`,
      expected: "the journal of an interrupted batch",
      received: path,
    },
  ]);
}
