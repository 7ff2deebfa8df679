import { Command } from "commander";
import { addAllocate } from "./allocate.ts";
import { addBatch } from "./batch.ts";
import { addCalibrate } from "./calibrate.ts";
import { addCheck } from "./check.ts";
import { addCompare } from "./compare.ts";
import type { Core } from "./core.ts";
import { printFailure } from "./failure.ts";
import { addImportChain } from "./import-chain.ts";
import { EXIT, type Io } from "./io.ts";
import { addOpen } from "./open.ts";
import { addQuote } from "./quote.ts";
import { addSettle } from "./settle.ts";
import { addShard } from "./shard.ts";
import { addSweep } from "./sweep.ts";
import { addValue } from "./value.ts";
import { addWorker } from "./worker.ts";

const EXIT_WORDS = `
Exit codes:
  0    done
  1    unexpected fault: a mistake of riskpool
  2    usage: unknown command or option
  3    invalid input: the pool, prices or a number is at fault
  4    a file cannot be read or written
  5    quote: a limit of the pool refuses the position
  6    batch: some items are at fault, and their rows say why
  130  interrupted`;

/**
 * Runs one command of the command line.
 *
 * @param argv  what stands after the program's name
 * @returns     the exit code; never rejects
 */
export async function main(argv: readonly string[], io: Io, core: Core): Promise<number> {
  const json = argv.includes("--json");
  const program = new Command("riskpool")
    .description("Risk engine for derivatives pools.")
    .version(core.version)
    .showSuggestionAfterError()
    .addHelpText("after", EXIT_WORDS)
    .exitOverride()
    .configureOutput({
      writeOut: io.stdout,
      // With --json the one JSON object is all that standard error carries about a mistake.
      writeErr: (text) => (json ? undefined : io.stderr(text)),
      getOutHelpWidth: () => io.columns ?? 80,
      getErrHelpWidth: () => io.columns ?? 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  let exit: number = EXIT.ok;
  addValue(program, io, core);
  addAllocate(program, io, core);
  addCompare(program, io, core);
  addQuote(program, io, core, () => {
    exit = EXIT.refused;
  });
  const partly = () => {
    exit = EXIT.partly;
  };
  addShard(program, io, core, partly);
  addBatch(program, io, core, partly);
  addWorker(program, io, core);
  addSweep(program, io, core);
  addSettle(program, io, core);
  addCheck(program, io, core);
  addCalibrate(program, io, core);
  addImportChain(program, io, core);
  addOpen(program, io, core);
  try {
    await program.parseAsync(withCommand(argv), { from: "user" });
    return exit;
  } catch (error) {
    return failed(error) ? printFailure(error, io, json) : EXIT.ok;
  }
}

/** Without a command, the example is valued; a misspelt one must not pass for a file's name. */
function withCommand(argv: readonly string[]): string[] {
  const own = ["-h", "--help", "-V", "--version"];
  const first = argv[0];
  const isBare = first === undefined || (first.startsWith("-") && !own.includes(first));
  return isBare ? ["value", ...argv] : [...argv];
}

/** Help and version end a run by an exception that is no failure. */
function failed(error: unknown): boolean {
  return !(error instanceof Error && "exitCode" in error && error.exitCode === 0);
}
