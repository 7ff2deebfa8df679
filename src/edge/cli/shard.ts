import type { Command } from "commander";
import { SHARD_SECONDS } from "../queue/shard-count.ts";
import { plainTable } from "../report/terminal.ts";
import type { Core, ShardPlanStatement, ShardStatement } from "./core.ts";
import { type Io, readBytes, writeOut } from "./io.ts";
import { hasItems, readItems, readSpec } from "./item-job.ts";
import { anyItemShard, mergeItems, planItems, runItemShards } from "./item-shard.ts";
import { OptionReader, type OptionTexts } from "./option.ts";
import { progressOn, wipeProgress } from "./run-option.ts";
import { INDEX_NAMES, wantedShards } from "./shard-choice.ts";
import { jobIn } from "./shard-job.ts";
import { addShardSubmit } from "./shard-submit.ts";
import { outputOptions, writeValuation } from "./valuation-output.ts";

/** Where the table of many jobs goes when nothing is said. */
const TABLE = "out/batch.parquet";
/** Adds `riskpool shard plan`, `run`, `submit` and `merge`. */
export function addShard(program: Command, io: Io, core: Core, partly: () => void): void {
  const shard = program
    .command("shard")
    .description("cut a job into shards that any machine may run, and put them together");
  shard
    .command("plan")
    .description("say how many shards a job is best cut into")
    .requiredOption("--spec <json>", "the job: pool, market, options, shards")
    .option("--seconds <n>", "seconds of one core that a shard may take; 5 when the spec is silent")
    .option("--json", "print the plan as JSON and nothing else")
    .action((texts: OptionTexts) => plan(texts, io, core));
  shard
    .command("run")
    .description("simulate one shard of a job, or of many jobs, or several, into files")
    .requiredOption("--spec <json>", "the job: pool, market, options, shards")
    .option(
      "--index <n>",
      `which shard, from 0; - reads one a line from standard input; ${INDEX_NAMES.join(" or ")} when left out`,
    )
    .option("--count <n>", "of how many; as the spec says when left out")
    .option("--parts <a-b>", "these parts of the run, in place of a shard by its index")
    .option("--items <a-b>", "of many jobs, these items")
    .option("--out <folder>", "where the files go", "out")
    .option("--workers <n>", "threads to simulate on")
    .option("--json", "print a line of JSON for each shard and nothing else")
    .action((texts: OptionTexts) => run(texts, io, core));
  addShardSubmit(shard, io, core);
  const merge = shard
    .command("merge")
    .description(
      "value a pool from all shards of its job: the bytes of `riskpool value`; of many jobs, those of `riskpool batch`",
    )
    .argument("<files...>", "shard files, or folders of them")
    .option("--spec <json>", "the job; as the shard of the first part has it when left out")
    .option("--workers <n>", "threads for what follows the simulation");
  outputOptions(merge).action(async (paths: string[], texts: OptionTexts) => {
    // A report has a place where nothing is said, a table has another.
    const isSaid = merge.getOptionValueSource("out") !== "default";
    const given = isSaid ? texts : { ...texts, table: TABLE };
    if ((await mergeFiles(paths, given, io, core)) > 0) partly();
  });
}

/** Threads, where some are asked for. */
function readWorkers(options: OptionReader): { readonly workers?: number } {
  if (!options.has("workers")) return {};
  return { workers: options.whole("workers", { min: 1, max: 256, unit: "threads" }) };
}

async function plan(texts: OptionTexts, io: Io, core: Core): Promise<void> {
  const options = new OptionReader(texts);
  const given = options.has("seconds")
    ? options.number("seconds", { min: 0.01, max: 86_400, unit: "seconds" })
    : undefined;
  options.finish();
  const path = String(texts["spec"]);
  const root = await readSpec(io, path);
  const cutOf = ({ count, seconds }: { count: number | undefined; seconds: number | undefined }) =>
    given === undefined && count !== undefined
      ? { count }
      : { seconds: given ?? seconds ?? SHARD_SECONDS };
  if (hasItems(root)) {
    const read = await readItems(io, path, root, {});
    return planItems(io, core, read, cutOf(read), texts["json"] === true);
  }
  const { job, ...counts } = await jobIn(io, path, root);
  const cut = cutOf(counts);
  const found = await core.shardPlan(job, cut);
  io.stdout(texts["json"] ? `${JSON.stringify(found)}\n` : planText(found));
}

