import { html, type TemplateResult } from "lit";
import type { Measurement, PoolValuation, RunningEstimate } from "../../index.ts";
import { count, days, levelPercent, moneyInWords, percent } from "../report/format.ts";
import { gist, reading } from "../report/reading.ts";

/**
 * The headline figures, which stay in sight while the page is scrolled.
 *
 * @param isLate    whether a fuller or newer answer is on its way
 * @param progress  of the full run, from 0 to 1
 * @param running   what that run has found so far
 */
export function stripView(
  valuation: Measurement,
  isLate: boolean,
  progress: number,
  running: RunningEstimate | null,
): TemplateResult {
  const { primary, code } = gist(valuation);
  const { risk, waterfall } = valuation;
  const level = levelPercent(primary.level);
  const shared = waterfall.socialised.probability.value;
  const done = progress > 0 ? `, ${percent(progress, 2)}` : "";
  const sofar = running ? `, VaR so far ${moneyInWords(running.valueAtRisk.value, code)}` : "";
  const state = isLate
    ? `${count(risk.scenarios)} scenarios; full run under way${done}${sofar}`
    : `${count(risk.scenarios)} scenarios, seed ${valuation.receipt.seed}`;
  return html`<div class="strip" role="region" aria-label="Headline figures"><p class="lead"><button type="button" class="term" data-term="shortfall">ES ${level}</button><b id="es">${moneyInWords(primary.expectedShortfall.value, code)}</b></p>
<p><button type="button" class="term" data-term="value-at-risk">VaR ${level}</button><b id="var">${moneyInWords(primary.valueAtRisk.value, code)}</b></p>
<p class="shared"><button type="button" class="term" data-term="shared">Shared by all</button><b>${shared === 0 ? "none seen" : percent(shared, 2)}</b></p>
<p class="state ${isLate ? "late" : ""}">${days(risk.horizonDays)}; ${state}</p></div>`;
}

/** The headline figures as they are read out, when a full run has come in. */
export function spokenFigures(valuation: PoolValuation): string {
  const { primary, code } = reading(valuation);
  const level = levelPercent(primary.level);
  return `Full run: ES ${level} ${moneyInWords(primary.expectedShortfall.value, code)}, VaR ${level} ${moneyInWords(primary.valueAtRisk.value, code)}`;
}
