import type { ContributionRow, Contributions } from "../../index.ts";
import {
  bottomAxis,
  type Drawing,
  errorBar,
  figure,
  label,
  line,
  linear,
  rect,
  type Size,
  tickPrinter,
} from "./chart.ts";
import {
  axisScale,
  clipped,
  count,
  estimate,
  JOIN,
  levelPercent,
  minorUnits,
  moneyInWords,
  percent,
  printable,
  unitName,
} from "./format.ts";
import { html, type Markup, NOTHING, section, table } from "./markup.ts";
import { halfWidth, type Reading } from "./reading.ts";

const SHOWN = 20;
/** A table longer than this is folded. */
const FOLDED = 12;
const ROW = 21;

/** Whose risk it is: each participant's part of the pool's ES, largest first. */
export function contributionSection(about: Reading): Markup {
  const { contributions } = about.valuation;
  const { rows, level } = contributions;
  const shown = rows.slice(0, SHOWN);
  if (rows.length === 0) return NOTHING;
  const figureText = {
    id: "contribution-chart",
    title: `Largest contributions to ES ${levelPercent(level)}`,
    description: shown
      .slice(0, 5)
      .map((row) => `${row.id} ${moneyInWords(row.contribution.value, about.code)}`)
      .join(", "),
    caption: `${rows.length > SHOWN ? `The ${SHOWN} largest of ${count(rows.length)} contributions` : "All contributions"} to ES, with ±${JOIN}1.96 standard errors. A negative contribution is a hedge: it lowers the pool's ES.`,
  };
  return section(
    "contributions",
    "Whose risk it is",
    words(about),
    figure(figureText, (size) => draw(about, shown, size)),
    fullTable(about),
  );
}

function words({ valuation, code }: Reading): Markup {
  const { contributions } = valuation;
  const { rows } = contributions;
  const level = levelPercent(contributions.level);
  const top = rows.slice(0, 5);
  const share = top.reduce((sum, row) => sum + row.share, 0);
  return html`<p>Contributions sum to the pool's ES ${level} of ${code} ${estimate(contributions.total)} (s.e.). The largest ${count(top.length)} bring ${percent(share)} of it.</p>
${diversification(contributions, code)}`;
}

/** What pooling saves; nothing where nobody was measured alone. */
function diversification(contributions: Contributions, code: string): Markup {
  const { standAloneTotal, diversificationBenefit, standAloneScenarios } = contributions;
  if (standAloneTotal === null || diversificationBenefit === null) return NOTHING;
  const part = standAloneTotal > 0 ? ` (${percent(diversificationBenefit / standAloneTotal)})` : "";
  return html`<p>Alone, the participants would need ${moneyInWords(standAloneTotal, code)} in total; pooling saves ${moneyInWords(diversificationBenefit, code)}${part}, the diversification benefit. Stand-alone figures use ${count(standAloneScenarios)} scenarios.</p>
`;
}

function draw(about: Reading, rows: readonly ContributionRow[], size: Size): Drawing {
  const height = 8 + rows.length * ROW;
  const names = size.name === "wide" ? 26 : 15;
  const box = { left: size.name === "wide" ? 178 : 106, right: size.width - 14, y: height };
  const lows = rows.map((row) => row.contribution.value - halfWidth(row.contribution));
  const highs = rows.map((row) => row.contribution.value + halfWidth(row.contribution));
  const low = Math.min(0, ...lows);
  const high = Math.max(0, ...highs);
  const scale = axisScale(Math.max(-low, high));
  const x = linear(
    [low / scale.factor, high / scale.factor],
    [box.left, box.right],
    size.name === "wide" ? 7 : 3,
  );
  const at = (amount: number): number => x(amount / scale.factor);
  const bars = rows.map((row, i) => {
    const y = 8 + i * ROW;
    const end = at(row.contribution.value);
    const style = row.contribution.value < 0 ? "bar" : "tail";
    return html`${label(box.left - 8, y + 12, clipped(printable(row.id), names), "end", "plain")}${rect(Math.min(at(0), end), y + 3, Math.abs(end - at(0)), 11, style)}${errorBar(at(lows[i]!), at(highs[i]!), y + 8.5)}
`;
  });
  const grid = x.ticks.map((tick) => line(x(tick), 4, x(tick), height, "grid"));
  const name = `Contribution to ES, ${unitName(about.code, scale)}`;
  const content = html`${grid}
${bars}${line(at(0), 4, at(0), height, "zero")}${bottomAxis(x, box, name, tickPrinter(x.ticks))}`;
  return { height: height + 42, content };
}

function fullTable({ valuation, code }: Reading): Markup {
  const { contributions, pool } = valuation;
  const { decimals } = pool.currency;
  const isAll = contributions.standAloneTotal !== null;
  const columns = [
    { heading: "Participant" },
    { heading: "Contribution", term: "contribution", unit: `${code} ± s.e.` },
    { heading: "Share", term: "share", unit: "of ES" },
    ...(isAll
      ? [
          { heading: "Expected loss", term: "own-expected-loss", unit: `${code} ± s.e.` },
          { heading: "Stand-alone ES", term: "stand-alone", unit: `${code} ± s.e.` },
        ]
      : []),
    { heading: "Amount", term: "amount", unit: code },
  ];
  const rows = contributions.rows.map((row) => [
    row.id,
    estimate(row.contribution),
    percent(row.share),
    ...[row.expectedLoss, row.standAlone].flatMap((figure) => (figure ? [estimate(figure)] : [])),
    minorUnits(row.amount, decimals),
  ]);
  rows.push([
    "Sum",
    estimate(contributions.total),
    "",
    ...(contributions.standAloneTotal === null ? [] : ["", count(contributions.standAloneTotal)]),
    minorUnits(contributions.totalAmount, decimals),
  ]);
  const caption = `Contributions to ES ${levelPercent(contributions.level)} of all ${count(contributions.rows.length)}; amounts are whole minor units and sum exactly`;
  const full = table(caption, columns, rows, rows.length - 1);
  if (rows.length <= FOLDED) return full;
  return html`<details><summary>Full table: all ${count(contributions.rows.length)} contributions</summary>
${full}</details>
`;
}
