import type { Comparison, PolicyScore } from "../../index.ts";
import { count, days, instant, levelPercent, printable } from "./format.ts";
import { capitalScores, hitWords, type Score, sharingScores } from "./score.ts";
import { fitted, type TerminalStyle, wrapped } from "./terminal.ts";

const WIDTH_MIN = 60;
const WIDTH_MAX = 120;

/** Policies side by side as two plain tables: what is put in, and who bears the rest. */
export function comparisonText(comparison: Comparison, style: TerminalStyle): string {
  const width = Math.min(Math.max(Math.floor(style.width) || 80, WIDTH_MIN), WIDTH_MAX);
  const { pool, asOf, rows, scenarios, horizonDays, level, seeds } = comparison;
  const bold = (text: string): string => (style.colour ? `\u001b[1m${text}\u001b[22m` : text);
  const facts = [
    instant(asOf),
    days(horizonDays),
    `${count(scenarios)} scenarios`,
    levelPercent(level),
    `seeds ${printable(seeds.join(" and "))}`,
  ];
  const [, enough, left, , stay, moved] = capitalScores(comparison);
  const [, taken, largest, gini] = sharingScores(comparison);
  const blocks = [
    [...wrapped(printable(pool), width).map(bold), ...wrapped(facts.join(" · "), width)],
    [
      bold("What is put in, and whether it is enough; ± s.e."),
      scores(rows, [enough!, left!, stay!, moved!], width),
    ],
    [
      bold("Who bears what capital does not; ± s.e."),
      scores(rows, [taken!, largest!, gini!], width),
    ],
    wrapped(hitWords(comparison), width),
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function scores(rows: readonly PolicyScore[], shown: readonly Score[], width: number): string {
  return fitted(
    ["Policy", ...shown.map(({ heading }) => heading)],
    rows.map((row) => [
      printable(row.name),
      ...shown.map((score) => score.print(row).replace("none seen, below", "<")),
    ]),
    width,
  );
}
