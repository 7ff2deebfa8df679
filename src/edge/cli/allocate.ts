import type { Command } from "commander";
import { printable } from "../report/format.ts";
import { RULE_NAMES } from "../report/rule-words.ts";
import { allocationText } from "../report/terminal.ts";
import type { AllocateRequest, Core } from "./core.ts";
import type { Io } from "./io.ts";
import { printNotices } from "./notice.ts";
import { OptionReader, type OptionTexts } from "./option.ts";
import { progressOn, readRun, readWorld, runOptions, wipeProgress } from "./run-option.ts";

/** Adds `riskpool allocate`. */
export function addAllocate(program: Command, io: Io, core: Core): void {
  const command = program
    .command("allocate")
    .description("say who has to put in how much, by the pool's own terms or another rule")
    .argument("<pool>", "pool document (JSON), - for standard input")
    .option(
      "--rule <name>",
      `${RULE_NAMES.join(", ")} (with the pool's own weights); the pool's own when left out`,
    )
    .option("--no-negative", "credit nobody for a hedge")
    .option("--floor <amount>", "least of every participant, pool currency")
    .option("--cap <amount>", "most of every participant, pool currency")
    .option("--gearing <x>", "exposure that one unit of money carries; for the rule gearing");
  runOptions(command)
    .option("--json", "print the allocation as JSON and nothing else")
    .action(async (path: string, texts: OptionTexts) => {
      const asked = readRequest(texts);
      const request = { ...(await readWorld(io, path, texts)), ...asked };
      const run = core.allocate(request, progressOn(io));
      const { allocation, pool, currency, notices } = await run.finally(() => wipeProgress(io));
      printNotices(notices, io);
      if (texts["json"]) {
        io.stdout(`${JSON.stringify(allocation, null, 2)}\n`);
        return;
      }
      const about = { code: currency, scenarios: asked.scenarios, width: widthOf(io) };
      const text = allocationText(allocation, { ...about, shown: allocation.rows.length });
      io.stdout(`${printable(pool)}\n\n${text}\n`);
    });
}

function readRequest(texts: OptionTexts): Omit<AllocateRequest, "pool" | "prices" | "market"> {
  const options = new OptionReader(texts);
  const request = {
    ...readRun(options, texts),
    ...(options.has("rule") && { rule: options.choice("rule", RULE_NAMES) }),
    bounds: {
      ...(texts["negative"] === false && { noNegative: true }),
      ...(options.has("floor") && { floor: options.money("floor") }),
      ...(options.has("cap") && { cap: options.money("cap") }),
      ...(options.has("gearing") && {
        gearing: options.number("gearing", { min: 1, max: 1e9, unit: "" }),
      }),
    },
  };
  options.finish();
  return request;
}

function widthOf(io: Io): number {
  return Math.min(Math.max(io.columns ?? 80, 60), 120);
}
