import { ByteWriter, ParquetWriter, schemaFromColumnData } from "hyparquet-writer";
import type { Put } from "../cli/io.ts";
import { writeArrow } from "./arrow.ts";
import { type Extent, type ResultColumn, tableColumns } from "./column.ts";
import type { BatchRecord } from "./record.ts";

/** Kinds of files that hold results. */
export type ResultKind = "ndjson" | "csv" | "parquet" | "arrow";

/** All of them. */
export const RESULT_KINDS: readonly ResultKind[] = ["parquet", "arrow", "csv", "ndjson"];

/** What results are written as, by the file's name; null where it says nothing. */
export function resultKind(path: string): ResultKind | null {
  if (/\.(ndjson|jsonl)$/i.test(path)) return "ndjson";
  if (/\.csv$/i.test(path)) return "csv";
  if (/\.arrow$/i.test(path)) return "arrow";
  return /\.(parquet|pq)$/i.test(path) ? "parquet" : null;
}

/** Rows of a Parquet or Arrow file that are held at a time. */
const GROUP = 10_000;

/**
 * Writes records as a table, or as NDJSON: the same bytes for the same records.
 *
 * @param own  columns besides those of every batch
 * @throws     PoolError LAYERS_MANY for a table
 */
export async function writeResults(
  kind: ResultKind,
  records: AsyncIterable<BatchRecord>,
  extent: Extent,
  put: Put,
  own: readonly ResultColumn[] = [],
): Promise<void> {
  if (kind === "parquet") return writeParquet(records, [...tableColumns(extent), ...own], put);
  if (kind === "arrow") return writeArrow(records, [...tableColumns(extent), ...own], put, GROUP);
  if (kind === "csv") return writeCsv(records, [...tableColumns(extent), ...own], put);
  for await (const { item, error, ...record } of records) {
    const status = error ? "error" : "ok";
    const { figures, valuation, ...place } = record;
    const whole = valuation !== undefined && { valuation };
    const more = Object.fromEntries(
      own.map(({ name, of }) => [name, of({ ...record, item, error })]),
    );
    await put(`${JSON.stringify({ ...place, status, error, ...figures, ...more, ...whole })}\n`);
  }
}

async function writeCsv(
  records: AsyncIterable<BatchRecord>,
  columns: readonly ResultColumn[],
  put: Put,
): Promise<void> {
  await put(`${columns.map(({ name }) => cell(name)).join(",")}\n`);
  for await (const record of records) {
    await put(`${columns.map(({ of }) => cell(of(record))).join(",")}\n`);
  }
}

/** @source RFC 4180 (2005), section 2 */
function cell(value: string | number | null): string {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function writeParquet(
  records: AsyncIterable<BatchRecord>,
  columns: readonly ResultColumn[],
  put: Put,
): Promise<void> {
  const bytes = new ByteWriter();
  const dataOf = (rows: readonly BatchRecord[]) =>
    columns.map(({ name, type, of }) => ({ name, type, data: rows.map(of), nullable: true }));
  const schema = schemaFromColumnData({ columnData: dataOf([]) });
  const writer = new ParquetWriter({ writer: bytes, schema, createdBy: "riskpool" });
  const flush = async () => {
    const piece = bytes.getBytes().slice();
    bytes.index = 0;
    await put(piece);
  };
  let rows: BatchRecord[] = [];
  const write = async () => {
    await writer.write({ columnData: dataOf(rows), rowGroupSize: GROUP });
    rows = [];
    await flush();
  };
  for await (const record of records) {
    rows.push(record);
    if (rows.length === GROUP) await write();
  }
  if (rows.length > 0) await write();
  await writer.finish();
  await flush();
}
