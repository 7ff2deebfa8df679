// Method: results as an Arrow file against the same results as CSV and Parquet, read by the library's
// own reader (a second implementation, apache-arrow 21.2.0, read the same files when this was written);
// a file of variants as Arrow against the same variants as CSV.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { columnFromArray, tableFromColumns, tableFromIPC, tableToIPC } from "@uwdata/flechette";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeArrow } from "../../../src/edge/batch/arrow.ts";
import { readArrow } from "../../../src/edge/batch/arrow-rows.ts";
import type { ResultColumn } from "../../../src/edge/batch/column.ts";
import type { BatchRecord } from "../../../src/edge/batch/record.ts";
import { PoolError } from "../../../src/index.ts";
import { writeItems } from "../../support/batch-run.ts";
import { runHere } from "../../support/io.ts";

const folder = mkdtempSync(join(tmpdir(), "riskpool-arrow-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const bytesOf = (name: string) => new Uint8Array(readFileSync(at(name)));
const batch = (items: string, out: string) =>
  runHere(
    `batch ${at(items)} --base ${at("base.json")} --scenarios 10000 --seed 7 --out ${at(out)}`,
  );

beforeAll(() => writeItems(folder, 30));

test("arrow: results are the rows and types of the Parquet file, faults and all", async () => {
  expect((await batch("items.ndjson", "r.arrow")).exit).toBe(6);
  await batch("items.ndjson", "r.parquet");
  const file = await asyncBufferFromFile(at("r.parquet"));
  const rows = await parquetReadObjects({ file });
  const table = tableFromIPC(bytesOf("r.arrow"));
  expect(table.numRows).toBe(30);
  expect(table.names).toEqual(Object.keys(rows[0]!));
  // The reader gives what is missing as null in one, as undefined in the other.
  const plain = (row: object) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value ?? null]));
  expect(table.toArray().map((row) => plain(row as object))).toEqual(rows.map(plain));
});

const columns: ResultColumn[] = [
  { name: "index", type: "INT32", of: ({ index }) => index },
  { name: "figure", type: "DOUBLE", of: ({ line }) => (line % 3 === 0 ? null : line / 7) },
  { name: "words", type: "STRING", of: ({ id }) => id },
];
const record = (index: number) =>
  ({ index, line: index + 1, id: index % 4 === 1 ? null : `é${index}` }) as BatchRecord;

test.each([0, 1, 6, 7, 8, 64])("arrow: %d rows, seven at a time", async (count) => {
  async function* records() {
    for (let i = 0; i < count; i++) yield record(i);
  }
  const pieces: Uint8Array[] = [];
  let calls = 0;
  await writeArrow(
    records(),
    columns,
    async (piece) => {
      calls++;
      pieces.push(typeof piece === "string" ? new TextEncoder().encode(piece) : piece.slice());
    },
    7,
  );
  // Magic, schema, batches, footer: nothing else is held back.
  expect(calls).toBe(3 + Math.ceil(count / 7));
  const bytes = new Uint8Array(Buffer.concat(pieces));
  expect(Buffer.from(bytes.subarray(0, 6)).toString()).toBe("ARROW1");
  expect(Buffer.from(bytes.subarray(-6)).toString()).toBe("ARROW1");
  const { header, count: found, row } = readArrow(bytes);
  expect([header, found]).toEqual([["index", "figure", "words"], count]);
  for (let i = 0; i < count; i++) {
    expect(row(i)).toEqual(columns.map(({ of }) => of(record(i))));
  }
});

test("arrow: variants are those of a CSV file", async () => {
  const spots = Array.from({ length: 9 }, (_, i) => (i === 4 ? null : 1_700 + 12.5 * i));
  const ids = spots.map((_, i) => `v${i}`);
  const lines = spots.map((spot, i) => `${ids[i]},${spot ?? ""}`);
  writeFileSync(at("v.csv"), `id,/assets/ETA/spot\n${lines.join("\n")}\n`);
  const named: [string, ReturnType<typeof columnFromArray>][] = [
    ["id", columnFromArray(ids)],
    ["/assets/ETA/spot", columnFromArray(spots)],
  ];
  for (const format of ["file", "stream"] as const) {
    writeFileSync(at("v.arrow"), tableToIPC(tableFromColumns(named), { format })!);
    expect((await batch("v.arrow", "from-arrow.ndjson")).exit).toBe(0);
    await batch("v.csv", "from-csv.ndjson");
    const figures = (name: string) =>
      readFileSync(at(name), "utf8")
        .trim()
        .split("\n")
        .map((line) => {
          // A table's header is line 1 of a CSV file.
          const { line: _, ...row } = JSON.parse(line) as Record<string, unknown>;
          return row;
        });
    expect(figures("from-arrow.ndjson")).toEqual(figures("from-csv.ndjson"));
  }
});

test("arrow: what is none is refused by name", () => {
  const broken = new TextEncoder().encode("ARROW1 but not for long");
  expect(() => readArrow(broken)).toThrow(PoolError);
  expect(() => readArrow(new Uint8Array(0))).toThrow(/ARROW_INVALID/);
});
