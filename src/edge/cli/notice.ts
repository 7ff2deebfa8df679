import type { Notice } from "../../index.ts";
import { printable } from "../report/format.ts";
import { wrapped } from "../report/terminal.ts";
import type { Io } from "./io.ts";

/** Prints notices on standard error, where they never mix with a result. */
export function printNotices(notices: readonly Notice[], io: Io): void {
  for (const notice of notices) {
    const lines = wrapped(`${notice.code}: ${printable(notice.detail)}`, io.columns ?? 80, "  ");
    io.stderr(`! ${lines.join("\n").slice(2)}\n`);
  }
}
