import type { Figures, RecordedError } from "../batch/record.ts";
import { clipped, count, estimate, percent, percentEstimate, printable } from "./format.ts";
import { plainTable, wrapped } from "./terminal.ts";

/** Variants of a pool and what was found of each. */
export interface SweepReading {
  readonly currency: string;
  /** JSON pointers. */
  readonly axes: readonly string[];
  readonly rows: readonly {
    readonly index: number;
    /** Of every axis. */
    readonly settings: readonly unknown[];
    readonly figures: Figures | null;
    readonly error: RecordedError | null;
    readonly isOnFrontier: boolean;
  }[];
}

/** Rows up to which all are printed, and not only the frontier. */
const ROWS_MAX = 40;

/** A sweep as a plain table, its frontier marked; of a long one the frontier alone. */
export function sweepText({ currency, axes, rows }: SweepReading, width: number): string {
  const isLong = rows.length > ROWS_MAX;
  const shown = rows.filter(({ isOnFrontier }) => isOnFrontier || !isLong);
  const hasYield = rows.some(({ figures }) => figures !== null && figures.yieldPerYear !== null);
  const head = [
    "",
    ...axes.map((path) => clipped(printable(path.split("/").slice(-2).join("/")), 24)),
    "ES",
    "In layers",
    "Socialised",
    ...(hasYield ? ["Yield"] : []),
  ];
  const table = shown.map(({ settings, figures, error, isOnFrontier }) => {
    const mark = isOnFrontier ? "*" : "";
    const values = settings.map((value) => clipped(printable(printed(value)), 24));
    if (!figures) return [mark, ...values, error?.code ?? "", "", "", ...(hasYield ? [""] : [])];
    const { requiredCapital, layerCapital, socialisedProbability, yieldPerYear, levels } = figures;
    const [value, standardError] = socialisedProbability;
    const shortfall = levels.find(
      ({ expectedShortfall: [each] }) => Math.max(0, each) === requiredCapital,
    );
    return [
      mark,
      ...values,
      estimate({ value: requiredCapital, standardError: shortfall?.expectedShortfall[1] ?? 0 }),
      count(layerCapital),
      percentEstimate({ value, standardError }),
      ...(hasYield ? [yieldPerYear === null ? "none" : percent(yieldPerYear)] : []),
    ];
  });
  const marked = rows.filter(({ isOnFrontier }) => isOnFrontier).length;
  const words = [
    `${count(rows.length)} variants, ${count(marked)} on the frontier (*)${isLong ? ", which are shown" : ""}; money in ${currency}, ES and chance of a socialised loss ± s.e.`,
    ...(hasYield
      ? ["Yield: expected gain per year on the required capital, fees of liquidation included."]
      : ["No yield: the document has no liquidation terms, whose fees would be its income."]),
  ];
  const lines = words.flatMap((line) => wrapped(line, width));
  return `${plainTable(head, table, 1)}\n\n${lines.join("\n")}`;
}

/** A number as it is written, without the noise of its last bits. */
function printed(value: unknown): string {
  if (typeof value === "number") return String(Number(value.toPrecision(6)));
  return typeof value === "string" ? value : JSON.stringify(value);
}
