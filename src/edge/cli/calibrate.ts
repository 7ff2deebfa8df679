import type { Command } from "commander";
import { percent, printable } from "../report/format.ts";
import { modelWords } from "../report/market.ts";
import { plainTable } from "../report/terminal.ts";
import type { CalibrationRequest, Core } from "./core.ts";
import { type Io, readText } from "./io.ts";
import { printNotices } from "./notice.ts";
import { OptionReader, type OptionTexts } from "./option.ts";

/** Adds the options that say how prices become a market model. */
export function calibrationOptions(command: Command): Command {
  return command
    .option("--model <name>", "gbm or student-t")
    .option("--volatility <name>", "ewma or sample")
    .option("--correlation <name>", "sample or ledoit-wolf")
    .option("--repair <name>", "nearest or shrink: what to do with an indefinite matrix")
    .option("--window <days>", "days of price history to use")
    .option("--systemic-loading <r>", "how far cover events come with a falling market, -1 to 1")
    .option("--columns <mapping>", "columns of the price file: time=ts,BTC=btc_close");
}

/** Reads those options; what was not given is left to the core. */
export function readCalibration(options: OptionReader): CalibrationRequest {
  return {
    ...(options.has("model") && { model: options.choice("model", ["gbm", "student-t"]) }),
    ...(options.has("volatility") && {
      volatility: options.choice("volatility", ["ewma", "sample"]),
    }),
    ...(options.has("correlation") && {
      correlation: options.choice("correlation", ["sample", "ledoit-wolf"]),
    }),
    ...(options.has("repair") && { repair: options.choice("repair", ["nearest", "shrink"]) }),
    ...(options.has("window") && {
      window: options.whole("window", { min: 2, max: 36_500, unit: "days" }),
    }),
    ...(options.has("systemicLoading") && {
      systemicLoading: options.number("systemicLoading", { min: -1, max: 1, unit: "" }),
    }),
    ...(options.has("columns") && { columns: options.mapping("columns") }),
  };
}

/** Adds `riskpool calibrate`. */
export function addCalibrate(program: Command, io: Io, core: Core): void {
  const command = program
    .command("calibrate")
    .description("fit a market model to prices")
    .argument("<prices>", "price history (CSV), - for standard input");
  calibrationOptions(command)
    .option("--json", "print the model as JSON, ready for a pool document's market")
    .action(async (path: string, texts: OptionTexts) => {
      const options = new OptionReader(texts);
      const request = readCalibration(options);
      options.finish();
      const prices = await readText(io, path);
      const { market, notices } = await core.calibrate({ ...request, prices });
      printNotices(notices, io);
      if (texts["json"]) {
        io.stdout(`${JSON.stringify(market, null, 2)}\n`);
        return;
      }
      const { model, degreesOfFreedom = null } = market;
      const words = modelWords({ model, degreesOfFreedom });
      const rows = market.assets.map((asset, i) => [
        printable(asset),
        percent(market.volatility[i] ?? 0),
      ]);
      io.stdout(`${words}\n\n${plainTable(["Asset", "Volatility per year"], rows)}\n`);
    });
}
