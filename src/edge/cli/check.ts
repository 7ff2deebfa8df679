import type { Command } from "commander";
import { count, instant, printable } from "../report/format.ts";
import { plainTable } from "../report/terminal.ts";
import type { Core } from "./core.ts";
import { type Io, readText } from "./io.ts";
import { printNotices } from "./notice.ts";
import type { OptionTexts } from "./option.ts";

/** Adds `riskpool check` and `riskpool schema`. */
export function addCheck(program: Command, io: Io, core: Core): void {
  program
    .command("check")
    .description("check a pool document and list every problem in it")
    .argument("<pool>", "pool document (JSON), - for standard input")
    .option("--json", "print what was found as JSON and nothing else")
    .action(async (path: string, texts: OptionTexts) => {
      const { pool, notices } = await core.check({ pool: await readText(io, path) });
      const counts = {
        assets: pool.assets.length,
        participants: pool.participants.length,
        options: pool.options.length,
        barriers: pool.barriers?.length ?? 0,
        perpetuals: pool.perpetuals.length,
        holdings: pool.holdings.length,
        covers: pool.covers.length,
        layers: pool.waterfall.layers.length,
      };
      if (texts["json"]) {
        const { name, asOf } = pool;
        io.stdout(`${JSON.stringify({ valid: true, name, asOf, counts, notices }, null, 2)}\n`);
        return;
      }
      printNotices(notices, io);
      const rows = Object.entries(counts).map(([name, number]) => [name, count(number)]);
      const head = `${printable(pool.name)}, ${instant(pool.asOf)}: a sound pool document`;
      io.stdout(`${head}\n\n${plainTable(["Holds", "Count"], rows)}\n`);
    });
  program
    .command("schema")
    .description("print the JSON Schema of the pool document")
    .action(async () => {
      const schema = await core.schema();
      io.stdout(schema.endsWith("\n") ? schema : `${schema}\n`);
    });
}
