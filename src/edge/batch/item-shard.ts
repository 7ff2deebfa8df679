import { createHash } from "node:crypto";
import { pointerKey } from "../../basics/index.ts";
import { type Issue, PoolError, readJson } from "../../index.ts";
import { sha256 } from "../digest.ts";
import type { BatchRecord } from "./record.ts";

/** Goes up when an older reader would read a file wrongly. */
const FORMAT = "riskpool items 1";

/** What many jobs are together: shards of the same have the same words. */
export interface ItemJob {
  /** SHA-256 of all items in order, and of what their figures depend on besides. */
  readonly job: string;
  readonly kernel: string;
  /** Of the package. */
  readonly version: string;
  readonly items: number;
  /** Rows carry the engine's whole answer. */
  readonly isFull: boolean;
}

/** The first line of a shard of items; [from, end) of them follow, a line each. */
export interface ItemShardHead extends ItemJob {
  readonly format: typeof FORMAT;
  readonly from: number;
  readonly end: number;
}

/** A shard of items that has been read and found to be whole. */
export interface ItemShard {
  readonly name: string;
  readonly head: ItemShardHead;
  /** SHA-256 of all lines but the last, which says it. */
  readonly digest: string;
}

/** Whether a file begins as a shard of items does: as text, where one of scenarios does not. */
export function isItemShard(bytes: Uint8Array): boolean {
  const start = `{"format":"${FORMAT}"`;
  return [...start].every((letter, i) => bytes[i] === letter.charCodeAt(0));
}

/** The first line of a file. */
export function headLine({ format, ...head }: ItemShardHead): string {
  return `${JSON.stringify({ format, ...head })}\n`;
}

/** What a shard says that it is. */
export function headOf(job: ItemJob, from: number, end: number): ItemShardHead {
  return { format: FORMAT, ...job, from, end };
}

/** Gathers the lines of a file and ends it with their digest. */
export class ItemShardLines {
  readonly #hash = createHash("sha256");
  readonly #pieces: string[] = [];

  add(line: string): void {
    this.#hash.update(line);
    this.#pieces.push(line);
  }

  /** The bytes of the whole file. The same records give the same bytes on every machine. */
  bytes(): Uint8Array {
    const last = `${JSON.stringify({ sha256: this.#hash.digest("hex") })}\n`;
    return Buffer.from([...this.#pieces, last].join(""), "utf8");
  }
}

/**
 * Reads what a file says that it is.
 *
 * @throws PoolError SHARD_DAMAGED, SHARD_BUILD at /shards/name
 */
export function readItemShard(bytes: Uint8Array, name: string): ItemShard {
  const lastAt = bytes.lastIndexOf(10, bytes.length - 2) + 1;
  const body = bytes.subarray(0, lastAt);
  const digest = sha256(body);
  const last = Buffer.from(bytes.subarray(lastAt)).toString("utf8");
  if (last !== `${JSON.stringify({ sha256: digest })}\n`) {
    throw fault(name, "is cut short or has changed since it was written");
  }
  const head = headIn(body.subarray(0, body.indexOf(10)));
  const lines = lineCount(body) - 1;
  if (head === null || lines !== head.end - head.from) {
    throw fault(name, "does not hold what its first line says");
  }
  return { name, head, digest };
}

function headIn(line: Uint8Array): ItemShardHead | null {
  try {
    const head = readJson(Buffer.from(line).toString("utf8")) as Partial<ItemShardHead>;
    const { format, job, kernel, version, items, from, end, isFull } = head;
    const isRange = (low: unknown, high: unknown) =>
      Number.isInteger(low) && Number.isInteger(high) && (low as number) < (high as number);
    const isSound =
      format === FORMAT &&
      [job, kernel, version].every((text) => typeof text === "string") &&
      typeof isFull === "boolean" &&
      Number.isInteger(items) &&
      isRange(from, end) &&
      from! >= 0 &&
      end! <= items!;
    return isSound ? (head as ItemShardHead) : null;
  } catch (error) {
    if (error instanceof PoolError) return null;
    throw error;
  }
}

function lineCount(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count++;
  return count;
}

/**
 * The records of a file, in order.
 *
 * @throws PoolError SHARD_DAMAGED where it is no longer what it was, or its rows are out of order
 */
export function* recordsIn(
  bytes: Uint8Array,
  { name, head, digest }: ItemShard,
): Generator<BatchRecord> {
  if (readItemShard(bytes, name).digest !== digest) {
    throw fault(name, "has changed while it was read");
  }
  let index = head.from;
  let at = bytes.indexOf(10) + 1;
  while (index < head.end) {
    const to = bytes.indexOf(10, at);
    const record = JSON.parse(Buffer.from(bytes.subarray(at, to)).toString("utf8")) as BatchRecord;
    if (record.index !== index++) throw fault(name, "has rows that are out of order");
    yield record;
    at = to + 1;
  }
}

function fault(name: string, what: string): PoolError {
  const issue: Issue = {
    code: "SHARD_DAMAGED",
    pointer: `/shards${pointerKey(name)}`,
    detail: `${name} ${what}; remove it and run its shard again`,
    expected: "a whole shard file, with the SHA-256 of its lines in the last one",
  };
  return new PoolError([issue], "shard");
}
