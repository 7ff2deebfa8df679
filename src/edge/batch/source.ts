import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import {
  type Change,
  cellValue,
  type Issue,
  inForm,
  type Pool,
  PoolError,
  readJson,
  received,
} from "../../index.ts";
import type { Disk } from "../cli/io.ts";
import { sha256 } from "../digest.ts";
import { readTable } from "../venue/csv-table.ts";
import { readArrow } from "./arrow-rows.ts";

/** One item of a batch as a file has it. */
export interface SourceItem {
  /** Of the file, from 1; a table's header is line 1, and row 1 of a Parquet file its first. */
  readonly line: number;
  /** SHA-256 of what the file says there. */
  readonly digest: string;
  readonly id: string | null;
  /** For `engine.valueMany`; null where `fault` says what is wrong. */
  readonly item: unknown;
  readonly fault: PoolError | null;
  /** In place of those of the batch; plain JSON. */
  readonly options: Readonly<Record<string, unknown>> | null;
  /** The part of the file that was read so far, from 0 to 1. */
  readonly part: number;
}

/** Kinds of files that hold items. */
export type SourceKind = "ndjson" | "csv" | "parquet" | "arrow";

/** What a file holds, by its name. */
export function sourceKind(path: string): SourceKind {
  if (/\.csv$/i.test(path)) return "csv";
  if (/\.arrow$/i.test(path)) return "arrow";
  return /\.(parquet|pq)$/i.test(path) ? "parquet" : "ndjson";
}

/**
 * The items of a file, one by one.
 *
 * @param base  what items without a pool, and the variants of a table, are variants of
 * @throws      PoolError of a table's header; whatever the disk says
 */
export function itemsOf(disk: Disk, path: string, base: Pool | null): AsyncIterable<SourceItem> {
  const kind = sourceKind(path);
  if (kind === "ndjson") return linesOf(disk, path, base);
  if (base === null) {
    throw new PoolError([
      {
        code: "BASE_MISSING",
        pointer: "/options/base",
        detail: "a table holds variants of one pool; name its document with --base",
        expected: "a pool document (JSON)",
        received: "missing",
      },
    ]);
  }
  if (kind === "arrow") return arrowRows(disk, path, base);
  return kind === "csv" ? csvRows(disk, path, base) : parquetRows(path, base);
}

async function* linesOf(disk: Disk, path: string, base: Pool | null): AsyncGenerator<SourceItem> {
  const size = (await disk.size(path)) ?? 0;
  for await (const { number, text, end } of disk.lines(path)) {
    const rest = { line: number, part: end / Math.max(1, size) };
    let line = "";
    try {
      line = text().trim();
    } catch {
      const fault = faultOf("ENCODING", "", "the line is not UTF-8 text", "UTF-8");
      yield { ...rest, ...faulty(fault), digest: "" };
      continue;
    }
    if (line !== "") yield { ...rest, digest: sha256(line), ...itemIn(line, base) };
  }
}

type Read = Pick<SourceItem, "id" | "item" | "fault" | "options">;

const faulty = (fault: PoolError, id: string | null = null): Read => ({
  ...{ id, item: null, fault, options: null },
});

function faultOf(code: string, pointer: string, detail: string, expected: string): PoolError {
  return new PoolError([{ code, pointer, detail, expected } satisfies Issue]);
}

const ITEM_KEYS = ["pool", "changes", "options", "id"];

/** What a line of JSON says: a pool document, or an item. */
function itemIn(line: string, base: Pool | null): Read {
  // Pools are read where they are valued; here it is only told what the line is. A text that begins so
  // is a pool or nothing, and need not be gone through for that.
  if (/^\{\s*"format"\s*:/.test(line)) return { id: null, item: line, fault: null, options: null };
  const glance = glanceAt(line);
  const isItem = glance !== null && (base !== null || ITEM_KEYS.some((key) => key in glance));
  if (!isItem || "format" in glance) return { id: null, item: line, fault: null, options: null };
  try {
    const item = { ...(readJson(line) as Record<string, unknown>) };
    const id = typeof item["id"] === "string" ? item["id"] : null;
    if (!Object.hasOwn(item, "pool")) {
      if (base === null) {
        const words = "the item has no pool, and there is no --base that it could be a variant of";
        return faulty(faultOf("POOL_MISSING", "/pool", words, "a pool document"), id);
      }
      item["pool"] = base;
    }
    const options = optionsIn(item["options"]);
    if (options) item["options"] = options.given;
    return { id, item, fault: null, options: options?.plain ?? null };
  } catch (error) {
    if (!(error instanceof PoolError)) throw error;
    return faulty(error);
  }
}

function glanceAt(line: string): object | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** Options of an item: a seed may be text, because a number of JSON holds 53 bits of it. */
function optionsIn(value: unknown): {
  readonly given: Readonly<Record<string, unknown>>;
  readonly plain: Readonly<Record<string, unknown>>;
} | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const plain = value as Readonly<Record<string, unknown>>;
  const { seed } = plain;
  const isText = typeof seed === "string" && /^\d{1,20}$/.test(seed);
  return { given: isText ? { ...plain, seed: BigInt(seed) } : plain, plain };
}

