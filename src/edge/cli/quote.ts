import type { Command } from "commander";
import { quoteText } from "../report/quote-text.ts";
import type { Core } from "./core.ts";
import { type Io, mayColour, readText } from "./io.ts";
import { printNotices } from "./notice.ts";
import { OptionReader, type OptionTexts } from "./option.ts";
import { progressOn, readRun, readWorld, runOptions, wipeProgress } from "./run-option.ts";

const POSITION_WORDS = `
A position file is JSON: { "option": { ... } }, { "barrier": { ... } } or { "perpetual": { ... } },
each as in a pool document, with an id of its own; and "participant" for somebody the pool does not
know yet.

The exit code is 0 when no limit refuses the position and 5 when one does.`;

/**
 * Adds `riskpool quote`.
 *
 * @param refuse  called when a limit refuses the position
 */
export function addQuote(program: Command, io: Io, core: Core, refuse: () => void): void {
  const command = program
    .command("quote")
    .description(
      "say what one more position would mean for a pool, pay, and which limits it breaks",
    )
    .argument("<pool>", "pool document (JSON), - for standard input")
    .requiredOption("--position <json>", "the proposed position");
  runOptions(command)
    .option("--json", "print the quote as JSON and nothing else")
    .addHelpText("after", POSITION_WORDS)
    .action(async (path: string, texts: OptionTexts) => {
      const options = new OptionReader(texts);
      const asked = readRun(options, texts);
      options.finish();
      const position = await readText(io, String(texts["position"]));
      const request = { ...(await readWorld(io, path, texts)), position, ...asked };
      const running = core.quote(request, progressOn(io));
      const { quote, currency, notices } = await running.finally(() => wipeProgress(io));
      printNotices(notices, io);
      if (!quote.isAllowed) refuse();
      if (texts["json"]) io.stdout(`${JSON.stringify(quote, null, 2)}\n`);
      else {
        const style = { colour: mayColour(io), width: io.columns ?? 80 };
        io.stdout(quoteText(quote, { ...style, code: currency }));
      }
    });
}
