import { html, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import type { PoolValuation } from "../../index.ts";
import { allocationSection } from "../report/allocation.ts";
import { capitalSection } from "../report/capital.ts";
import { contributionSection } from "../report/contribution.ts";
import { convergenceFigure } from "../report/convergence.ts";
import { exposureSection } from "../report/exposure.ts";
import { headlineSection } from "../report/headline.ts";
import { liquidationSection } from "../report/liquidation.ts";
import { type Markup, section } from "../report/markup.ts";
import { assumptionSection, methodSection } from "../report/method.ts";
import { reading } from "../report/reading.ts";
import { lossSection } from "../report/report.ts";
import { drawn } from "./drawn.ts";
import { comparisonSection } from "./interval.ts";

// Only `html` of the report makes markup, and it escapes every text that is put in.
const panel = (markup: Markup): TemplateResult =>
  html`<div class="panel">${drawn(markup.text)}</div>`;

const column = (...markups: readonly Markup[]): TemplateResult =>
  html`<div>${markups.filter(({ text }) => text !== "").map(panel)}</div>`;

/**
 * The report's own pictures of a valuation, laid out for a screen.
 *
 * @param valuation  what is on show: contributions and exposures are those of `whole`
 * @param whole   the last valuation that found everything
 * @param beside  views that come and go by themselves, between the pictures and the small print
 */
export function resultView(
  valuation: PoolValuation,
  whole: PoolValuation,
  document: PoolValuation | null,
  beside: TemplateResult,
): TemplateResult {
  return html`<div class="columns">${guard([valuation], () => {
    const about = reading(valuation);
    return column(
      headlineSection(about),
      lossSection(about),
      capitalSection(about),
      liquidationSection(about),
    );
  })}<div>${guard([valuation, document], () =>
    column(comparisonSection(reading(valuation), document)),
  )}${guard([whole], () => {
    const about = reading(whole);
    return column(contributionSection(about), exposureSection(about));
  })}</div></div>${beside}${guard([whole], () => smallPrint(whole))}`;
}

function smallPrint(valuation: PoolValuation): TemplateResult {
  const about = reading(valuation);
  const settled = section("convergence", "Has the simulation settled?", convergenceFigure(about));
  return html`<div class="columns">${column(allocationSection(about), settled)}${column(assumptionSection(about), methodSection(about))}</div>`;
}
