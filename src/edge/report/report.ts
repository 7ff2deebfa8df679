import type { PoolValuation } from "../../index.ts";
import { allocationSection } from "./allocation.ts";
import { capitalSection } from "./capital.ts";
import { contributionSection } from "./contribution.ts";
import { convergenceFigure } from "./convergence.ts";
import { exposureSection } from "./exposure.ts";
import { fanFigures } from "./fan.ts";
import { count, estimate, instant, interval, JOIN, levelPercent, money } from "./format.ts";
import { header, headlineSection } from "./headline.ts";
import { histogramFigures } from "./histogram.ts";
import { liquidationSection } from "./liquidation.ts";
import { marketSection } from "./market.ts";
import { html, type Markup, NOTHING, section, table } from "./markup.ts";
import { assumptionSection, methodSection, receiptSection } from "./method.ts";
import { htmlPage } from "./page.ts";
import { type Reading, reading } from "./reading.ts";

/**
 * A valuation as one HTML page: no script, nothing fetched, fit to be read, printed and forwarded.
 *
 * Every text of the valuation is escaped. The same valuation gives the same bytes.
 *
 * @param theme  that of the reader's system when left out
 * @returns      a complete HTML document, ending in a line feed
 */
export function reportHtml(valuation: PoolValuation, theme?: "light" | "dark"): string {
  const about = reading(valuation);
  const { pool } = valuation;
  return htmlPage(
    `${pool.name}: pool risk report, ${instant(pool.asOf)}`,
    html`${header(about)}<main>
${headlineSection(about)}${lossSection(about)}${capitalSection(about)}${liquidationSection(about)}${contributionSection(about)}${allocationSection(about)}${exposureSection(about)}${section("convergence", "Has the simulation settled?", convergenceFigure(about))}${marketSection(about)}${pathSection(about)}${assumptionSection(about)}${methodSection(about)}${receiptSection(about)}</main>
<footer><p>Computed by ${valuation.receipt.engine} ${valuation.receipt.version} from prices of ${instant(pool.asOf)}. A risk estimate is not a promise: losses can exceed every figure on this page.</p></footer>
`,
    theme,
  );
}

/** Some of the simulated prices, where paths were asked for. */
export function pathSection({ valuation, code }: Reading): Markup {
  const { samplePaths, liquidation, risk } = valuation;
  if (samplePaths === null) return NOTHING;
  const words = `the first ${count(samplePaths.scenarios.length)} of ${count(risk.scenarios)} scenarios`;
  const figures = fanFigures(samplePaths, { code, words, liquidation });
  return section("paths", "Some of the simulated prices", figures);
}

/** What the pool can lose: the distribution, its tail and the risk at every level. */
export function lossSection(about: Reading): Markup {
  return section("loss", "What the pool can lose", histogramFigures(about), riskTable(about));
}

function riskTable({ valuation, primary, code }: Reading): Markup {
  const { risk, pool } = valuation;
  const columns = [
    { heading: "Confidence" },
    { heading: "VaR", term: "value-at-risk", unit: `${code} ± s.e.` },
    { heading: "95 % interval", unit: code },
    { heading: "ES", term: "shortfall", unit: `${code} ± s.e.` },
    { heading: "95 % interval", unit: code },
    { heading: "Tail", term: "tail", unit: "scenarios" },
  ];
  const rows = risk.levels.map((level) => [
    levelPercent(level.level),
    estimate(level.valueAtRisk),
    interval(level.valueAtRisk),
    estimate(level.expectedShortfall),
    interval(level.expectedShortfall),
    count(level.tailScenarios),
  ]);
  const note = `Expected loss ${code} ${estimate(risk.expectedLoss)} (s.e.); standard deviation of the loss ${money(risk.standardDeviation, pool.currency)}; best scenario ${money(risk.best, pool.currency)}, worst ${money(risk.worst, pool.currency)}. Intervals cover the true figure of the model in about 95${JOIN}% of runs.`;
  return html`${table(
    "Value at risk and expected shortfall",
    columns,
    rows,
    risk.levels.indexOf(primary),
  )}<p class="note">${note}</p>
`;
}
