import { html, nothing, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import type { PoolDocument, SamplePaths, ShockLoss } from "../../index.ts";
import {
  axisScale,
  count,
  days,
  grouped,
  JOIN,
  type MoneyScale,
  moneyExact,
  percent,
  rounded,
  unitName,
} from "../report/format.ts";
import type { Reading } from "../report/reading.ts";
import { type Poured, pouredOf, reachWords, type ShockSet } from "./scenario.ts";
import type { StudyState } from "./studies.ts";

/** A change of price: `−30 %`, `+12.3 %`. */
function move(fraction: number, digits = 3): string {
  return `${fraction > 0 ? "+" : ""}${percent(fraction, digits)}`;
}

/** Amounts of one scale with a fixed number of decimals, so that they stand below each other. */
function scaledTo({ factor }: MoneyScale): (amount: number) => string {
  return (amount) => rounded(amount / factor, factor === 1 ? 0 : factor === 1e3 ? -1 : -3);
}

/** Tint of a cell by its size: losses in the accent, gains in ink. */
function tint(amount: number, largest: number): string {
  // The root lets small amounts be told apart beside that of all assets together.
  const part = largest > 0 ? Math.sqrt(Math.min(Math.abs(amount) / largest, 1)) : 0;
  const colour = amount > 0 ? "--accent-rgb" : "--ink-rgb";
  return `background:rgb(var(${colour})/${(part * (amount > 0 ? 0.3 : 0.12)).toFixed(3)})`;
}

/** The layers by the numbers that the tables call them. */
function layerKey({ layers }: Poured, code: string, hasCalls: boolean): TemplateResult {
  return html`<p class="note">Reaches: ${layers.map(
    ({ id, capacity }, i) =>
      html`<b>L${i + 1}</b> ${id} (${moneyExact(Number(capacity), code)})${i < layers.length - 1 ? ", " : ""}`,
  )}${hasCalls ? html`, <b>calls</b> on members` : nothing}, <b>all</b>: shared by everyone.</p>`;
}

/** The worst scenarios of the run that is shown: what prices did, and who bears the loss. */
export function worstView(
  about: Reading,
  document: PoolDocument,
  paths: SamplePaths,
): TemplateResult {
  const { code, valuation } = about;
  const { horizonDays, scenarios } = valuation.risk;
  const scale = axisScale(paths.losses[0] ?? 0);
  const print = scaledTo(scale);
  const unit = unitName(code, scale);
  const spots = new Map(document.assets.map(({ id, spot }) => [id, spot]));
  const poured = paths.losses.map((loss) => pouredOf(document, loss));
  const caption = `The ${count(paths.scenarios.length)} worst of ${count(scenarios)} scenarios: change of every price over ${days(horizonDays)}, and what the loss reaches; amounts in ${unit}`;
  return html`<section id="worst" aria-labelledby="worst-heading"><h2 id="worst-heading">The worst scenarios</h2>
<div class="scroll" role="region" aria-label=${caption} tabindex="0"><table><caption>${caption}</caption>
<thead><tr><th scope="col">Scenario</th><th scope="col">Loss</th>
${paths.assets.map((asset) => html`<th scope="col">${asset}</th>`)}
<th scope="col">Shared</th><th scope="col">Reaches</th></tr></thead>
<tbody>${paths.scenarios.map((scenario, i) => {
    const one = poured[i]!;
    return html`<tr><th scope="row">${grouped(String(scenario))}</th><td>${print(paths.losses[i]!)}</td>
${paths.assets.map((asset, u) => {
  const change = paths.prices[i]![u]!.at(-1)! / spots.get(asset)! - 1;
  return html`<td>${change > 0 ? "+" : ""}${rounded(change * 100, -1)}${JOIN}%</td>`;
})}<td>${print(one.shared)}</td><td>${reachWords(one)}</td></tr>`;
  })}</tbody></table></div>
${poured[0] ? layerKey(poured[0], code, hasCalls(document)) : nothing}
${document.covers.length > 0 ? html`<p class="note">What the moves do not account for, covers have paid.</p>` : nothing}</section>`;
}

function hasCalls({ waterfall }: PoolDocument): boolean {
  return (waterfall.assessments ?? []).length > 0;
}

/** What given shocks would cost at once. */
export function shockView(
  document: PoolDocument,
  set: () => ShockSet,
  { result, isLate, failure }: StudyState,
): TemplateResult {
  const losses = result?.name === "shocks" ? result.losses : null;
  const { code } = document.currency;
  const tables = () =>
    html`${shockTable(code, document, set(), losses!)}${namedTable(code, document, set(), losses!)}`;
  const body = failure
    ? html`<p class="note" role="alert">${failure.message}</p>`
    : losses
      ? guard([document, losses], tables)
      : html`<p class="note">Valuing every position under every shock …</p>`;
  return html`<section id="shocks" aria-labelledby="shocks-heading" class=${isLate ? "late" : ""} aria-busy=${isLate}>
<h2 id="shocks-heading">If prices moved now</h2>
<p>Every position valued before and after, in closed form: an instant move with implied volatilities as they are and nobody liquidated in between. Covers do not depend on prices.</p>
${body}</section>`;
}

function shockTable(
  code: string,
  document: PoolDocument,
  { changes, rows }: ShockSet,
  losses: readonly ShockLoss[],
): TemplateResult {
  const shown = losses.slice(0, rows.length * changes.length);
  const largest = Math.max(...shown.map(({ loss }) => Math.abs(loss)), 0);
  const scale = axisScale(largest);
  const print = scaledTo(scale);
  const caption = `Pool’s loss now when one asset moves and the others stay, ${unitName(code, scale)}; negative is a gain`;
  return html`<div class="scroll" role="region" aria-label=${caption} tabindex="0"><table class="heat shocks">
<caption>${caption}</caption><thead><tr><th scope="col">Asset</th>${changes.map(
    (change) => html`<th scope="col">${move(change, 2)}</th>`,
  )}</tr></thead><tbody>${rows.map(
    ({ name }, r) =>
      html`<tr class=${r === rows.length - 1 && rows.length > 1 ? "sum" : ""}><th scope="row">${name}</th>${changes.map(
        (_, c) => {
          const { loss } = losses[r * changes.length + c]!;
          const reach = reachWords(pouredOf(document, loss));
          return html`<td style=${tint(loss, largest)}>${print(loss)}<span class="reach">${reach}</span></td>`;
        },
      )}</tr>`,
  )}</tbody></table></div>
${layerKey(pouredOf(document, 0), code, hasCalls(document))}`;
}

function namedTable(
  code: string,
  document: PoolDocument,
  { named, shocks }: ShockSet,
  losses: readonly ShockLoss[],
): TemplateResult | typeof nothing {
  if (named.length === 0) return nothing;
  const own = losses.slice(shocks.length - named.length);
  const scale = axisScale(Math.max(...own.map(({ loss }) => Math.abs(loss)), 0));
  const print = scaledTo(scale);
  const unit = unitName(code, scale);
  const [first = "", ...others] = document.assets.map(({ id }) => id);
  const layers = pouredOf(document, 0).layers;
  const caption = `Joint shocks of the size that markets have seen, in round numbers; what accounts leave unpaid, and who bears the loss, in ${unit}`;
  return html`<div class="scroll" role="region" aria-label=${caption} tabindex="0"><table>
<caption>${caption}</caption><thead><tr><th scope="col">Shock</th><th scope="col">${first}</th><th scope="col">Others</th>
<th scope="col">Loss</th><th scope="col">Unpaid</th>
${layers.map((_, i) => html`<th scope="col">L${i + 1}</th>`)}
${hasCalls(document) ? html`<th scope="col">Calls</th>` : nothing}
<th scope="col">Shared</th></tr></thead>
<tbody>${named.map(({ name, shock }, i) => {
    const { loss, shortfall } = own[i]!;
    const poured = pouredOf(document, loss);
    return html`<tr><th scope="row"><span class="wrap">${name}</span></th><td>${move(shock[first]!, 2)}</td><td>${move(shock[others[0]!]!, 2)}</td>
<td>${print(loss)}</td><td>${print(shortfall)}</td>${poured.layers.map(({ used }) => html`<td>${print(Number(used))}</td>`)}
${hasCalls(document) ? html`<td>${print(poured.called)}</td>` : nothing}<td>${print(poured.shared)}</td></tr>`;
  })}</tbody></table></div>`;
}
