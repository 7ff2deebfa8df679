import type { Command } from "commander";
import { comparisonHtml } from "../report/comparison.ts";
import { comparisonText } from "../report/comparison-text.ts";
import type { Core } from "./core.ts";
import { type Io, mayColour, readText, writeOut } from "./io.ts";
import { printNotices } from "./notice.ts";
import { OptionReader, type OptionTexts } from "./option.ts";
import { progressOn, readRun, readWorld, runOptions, wipeProgress } from "./run-option.ts";

const POLICIES_WORDS = `
A policies file is a JSON list: [{ "name": "...", "contribution": { "rule": "shapley" },
"sharing": "proportional" }]. Without one, the pool's own terms, every rule that needs nothing but
the pool, and every way to share under Euler's rule are compared.`;

/** Adds `riskpool compare`. */
export function addCompare(program: Command, io: Io, core: Core): void {
  const command = program
    .command("compare")
    .description("score policies on the same scenarios: who puts in how much, who bears the rest")
    .argument("<pool>", "pool document (JSON), - for standard input")
    .option("--policies <json>", "policies to compare; a set worth seeing when left out");
  runOptions(command)
    .option("--out <html>", "where the page goes", "out/compare.html")
    .option("--no-report", "write no page")
    .option("--json", "print the comparison as JSON and nothing else")
    .addHelpText("after", POLICIES_WORDS)
    .action((path: string, texts: OptionTexts) => run(path, texts, io, core));
}

async function run(path: string, texts: OptionTexts, io: Io, core: Core): Promise<void> {
  const options = new OptionReader(texts);
  const asked = readRun(options, texts);
  options.finish();
  const file = texts["policies"];
  const policies = typeof file === "string" ? { policies: await readText(io, file) } : undefined;
  const request = { ...(await readWorld(io, path, texts)), ...policies, ...asked };
  const running = core.compare(request, progressOn(io));
  const { comparison, notices } = await running.finally(() => wipeProgress(io));
  printNotices(notices, io);
  let note = "";
  if (texts["report"] !== false) {
    const out = String(texts["out"]);
    await writeOut(io, out, comparisonHtml(comparison));
    note = `Wrote ${out}\n`;
  }
  if (texts["json"]) {
    io.stderr(note);
    io.stdout(`${JSON.stringify(comparison, null, 2)}\n`);
  } else {
    const style = { colour: mayColour(io), width: io.columns ?? 80 };
    io.stdout(`${comparisonText(comparison, style)}${note && `\n${note}`}`);
  }
}
