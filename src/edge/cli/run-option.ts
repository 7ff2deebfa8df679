import type { Command } from "commander";
import { calibrationOptions, readCalibration } from "./calibrate.ts";
import type { Progress, RunRequest } from "./core.ts";
import { type Io, readText } from "./io.ts";
import type { OptionReader, OptionTexts } from "./option.ts";

/** Adds the options that every command has which simulates a pool. */
export function runOptions(command: Command): Command {
  command
    .option("--prices <csv>", "price history to fit the market to, in place of the pool's own")
    .option("--market <json>", "market parameters, or the result of a run to repeat")
    .option("--scenarios <n>", "how many scenarios to simulate", "100000")
    .option("--seed <n>", "seed of the random numbers, 0 to 2^64 - 1", "1")
    .option("--horizon <time>", "how far to look ahead: 10d, 36h", "10d")
    .option("--step <time>", "time between two looks at margined accounts and barriers: 1h, 1m")
    .option("--continuous", "look between the steps as well (Brownian bridge)")
    .option("--confidence <fraction>", "primary level: 0.975 is the worst 2.5 %", "0.975")
    .option("--workers <n>", "threads to simulate on; the same figures, sooner for long runs");
  return calibrationOptions(command);
}

/** Reads those options. */
export function readRun(
  options: OptionReader,
  texts: OptionTexts,
): Omit<RunRequest, "pool" | "prices" | "market"> {
  return {
    calibration: readCalibration(options),
    scenarios: options.whole("scenarios", { min: 100, max: 1e9, unit: "" }),
    seed: options.seed("seed"),
    horizonDays: options.days("horizon", { min: 1 / 1440, max: 3650, unit: "days" }),
    ...(options.has("step") && {
      stepDays: options.days("step", { min: 1 / 86400, max: 366, unit: "days" }),
    }),
    monitoring: texts["continuous"] ? ("continuous" as const) : ("discrete" as const),
    confidence: options.fraction("confidence", "open"),
    ...(options.has("workers") && {
      workers: options.whole("workers", { min: 1, max: 256, unit: "threads" }),
    }),
  };
}

/**
 * Reads the pool and what says how its prices may move.
 *
 * @param path  of the pool document; the example when left out, which comes with its own prices
 */
export async function readWorld(
  io: Io,
  path: string | undefined,
  texts: OptionTexts,
): Promise<Pick<RunRequest, "pool" | "prices" | "market">> {
  const pool = await readText(io, path ?? io.example.pool);
  // The example has no market of its own: it comes with the prices to fit one to.
  const given = texts["prices"] ?? texts["market"];
  const prices = texts["prices"] ?? (given || path ? undefined : io.example.prices);
  return { pool, ...(await readMarketFiles(io, { ...texts, prices })) };
}

/** Reads the files that say how prices may move. */
export async function readMarketFiles(
  io: Io,
  { prices, market }: OptionTexts,
): Promise<Pick<RunRequest, "prices" | "market">> {
  const history = typeof prices === "string" ? { prices: await readText(io, prices) } : undefined;
  const model = typeof market === "string" ? { market: await readText(io, market) } : undefined;
  return { ...history, ...model };
}

/** Shows how far a run is on a terminal, one line that is wiped at the end. */
export function progressOn(io: Io): Progress {
  if (!io.isTTY.stderr) return () => {};
  let shown = -1;
  return (done, total) => {
    const percent = total > 0 ? Math.floor((done / total) * 100) : 0;
    if (percent === shown) return;
    shown = percent;
    io.stderr(`\rSimulating ${percent} %`);
  };
}

/** Wipes the line of {@link progressOn}. */
export function wipeProgress(io: Io): void {
  if (io.isTTY.stderr) io.stderr("\r\u001b[K");
}
