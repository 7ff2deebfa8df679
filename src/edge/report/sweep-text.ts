import type { Figures } from "../../index.ts";
import type { RecordedError } from "../batch/record.ts";
import { clipped, count, estimate, percent, percentEstimate, printable } from "./format.ts";
import { plainTable, wrapped } from "./terminal.ts";

/** Variants of a pool and what was found of each. */
export interface SweepReading {
  /** Name of the base. */
  readonly pool: string;
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
export function sweepText(reading: SweepReading, width: number): string {
  const { axes, rows } = reading;
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
    const values = settings.map((value) => clipped(settingWords(value), 24));
    if (!figures) return [mark, ...values, error?.code ?? "", "", "", ...(hasYield ? [""] : [])];
    const { layerCapital, yieldPerYear } = figures;
    return [
      mark,
      ...values,
      capitalWords(figures),
      count(layerCapital),
      chanceWords(figures),
      ...(hasYield ? [yieldPerYear === null ? "none" : percent(yieldPerYear)] : []),
    ];
  });
  const words = sweepWords(reading);
  const lines = words.flatMap((line) => wrapped(line, width));
  return `${plainTable(head, table, 1)}\n\n${lines.join("\n")}`;
}

/** Required capital and the standard error of the ES that it is. */
export function capitalWords({ requiredCapital, levels }: Figures): string {
  const found = levels.find(({ expectedShortfall: [es] }) => Math.max(0, es) === requiredCapital);
  const [, standardError = 0] = found?.expectedShortfall ?? [];
  return estimate({ value: requiredCapital, standardError });
}

/** The chance of a socialised loss and its standard error. */
export function chanceWords({ socialisedProbability: [value, standardError] }: Figures): string {
  return percentEstimate({ value, standardError });
}

/** What there is to know of a sweep besides its rows. */
export function sweepWords({ currency, rows }: SweepReading): string[] {
  const hasYield = rows.some(({ figures }) => figures !== null && figures.yieldPerYear !== null);
  const marked = rows.filter(({ isOnFrontier }) => isOnFrontier).length;
  const shown = rows.length > ROWS_MAX ? ", which are shown" : "";
  return [
    `${count(rows.length)} variants, ${count(marked)} on the frontier (*)${shown}; money in ${currency}, ES and chance of a socialised loss ± s.e.`,
    hasYield
      ? "Yield: expected gain per year on the required capital, fees of liquidation included."
      : "No yield: the document has no liquidation terms, whose fees would be its income.",
  ];
}

/** A setting of a variant: a number without the noise of its last bits. */
export function settingWords(value: unknown): string {
  if (typeof value === "number") return String(Number(value.toPrecision(6)));
  return printable(typeof value === "string" ? value : JSON.stringify(value));
}
