import Table from "cli-table3";
import type { Allocation, AllocationRow, PoolValuation } from "../../index.ts";
import { allocationSentences } from "./allocation.ts";
import {
  clipped,
  count,
  days,
  estimate,
  grouped,
  instant,
  levelPercent,
  percent,
  printable,
  probability,
  significant,
} from "./format.ts";
import { summary } from "./headline.ts";
import { modelName } from "./market.ts";
import { type Reading, reading } from "./reading.ts";

export interface TerminalStyle {
  /** Whether escape codes may be used. */
  readonly colour: boolean;
  /** Columns of the terminal; nothing printed is wider (at least 60). */
  readonly width: number;
}

/** Columns without a frame, a hairline under the head: quiet on screen, clean in a log. */
const NO_FRAME = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};
const TOP = 10;
const WIDTH_MIN = 60;
const WIDTH_MAX = 120;

/** A valuation as plain tables: risk, layers, largest contributions, warnings. */
export function terminalReport(valuation: PoolValuation, style: TerminalStyle): string {
  const about = reading(valuation);
  const width = Math.min(Math.max(Math.floor(style.width) || 80, WIDTH_MIN), WIDTH_MAX);
  const { pool, risk, market } = valuation;
  const bold = (text: string): string => (style.colour ? `\u001b[1m${text}\u001b[22m` : text);
  const heading = (text: string): string => wrapped(text, width).map(bold).join("\n");
  const facts = [
    instant(pool.asOf),
    days(risk.horizonDays),
    `${count(risk.scenarios)} scenarios`,
    modelName(market),
  ];
  const blocks = [
    [...wrapped(printable(pool.name), width).map(bold), ...wrapped(facts.join(" · "), width)],
    wrapped(summary(about), width),
    [heading(`Risk, ${about.code} ± s.e.`), riskTable(about)],
    [
      heading(`Capital layers, ${about.code}; probability and mean draw in the tail ± s.e.`),
      layerTable(about, width),
    ],
    ...liquidations(about, heading),
    [
      heading(
        `Largest contributions to ES ${levelPercent(valuation.contributions.level)}, ${about.code} ± s.e.`,
      ),
      contributionTable(about, width),
    ],
    ...allocationBlock(about, width, heading),
    warnings(about, width, style.colour, bold),
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** Rows under a heading, words to the left and numbers to the right, without a frame. */
export function plainTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  words = 1,
): string {
  const table = new Table({
    head: [...head],
    chars: NO_FRAME,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
    colAligns: head.map((_, column) => (column < words ? "left" : "right")),
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** Breaks text at spaces into lines of at most so many characters. */
export function wrapped(text: string, width: number, indent = ""): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((each) => pieces(each, width - indent.length))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (indent.length + [...longer].length > width && line !== "") {
      lines.push(indent + line);
      line = word;
    } else line = longer;
  }
  return [...lines, indent + line];
}

function pieces(word: string, width: number): string[] {
  const letters = [...word];
  const parts: string[] = [];
  for (let i = 0; i < letters.length; i += width) parts.push(letters.slice(i, i + width).join(""));
  return parts;
}

function riskTable({ valuation }: Reading): string {
  const rows = valuation.risk.levels.map((level) => [
    levelPercent(level.level),
    estimate(level.valueAtRisk),
    estimate(level.expectedShortfall),
  ]);
  rows.push(["mean", estimate(valuation.risk.expectedLoss), ""]);
  return plainTable(["Confidence", "VaR", "ES"], rows);
}

function layerTable({ valuation }: Reading, width: number): string {
  const { layers, socialised } = valuation.waterfall;
  const { scenarios } = valuation.risk;
  const rows = layers.map((layer) => [
    printable(layer.id),
    count(layer.capacity),
    chance(layer.hit, scenarios),
    estimate(layer.tailLoss),
  ]);
  rows.push([
    "socialised",
    "no limit",
    chance(socialised.probability, scenarios),
    estimate(socialised.tailLoss),
  ]);
  return fitted(["Layer", "Capacity", "Hit", "Mean draw in tail"], rows, width);
}

/** What is liquidated on the way; no block where nothing can be. */
function liquidations({ valuation, code }: Reading, heading: (text: string) => string): string[][] {
  const { liquidation } = valuation;
  if (liquidation === null) return [];
  const rows = [
    ["accounts liquidated", estimate(liquidation.liquidations)],
    ["notional closed", estimate(liquidation.notional)],
    ["insurance fees", estimate(liquidation.insuranceFees)],
    ["bad debt", estimate(liquidation.badDebt)],
    [
      `bad debt, ES ${levelPercent(liquidation.badDebtRisk.level)}`,
      estimate(liquidation.badDebtRisk.expectedShortfall),
    ],
  ];
  const title = `Liquidations, ${code} ± s.e. (${count(liquidation.accounts)} accounts, ${count(liquidation.steps)} steps)`;
  return [[heading(title), plainTable(["Per scenario", "Mean"], rows)]];
}

function contributionTable({ valuation }: Reading, width: number): string {
  const { rows } = valuation.contributions;
  const shown = rows
    .slice(0, TOP)
    .map((row) => [printable(row.id), estimate(row.contribution), percent(row.share)]);
  const rest = rows.length - shown.length;
  const more = rest > 0 ? `\n… and ${count(rest)} more` : "";
  return fitted(["Participant", "Contribution", "Share"], shown, width) + more;
}

/** Who puts in how much; no block without contribution terms. */
function allocationBlock(
  { valuation, code }: Reading,
  width: number,
  heading: (text: string) => string,
): string[][] {
  const { allocation, risk } = valuation;
  if (allocation === null) return [];
  const about = { code, scenarios: risk.scenarios, width };
  return [[heading(`Who puts in how much, ${code}`), allocationText(allocation, about)]];
}

/** An allocation as sentences and a table of the largest amounts, without a heading. */
export function allocationText(
  allocation: Allocation,
  about: {
    readonly code: string;
    readonly scenarios: number;
    readonly width: number;
    /** Most rows. */
    readonly shown?: number;
  },
): string {
  const sentences = allocationSentences(allocation, about).join(" ");
  const { rows } = allocation;
  const shown = rows.slice(0, about.shown ?? TOP);
  const hasBounds = shown.some(({ bound }) => bound !== null);
  const hasRecords = shown.some(({ recordFactor }) => recordFactor !== 1);
  const line = (row: AllocationRow): string[] => [
    printable(row.id),
    grouped(row.amount),
    percent(row.share),
    estimate(row.raw),
    ...(hasRecords ? [significant(row.recordFactor, 3)] : []),
    ...(hasBounds ? [row.bound ?? ""] : []),
  ];
  const head = ["Participant", "Amount", "Share", "By the rule ± s.e."];
  if (hasRecords) head.push("Record");
  if (hasBounds) head.push("Bound");
  const rest = rows.length - shown.length;
  const more = rest > 0 ? `\n… and ${count(rest)} more` : "";
  const table = fitted(head, shown.map(line), about.width);
  return `${wrapped(printable(sentences), about.width).join("\n")}\n${table}${more}`;
}

function chance(figure: { value: number; standardError: number }, scenarios: number): string {
  return probability(figure, scenarios).replace("none seen, below", "<");
}

/** A plain table whose first column is cut so that the whole row fits. */
export function fitted(head: readonly string[], rows: readonly string[][], width: number): string {
  const widest = (column: number): number =>
    Math.max(...[head, ...rows].map((row) => [...(row[column] ?? "")].length));
  const others = head.slice(1).reduce((sum, _, i) => sum + widest(i + 1) + 2, 0);
  const room = Math.max(width - others, 8);
  return plainTable(
    head,
    rows.map(([first = "", ...rest]) => [narrowed(first, room), ...rest]),
  );
}

/** Cuts to so many terminal cells; letters outside Latin, Greek and Cyrillic may take two each. */
function narrowed(text: string, cells: number): string {
  const wide = [...text].some((letter) => letter.codePointAt(0)! > 0x10ff);
  return clipped(text, wide ? Math.max(Math.floor(cells / 2), 4) : cells);
}

function warnings(
  { valuation }: Reading,
  width: number,
  colour: boolean,
  bold: (text: string) => string,
): string[] {
  if (valuation.warnings.length === 0) return ["No warnings."];
  const lines = valuation.warnings.flatMap((notice) => {
    const [first = "", ...rest] = wrapped(printable(notice.detail), width, "  ");
    const head = `! ${first.slice(2)}`;
    return [colour ? `\u001b[33m${head}\u001b[39m` : head, ...rest];
  });
  return [bold(`Warnings (${valuation.warnings.length})`), ...lines];
}
