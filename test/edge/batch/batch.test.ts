// Method: batches of files on disk through the command line in this process; rows against what the
// engine says of each pool alone, and tables against each other.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { parquetWriteFile } from "hyparquet-writer";
import Papa from "papaparse";
import { afterAll, expect, test } from "vitest";
import { progressWords } from "../../../src/edge/cli/batch.ts";
import { loadSync, variantOf } from "../../../src/index.ts";
import { runHere as run } from "../../support/io.ts";
import { samplePool } from "../../support/sample-pool.ts";

const folder = mkdtempSync(join(tmpdir(), "riskpool-batch-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const RUN = "--scenarios 2000 --seed 7 --confidence 0.95 --levels 0.9";
const options = { scenarios: 2000, seed: 7n, confidence: 0.95, levels: [0.9] };

const base = samplePool();
writeFileSync(at("base.json"), JSON.stringify(base));
const SIZE = "/waterfall/layers/members-fund/size";
const size = (value: string) => ({ op: "replace" as const, path: SIZE, value });
const spot = { op: "replace" as const, path: "/assets/ETH/spot", value: 1_700 };
const otherLayer = {
  ...base,
  waterfall: { ...base.waterfall, layers: [{ ...base.waterfall.layers[0]!, id: "only-one" }] },
};
const LINES = [
  JSON.stringify(base),
  JSON.stringify({ id: "fund", changes: [size("150000.00")] }),
  "",
  "{ broken",
  JSON.stringify({ id: "both", changes: [spot, size("150000.00")], options: { seed: "8" } }),
  JSON.stringify({ id: "own", pool: otherLayer }),
  JSON.stringify({ id: "bad", options: { scenarios: 1 } }),
  JSON.stringify({ id: "path", changes: [{ op: "replace", path: "/x", value: 1 }], other: 1 }),
];
writeFileSync(at("items.ndjson"), LINES.join("\n"));

test("batch: every row is what the engine says of that pool alone", async () => {
  const out = at("rows.ndjson");
  const line = `batch ${at("items.ndjson")} --base ${at("base.json")} ${RUN} --full --out ${out}`;
  const { exit, err } = await run(line);
  expect([exit, err]).toEqual([6, ""]);
  const rows = readFileSync(out, "utf8")
    .trimEnd()
    .split("\n")
    .map((text) => JSON.parse(text));
  expect(rows.map(({ index, line: at, id, status }) => [index, at, id, status])).toEqual([
    [0, 1, null, "ok"],
    [1, 2, "fund", "ok"],
    [2, 4, null, "error"],
    [3, 5, "both", "ok"],
    [4, 6, "own", "ok"],
    [5, 7, "bad", "error"],
    [6, 8, "path", "error"],
  ]);
  const pools = [
    [base, 7n],
    [variantOf(base, [size("150000.00")]), 7n],
    [variantOf(base, [spot, size("150000.00")]), 8n],
    [otherLayer, 7n],
  ] as const;
  const sound = rows.filter(({ status }) => status === "ok");
  for (const [i, [pool, seed]] of pools.entries()) {
    const alone = await loadSync().measure(pool, { ...options, seed });
    expect(sound[i].valuation).toEqual(alone);
    expect(sound[i].pool).toBe(alone.receipt.pool);
    const { value, standardError } = alone.risk.levels[1]!.expectedShortfall;
    expect(sound[i].levels[1]).toMatchObject({
      level: 0.95,
      expectedShortfall: [value, standardError],
    });
    expect(sound[i].requiredCapital).toBe(Math.max(0, value));
  }
  // Another seed is another input, and so is another pool.
  expect(new Set(rows.map(({ input }) => input)).size).toBe(7);
  expect(rows[2].error).toMatchObject({ code: "JSON_SYNTAX" });
  expect(rows[2].error.detail).toMatch(/^line 4: /);
  expect(rows[5].error).toMatchObject({ code: "NUMBER_RANGE", pointer: "/options/scenarios" });
  expect(rows[6].error).toMatchObject({ code: "KEY_UNKNOWN", pointer: "/other" });
});

test("batch: CSV and Parquet are the same table, with units in its columns", async () => {
  const line = `batch ${at("items.ndjson")} --base ${at("base.json")} ${RUN} --out`;
  expect((await run(`${line} ${at("rows.csv")}`)).exit).toBe(6);
  expect((await run(`${line} ${at("rows.parquet")}`)).exit).toBe(6);
  const file = await asyncBufferFromFile(at("rows.parquet"));
  const rows = await parquetReadObjects({ file });
  const { data, meta } = Papa.parse<Record<string, string>>(
    readFileSync(at("rows.csv"), "utf8").trimEnd(),
    { header: true },
  );
  expect(rows).toHaveLength(7);
  expect(Object.keys(rows[0]!)).toEqual(meta.fields);
  for (const [i, row] of rows.entries()) {
    const texts = Object.values(row).map((value) => String(value ?? ""));
    expect(texts).toEqual(Object.values(data[i]!));
  }
  expect(meta.fields).toContain("es_0.95_se_in_currency");
  expect(meta.fields).toContain("socialised_probability");
  expect(rows[4]!["layer_only-one_tail_loss_in_currency"]).toBeGreaterThan(0);
  expect(rows[0]!["layer_only-one_tail_loss_in_currency"]).toBeNull();
});

test("batch: workers do not change a byte", async () => {
  const line = `batch ${at("items.ndjson")} --base ${at("base.json")} ${RUN} --full --out`;
  await run(`${line} ${at("alone.ndjson")}`);
  expect((await run(`${line} ${at("spread.ndjson")} --workers 2`)).exit).toBe(6);
  expect(readFileSync(at("spread.ndjson"), "utf8")).toBe(readFileSync(at("alone.ndjson"), "utf8"));
});

test("batch: a table of variants is the same as the items it stands for", async () => {
  const volatility = "/market/volatility/0";
  writeFileSync(
    at("variants.csv"),
    `id,${SIZE},${volatility}\na,150000.00,0.6\nb,,0.7\nc,160000.50,\nd,none,\ne,1\n`,
  );
  const columnData = [
    { name: "id", data: ["a", "b", "c"], type: "STRING" as const },
    { name: SIZE, data: [150_000, null, 160_000.5], type: "DOUBLE" as const },
    { name: volatility, data: [0.6, 0.7, null], type: "DOUBLE" as const },
  ];
  parquetWriteFile({ filename: at("variants.parquet"), columnData });
  const answers: string[][] = [];
  for (const [name, exit] of [
    ["variants.csv", 6],
    ["variants.parquet", 0],
  ] as const) {
    const out = at(`of-${name}.csv`);
    const line = `batch ${at(name)} --base ${at("base.json")} ${RUN} --out ${out}`;
    expect((await run(line)).exit).toBe(exit);
    answers.push(readFileSync(out, "utf8").split("\n"));
  }
  const [csv, parquet] = answers.map((lines) =>
    lines.map((text) => text.split(",").slice(5).join(",")),
  );
  expect(csv!.slice(0, 3)).toEqual(parquet!.slice(0, 3));
  const alone = await loadSync().measure(
    variantOf(base, [{ op: "replace", path: volatility, value: 0.7 }]),
    options,
  );
  expect(csv![2]).toContain(String(alone.risk.expectedLoss.value));
  expect(answers[0]![4]).toContain("MONEY_SYNTAX");
  expect(answers[0]![5]).toContain("CSV_SYNTAX");
});

test("batch: what is wrong with the whole of it is told before it begins", async () => {
  const refused = async (line: string) => {
    const { exit, err } = await run(`batch ${line} --json`);
    const issues: { code: string; pointer: string }[] = JSON.parse(err).error.issues;
    return [exit, ...issues.map(({ code, pointer }) => `${code} ${pointer}`)];
  };
  const items = at("items.ndjson");
  expect(await refused(`${items} --out a.xls --figures all`)).toEqual([
    ...[3, "VALUE_UNKNOWN /options/figures", "VALUE_UNKNOWN /options/out"],
  ]);
  expect(await refused(`${items} --out a.csv --full`)).toEqual([3, "VALUE_UNKNOWN /options/full"]);
  expect(await refused(`${at("nothing.ndjson")}`)).toEqual([4, "FILE_UNREADABLE "]);
  expect(await refused(`${at("variants.csv")} --out ${at("x.csv")}`)).toEqual([
    ...[3, "BASE_MISSING /options/base"],
  ]);
  writeFileSync(at("wrong.csv"), `/assets/BTC/spot,/waterfall/layers/fund/size,name\n`);
  const more = `--base ${at("base.json")} --out ${at("x.csv")}`;
  expect(await refused(`${at("wrong.csv")} ${more}`)).toEqual([
    ...[3, "CHANGE_PATH /header/1", "CHANGE_PATH /header/2"],
  ]);
});

test("batch: progress on a terminal, or where it is asked for", async () => {
  const line = `batch ${at("items.ndjson")} --base ${at("base.json")} ${RUN} --out ${at("p.csv")}`;
  expect((await run(line)).err).toBe("");
  const { err } = await run(line, { isTTY: { stdout: false, stderr: true } });
  expect(stripVTControlCharacters(err)).toMatch(/\r3 items, \d+ %, [\d.]+ a second, \d+ s left/);
  expect(err.endsWith("\r\u001b[K")).toBe(true);
  expect((await run(`${line} --progress`)).err).toMatch(/^5 items, \d+ %.*\n$/);
  // 30 % of the file in 60 s: the other 60 % take another 120 s.
  const words = progressWords({ done: 400, found: 100, part: 0.4, partFound: 0.1 }, 60);
  expect(words).toBe("400 items, 40 %, 5.0 a second, 2 min left");
});
