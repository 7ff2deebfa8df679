import { CommanderError } from "commander";
import { type Issue, PoolError } from "../../index.ts";
import { printable } from "../report/format.ts";
import { wrapped } from "../report/terminal.ts";
import { EXIT, FileFault, type Io } from "./io.ts";

interface Problem {
  readonly exit: number;
  readonly code: string;
  readonly issues: readonly Issue[];
  readonly truncated: boolean;
  readonly text: string;
}

/**
 * Prints what went wrong on standard error: for people, or as one JSON object with `json`.
 *
 * @returns the exit code
 */
export function printFailure(error: unknown, io: Io, json: boolean): number {
  const problem = problemOf(error, io);
  if (json) {
    const { code, issues, truncated } = problem;
    io.stderr(`${JSON.stringify({ error: { code, issues, truncated } }, null, 2)}\n`);
  } else if (problem.text) {
    io.stderr(problem.text);
  }
  return problem.exit;
}

function problemOf(error: unknown, io: Io): Problem {
  if (error instanceof PoolError) {
    const { code, issues, truncated } = error;
    return { exit: EXIT.invalid, code, issues, truncated, text: issueText(error, io) };
  }
  if (error instanceof FileFault) {
    const text = `${printable(error.message)}\n`;
    return { ...single(error.code, error.path, error.message), exit: EXIT.file, text };
  }
  if (error instanceof CommanderError) {
    // Commander has printed its message already; help and version are no errors.
    const exit = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return { ...single("USAGE", "", error.message), exit, text: "" };
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error && io.env["RISKPOOL_DEBUG"] ? `${error.stack}\n` : "";
  const text = `Unexpected fault: ${printable(message)}\nThis is a mistake of riskpool, not of your input. Set RISKPOOL_DEBUG=1 for the call stack.\n${stack}`;
  return { ...single("UNEXPECTED_FAULT", "", message), exit: EXIT.fault, text };
}

function single(code: string, path: string, detail: string): Omit<Problem, "exit" | "text"> {
  const received = path && { received: path };
  const expected = code === "USAGE" ? "see riskpool --help" : "";
  return { code, truncated: false, issues: [{ code, pointer: "", detail, expected, ...received }] };
}

function issueText(error: PoolError, io: Io): string {
  const width = Math.min(Math.max(io.columns ?? 80, 60), 100);
  const { issues, truncated } = error;
  const heading = issues.length === 1 ? "1 problem" : `${issues.length} problems`;
  const blocks = issues.map((issue) =>
    [
      `${issue.code}  ${printable(issue.pointer || "(whole document)")}`,
      ...wrapped(printable(issue.detail), width, "  "),
      ...labelled("expected", issue.expected, width),
      ...labelled("received", issue.received, width),
    ].join("\n"),
  );
  const more = truncated ? "\n\nMore problems were found; these are the first." : "";
  return `${heading}\n\n${blocks.join("\n\n")}${more}\n`;
}

/** A named value whose further lines stand under its first. */
function labelled(name: string, value: string | undefined, width: number): string[] {
  if (!value) return [];
  const indent = " ".repeat(name.length + 4);
  const lines = wrapped(printable(value), width, indent);
  return [`  ${name}  ${lines[0]!.slice(indent.length)}`, ...lines.slice(1)];
}
