import {
  columnFromArray,
  float64,
  int32,
  type Table,
  tableFromColumns,
  tableToIPC,
  utf8,
} from "@uwdata/flechette";
import { Builder } from "@uwdata/flechette/src/encode/builder.js";
import { writeFooter } from "@uwdata/flechette/src/encode/footer.js";
import { MemorySink } from "@uwdata/flechette/src/encode/sink.js";
import type { Put } from "../cli/io.ts";
import type { ResultColumn } from "./column.ts";
import type { BatchRecord } from "./record.ts";

/** How a file begins and ends, filled up to eight bytes where it begins. */
const MAGIC = new TextEncoder().encode("ARROW1");
/** A stream ends with a mark and a length of nothing. */
const STREAM_END = 8;
/** A message begins with a mark and the length of what it says of itself. */
const MESSAGE_START = 8;

const TYPES = { STRING: utf8, DOUBLE: float64, INT32: int32 } as const;

/** Where a batch of rows stands in a file. */
interface Block {
  readonly offset: number;
  readonly metadataLength: number;
  readonly bodyLength: number;
}

/**
 * Writes records as an Arrow IPC file, some rows at a time.
 *
 * A stream of one batch is a schema, the batch and an end; a file is a schema, all batches, an end and
 * a footer that says where they stand. So batches are encoded as streams and their schemas left out.
 *
 * @param rows  that are held at a time
 * @source Apache Arrow, Columnar format 1.5, IPC file format
 */
export async function writeArrow(
  records: AsyncIterable<BatchRecord>,
  columns: readonly ResultColumn[],
  put: Put,
  rows: number,
): Promise<void> {
  const { schema } = tableOf([], columns);
  const head = streamOf([], columns, 0);
  let at = 0;
  const write = async (bytes: Uint8Array) => {
    at += bytes.length;
    await put(bytes);
  };
  const first = new Uint8Array(8);
  first.set(MAGIC);
  await write(first);
  await write(head);
  const blocks: Block[] = [];
  const group: BatchRecord[] = [];
  const flush = async () => {
    const message = streamOf(group, columns, head.length);
    const view = new DataView(message.buffer, message.byteOffset, message.length);
    const metadataLength = MESSAGE_START + view.getInt32(4, true);
    blocks.push({ offset: at, metadataLength, bodyLength: message.length - metadataLength });
    await write(message);
    group.length = 0;
  };
  for await (const record of records) {
    group.push(record);
    if (group.length === rows) await flush();
  }
  if (group.length > 0) await flush();
  const sink = new MemorySink();
  writeFooter(new Builder(sink), schema, [], blocks, null);
  await write(sink.finish());
}

function tableOf(rows: readonly BatchRecord[], columns: readonly ResultColumn[]): Table {
  return tableFromColumns(
    columns.map(({ name, type, of }) => [name, columnFromArray(rows.map(of), TYPES[type]())]),
  );
}

/** A stream of rows without its end and its first bytes: of its schema where there are no rows. */
function streamOf(
  rows: readonly BatchRecord[],
  columns: readonly ResultColumn[],
  from: number,
): Uint8Array<ArrayBuffer> {
  const bytes = tableToIPC(tableOf(rows, columns), { format: "stream" }) as Uint8Array<ArrayBuffer>;
  if (rows.length > 0) return bytes.subarray(from, -STREAM_END);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return bytes.subarray(0, MESSAGE_START + view.getInt32(4, true));
}
