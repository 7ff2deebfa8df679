import type { Command } from "commander";
import type { Core, ValueRequest } from "./core.ts";
import type { Io } from "./io.ts";
import { OptionReader, type OptionTexts } from "./option.ts";
import { progressOn, readRun, readWorld, runOptions, wipeProgress } from "./run-option.ts";
import { outputOptions, writeValuation } from "./valuation-output.ts";

/** Adds `riskpool value`. */
export function addValue(program: Command, io: Io, core: Core): void {
  const command = program
    .command("value")
    .description("value a pool: VaR, ES, layers, contributions; writes a report")
    .argument("[pool]", "pool document (JSON), - for standard input; the example when left out");
  runOptions(command)
    .option("--paths <n>", "simulated paths to draw and to return", "0")
    .option("--levels <list>", "all levels to report, between commas", "0.95,0.975,0.99")
    .option("--audit", "revalue every position in every scenario (slow, exact)")
    .option("--contributions <extent>", "all about everyone, or euler: contributions alone", "all");
  outputOptions(command).action((pool: string | undefined, texts: OptionTexts) =>
    run(pool, texts, io, core),
  );
}

async function run(
  path: string | undefined,
  texts: OptionTexts,
  io: Io,
  core: Core,
): Promise<void> {
  const asked = readRequest(texts);
  const request = { ...(await readWorld(io, path, texts)), ...asked };
  const valuation = await core.value(request, progressOn(io)).finally(() => wipeProgress(io));
  await writeValuation(io, texts, valuation);
}

function readRequest(texts: OptionTexts): Omit<ValueRequest, "pool" | "prices" | "market"> {
  const options = new OptionReader(texts);
  const run = readRun(options, texts);
  const request = {
    ...run,
    samplePaths: options.whole("paths", { min: 0, max: 1000, unit: "" }),
    levels: [...new Set([...options.fractions("levels"), run.confidence])].sort((a, b) => a - b),
    mode: texts["audit"] ? ("audit" as const) : ("profile" as const),
    contributions: options.choice("contributions", ["all", "euler"]),
  };
  options.finish();
  return request;
}
