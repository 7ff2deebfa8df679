import type { Comparison, PolicyScore } from "../../index.ts";
import {
  bottomAxis,
  type Drawing,
  dot,
  errorBar,
  figure,
  label,
  line,
  linear,
  type Size,
  tickPrinter,
} from "./chart.ts";
import { clipped, count, days, instant, JOIN, levelPercent, printable } from "./format.ts";
import { html, type Markup, NOTHING, section, table } from "./markup.ts";
import { htmlPage } from "./page.ts";
import { halfWidth } from "./reading.ts";
import { ruleAsks, ruleName, sharingWords } from "./rule-words.ts";
import {
  bestRows,
  capitalScores,
  directionWords,
  hitRange,
  hitWords,
  type Score,
  sharingScores,
} from "./score.ts";

const ROW = 21;
/** Fewer scenarios than this say little about who bears what. */
const HITS_FEW = 100;

/**
 * Policies side by side as one HTML page: no script, nothing fetched, fit to be printed and forwarded.
 *
 * Every text of the comparison is escaped. The same comparison gives the same bytes.
 *
 * @returns a complete HTML document, ending in a line feed
 */
export function comparisonHtml(comparison: Comparison): string {
  const { pool, asOf } = comparison;
  const capital = capitalScores(comparison);
  const sharing = sharingScores(comparison);
  return htmlPage(
    `${pool}: policies compared, ${instant(asOf)}`,
    html`${header(comparison)}<main>
${section("glance", "Side by side", intro(comparison), chart(comparison, [capital[1]!, sharing[2]!, capital[5]!]))}${section("capital", "What is put in, and whether it is enough", scoreTable("Contributions and capital by policy", comparison, capital), notes(capital))}${section("sharing", "Who bears what capital does not", fewWords(comparison), scoreTable("Sharing by policy", comparison, sharing), notes(sharing))}${policySection(comparison)}${receipt(comparison)}</main>
<footer><p>Computed by riskpool from prices of ${instant(asOf)}. A comparison is of models: it says what each policy does to the same simulated losses, not what people will do about it.</p></footer>
`,
  );
}

function header(about: Comparison): Markup {
  const facts = [
    ["As of", instant(about.asOf)],
    ["Horizon", days(about.horizonDays)],
    ["Confidence", levelPercent(about.level)],
    ["Scenarios", count(about.scenarios)],
    ["Participants", count(about.participants)],
  ].map(([name, value]) => html`<div><dt>${name!}</dt><dd>${value!}</dd></div>`);
  return html`<header>
<p class="kicker">Policies compared</p>
<h1>${about.pool}</h1>
<dl class="facts">${facts}</dl>
</header>
`;
}

function intro(about: Comparison): Markup {
  const { rows, scenarios, sampled, horizonDays } = about;
  const part =
    sampled < scenarios
      ? ` Amounts to put in come from ${count(scenarios)} scenarios; what everyone gains and loses was looked at in the first ${count(sampled)} of them.`
      : "";
  return html`<p>${count(rows.length)} ways to run the pool over ${days(horizonDays)}: who puts in how much, and who bears what that does not cover. All saw the same scenarios, so differences between them are known better than their standard errors suggest.${part}</p>
`;
}

/** A warning where few scenarios speak. */
function fewWords(about: Comparison): Markup {
  const [least] = hitRange(about);
  if (least >= HITS_FEW) return NOTHING;
  return html`<p>${hitWords(about)} What this table says rests on those few; more would come with a lower confidence, a longer horizon or less capital.</p>
`;
}

function scoreTable(caption: string, about: Comparison, scores: readonly Score[]): Markup {
  const columns = [
    { heading: "Policy" },
    ...scores.map((score) => ({
      heading: score.heading,
      unit: score.unit,
      hint: directionWords(score),
    })),
  ];
  const best = scores.map((score) => bestRows(score, about.rows));
  const rows = about.rows.map((row, i) => [
    policyName(row),
    ...scores.map((score, s) =>
      best[s]!.has(i) ? html`<span class="best">${score.print(row)}</span>` : score.print(row),
    ),
  ]);
  return table(`${caption}; a dot marks the best of a column`, columns, rows);
}

function policyName({ name, contribution, sharing }: PolicyScore): string | Markup {
  const rules = `${contribution}, ${sharing}`;
  return name === rules ? name : html`${name}<span class="under">${rules}</span>`;
}

/** How every column is computed. */
function notes(scores: readonly Score[]): Markup {
  const rows = scores.map(({ heading, note }) => html`<dt>${heading}</dt><dd>${note}</dd>`);
  return html`<dl class="receipt">${rows}</dl>
`;
}