/** Columns of a table of variants; the header is read once, with every problem. */
function columnsOf(
  header: readonly string[],
  base: Pool,
): readonly { readonly at: number; readonly path: string | null }[] {
  const issues: Issue[] = [];
  const columns = header.map((path, at) => {
    if (path === "id") return { at, path: null };
    try {
      inForm(base, path, "");
    } catch (error) {
      if (!(error instanceof PoolError)) throw error;
      const pointer = `/header/${at}`;
      issues.push(
        ...error.issues.map((issue) => ({ ...issue, pointer, received: received(path) })),
      );
    }
    return { at, path };
  });
  if (issues.length > 0) throw new PoolError(issues, "header");
  return columns;
}

async function* csvRows(disk: Disk, path: string, base: Pool): AsyncGenerator<SourceItem> {
  const size = (await disk.size(path)) ?? 0;
  const text = new TextDecoder("utf-8", { fatal: true }).decode(await disk.bytes(path, 0, size));
  const { header, lines, issues } = readTable(text);
  const broken = new Map<number, Issue>();
  for (const issue of issues) {
    const line = Number(/^\/rows\/(\d+)/.exec(issue.pointer)?.[1] ?? 0);
    if (line <= 1) throw new PoolError([issue], "header");
    broken.set(line, issue);
  }
  const columns = columnsOf(header, base);
  const rows = [
    ...lines.map(({ number, cells }) => ({ number, cells, issue: null })),
    ...[...broken].map(([number, issue]) => ({ number, cells: [], issue })),
  ].sort((a, b) => a.number - b.number);
  for (const [i, { number, cells, issue }] of rows.entries()) {
    const rest = { line: number, part: (i + 1) / rows.length };
    const digest = sha256(JSON.stringify([header, cells]));
    if (issue) {
      yield { ...rest, digest, ...faulty(new PoolError([issue])) };
      continue;
    }
    const values = columns.flatMap(({ at, path: pointer }) => {
      const cell = cells[at]!.trim();
      if (pointer === null || cell === "") return [];
      return [{ path: pointer, value: cellValue(base, pointer, cell) }];
    });
    const id = columns.find(({ path: pointer }) => pointer === null);
    yield { ...rest, digest, ...variant(base, id ? cells[id.at]! : null, values) };
  }
}

async function* parquetRows(path: string, base: Pool): AsyncGenerator<SourceItem> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const header = metadata.schema.slice(1).map(({ name }) => name);
  const itemAt = typedRow(header, base, Number(metadata.num_rows));
  let from = 0;
  for (const group of metadata.row_groups) {
    const to = from + Number(group.num_rows);
    const rows = await parquetReadObjects({ file, metadata, rowStart: from, rowEnd: to });
    for (const row of rows) {
      yield itemAt(
        from++,
        header.map((name) => row[name]),
      );
    }
  }
}

async function* arrowRows(disk: Disk, path: string, base: Pool): AsyncGenerator<SourceItem> {
  const size = (await disk.size(path)) ?? 0;
  const { header, count, row } = readArrow(await disk.bytes(path, 0, size));
  const itemAt = typedRow(header, base, count);
  for (let index = 0; index < count; index++) yield itemAt(index, row(index));
}

/** Rows of a table whose columns have types: what stands there is no text to be read. */
function typedRow(header: readonly string[], base: Pool, total: number) {
  const columns = columnsOf(header, base);
  const id = columns.find(({ path: pointer }) => pointer === null);
  return (index: number, row: readonly unknown[]): SourceItem => {
    const cells = row.map(plainValue);
    const digest = sha256(JSON.stringify([header, cells]));
    const values = columns.flatMap(({ at, path: pointer }) => {
      const cell = cells[at];
      if (pointer === null || cell === null || cell === undefined) return [];
      return [{ path: pointer, value: inForm(base, pointer, cell) }];
    });
    const name = id ? cells[id.at] : null;
    const text = name === null || name === undefined ? null : String(name);
    return { line: index + 1, part: (index + 1) / total, digest, ...variant(base, text, values) };
  };
}

/** Whole numbers of 64 bits as numbers where those hold them, else as text. */
function plainValue(value: unknown): unknown {
  if (typeof value !== "bigint") return value ?? null;
  return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

function variant(
  base: Pool,
  id: string | null,
  values: readonly { readonly path: string; readonly value: unknown }[],
): Read {
  const changes = values.map((each): Change => ({ op: "replace", ...each }));
  return {
    id,
    item: { pool: base, changes, ...(id !== null && { id }) },
    fault: null,
    options: null,
  };
}
