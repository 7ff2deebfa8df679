import type { Command } from "commander";
import { count } from "../report/format.ts";
import type { Core } from "./core.ts";
import { type Io, readText, writeOut } from "./io.ts";
import { printNotices } from "./notice.ts";
import { OptionReader, type OptionTexts } from "./option.ts";

/** Adds `riskpool import-chain`. */
export function addImportChain(program: Command, io: Io, core: Core): void {
  program
    .command("import-chain")
    .description("make a pool document of an exchange's option chain")
    .argument("<chain>", "option chain in Deribit's field names, CSV or JSON")
    .option("--share <fraction>", "part of the open interest that the pool has written", "0.05")
    .option("--participants <n>", "how many hold it", "200")
    .option("--out <json>", "where the pool document goes", "out/pool.json")
    .action(async (path: string, texts: OptionTexts) => {
      const options = new OptionReader(texts);
      const request = {
        share: options.fraction("share", "top"),
        participants: options.whole("participants", { min: 1, max: 1e6, unit: "" }),
      };
      options.finish();
      const chain = await readText(io, path);
      const { pool, notices } = await core.importChain({ ...request, chain });
      printNotices(notices, io);
      const out = String(texts["out"]);
      await writeOut(io, out, `${JSON.stringify(pool, null, 2)}\n`);
      io.stdout(
        `Wrote ${out}: ${count(pool.options.length)} options of ${count(pool.participants.length)} participants\n`,
      );
    });
}
