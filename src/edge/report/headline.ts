import {
  count,
  days,
  instant,
  interval,
  JOIN,
  levelPercent,
  money,
  moneyExact,
  moneyInWords,
  moneyScale,
  percent,
  probability,
  scaled,
  significant,
} from "./format.ts";
import { modelName } from "./market.ts";
import { html, type Markup, section, term } from "./markup.ts";
import { halfWidth, type Reading } from "./reading.ts";

/** The top of the page: which pool, when, and what was asked. */
export function header(about: Reading): Markup {
  const { pool, risk, market, receipt } = about.valuation;
  const facts = [
    ["As of", instant(pool.asOf)],
    ["Horizon", days(risk.horizonDays)],
    ["Confidence", levelPercent(about.primary.level)],
    ["Scenarios", count(risk.scenarios)],
    ["Model", modelName(market)],
    ["Valuation", receipt.mode === "audit" ? "Full revaluation (audit)" : "Value profiles"],
    ["Participants", count(pool.participants)],
    ["Positions", positions(about)],
    ["Mark to market, owed", money(pool.markToMarket, pool.currency)],
  ].map(([name, value]) => html`<div><dt>${name!}</dt><dd>${value!}</dd></div>`);
  return html`<header>
<p class="kicker">Pool risk report</p>
<h1>${pool.name}</h1>
<dl class="facts">${facts}</dl>
</header>
`;
}

function positions({ valuation }: Reading): string {
  const { options, barriers, perpetuals, covers } = valuation.pool;
  const kinds = [
    [options, "option"],
    [barriers, "barrier"],
    [perpetuals, "perpetual"],
    [covers, "cover"],
  ] as const;
  const named = kinds
    .filter(([number]) => number > 0)
    .map(([number, name]) => `${count(number)}${JOIN}${name}${number === 1 ? "" : "s"}`);
  return named.join(", ") || "none";
}

/** The figures a board reads first, and what they mean in two sentences. */
export function headlineSection(about: Reading): Markup {
  const { risk, waterfall } = about.valuation;
  const level = levelPercent(about.primary.level);
  const { expectedShortfall, valueAtRisk } = about.primary;
  const coverage = coverageWords(about);
  return section(
    "headline",
    "At a glance",
    html`<p class="summary">${summary(about)}</p>
`,
    html`<dl class="figures">
${moneyFigure(about, "shortfall", `Expected shortfall ${level}`, expectedShortfall)}
${moneyFigure(about, "value-at-risk", `Value at risk ${level}`, valueAtRisk)}
${smallFigure("expected-loss", "Expected loss", moneyInWords(risk.expectedLoss.value, about.code, 3), `s.e. ${about.code}${JOIN}${significant(risk.expectedLoss.standardError, 2)}; negative is a gain`)}
${smallFigure(
  "shared",
  "Loss shared by all",
  waterfall.socialised.probability.value === 0
    ? "none seen"
    : percent(waterfall.socialised.probability.value, 2),
  waterfall.socialised.probability.value === 0
    ? `probability ${probability(waterfall.socialised.probability, risk.scenarios).replace("none seen, ", "")} (95 % bound)`
    : `probability; s.e. ${percent(waterfall.socialised.probability.standardError, 2)}`,
)}
${smallFigure("coverage", "Layers against ES", coverage.ratio, coverage.note)}
</dl>
`,
  );
}

function moneyFigure(
  about: Reading,
  id: string,
  name: string,
  figure: Reading["primary"]["expectedShortfall"],
): Markup {
  const scale = moneyScale(figure.value);
  return html`<div class="lead"><dt>${term(id, name)}</dt><dd>${moneyInWords(figure.value, about.code)}</dd><dd class="note">95 % interval ${about.code}${JOIN}${interval(scaled(figure, scale))}${scale.word && JOIN + scale.word}; s.e.${JOIN}${about.code}${JOIN}${significant(figure.standardError, 2)}</dd></div>`;
}

function smallFigure(id: string, name: string, value: string, note: string): Markup {
  return html`<div><dt>${term(id, name)}</dt><dd>${value}</dd><dd class="note">${note}</dd></div>`;
}

function coverageWords(about: Reading): { ratio: string; note: string } {
  const shortfall = about.primary.expectedShortfall;
  const held = moneyExact(about.funded, about.code);
  if (!(shortfall.value > 0)) return { ratio: "no loss", note: `layers hold ${held}; ES ≤ 0` };
  const value = about.funded / shortfall.value;
  const standardError = (value * shortfall.standardError) / shortfall.value;
  return {
    ratio: percent(value, 3),
    note: `s.e. ${percent(standardError, 2)}; layers hold ${held}`,
  };
}

/** Two sentences and a half for someone who has never heard of expected shortfall. */
export function summary(about: Reading): string {
  const { primary, code, valuation } = about;
  const { risk, waterfall } = valuation;
  const limit = primary.valueAtRisk.value;
  const shortfall = primary.expectedShortfall;
  const edge =
    limit >= 0
      ? `loses at most ${moneyInWords(limit, code)}`
      : `gains at least ${moneyInWords(-limit, code)}`;
  const average =
    shortfall.value >= 0
      ? `loses ${moneyInWords(shortfall.value, code)} on average`
      : `still gains ${moneyInWords(-shortfall.value, code)} on average`;
  const called = waterfall.insolvency.probability;
  const members = valuation.waterfall.layers.some((layer) => layer.kind === "assessment");
  const event = members ? "members are called for more" : "the loss exceeds them";
  const chance =
    called.value === 0
      ? `in none of ${count(risk.scenarios)} scenarios ${members ? "were members called for more" : "did the loss exceed them"}`
      : `the chance that ${event} is ${probability(called, risk.scenarios)} (s.e.)`;
  return `With ${levelPercent(primary.level)} confidence the pool ${edge} in ${days(risk.horizonDays)}; in the worst ${levelPercent(1 - primary.level)} of scenarios it ${average} (±${JOIN}${moneyInWords(halfWidth(shortfall), code, 2)}, 95${JOIN}%). Layers hold ${moneyExact(about.funded, code)}; ${chance}.`;
}
