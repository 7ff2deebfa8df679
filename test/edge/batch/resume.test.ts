// Method: the command line in a process of its own, ended at random points of its journal, until it
// has come to its end; its results are those of a run that was never ended, byte for byte, and no
// item was valued twice.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildCli, killCli, runCli, wordsOf, writeItems } from "../../support/batch-run.ts";
import { seeded } from "../../support/kernel.ts";

const KILLS = Number(process.env["RISKPOOL_KILLS"] ?? 5);
const ITEMS = 120;
/** About what the journal has of one item. */
const BYTES = 1100;
const folder = mkdtempSync(join(tmpdir(), "riskpool-resume-"));
let cli = "";
const read = (name: string) => readFileSync(join(folder, name));

beforeAll(async () => {
  cli = await buildCli(folder);
  writeItems(folder, ITEMS);
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(["parquet", "csv", "ndjson"])(
  "batch: killed and taken up again, .%s has the bytes of a run that never ended",
  async (ending) => {
    const whole = runCli(cli, folder, wordsOf(`whole.${ending}`));
    expect([whole.status, whole.stderr]).toEqual([6, ""]);
    const random = seeded(ending.length + 11);
    const out = `killed.${ending}`;
    let kills = 0;
    for (let runs = 0; kills < KILLS; runs++) {
      expect(runs, "most runs end before they are killed").toBeLessThan(4 * KILLS + 10);
      const signal = (["SIGKILL", "SIGTERM", "SIGINT"] as const)[kills % 3]!;
      const bytes = Math.floor((random() * BYTES * ITEMS) / 4);
      if (await killCli(cli, folder, wordsOf(out), bytes, signal)) kills++;
      // One that came to its end is begun anew.
      else expect(read(out).equals(read(`whole.${ending}`))).toBe(true);
    }
    const last = runCli(cli, folder, wordsOf(out, ["--json"]));
    expect([last.status, last.stderr]).toEqual([6, ""]);
    expect(JSON.parse(last.stdout)).toMatchObject({ items: ITEMS });
    expect(read(out).equals(read(`whole.${ending}`))).toBe(true);
    expect(existsSync(join(folder, `${out}.partial`))).toBe(false);
  },
);

test("batch: a torn last line is valued again, one that is whole is not", async () => {
  const out = "torn.csv";
  const whole = runCli(cli, folder, wordsOf("whole.csv"));
  expect(whole.status).toBe(6);
  expect(await killCli(cli, folder, wordsOf(out), 20 * BYTES, "SIGKILL")).toBe(true);
  const partial = join(folder, `${out}.partial`);
  const lines = readFileSync(partial, "utf8").split("\n");
  const kept = lines.slice(0, 9);
  // What is whole is believed: a mark in it comes through to the results.
  kept[3] = kept[3]!.replace('"id":"v2"', '"id":"marked"');
  writeFileSync(partial, `${kept.join("\n")}\n${lines[9]!.slice(0, 40)}`);
  const last = runCli(cli, folder, wordsOf(out, ["--json"]));
  expect(JSON.parse(last.stdout)).toMatchObject({ items: ITEMS, resumed: 8 });
  expect(read(out).toString()).toBe(read("whole.csv").toString().replace(",v2,", ",marked,"));
});

test("batch: what another job left behind is refused, by name", async () => {
  const out = "other.csv";
  expect(await killCli(cli, folder, wordsOf(out), 10 * BYTES, "SIGKILL")).toBe(true);
  const refused = (more: readonly string[]) => {
    const { status, stderr } = runCli(cli, folder, [...wordsOf(out), "--json", ...more]);
    return [status, JSON.parse(stderr).error.code, JSON.parse(stderr).error.issues[0].detail];
  };
  const [status, code, detail] = refused(["--figures", "value"]);
  expect([status, code]).toEqual([3, "JOURNAL_OTHER"]);
  expect(detail).toContain("differs in: figures.");
  expect(refused(["--seed", "8"])[2]).toContain("differs in: options.");
  const items = readFileSync(join(folder, "items.ndjson"), "utf8");
  writeFileSync(join(folder, "items.ndjson"), items.replace('"value":1802', '"value":1803'));
  expect(refused([])[2]).toContain("differs in: item 2.");
  writeFileSync(join(folder, "items.ndjson"), items);
  const partial = join(folder, `${out}.partial`);
  const journal = readFileSync(partial, "utf8");
  // As two runs at a time would leave it: an item stands there twice.
  const lines = journal.split("\n");
  for (const damaged of [
    "something else\n",
    [...lines.slice(0, 3), ...lines.slice(2)].join("\n"),
  ]) {
    writeFileSync(partial, damaged);
    expect(refused([]).slice(0, 2)).toEqual([3, "JOURNAL_DAMAGED"]);
  }
  expect(runCli(cli, folder, wordsOf(out, ["--restart"])).status).toBe(6);
});
