import type { Command } from "commander";
import { reportHtml } from "../report/report.ts";
import { terminalReport } from "../report/terminal.ts";
import { calibrationOptions, readCalibration } from "./calibrate.ts";
import type { Core, Progress, ValueRequest } from "./core.ts";
import { type Io, mayColour, readText, writeText } from "./io.ts";
import { OptionReader, type OptionTexts } from "./option.ts";

/** Adds `riskpool value`. */
export function addValue(program: Command, io: Io, core: Core): void {
  const command = program
    .command("value")
    .description("value a pool: VaR, ES, layers, contributions; writes a report")
    .argument("[pool]", "pool document (JSON), - for standard input; the example when left out")
    .option("--prices <csv>", "price history to fit the market to, in place of the pool's own")
    .option("--market <json>", "market parameters, or the result of a run to repeat")
    .option("--scenarios <n>", "how many scenarios to simulate", "100000")
    .option("--seed <n>", "seed of the random numbers, 0 to 2^64 - 1", "1")
    .option("--horizon <time>", "how far to look ahead: 10d, 36h", "10d")
    .option("--step <time>", "time between two looks at margined accounts and barriers: 1h, 1m")
    .option("--continuous", "look between the steps as well (Brownian bridge)")
    .option("--paths <n>", "simulated paths to draw and to return", "0")
    .option("--confidence <fraction>", "primary level: 0.975 is the worst 2.5 %", "0.975")
    .option("--levels <list>", "all levels to report, between commas", "0.95,0.975,0.99")
    .option("--audit", "revalue every position in every scenario (slow, exact)")
    .option("--workers <n>", "threads to simulate on; the same figures, sooner for long runs");
  calibrationOptions(command)
    .option("--out <html>", "where the report goes", "out/report.html")
    .option("--result <json>", "where the valuation goes", "out/result.json")
    .option("--no-report", "write no report")
    .option("--json", "print the valuation as JSON and nothing else")
    .action((pool: string | undefined, texts: OptionTexts) => run(pool, texts, io, core));
}

async function run(
  path: string | undefined,
  texts: OptionTexts,
  io: Io,
  core: Core,
): Promise<void> {
  const asked = readRequest(texts);
  const pool = await readText(io, path ?? io.example.pool);
  // The example has no market of its own: it comes with the prices to fit one to.
  const given = texts["prices"] ?? texts["market"];
  const prices = texts["prices"] ?? (given || path ? undefined : io.example.prices);
  const history = typeof prices === "string" ? { prices: await readText(io, prices) } : undefined;
  const model = texts["market"];
  const market = typeof model === "string" ? { market: await readText(io, model) } : undefined;
  const request = { pool, ...history, ...market, ...asked };
  const valuation = await core.value(request, progressOn(io)).finally(() => wipeProgress(io));
  const printed = `${JSON.stringify(valuation, null, 2)}\n`;
  const written: string[] = [];
  const result = String(texts["result"]);
  await writeText(io, result, printed);
  written.push(result);
  if (texts["report"] !== false) {
    const out = String(texts["out"]);
    await writeText(io, out, reportHtml(valuation));
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

function readRequest(texts: OptionTexts): Omit<ValueRequest, "pool" | "prices"> {
  const options = new OptionReader(texts);
  const confidence = options.fraction("confidence", "open");
  const request = {
    calibration: readCalibration(options),
    scenarios: options.whole("scenarios", { min: 100, max: 1e9, unit: "" }),
    seed: options.seed("seed"),
    horizonDays: options.days("horizon", { min: 1 / 1440, max: 3650, unit: "days" }),
    ...(options.has("step") && {
      stepDays: options.days("step", { min: 1 / 86400, max: 366, unit: "days" }),
    }),
    monitoring: texts["continuous"] ? ("continuous" as const) : ("discrete" as const),
    samplePaths: options.whole("paths", { min: 0, max: 1000, unit: "" }),
    confidence,
    levels: [...new Set([...options.fractions("levels"), confidence])].sort((a, b) => a - b),
    mode: texts["audit"] ? ("audit" as const) : ("profile" as const),
    ...(options.has("workers") && {
      workers: options.whole("workers", { min: 1, max: 256, unit: "threads" }),
    }),
  };
  options.finish();
  return request;
}

/** Shows how far a run is on a terminal, one line that is wiped at the end. */
function progressOn(io: Io): Progress {
  if (!io.isTTY.stderr) return () => {};
  let shown = -1;
  return (done, total) => {
    const percent = total > 0 ? Math.floor((done / total) * 100) : 0;
    if (percent === shown) return;
    shown = percent;
    io.stderr(`\rSimulating ${percent} %`);
  };
}

function wipeProgress(io: Io): void {
  if (io.isTTY.stderr) io.stderr("\r\u001b[K");
}
