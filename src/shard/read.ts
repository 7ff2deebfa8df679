import { Findings, PoolError, pointerKey, readJson, sha256 } from "../basics/index.ts";
import type { NamedShard, PartSums } from "../risk/index.ts";
import {
  type ColumnForm,
  DIGEST_BYTES,
  FORMAT_VERSION,
  type Header,
  headerForm,
  MAGIC,
  PREFIX_BYTES,
  TYPES,
} from "./form.ts";
import { aligned, isLittleEndian, type ShardOptions, swap } from "./write.ts";

/** A shard out of a file. */
export interface ShardFile extends NamedShard {
  /** SHA-256 of the file. */
  readonly digest: string;
  /** The writer's own text; null where it has none. */
  readonly note: string | null;
}

/**
 * Reads a shard file, ready for `engine.mergeShards`.
 *
 * @param bytes  of the whole file; the shard's columns may be views of them
 * @param name   what to call it in a refusal
 * @throws       PoolError SHARD_DAMAGED, and SHARD_BUILD for a format that this version does not read,
 *               at /shards/name
 */
export function readShard(
  bytes: Uint8Array<ArrayBuffer>,
  name: string,
  options: Pick<ShardOptions, "sha256"> = {},
): ShardFile {
  const end = bytes.length - DIGEST_BYTES;
  if (end < PREFIX_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte)) {
    throw damaged(name, "does not begin as a shard does", bytes.length);
  }
  const digest = (options.sha256 ?? sha256)(bytes.subarray(0, end));
  if (digest !== hexOf(bytes.subarray(end))) {
    throw damaged(name, "is cut short or has changed since it was written", bytes.length);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const version = view.getUint32(8, true);
  if (version !== FORMAT_VERSION) throw otherFormat(name, version);
  const headerEnd = PREFIX_BYTES + view.getUint32(12, true);
  const header = headerEnd <= end ? headerIn(bytes.subarray(PREFIX_BYTES, headerEnd)) : null;
  const columns = header && columnsIn(bytes.subarray(0, end), headerEnd, header.columns);
  const sums = header && columns && sumsIn(header, columns);
  const { losses, badDebt, liquidationSums, note } = columns ?? {};
  if (!sums || !(losses instanceof Float64Array)) {
    throw damaged(name, "has a header that does not fit what follows", bytes.length);
  }
  const { format: _, endianness: __, columns: ___, ...state } = header;
  const liquidations =
    badDebt instanceof Float64Array && liquidationSums instanceof Float64Array
      ? { badDebt, sums: liquidationSums }
      : null;
  return {
    name,
    digest,
    note: note ? new TextDecoder().decode(note) : null,
    shard: { ...state, losses, liquidations, sums },
  };
}

function headerIn(bytes: Uint8Array): Header | null {
  const found = new Findings();
  try {
    const header = headerForm.check(readJson(bytes), null, found);
    return found.issues.length === 0 ? (header as Header) : null;
  } catch (error) {
    if (error instanceof PoolError) return null;
    throw error;
  }
}

type Columns = { readonly [Name in ColumnForm["name"]]?: Float64Array | Uint32Array | Uint8Array };

/** Null where they do not fill the bytes. */
function columnsIn(
  bytes: Uint8Array<ArrayBuffer>,
  start: number,
  forms: readonly ColumnForm[],
): Columns | null {
  const columns: { -readonly [Name in keyof Columns]: Columns[Name] } = {};
  let at = start;
  for (const { name, type, length } of forms) {
    const size = length * TYPES[type];
    if (!(at % 8 === 0 && at + size <= bytes.length) || columns[name]) return null;
    columns[name] = columnAt(bytes, at, size, type);
    at += aligned(size);
  }
  return at === bytes.length ? columns : null;
}

/** A view where the machine can take it as it lies, else a copy. */
function columnAt(
  bytes: Uint8Array<ArrayBuffer>,
  at: number,
  size: number,
  type: ColumnForm["type"],
): Float64Array | Uint32Array | Uint8Array {
  const isReady = isLittleEndian && (bytes.byteOffset + at) % 8 === 0;
  const own = isReady ? bytes.subarray(at, at + size) : bytes.slice(at, at + size);
  if (!isLittleEndian) swap(own, TYPES[type]);
  const { buffer, byteOffset } = own;
  if (type === "f64") return new Float64Array(buffer, byteOffset, size / 8);
  if (type === "u32") return new Uint32Array(buffer, byteOffset, size / 4);
  return own;
}

/** Null where the columns are not as long as the sums say. */
function sumsIn({ sums }: Header, { sumPlaces, sumValues }: Columns): readonly PartSums[] | null {
  if (!(sumPlaces instanceof Uint32Array && sumValues instanceof Float64Array)) return null;
  let placed = 0;
  let next = 0;
  const read = sums.map(({ from, end, length, whole = false }): PartSums => {
    const at = whole ? null : sumPlaces.subarray(placed, placed + length);
    if (at) placed += length;
    next += length;
    return { from, end, at, values: sumValues.subarray(next - length, next) };
  });
  return placed === sumPlaces.length && next === sumValues.length ? read : null;
}

function hexOf(bytes: Uint8Array): string {
  let hex = "";
  for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
  return hex;
}

function damaged(name: string, what: string, length: number): PoolError {
  return new PoolError(
    [
      {
        code: "SHARD_DAMAGED",
        pointer: `/shards${pointerKey(name)}`,
        detail: `${name} ${what}; remove it and run its shard again`,
        expected: "a whole shard file, with the SHA-256 of its bytes at its end",
        received: `${length} bytes`,
      },
    ],
    "shard",
  );
}

function otherFormat(name: string, version: number): PoolError {
  return new PoolError(
    [
      {
        code: "SHARD_BUILD",
        pointer: `/shards${pointerKey(name)}`,
        detail: `${name} has another version of the format; merge with the build that wrote it, or run its shard again with this one`,
        expected: `format version ${FORMAT_VERSION}`,
        received: `format version ${version}`,
      },
    ],
    "shard",
  );
}
