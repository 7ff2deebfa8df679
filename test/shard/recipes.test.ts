// Method: the very command lines of the recipes, out of their files, on a folder in place of their
// volume, with the variables that their systems set.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listFolder, readUtf8, readWhole, writeWhole } from "../../src/edge/cli/file.ts";
import type { Io } from "../../src/edge/cli/io.ts";
import { runHere } from "../support/io.ts";

const examples = fileURLToPath(new URL("../../examples/", import.meta.url));
const recipe = (name: string) => readFileSync(join(examples, "shards", name), "utf8");
const home = mkdtempSync(join(tmpdir(), "riskpool-recipes-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const spec = JSON.parse(recipe("job.json")) as { shards: { count: number } };
const { count } = spec.shards;

/** Runs a recipe's words; /job is a folder of this machine. */
async function run(volume: string, words: readonly string[], env: Io["env"] = {}, stdin = "") {
  const here = (path: string) => path.replace(/^\/job(?=\/|$)/, join(home, volume));
  const { exit, out, err } = await runHere(words, {
    readFile: (path) => (path === "-" ? Promise.resolve(stdin) : readUtf8(here(path))),
    writeFile: (path, content) => writeWhole(here(path), content),
    readBytes: (path) => readWhole(here(path)),
    listFolder: (path) => listFolder(here(path)),
    env,
  });
  expect([exit, err]).toEqual([0, ""]);
  return out;
}

const result = (volume: string) => readFileSync(join(home, volume, "result.json"), "utf8");
const indices = Array.from({ length: count }, (_, i) => (5 * i) % count);
let expected: string;

beforeAll(async () => {
  for (const volume of ["serial", "kubernetes", "aws", "spark"]) {
    mkdirSync(join(home, volume));
    copyFileSync(join(examples, "shards/job.json"), join(home, volume, "job.json"));
    copyFileSync(join(examples, "small-pool.json"), join(home, volume, "small-pool.json"));
  }
  const options = "--scenarios 1000000 --seed 7 --no-report --result /job/result.json";
  await run("serial", ["value", "/job/small-pool.json", ...options.split(" ")]);
  expected = result("serial");
}, 60_000);

describe("recipes", () => {
  test("recipes: the indices are all of them, in no order", () => {
    expect([...indices].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
  });

  test("recipes: the job of Kubernetes", async () => {
    const wordsOf = (name: string) =>
      JSON.parse(
        /^ +args:\s+(\[[^\]]*\])/m.exec(recipe(name))![1]!.replace(/,\s*\]$/, "]"),
      ) as string[];
    const manifest = recipe("kubernetes.yaml");
    expect(Number(/^ {2}completions: (\d+)$/m.exec(manifest)![1])).toBe(count);
    for (const index of indices) {
      await run("kubernetes", wordsOf("kubernetes.yaml"), { JOB_COMPLETION_INDEX: String(index) });
    }
    await run("kubernetes", wordsOf("kubernetes-merge.yaml"));
    expect(result("kubernetes")).toBe(expected);
  });

  test("recipes: the array job of AWS Batch", async () => {
    const definition = JSON.parse(recipe("aws-batch-definition.json"));
    const shards = JSON.parse(recipe("aws-batch-shards.json"));
    const merge = JSON.parse(recipe("aws-batch-merge.json"));
    expect(shards.arrayProperties.size).toBe(count);
    expect([shards.jobDefinition, merge.jobDefinition]).toEqual(["riskpool", "riskpool"]);
    for (const index of indices) {
      await run("aws", definition.containerProperties.command, {
        AWS_BATCH_JOB_ARRAY_INDEX: String(index),
        AWS_BATCH_JOB_ARRAY_SIZE: String(count),
      });
    }
    await run("aws", merge.containerOverrides.command);
    expect(result("aws")).toBe(expected);
  });

  test("recipes: the pipe of Spark", async () => {
    const lineOf = (name: string) =>
      new RegExp(`^${name} = "riskpool (.*)"$`, "m").exec(recipe("spark.py"))![1]!.split(" ");
    const done: string[] = [];
    for (const index of indices) {
      const out = await run("spark", lineOf("RUN"), {}, `${index}\n`);
      done.push(...out.trim().split("\n"));
    }
    expect(done.length).toBe(count);
    await run("spark", lineOf("MERGE"));
    expect(result("spark")).toBe(expected);
  });
});