function chart(about: Comparison, scores: readonly Score[]): Markup {
  if (about.rows.length === 0) return NOTHING;
  const text = {
    id: "policy-chart",
    title: `${scores.map(({ heading }) => heading).join(", ")} by policy`,
    description: about.rows
      .slice(0, 8)
      .map((row) => `${row.name}: ${scores.map((score) => score.print(row)).join(", ")}`)
      .join("; "),
    caption: `Less is better in each; the best is in colour. Bars are ±${JOIN}1.96 standard errors. A policy without a dot lacked nothing to share, or has no such figure.`,
  };
  return figure(text, (size) => draw(about, scores, size));
}

/** Panels of dots that share the policies' names: side by side where there is room, else stacked. */
function draw(about: Comparison, scores: readonly Score[], size: Size): Drawing {
  const isWide = size.name === "wide";
  const names = isWide ? 178 : 136;
  const each = 26 + about.rows.length * ROW + 50;
  const room = isWide ? (size.width - names) / scores.length : size.width - names;
  const panels = scores.map((score, p) => {
    const left = names + (isWide ? p * room : 0) + 8;
    const top = isWide ? 0 : p * each;
    const box = { left, right: left + room - (isWide ? 38 : 22), top };
    return html`${panel(about, score, box, isWide ? 3 : 4)}${!isWide || p === 0 ? nameLabels(about, { ...box, length: isWide ? 26 : 20 }) : NOTHING}`;
  });
  return { height: isWide ? each : each * scores.length, content: html`${panels}` };
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
}

function nameLabels(
  { rows }: Comparison,
  { left, top, length }: Box & { readonly length: number },
): Markup {
  return html`${rows.map((row, i) =>
    label(left - 12, top + 26 + i * ROW + 14, clipped(printable(row.name), length), "end", "plain"),
  )}
`;
}

/** Every score that is drawn is a fraction; its axis is in per cent. */
function panel({ rows }: Comparison, score: Score, box: Box, ticks: number): Markup {
  const figures = rows.map((row) => score.of(row));
  const ends = figures.map((each) => (each ? (each.value + halfWidth(each)) * 100 : 0));
  const x = linear([0, Math.max(...ends)], [box.left, box.right], ticks);
  const first = box.top + 26;
  const bottom = first + rows.length * ROW + 4;
  const best = bestRows(score, rows);
  const dots = figures.map((each: Figure | null, i) => {
    if (each === null) return NOTHING;
    const y = first + i * ROW + 10;
    const half = halfWidth(each);
    const low = Math.max(each.value - half, 0) * 100;
    const bar = half > 0 ? errorBar(x(low), x((each.value + half) * 100), y) : NOTHING;
    return html`${bar}${dot(x(each.value * 100), y, best.has(i) ? "tail" : "bar")}`;
  });
  const grid = x.ticks.map((tick) => line(x(tick), first, x(tick), bottom, "grid"));
  const axis = { left: box.left, right: box.right, y: bottom };
  return html`${label(box.left, box.top + 14, score.heading, "start", "strong")}${grid}${dots}${bottomAxis(x, axis, "per cent", tickPrinter(x.ticks))}`;
}

type Figure = NonNullable<ReturnType<Score["of"]>>;

/** What the rules that occur mean. */
function policySection({ rows }: Comparison): Markup {
  const distinct = <Key extends keyof PolicyScore>(key: Key): PolicyScore[Key][] => [
    ...new Set(rows.map((row) => row[key])),
  ];
  const contributions = distinct("contribution").map(
    (rule) => html`<dt>${rule}</dt><dd>${ruleName(rule)}: ${ruleAsks(rule)}</dd>`,
  );
  const sharing = distinct("sharing").map(
    (each) => html`<dt>${each}</dt><dd>${sharingWords(each)}</dd>`,
  );
  return section(
    "policies",
    "The rules in words",
    html`<h3>Who puts in how much</h3>
<dl class="receipt">${contributions}</dl>
<h3>Who bears what capital does not</h3>
<dl class="receipt">${sharing}</dl>
`,
  );
}

function receipt(about: Comparison): Markup {
  const rows = [
    ["Seeds", about.seeds.join(" and ")],
    ["Scenarios", `${count(about.scenarios)} a seed, own losses in ${count(about.sampled)}`],
    ["Level", levelPercent(about.level)],
    ["Horizon", days(about.horizonDays)],
  ].map(([name, value]) => html`<dt>${name!}</dt><dd>${value!}</dd>`);
  return section(
    "receipt",
    "Receipt",
    html`<p>The same pool, market, policies, seed and engine give the same figures to the last bit, on any machine.</p>
<dl class="receipt">${rows}</dl>
`,
  );
}
