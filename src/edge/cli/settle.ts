import type { Command } from "commander";
import { grouped, printable } from "../report/format.ts";
import { plainTable } from "../report/terminal.ts";
import type { Core } from "./core.ts";
import { type Io, readText } from "./io.ts";
import { printNotices } from "./notice.ts";
import { OptionReader, type OptionTexts } from "./option.ts";

/** Adds `riskpool settle`. */
export function addSettle(program: Command, io: Io, core: Core): void {
  program
    .command("settle")
    .description("settle a loss down the waterfall: who pays what, to the minor unit")
    .argument("<pool>", "pool document (JSON), - for standard input")
    .requiredOption("--loss <amount>", "the loss in the pool currency: 1250000.00")
    .option("--gains <json>", "who gained what, where the last resort takes from gains")
    .option("--json", "print the settlement as JSON and nothing else")
    .action(async (path: string, texts: OptionTexts) => {
      const options = new OptionReader(texts);
      const loss = options.money("loss");
      options.finish();
      const gains = texts["gains"];
      const statement = await core.settle({
        pool: await readText(io, path),
        loss,
        ...(gains !== undefined && { gains: await readText(io, String(gains)) }),
      });
      printNotices(statement.notices, io);
      if (texts["json"]) {
        io.stdout(`${JSON.stringify(statement, null, 2)}\n`);
        return;
      }
      const rows = statement.rows.map((row) => [
        printable(row.layer),
        printable(row.payer),
        grouped(row.amount),
      ]);
      if (/[1-9]/.test(statement.uncovered)) {
        rows.push(["uncovered", "nobody", grouped(statement.uncovered)]);
      }
      rows.push(["Loss", "", grouped(statement.loss)]);
      const currency = printable(statement.currency);
      io.stdout(`${plainTable(["Layer", "Payer", `Pays, ${currency}`], rows, 2)}\n`);
    });
}
