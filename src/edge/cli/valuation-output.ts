import type { Command } from "commander";
import type { PoolValuation } from "../../index.ts";
import { reportHtml } from "../report/report.ts";
import { terminalReport } from "../report/terminal.ts";
import { type Io, mayColour, writeOut } from "./io.ts";
import type { OptionTexts } from "./option.ts";

/** Adds the options that say where a valuation goes. */
export function outputOptions(command: Command): Command {
  return command
    .option("--out <html>", "where the report goes", "out/report.html")
    .option("--result <json>", "where the valuation goes", "out/result.json")
    .option("--no-report", "write no report")
    .option("--json", "print the valuation as JSON and nothing else");
}

/** Writes and prints a valuation as those options say. */
export async function writeValuation(
  io: Io,
  texts: OptionTexts,
  valuation: PoolValuation,
): Promise<void> {
  const printed = `${JSON.stringify(valuation, null, 2)}\n`;
  const written: string[] = [];
  const result = String(texts["result"]);
  await writeOut(io, result, printed);
  written.push(result);
  if (texts["report"] !== false) {
    const out = String(texts["out"]);
    await writeOut(io, out, reportHtml(valuation));
    written.push(out);
  }
  const note = `Wrote ${written.join(" and ")}\n`;
  if (texts["json"]) {
    io.stderr(note);
    io.stdout(printed);
  } else {
    const style = { colour: mayColour(io), width: io.columns ?? 80 };
    io.stdout(`${terminalReport(valuation, style)}\n${note}`);
  }
}