function planText(plan: ShardPlanStatement): string {
  const { shards, parts, scenarios, bytesPerShard, mergeBytes } = plan;
  const seconds = (value: number) => `${Number(value.toPrecision(2))} s`;
  const megabytes = (bytes: number) => `${Number((bytes / 1e6).toPrecision(2))} MB`;
  const rows = [
    ["shards", `${shards} (at most ${parts})`],
    ["scenarios", String(scenarios)],
    ["a shard, on one core", `${seconds(plan.secondsPerShard)}, ${megabytes(bytesPerShard)}`],
    ["the merge", `${seconds(plan.mergeSeconds)}, ${megabytes(mergeBytes)} of memory`],
    ["all, on one core", seconds(plan.coreSeconds)],
  ];
  const advice = `Say so in the spec: "shards": { "count": ${shards} }`;
  return `${plainTable(["Job", "about"], rows)}\n\n${advice}\n`;
}

async function run(texts: OptionTexts, io: Io, core: Core): Promise<void> {
  const options = new OptionReader(texts);
  const workers = readWorkers(options);
  options.finish();
  const spec = String(texts["spec"]);
  const root = await readSpec(io, spec);
  if (hasItems(root)) {
    return runItemShards(io, core, await readItems(io, spec, root, workers), texts);
  }
  const read = await jobIn(io, spec, root);
  const wanted = await wantedShards(texts, io, read.count, "parts");
  for (const { name, choice } of wanted) {
    const path = `${String(texts["out"]).replace(/\/+$/, "")}/${name}`;
    const standing = await io.readBytes(path).catch(() => undefined);
    const request = { job: { ...read.job, ...workers }, choice, name: path };
    const statement = await core
      .shardRun(standing ? { ...request, standing } : request, progressOn(io))
      .finally(() => wipeProgress(io));
    if (statement.file) await writeOut(io, path, statement.file);
    io.stdout(texts["json"] ? jsonLine(path, statement) : words(path, statement));
  }
}

function jsonLine(path: string, { file, ...told }: ShardStatement): string {
  return `${JSON.stringify({ file: path, ...told, bytes: file?.length ?? null })}\n`;
}

function words(path: string, { file, from, end, parts }: ShardStatement): string {
  const which = `parts ${from} to ${end - 1} of ${parts}`;
  return file ? `Wrote ${path}: ${which}\n` : `${path} is there already: ${which}\n`;
}

/** @returns items at fault, of many jobs */
async function mergeFiles(
  paths: readonly string[],
  texts: OptionTexts,
  io: Io,
  core: Core,
): Promise<number> {
  const options = new OptionReader(texts);
  const workers = readWorkers(options);
  options.finish();
  const spec = texts["spec"];
  const root = typeof spec === "string" ? await readSpec(io, spec) : undefined;
  const files = await filesIn(paths, io);
  if (root === undefined ? await anyItemShard(io, files) : hasItems(root)) {
    const read = typeof spec === "string" ? await readItems(io, spec, root, workers) : undefined;
    const out = String(texts["table"] ?? texts["out"]);
    return mergeItems(io, core, files, read, { out, isJson: texts["json"] === true });
  }
  const job = typeof spec === "string" ? (await jobIn(io, spec, root)).job : undefined;
  const valuation = await core.shardMerge({
    ...workers,
    ...(job && { job: { ...job, ...workers } }),
    files: files.map((name) => ({ name, read: () => readBytes(io, name) })),
  });
  await writeValuation(io, texts, valuation);
  return 0;
}

/** Files that were named, and those of folders. */
async function filesIn(paths: readonly string[], io: Io): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const names = await io.listFolder(path);
    const folder = path.replace(/\/+$/, "");
    const inside = names?.filter((name) => /^[^.].*\.shard$/.test(name)) ?? [];
    files.push(...(names ? inside.map((name) => `${folder}/${name}`) : [path]));
  }
  return [...new Set(files)].sort();
}
