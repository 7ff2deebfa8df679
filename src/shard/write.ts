import { canonicalJson, sha256 } from "../basics/index.ts";
import type { RunShard } from "../risk/index.ts";
import {
  ALIGNMENT,
  type ColumnForm,
  DIGEST_BYTES,
  FORMAT_VERSION,
  type Header,
  MAGIC,
  PREFIX_BYTES,
  TYPES,
} from "./form.ts";

/** What a file holds besides the state, and what hashes it. */
export interface ShardOptions {
  /** Text of the writer's own, such as what the whole job was asked. */
  readonly note?: string;
  /** SHA-256 as 64 lower-case digits; plain code when left out. */
  readonly sha256?: (bytes: Uint8Array) => string;
}

type Column = Float64Array | Uint32Array | Uint8Array;

/**
 * A shard as the bytes of a file. The same state and note give the same bytes on every machine.
 *
 * @example
 * const shard = await engine.runShard(pool, { index: 17, count: 24 }, options);
 * await writeFile("17.shard", writeShard(shard));
 */
export function writeShard(shard: RunShard, options: ShardOptions = {}): Uint8Array<ArrayBuffer> {
  const columns = columnsOf(shard, options.note);
  const header = new TextEncoder().encode(canonicalJson(headerOf(shard, columns)));
  const headerEnd = aligned(PREFIX_BYTES + header.length);
  const length = columns.reduce((sum, { data }) => sum + aligned(data.byteLength), headerEnd);
  const bytes = new Uint8Array(length + DIGEST_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(8, FORMAT_VERSION, true);
  view.setUint32(12, headerEnd - PREFIX_BYTES, true);
  bytes.fill(0x20, PREFIX_BYTES, headerEnd);
  bytes.set(header, PREFIX_BYTES);
  let at = headerEnd;
  for (const { data, form } of columns) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    if (!isLittleEndian) swap(bytes.subarray(at, at + data.byteLength), TYPES[form.type]);
    at += aligned(data.byteLength);
  }
  const digest = (options.sha256 ?? sha256)(bytes.subarray(0, length));
  for (let i = 0; i < DIGEST_BYTES; i++) {
    bytes[length + i] = Number.parseInt(digest.slice(2 * i, 2 * i + 2), 16);
  }
  return bytes;
}

function columnsOf(
  { losses, liquidations, sums }: RunShard,
  note: string | undefined,
): { readonly form: ColumnForm; readonly data: Column }[] {
  const column = (name: ColumnForm["name"], type: ColumnForm["type"], data: Column) => ({
    form: { name, type, length: data.length },
    data,
  });
  const places = new Uint32Array(sums.reduce((sum, { at }) => sum + (at?.length ?? 0), 0));
  const values = new Float64Array(sums.reduce((sum, each) => sum + each.values.length, 0));
  let placed = 0;
  let next = 0;
  for (const sum of sums) {
    if (sum.at) places.set(sum.at, placed);
    placed += sum.at?.length ?? 0;
    values.set(sum.values, next);
    next += sum.values.length;
  }
  return [
    ...(note === undefined ? [] : [column("note", "u8", new TextEncoder().encode(note))]),
    column("losses", "f64", losses),
    ...(liquidations
      ? [
          column("badDebt", "f64", liquidations.badDebt),
          column("liquidationSums", "f64", liquidations.sums),
        ]
      : []),
    column("sumPlaces", "u32", places),
    column("sumValues", "f64", values),
  ];
}

function headerOf(shard: RunShard, columns: readonly { readonly form: ColumnForm }[]): Header {
  const { job, kernel, version, scenarios, seed, parts, from, end, first, withMoments } = shard;
  return {
    format: "riskpool shard",
    endianness: "little",
    ...{ job, kernel, version, scenarios, seed, parts, from, end, first, withMoments },
    momentCount: shard.momentCount,
    columns: columns.map(({ form }) => form),
    sums: shard.sums.map((sum) => ({
      from: sum.from,
      end: sum.end,
      length: sum.values.length,
      ...(sum.at ? {} : { whole: true }),
    })),
  };
}

/** The next place at which a column may begin. */
export function aligned(at: number): number {
  return Math.ceil(at / ALIGNMENT) * ALIGNMENT;
}

/** Whether this machine keeps numbers as the files do. */
export const isLittleEndian: boolean = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Turns every `width` bytes round, in place. */
export function swap(bytes: Uint8Array, width: number): void {
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}
