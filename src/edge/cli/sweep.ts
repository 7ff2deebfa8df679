import type { Command } from "commander";
import type { PoolDocument, SweepItem } from "../../index.ts";
import { readAxes, type SweepAxis, sourceOf, variantsOf } from "../batch/axis.ts";
import type { ResultColumn } from "../batch/column.ts";
import { nonDominated } from "../batch/frontier.ts";
import type { BatchRecord } from "../batch/record.ts";
import { RESULT_KINDS, resultKind } from "../batch/result.ts";
import { runBatch } from "../batch/run.ts";
import { sweepHtml } from "../report/sweep.ts";
import { type SweepReading, sweepText } from "../report/sweep-text.ts";
import { batchProgress } from "./batch.ts";
import type { BatchSession, Core } from "./core.ts";
import { type Io, readText, writeOut } from "./io.ts";
import { printNotices } from "./notice.ts";
import { OptionReader, type OptionTexts } from "./option.ts";
import { readMarketFiles, readRun, runOptions } from "./run-option.ts";

const WORDS = `
An axis is a JSON pointer into the document, list entries by place or id, and where it goes:
  --set /waterfall/layers/members-fund/size=100000:500000:9     nine values, both ends among them
  --set /market/model=gbm,student-t                             these values
A grid has every combination; the last axis changes fastest, and should be one of terms, which are
measured anew without a simulation. With --lhs n the axes are ranges low:high, or lists, and n
variants are spread over them (Latin hypercube), drawn with --seed.

Rows on the frontier (*) are those that no other betters: less required capital (ES), less money in
the layers, a smaller chance of a socialised loss, more yield. Yield is what the pool is expected to
gain per year on its required capital; only documents with liquidation terms have it, whose fees are
the only income that is simulated.`;

/** Adds `riskpool sweep`. */
export function addSweep(program: Command, io: Io, core: Core): void {
  const command = program
    .command("sweep")
    .description("measure variants of a pool on a grid or a hypercube; show the frontier")
    .argument("<pool>", "pool document (JSON), - for standard input")
    .option("--set <axis>", "what is changed and how; may be repeated", collected, [])
    .option("--lhs <n>", "variants of a Latin hypercube in place of a grid");
  runOptions(command)
    .option(
      "--out <file>",
      "where the table goes: .parquet, .arrow, .csv or .ndjson",
      "out/sweep.csv",
    )
    .option("--report <html>", "also draw it, on a page of its own")
    .option("--restart", "forget what an interrupted run has found")
    .option("--progress", "say how far it is even where standard error is no terminal")
    .option("--json", "print the rows as JSON and nothing else")
    .addHelpText("after", WORDS)
    .action((path: string, texts: OptionTexts) => run(path, texts, io, core));
}

const collected = (text: string, list: readonly string[]): string[] => [...list, text];

async function run(path: string, texts: OptionTexts, io: Io, core: Core): Promise<void> {
  const { request, kind, count, axes } = readSweep(texts);
  const out = String(texts["out"]);
  const base = await readText(io, path);
  const files = await readMarketFiles(io, texts);
  const session = await core.batch({ ...request, ...files, base });
  const { onProgress, wipe } = batchProgress(io, texts["progress"] === true);
  try {
    printNotices(session.notices, io);
    // Seeds of simulations have 64 bits, those of variants 53.
    const cube = count === null ? null : { count, seed: Number(request.seed % 2n ** 53n) };
    const pool = session.base!;
    const total = count ?? sizeOf(axes);
    const variants = variantsOf(pool, axes, cube);
    const found = new Found(axes, variants);
    await runBatch({
      ...{ disk: io.disk, session, out, kind, isFull: false, onProgress },
      source: sourceOf(found.variants(), total),
      words: { input: "sweep", base: pool.digest },
      terms: termsOf(core, session),
      isAnew: texts["restart"] === true,
      onRecord: (record) => found.add(record),
      ownColumns: () => found.columns(),
    });
    wipe();
    const reading = found.reading(pool.document);
    const page = texts["report"];
    if (typeof page === "string") await writeOut(io, page, sweepHtml(reading));
    if (texts["json"]) io.stdout(`${JSON.stringify(reading, null, 2)}\n`);
    else
      io.stdout(
        `${sweepText(reading, io.columns ?? 80)}\nWrote ${[out, ...(typeof page === "string" ? [page] : [])].join(" and ")}\n`,
      );
  } finally {
    wipe();
    await session.end();
  }
}

