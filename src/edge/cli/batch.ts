import type { Command } from "commander";
import { digestOf } from "../../basics/index.ts";
import { type BatchOutcome, type BatchProgress, runBatch } from "../batch/run.ts";
import { itemsOf, sourceKind } from "../batch/source.ts";
import { count } from "../report/format.ts";
import { readBatch } from "./batch-option.ts";
import type { BatchSession, Core } from "./core.ts";
import { FileFault, type Io, readText } from "./io.ts";
import { printNotices } from "./notice.ts";
import type { OptionTexts } from "./option.ts";
import { queueOptions } from "./queue-option.ts";
import { readMarketFiles, runOptions } from "./run-option.ts";

const WORDS = `
A line of NDJSON is a pool document or an item { "id", "pool", "changes", "options" }; with --base,
items may leave out the pool. A CSV, Parquet or Arrow file holds variants of the base: its columns are JSON
pointers such as /waterfall/layers/members-fund/size, or id; an empty cell changes nothing.

Results have a row for each item, in order; money is in the currency that the row names. An item at
fault is a row with its error, and the exit code is then 6.

With --workers, whole items are valued on threads: the same results, sooner; with --redis, by the
workers of a queue (riskpool worker).

Whatever ends a run, the same command goes on where it was: what was found is in <out>.partial.`;

/** Adds `riskpool batch`. */
export function addBatch(program: Command, io: Io, core: Core, partly: () => void): void {
  const command = program
    .command("batch")
    .description("value many pools, or many variants of one, into a table")
    .argument("<pools>", "pools or items (.ndjson), or variants (.csv, .parquet, .arrow)");
  queueOptions(runOptions(command))
    .option("--levels <list>", "all levels to report, between commas", "0.95,0.975,0.99")
    .option("--audit", "revalue every position in every scenario (slow, exact)")
    .option("--base <json>", "pool document that items without a pool are variants of")
    .option("--figures <name>", "measure: risk and layers; value: everything", "measure")
    .option(
      "--out <file>",
      "where the results go: .parquet, .arrow, .csv or .ndjson",
      "out/batch.parquet",
    )
    .option("--full", "rows of .ndjson carry the whole valuation")
    .option("--restart", "forget what an interrupted run has found")
    .option("--progress", "say how far it is even where standard error is no terminal")
    .option("--json", "print what came of it as JSON and nothing else")
    .addHelpText("after", WORDS)
    .action(async (path: string, texts: OptionTexts) => {
      const { faults } = await run(path, texts, io, core);
      if (faults > 0) partly();
    });
}

async function run(path: string, texts: OptionTexts, io: Io, core: Core): Promise<BatchOutcome> {
  const { request, kind, isFull } = readBatch(texts);
  const out = String(texts["out"]);
  await mustBeThere(io, path);
  const base = typeof texts["base"] === "string" && { base: await readText(io, texts["base"]) };
  const files = await readMarketFiles(io, texts);
  const session = await core.batch({ ...request, ...files, ...base });
  const { onProgress, wipe } = batchProgress(io, texts["progress"] === true);
  try {
    printNotices(session.notices, io);
    const outcome = await runBatch({
      ...{ disk: io.disk, session, out, kind, isFull, onProgress },
      source: itemsOf(io.disk, path, session.base),
      words: wordsOf(path, session),
      terms: {
        ...{ version: core.version, kernel: session.kernel, figures: request.figures },
        options: session.options,
      },
      isAnew: texts["restart"] === true,
    });
    wipe();
    tell(io, texts, out, outcome);
    return outcome;
  } finally {
    wipe();
    await session.end();
  }
}

/** @throws FileFault where there is no such file */
export async function mustBeThere(io: Io, path: string): Promise<void> {
  const size = await io.disk.size(path).catch((cause: unknown) => {
    throw new FileFault("FILE_UNREADABLE", path, cause);
  });
  if (size !== null) return;
  throw new FileFault("FILE_UNREADABLE", path, new Error("there is no such file"));
}

/** What the results of a batch depend on besides its options and its build. */
export function wordsOf(path: string, { base }: BatchSession): Record<string, string> {
  return { input: sourceKind(path), base: base ? digestOf(base.digest) : "none" };
}

function tell(io: Io, texts: OptionTexts, out: string, outcome: BatchOutcome): void {
  const { items, faults, found } = outcome;
  if (texts["json"]) {
    io.stdout(`${JSON.stringify({ out, items, faults, resumed: found })}\n`);
    return;
  }
  const again = found > 0 ? `, ${count(found)} of them by an earlier run` : "";
  const wrong = faults > 0 ? `; ${count(faults)} at fault, their rows say why` : "";
  io.stdout(`Wrote ${out}: ${count(items)} items${again}${wrong}\n`);
}

/** Milliseconds between two words on progress: on a terminal, and in a log. */
const PACE_MS = { terminal: 200, log: 5000 };

/** What {@link batchProgress} gives. */
interface BatchVoice {
  readonly onProgress: (progress: BatchProgress) => void;
  readonly wipe: () => void;
}

/** Says how far a batch is: on a terminal in one line, in a log in a line every few seconds. */
export function batchProgress(io: Io, isWanted: boolean): BatchVoice {
  const { stderr: isTerminal } = io.isTTY;
  if (!isTerminal && !isWanted) return { onProgress: () => {}, wipe: () => {} };
  const start = io.now();
  const pace = isTerminal ? PACE_MS.terminal : PACE_MS.log;
  let last = start;
  let isShown = false;
  return {
    onProgress: (progress) => {
      const now = io.now();
      if (now - last < pace) return;
      last = now;
      isShown = true;
      const words = progressWords(progress, (now - start) / 1000);
      io.stderr(isTerminal ? `\r\u001b[K${words}` : `${words}\n`);
    },
    wipe: () => {
      if (isTerminal && isShown) io.stderr("\r\u001b[K");
      isShown = false;
    },
  };
}

/** How far a batch is, how fast, and how long it may still take. */
export function progressWords(progress: BatchProgress, seconds: number): string {
  const { done, found, part, partFound } = progress;
  const left = part > partFound ? (seconds * (1 - part)) / (part - partFound) : Number.NaN;
  const rate = (done - found) / Math.max(seconds, 1e-3);
  const speed = rate >= 10 ? count(rate) : rate.toPrecision(2);
  const rest = left >= 0 ? `, ${span(left)} left` : "";
  return `${count(done)} items, ${Math.floor(part * 100)} %, ${speed} a second${rest}`;
}

function span(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
