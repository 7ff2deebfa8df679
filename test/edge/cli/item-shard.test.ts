// Method: the command line on files of a folder, with the engine in this process and, to be killed, in
// another; what is merged is compared byte by byte with what `riskpool batch` writes.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Issue } from "../../../src/index.ts";
import { buildCli, writeItems } from "../../support/batch-run.ts";
import { runHere } from "../../support/io.ts";

const home = mkdtempSync(join(tmpdir(), "riskpool-items-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const ITEMS = 40;
const SHARDS = 6;
const OPTIONS = "--scenarios 10000 --seed 18446744073709551615 --horizon 5d --confidence 0.975";
const spec = {
  items: "items.ndjson",
  base: "base.json",
  options: { scenarios: 10_000, seed: "18446744073709551615", horizon: "5d", confidence: 0.975 },
  shards: { count: SHARDS },
};

const run = (line: string) => runHere(line.replaceAll("@", `${home}/`));
const write = (name: string, value: unknown) =>
  writeFileSync(join(home, name), JSON.stringify(value));
const bytesOf = (name: string) => readFileSync(join(home, name));
const shard = (index: number, count = SHARDS) =>
  `${String(index).padStart(5, "0")}-of-${String(count).padStart(5, "0")}.shard`;
const issuesIn = (err: string) =>
  (JSON.parse(err) as { error: { issues: Issue[] } }).error.issues.map(
    ({ code, pointer }) => `${code} ${pointer.replaceAll("~1", "/").replace(`${home}/`, "")}`,
  );

/** A folder with all shards of the spec, to be spoilt. */
function copyOf(name: string): string {
  mkdirSync(join(home, name));
  for (const file of readdirSync(join(home, "shards"))) {
    copyFileSync(join(home, "shards", file), join(home, name, file));
  }
  return name;
}

/** Changes a shard and seals it again, as another machine would have written it. */
function rewrite(path: string, from: string, to: string): void {
  const lines = readFileSync(join(home, path), "utf8").split("\n").slice(0, -2);
  const body = `${lines.join("\n")}\n`;
  expect(body).toContain(from);
  const changed = body.replace(from, to);
  const sha256 = createHash("sha256").update(changed).digest("hex");
  writeFileSync(join(home, path), `${changed}${JSON.stringify({ sha256 })}\n`);
}

beforeAll(async () => {
  writeItems(home, ITEMS);
  write("job.json", spec);
  for (let index = SHARDS - 1; index >= 0; index--) {
    const { exit, err } = await run(`shard run --spec @job.json --index ${index} --out @shards`);
    expect([exit, err]).toEqual([0, ""]);
  }
}, 60_000);

describe("bytes", () => {
  test.each(["parquet", "csv", "ndjson"])(
    "shard merge: many jobs give the bytes of `riskpool batch --out x.%s`",
    async (kind) => {
      const batch = await run(
        `batch @items.ndjson --base @base.json ${OPTIONS} --out @serial.${kind}`,
      );
      expect(batch.exit).toBe(6);
      const merge = await run(`shard merge @shards --out @merged.${kind} --json`);
      expect([merge.exit, merge.err]).toEqual([6, ""]);
      expect(JSON.parse(merge.out)).toMatchObject({ items: ITEMS, shards: SHARDS });
      expect(bytesOf(`merged.${kind}`).equals(bytesOf(`serial.${kind}`))).toBe(true);
      // In another order, with the spec, one of them twice.
      copyFileSync(join(home, "shards", shard(3)), join(home, "twice.shard"));
      const names = [5, 0, 3, 1, 4, 2].map((index) => `@shards/${shard(index)}`).join(" ");
      const again = await run(
        `shard merge ${names} @twice.shard --spec @job.json --out @again.${kind}`,
      );
      expect([again.exit, again.err]).toEqual([6, ""]);
      expect(bytesOf(`again.${kind}`).equals(bytesOf(`serial.${kind}`))).toBe(true);
    },
  );

  test("shard merge: rows carry the whole valuation where the spec says so", async () => {
    write("full.json", { ...spec, figures: "value", full: true, shards: { count: 2 } });
    for (const index of [1, 0]) {
      await run(`shard run --spec @full.json --index ${index} --out @full --workers 2`);
    }
    await run(
      `batch @items.ndjson --base @base.json ${OPTIONS} --figures value --full --out @full-serial.ndjson`,
    );
    await run("shard merge @full --out @full-merged.ndjson");
    expect(bytesOf("full-merged.ndjson").equals(bytesOf("full-serial.ndjson"))).toBe(true);
  });

  test("shard merge: a table of variants in a CSV file", async () => {
    const rows = Array.from({ length: 7 }, (_, i) => `v${i},${1700 + 20 * i}`);
    writeFileSync(join(home, "table.csv"), `id,/assets/ETA/spot\n${rows.join("\n")}\n`);
    write("table.json", { ...spec, items: "table.csv", shards: { count: 3 } });
    for (const index of [2, 0, 1]) {
      await run(`shard run --spec @table.json --index ${index} --out @table`);
    }
    await run(`batch @table.csv --base @base.json ${OPTIONS} --out @table-serial.csv`);
    expect(await run("shard merge @table --out @table-merged.csv")).toMatchObject({ exit: 0 });
    expect(bytesOf("table-merged.csv").equals(bytesOf("table-serial.csv"))).toBe(true);
  });
});

describe("run", () => {
  let cli = "";
  beforeAll(async () => {
    cli = await buildCli(home);
  });

  test("shard run: a killed process leaves no shard, and what it left is run again", async () => {
    const args = [cli, "shard", "run", "--spec", "job.json", "--index", "4", "--out", "killed"];
    for (let delay = 100; delay <= 900; delay += 200) {
      const child = spawn(process.execPath, args, { cwd: home, stdio: "ignore" });
      setTimeout(() => child.kill("SIGKILL"), delay);
      await new Promise((resolve) => child.once("exit", resolve));
      const there = existsSync(join(home, "killed")) ? readdirSync(join(home, "killed")) : [];
      for (const name of there.filter((each) => !each.startsWith("."))) {
        expect(bytesOf(`killed/${name}`).equals(bytesOf(`shards/${shard(4)}`))).toBe(true);
      }
    }
    await run("shard run --spec @job.json --index 4 --out @killed");
    expect(bytesOf(`killed/${shard(4)}`).equals(bytesOf(`shards/${shard(4)}`))).toBe(true);
  }, 60_000);

  test.each(["JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX"])(
    "shard run: %s says which shard it is",
    async (name) => {
      const args = [cli, "shard", "run", "--spec", "job.json", "--out", `by-${name}`, "--json"];
      const env = { ...process.env, [name]: "2" };
      const child = spawn(process.execPath, args, { cwd: home, env, stdio: "ignore" });
      await new Promise((resolve) => child.once("exit", resolve));
      const own = bytesOf(`by-${name}/${shard(2)}`);
      expect(own.equals(bytesOf(`shards/${shard(2)}`))).toBe(true);
    },
  );

  test("shard run: what stands there sound is not run again, what is damaged is", async () => {
    const folder = copyOf("standing");
    const line = `shard run --spec @job.json --index 1 --out @${folder} --json`;
    expect(JSON.parse((await run(line)).out)).toMatchObject({ bytes: null, faults: null });
    const path = join(home, folder, shard(1));
    writeFileSync(path, readFileSync(path).subarray(0, -100));
    const again = JSON.parse((await run(line)).out) as { bytes: number };
    expect(again.bytes).toBe(bytesOf(`shards/${shard(1)}`).length);
    expect(readFileSync(path).equals(bytesOf(`shards/${shard(1)}`))).toBe(true);
  });

  test("shard run: a shard of another job is left alone", async () => {
    const folder = copyOf("foreign");
    write("other.json", { ...spec, options: { ...spec.options, seed: 2 } });
    const { exit, err } = await run(
      `shard run --spec @other.json --index 1 --out @${folder} --json`,
    );
    expect([exit, issuesIn(err)]).toEqual([3, ["SHARD_JOB "]]);
    expect(bytesOf(`${folder}/${shard(1)}`).equals(bytesOf(`shards/${shard(1)}`))).toBe(true);
  });

  test("shard plan: says how many shards of so many seconds", async () => {
    const { out, exit } = await run("shard plan --spec @job.json --seconds 2 --json");
    expect(exit).toBe(0);
    const plan = JSON.parse(out) as Record<"shards" | "items" | "secondsPerShard", number>;
    expect(plan.items).toBe(ITEMS);
    expect(plan.shards).toBeGreaterThanOrEqual(1);
    expect(plan.shards).toBeLessThanOrEqual(ITEMS);
    expect(plan.secondsPerShard).toBeGreaterThan(0);
  });
});

describe("refusals", () => {
  test("shard merge: every problem of every file is told together", async () => {
    const folder = copyOf("spoilt");
    rmSync(join(home, folder, shard(0)));
    const cut = join(home, folder, shard(1));
    writeFileSync(cut, readFileSync(cut).subarray(0, -7));
    rewrite(`${folder}/${shard(2)}`, '"version":"', '"version":"9');
    rewrite(`${folder}/${shard(3)}`, '"job":"', '"job":"f');
    await run(`shard run --spec @job.json --items 25-34 --out @${folder}`);
    const { exit, err } = await run(`shard merge @${folder} --spec @job.json --out @x.csv --json`);
    expect(exit).toBe(3);
    expect(issuesIn(err).sort()).toEqual(
      [
        "SHARD_GAP /shards",
        `SHARD_BUILD /shards/${folder}/${shard(2)}`,
        `SHARD_DAMAGED /shards/${folder}/${shard(1)}`,
        `SHARD_JOB /shards/${folder}/${shard(3)}`,
        `SHARD_OVERLAP /shards/${folder}/${shard(4)}`,
        `SHARD_OVERLAP /shards/${folder}/${shard(5)}`,
      ].sort(),
    );
    expect(existsSync(join(home, "x.csv"))).toBe(false);
  });

  test("shard merge: a gap says what to run, and running it mends it", async () => {
    const folder = copyOf("gap");
    rmSync(join(home, folder, shard(2)));
    const { err } = await run(`shard merge @${folder} --out @gap.csv --json`);
    const [issue] = (JSON.parse(err) as { error: { issues: Issue[] } }).error.issues;
    const items = /--items (\d+-\d+)/.exec(issue!.detail)![1]!;
    await run(`shard run --spec @job.json --items ${items} --out @${folder}`);
    const { exit } = await run(`shard merge @${folder} --out @gap.csv`);
    expect(exit).toBe(6);
    await run("shard merge @shards --out @whole.csv");
    expect(bytesOf("gap.csv").equals(bytesOf("whole.csv"))).toBe(true);
  });

  test("shard merge: the same items with other rows are a machine at fault", async () => {
    const folder = copyOf("faulty");
    copyFileSync(join(home, "shards", shard(1)), join(home, folder, "copy.shard"));
    rewrite(`${folder}/copy.shard`, '"expectedLoss":[', '"expectedLoss":[1');
    const { exit, err } = await run(`shard merge @${folder} --out @x.csv --json`);
    expect([exit, issuesIn(err)]).toEqual([3, [`SHARD_OVERLAP /shards/${folder}/copy.shard`]]);
  });

  test.each<[string, object, string[]]>([
    ["an unknown key", { itmes: 1 }, ["KEY_UNKNOWN /itmes"]],
    [
      "options",
      { options: { scenarios: 7, horizon: "never", secret: 1 } },
      [
        "KEY_UNKNOWN /options/secret",
        "NUMBER_RANGE /options/horizon",
        "NUMBER_RANGE /options/scenarios",
      ],
    ],
    ["both cuts", { shards: { count: 2, seconds: 2 } }, ["SHARD_COUNT /shards"]],
    ["a count beyond the items", { shards: { count: 41 } }, ["NUMBER_RANGE /shard/count"]],
  ])("shard run: %s are refused", async (_, more, expected) => {
    write("wrong.json", { ...spec, ...more });
    const { exit, err } = await run("shard run --spec @wrong.json --index 0 --out @wrong --json");
    expect([exit, issuesIn(err).sort()]).toEqual([3, expected]);
  });

  test("shard merge: a name that is no table's is refused", async () => {
    const { exit, err } = await run("shard merge @shards --out @x.html --json");
    expect([exit, issuesIn(err)]).toEqual([3, ["VALUE_UNKNOWN /options/out"]]);
  });

  test("shard merge: items that have changed since are another job", async () => {
    const folder = copyOf("changed");
    const lines = bytesOf("items.ndjson").toString("utf8").replace("30000.50", "30001.50");
    writeFileSync(join(home, "items-2.ndjson"), lines);
    write("changed.json", { ...spec, items: "items-2.ndjson" });
    const { err } = await run(`shard merge @${folder} --spec @changed.json --out @x.csv --json`);
    expect(issuesIn(err).filter((each) => each.startsWith("SHARD_JOB"))).toHaveLength(SHARDS);
  });
});
