import type { Command } from "commander";
import { type Issue, PoolError, received, type ShardChoice } from "../../index.ts";
import { SHARD_SECONDS } from "../queue/shard-count.ts";
import { plainTable } from "../report/terminal.ts";
import type { Core, ShardPlanStatement, ShardStatement } from "./core.ts";
import { type Io, readBytes, readText, writeBytes } from "./io.ts";
import { OptionReader, type OptionTexts } from "./option.ts";
import { progressOn, wipeProgress } from "./run-option.ts";
import { type ReadJob, readJob } from "./shard-job.ts";
import { addShardSubmit } from "./shard-submit.ts";
import { outputOptions, writeValuation } from "./valuation-output.ts";

/** Where batch systems say which of many a process is. */
const INDEX_NAMES = ["JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX"] as const;
const COUNT_NAME = "AWS_BATCH_JOB_ARRAY_SIZE";
const COUNT_MAX = 1_000_000;

/** Adds `riskpool shard plan`, `run`, `submit` and `merge`. */
export function addShard(program: Command, io: Io, core: Core): void {
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
    .description("simulate one shard, or several, into files")
    .requiredOption("--spec <json>", "the job: pool, market, options, shards")
    .option(
      "--index <n>",
      `which shard, from 0; - reads one a line from standard input; ${INDEX_NAMES.join(" or ")} when left out`,
    )
    .option("--count <n>", "of how many; as the spec says when left out")
    .option("--parts <a-b>", "these parts of the run, in place of a shard by its index")
    .option("--out <folder>", "where the files go", "out")
    .option("--workers <n>", "threads to simulate on")
    .option("--json", "print a line of JSON for each shard and nothing else")
    .action((texts: OptionTexts) => run(texts, io, core));
  addShardSubmit(shard, io, core);
  const merge = shard
    .command("merge")
    .description("value a pool from all shards of its job: the bytes of `riskpool value`")
    .argument("<files...>", "shard files, or folders of them")
    .option("--spec <json>", "the job; as the shard of the first part has it when left out")
    .option("--workers <n>", "threads for what follows the simulation");
  outputOptions(merge).action((paths: string[], texts: OptionTexts) =>
    mergeFiles(paths, texts, io, core),
  );
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
  const { job, count, seconds } = await readJob(io, String(texts["spec"]));
  const cut =
    given === undefined && count !== undefined
      ? { count }
      : { seconds: given ?? seconds ?? SHARD_SECONDS };
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

/** Which shards a process is to run, by file name. */
interface Wanted {
  readonly name: string;
  readonly choice: ShardChoice;
}

async function run(texts: OptionTexts, io: Io, core: Core): Promise<void> {
  const options = new OptionReader(texts);
  const workers = readWorkers(options);
  options.finish();
  const read = await readJob(io, String(texts["spec"]));
  const wanted = await wantedShards(texts, io, read);
  for (const { name, choice } of wanted) {
    const path = `${String(texts["out"]).replace(/\/+$/, "")}/${name}`;
    const standing = await io.readBytes(path).catch(() => undefined);
    const request = { job: { ...read.job, ...workers }, choice, name: path };
    const statement = await core
      .shardRun(standing ? { ...request, standing } : request, progressOn(io))
      .finally(() => wipeProgress(io));
    if (statement.file) await writeBytes(io, path, statement.file);
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

async function wantedShards(texts: OptionTexts, io: Io, { count }: ReadJob): Promise<Wanted[]> {
  const issues: Issue[] = [];
  const parts = texts["parts"];
  if (typeof parts === "string") return [partsIn(parts)];
  const total = countOf(texts, io, count, issues);
  const indices = await indicesOf(texts, io, total, issues);
  if (issues.length > 0) throw new PoolError(issues, "command line");
  const digits = Math.max(5, String(total).length);
  const padded = (value: number) => String(value).padStart(digits, "0");
  return indices.map((index) => ({
    name: `${padded(index)}-of-${padded(total)}.shard`,
    choice: { index, count: total },
  }));
}

/** A range of parts as it is written, both ends included. */
function partsIn(text: string): Wanted {
  const [, from, last] = /^(\d{1,9})-(\d{1,9})$/.exec(text) ?? [];
  if (from === undefined || last === undefined) {
    const fault = wrong("parts", "--parts is no range of parts", "two numbers such as 12-23", text);
    throw new PoolError([fault], "command line");
  }
  const name = `parts-${from.padStart(6, "0")}-${last.padStart(6, "0")}.shard`;
  return { name, choice: { from: Number(from), end: Number(last) + 1 } };
}

function countOf(texts: OptionTexts, io: Io, inSpec: number | undefined, issues: Issue[]): number {
  const text = texts["count"] ?? inSpec ?? io.env[COUNT_NAME];
  const total = numberIn(text);
  if (total >= 1 && total <= COUNT_MAX) return total;
  const missing = text === undefined;
  issues.push({
    ...wrong(
      "count",
      missing
        ? "nobody has said how many shards there are, and each machine must be told the same; ask riskpool shard plan, then write it into the spec or give --count"
        : "the number of shards must be a whole number within the bounds",
      `a whole number, 1 to ${COUNT_MAX}`,
      text,
    ),
    ...(missing && { code: "SHARD_COUNT" }),
  });
  return 1;
}

async function indicesOf(
  texts: OptionTexts,
  io: Io,
  total: number,
  issues: Issue[],
): Promise<number[]> {
  const name = INDEX_NAMES.find((each) => io.env[each] !== undefined);
  const text = texts["index"] ?? (name && io.env[name]);
  const lines = async () => (await readText(io, "-")).split("\n").map((line) => line.trim());
  const given = text === "-" ? (await lines()).filter((line) => line !== "") : [text];
  return given.flatMap((line) => {
    const index = numberIn(line);
    if (index >= 0 && index < total) return [index];
    const detail =
      line === undefined
        ? `nobody has said which shard this is; give --index, or set ${INDEX_NAMES.join(" or ")}`
        : "the index of a shard must be a whole number below their number";
    issues.push(wrong("index", detail, `a whole number, 0 to ${total - 1}`, line));
    return [];
  });
}

function numberIn(text: unknown): number {
  return /^\d{1,9}$/.test(String(text)) ? Number(text) : Number.NaN;
}

function wrong(name: string, detail: string, expected: string, given: unknown): Issue {
  const code = given === undefined ? "KEY_MISSING" : "NUMBER_RANGE";
  return { code, pointer: `/options/${name}`, detail, expected, received: received(given) };
}

async function mergeFiles(
  paths: readonly string[],
  texts: OptionTexts,
  io: Io,
  core: Core,
): Promise<void> {
  const options = new OptionReader(texts);
  const workers = readWorkers(options);
  options.finish();
  const spec = texts["spec"];
  const job = typeof spec === "string" ? (await readJob(io, spec)).job : undefined;
  const files: string[] = [];
  for (const path of paths) {
    const names = await io.listFolder(path);
    const folder = path.replace(/\/+$/, "");
    const inside = names?.filter((name) => /^[^.].*\.shard$/.test(name)) ?? [];
    files.push(...(names ? inside.map((name) => `${folder}/${name}`) : [path]));
  }
  const sorted = [...new Set(files)].sort();
  const valuation = await core.shardMerge({
    ...workers,
    ...(job && { job: { ...job, ...workers } }),
    files: sorted.map((name) => ({ name, read: () => readBytes(io, name) })),
  });
  await writeValuation(io, texts, valuation);
}