function termsOf({ version }: Core, { kernel, options }: BatchSession) {
  return { version, kernel, figures: "measure" as const, options };
}

const sizeOf = (axes: readonly SweepAxis[]): number =>
  axes.reduce((product, { steps, cells }) => product * (steps ?? cells.length), 1);

function readSweep(texts: OptionTexts) {
  const kind = resultKind(String(texts["out"]));
  const options = new OptionReader({ ...texts, out: kind ?? String(texts["out"]) });
  const own = readRun(options, texts);
  options.choice("out", RESULT_KINDS);
  const count = options.has("lhs") ? options.whole("lhs", { min: 1, max: 1e7, unit: "" }) : null;
  options.finish();
  const given = texts["set"];
  const axes = readAxes(Array.isArray(given) ? given.map(String) : [], count !== null);
  const request = {
    ...own,
    figures: "measure" as const,
    levels: [own.confidence],
    mode: "profile" as const,
  };
  return { request, kind: kind ?? ("csv" as const), count, axes };
}

/** The variants of a sweep as they go by, and what was found of each. */
class Found {
  readonly #axes: readonly SweepAxis[];
  readonly #source: Iterable<SweepItem>;
  readonly #settings: unknown[][] = [];
  readonly #records: BatchRecord[] = [];
  #frontier: boolean[] = [];

  constructor(axes: readonly SweepAxis[], source: Iterable<SweepItem>) {
    this.#axes = axes;
    this.#source = source;
  }

  *variants(): Generator<SweepItem> {
    for (const item of this.#source) {
      this.#settings.push(item.changes.map(({ value }) => value));
      yield item;
    }
  }

  add(record: BatchRecord): void {
    this.#records.push(record);
  }

  /** A column for each axis, and one that marks the frontier. */
  columns(): ResultColumn[] {
    const sound = this.#records.filter(({ figures }) => figures !== null);
    const marks = nonDominated(sound.map(objectivesOf));
    this.#frontier = this.#records.map(() => false);
    for (const [i, { index }] of sound.entries()) this.#frontier[index] = marks[i]!;
    const settings = this.#axes.map(({ path }, at): ResultColumn => {
      const isNumber = this.#settings.every((row) => typeof row[at] === "number");
      const of = ({ index }: BatchRecord) => {
        const value = this.#settings[index]![at];
        if (typeof value === "number" && isNumber) return value;
        return typeof value === "string" ? value : JSON.stringify(value);
      };
      return { name: path, type: isNumber ? "DOUBLE" : "STRING", of };
    });
    const frontier = ({ index }: BatchRecord) => (this.#frontier[index] ? 1 : 0);
    return [...settings, { name: "is_on_frontier", type: "INT32", of: frontier }];
  }

  reading({ name, currency }: PoolDocument): SweepReading {
    const rows = this.#records.map(({ index, figures, error }) => ({
      ...{ index, settings: this.#settings[index]!, figures, error },
      isOnFrontier: this.#frontier[index]!,
    }));
    return { pool: name, currency: currency.code, axes: this.#axes.map(({ path }) => path), rows };
  }
}

/** What a design should have little of. */
function objectivesOf({ figures }: BatchRecord): number[] {
  const { requiredCapital, layerCapital, socialisedProbability, yieldPerYear } = figures!;
  return [requiredCapital, layerCapital, socialisedProbability[0], -(yieldPerYear ?? 0)];
}
