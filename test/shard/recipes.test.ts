// Method: the very command lines of the recipes, out of their files, on a folder in place of their
// volume, with the variables that their systems set: on a job of many paths and on one of many items.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readUtf8 } from "../../src/edge/cli/file.ts";
import type { Io } from "../../src/edge/cli/io.ts";
import { runHere } from "../support/io.ts";

const examples = fileURLToPath(new URL("../../examples/", import.meta.url));
const recipe = (name: string) => readFileSync(join(examples, "shards", name), "utf8");
const home = mkdtempSync(join(tmpdir(), "riskpool-recipes-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const countOf = (name: string) =>
  (JSON.parse(recipe(name)) as { shards: { count: number } }).shards.count;
const count = countOf("job.json");

/** Runs a recipe's words; /job is a folder of this machine. */
async function run(volume: string, words: readonly string[], env: Io["env"] = {}, stdin = "") {
  const here = words.map((word) => word.replace(/^\/job(?=\/|$)/, join(home, volume)));
  const { exit, out, err } = await runHere(here, {
    readFile: (path) => (path === "-" ? Promise.resolve(stdin) : readUtf8(path)),
    env,
  });
  expect([exit, err]).toEqual([0, ""]);
  return out;
}

const bytesOf = (volume: string, name: string) => readFileSync(join(home, volume, name));
const indices = Array.from({ length: count }, (_, i) => (5 * i) % count);

function layOut(volume: string, spec: string): void {
  mkdirSync(join(home, volume));
  copyFileSync(join(examples, "shards", spec), join(home, volume, "job.json"));
  copyFileSync(join(examples, "shards/variants.csv"), join(home, volume, "variants.csv"));
  copyFileSync(join(examples, "small-pool.json"), join(home, volume, "small-pool.json"));
}

/** What a system runs: a shard of an index, and the merge. */
interface System {
  readonly shard: (volume: string, index: number) => Promise<string>;
  readonly merge: readonly string[];
}

function kubernetes(): System {
  const wordsOf = (name: string) =>
    JSON.parse(
      /^ +args:\s+(\[[^\]]*\])/m.exec(recipe(name))![1]!.replace(/,\s*\]$/, "]"),
    ) as string[];
  return {
    shard: (volume, index) =>
      run(volume, wordsOf("kubernetes.yaml"), { JOB_COMPLETION_INDEX: String(index) }),
    merge: wordsOf("kubernetes-merge.yaml"),
  };
}

function awsBatch(): System {
  const { command } = JSON.parse(recipe("aws-batch-definition.json")).containerProperties;
  return {
    shard: (volume, index) =>
      run(volume, command, {
        AWS_BATCH_JOB_ARRAY_INDEX: String(index),
        AWS_BATCH_JOB_ARRAY_SIZE: String(count),
      }),
    merge: JSON.parse(recipe("aws-batch-merge.json")).containerOverrides.command,
  };
}

function spark(): System {
  const lineOf = (name: string) =>
    new RegExp(`^${name} = "riskpool (.*)"$`, "m").exec(recipe("spark.py"))![1]!.split(" ");
  return {
    shard: (volume, index) => run(volume, lineOf("RUN"), {}, `${index}\n`),
    merge: lineOf("MERGE"),
  };
}

const systems = { kubernetes, "AWS Batch": awsBatch, Spark: spark };

beforeAll(async () => {
  layOut("serial", "job.json");
  layOut("batch", "items.json");
  const serial = "--scenarios 1000000 --seed 7 --no-report --result /job/result.json";
  await run("serial", ["value", "/job/small-pool.json", ...serial.split(" ")]);
  const { options } = JSON.parse(recipe("items.json"));
  const { scenarios, seed, horizon, confidence, levels } = options;
  const batch = `batch /job/variants.csv --base /job/small-pool.json --out /job/results.parquet --scenarios ${scenarios} --seed ${seed} --horizon ${horizon} --confidence ${confidence} --levels ${levels.join()}`;
  await run("batch", batch.split(" "));
}, 60_000);

describe("recipes", () => {
  test("recipes: both jobs have as many shards as the systems are told", () => {
    expect(countOf("items.json")).toBe(count);
    const manifest = recipe("kubernetes.yaml");
    expect(Number(/^ {2}completions: (\d+)$/m.exec(manifest)![1])).toBe(count);
    const shards = JSON.parse(recipe("aws-batch-shards.json"));
    expect(shards.arrayProperties.size).toBe(count);
    const merge = JSON.parse(recipe("aws-batch-merge.json"));
    expect([shards.jobDefinition, merge.jobDefinition]).toEqual(["riskpool", "riskpool"]);
    expect(recipe("spark.py")).toContain('count = json.load(spec)["shards"]["count"]');
  });

  test("recipes: the indices are all of them, in no order", () => {
    expect([...indices].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
  });

  test.each(Object.entries(systems))("recipes: many paths, by %s", async (name, system) => {
    const volume = `paths ${name}`;
    layOut(volume, "job.json");
    const { shard, merge } = system();
    for (const index of indices) {
      const said = await shard(volume, index);
      // Spark counts the lines that come out of the pipe.
      if (name === "Spark") expect(said.trim().split("\n").length).toBe(1);
    }
    await run(volume, merge);
    expect(bytesOf(volume, "result.json")).toEqual(bytesOf("serial", "result.json"));
  });

  test.each(Object.entries(systems))("recipes: many items, by %s", async (name, system) => {
    const volume = `items ${name}`;
    layOut(volume, "items.json");
    const { shard, merge } = system();
    for (const index of indices) await shard(volume, index);
    // As docs/shards.md has it: one word in place of all behind the folder.
    const own = merge.slice(0, merge.indexOf("--spec"));
    await run(volume, [...own, "--out", "/job/results.parquet"]);
    expect(bytesOf(volume, "results.parquet")).toEqual(bytesOf("batch", "results.parquet"));
  });
});
