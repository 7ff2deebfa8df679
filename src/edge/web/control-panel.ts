import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import type { PoolDocument } from "../../index.ts";
import { days, grouped, JOIN, moneyExact, printable, significant } from "../report/format.ts";
import {
  CONFIDENCES,
  type Controls,
  LIVE_RULES,
  percentAt,
  resized,
  SPANS,
  type Span,
  startOf,
} from "./controls.ts";
import { markField, readTyped } from "./field-error.ts";

/** Told of controls that stand differently. */
export type OnMove = (controls: Controls) => void;

interface Slider {
  readonly name: string;
  readonly label: string;
  readonly value: number;
  readonly usual: number;
  readonly span: Span;
  /** Value with its unit, as it is spoken. */
  readonly text: string;
  /** What the number alone does not say; shown beside the label. */
  readonly note?: string;
  /** Unit of the number: `%`, `days` or none. */
  readonly unit: string;
  /** Any number of the span will do, not only whole ones. */
  readonly isFraction?: boolean;
  readonly move: (value: number) => void;
}

const RULE_NAMES: Readonly<Record<string, string>> = {
  "euler-es": "Euler share of ES",
  "euler-var": "Euler share of VaR",
  covariance: "Covariance with the pool",
  "aumann-shapley": "Aumann–Shapley",
};

/** `+20 %`, `−5 %`, `0 %`. */
function change(percent: number): string {
  return `${percent > 0 ? "+" : ""}${grouped(String(percent))}${JOIN}%`;
}

/** A number to slide or to type; what is typed wrongly is answered in its place. */
function slider(each: Slider): TemplateResult {
  const { name, label, value, span, text, unit } = each;
  const isMoved = value !== each.usual;
  const type = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const form = input.form!;
    const typed = readTyped(input.value, span, unit, !each.isFraction);
    markField(form, name, "error" in typed ? typed.error : "");
    if ("error" in typed) return;
    input.value = printed(typed.value);
    if (typed.value !== value) each.move(typed.value);
  };
  return html`<div class="control ${isMoved ? "moved" : ""}">
<label for=${name} title=${label}>${label}</label>${each.note ? html`<output for=${name}>${each.note}</output>` : nothing}
<input type="range" id=${name} min=${span.min} max=${span.max} step=${span.step}
 .value=${live(String(value))} aria-valuetext=${text} aria-describedby="${name}-error"
 @input=${(event: Event) => {
   const input = event.target as HTMLInputElement;
   markField(input.form!, name, "");
   each.move(Number(input.value));
 }}>
<span class="number"><input type="text" inputmode="decimal" autocomplete="off" id="${name}-typed" size="4"
 aria-label="${label}, number${unit && ` in ${unit === "%" ? "per cent" : unit}`}" aria-describedby="${name}-error" .value=${printed(value)} @change=${type}><span aria-hidden="true">${unit}</span></span><p class="field-error" id="${name}-error" aria-live="assertive"></p></div>`;
}

/** As it can be typed again. */
function printed(value: number): string {
  return String(value);
}

function choice(
  name: string,
  label: string,
  value: string,
  usual: string,
  options: readonly (readonly [string, string])[],
  move: (value: string) => void,
): TemplateResult {
  return html`<div class="control ${value === usual ? "" : "moved"}"><label for=${name}>${label}</label>
<select id=${name} aria-describedby="${name}-error" .value=${live(value)} @change=${(
    event: Event,
  ) => move((event.target as HTMLSelectElement).value)}>${options.map(
    ([each, words]) => html`<option value=${each} ?selected=${each === value}>${words}</option>`,
  )}</select><p class="field-error" id="${name}-error" aria-live="assertive"></p></div>`;
}

/** The controls of a pool, as a form; on a narrow screen they can be folded away. */
export function controlPanel(
  document: PoolDocument,
  controls: Controls,
  isOpen: boolean,
  onToggle: () => void,
  onMove: OnMove,
): TemplateResult {
  return html`<form aria-label="Controls" @submit=${(event: Event) => event.preventDefault()}>
<button type="button" class="toggle" aria-expanded=${isOpen} aria-controls="groups" @click=${onToggle}>${isOpen ? "Hide controls" : "Show controls"}</button>
<div id="groups" class="groups ${isOpen ? "" : "closed"}">
${marketGroup(document, controls, onMove)}${runGroup(document, controls, onMove)}${priceGroup(document, controls, onMove)}${capitalGroup(document, controls, onMove)}${ruleGroup(document, controls, onMove)}
</div></form>`;
}

function correlationWords(percent: number): string {
  if (percent === 0) return "as fitted";
  return `${Math.abs(percent)}${JOIN}% towards ${percent > 0 ? "1" : "0"}`;
}

/** Where a positive or negative correlation goes. */
function correlationNote(percent: number): string {
  if (percent === 0) return "as fitted";
  return percent > 0 ? "towards 1" : "towards 0";
}

function marketGroup(document: PoolDocument, controls: Controls, onMove: OnMove): TemplateResult {
  const start = startOf(document);
  return html`<fieldset><legend>Market</legend>
${slider({
  name: "volatility",
  label: "Volatility",
  value: controls.volatility,
  usual: start.volatility,
  span: SPANS.volatility,
  text: `× ${(controls.volatility / 100).toFixed(2)}`,
  note: "of the fitted",
  unit: "%",
  move: (volatility) => onMove({ ...controls, volatility }),
})}${slider({
  name: "correlation",
  label: "Correlation",
  value: controls.correlation,
  usual: start.correlation,
  span: SPANS.correlation,
  text: correlationWords(controls.correlation),
  note: correlationNote(controls.correlation),
  unit: "%",
  move: (correlation) => onMove({ ...controls, correlation }),
})}${choice(
  "model",
  "Model",
  controls.model,
  start.model,
  [
    ["gbm", "Normal (GBM)"],
    ["student-t", "Student-t"],
  ],
  (model) => onMove({ ...controls, model: model as Controls["model"] }),
)}${
  controls.model === "student-t"
    ? slider({
        name: "freedom",
        label: "Degrees of freedom",
        value: controls.freedom,
        usual: start.freedom,
        span: SPANS.freedom,
        text: significant(controls.freedom, 3),
        unit: "",
        isFraction: true,
        move: (freedom) => onMove({ ...controls, freedom }),
      })
    : nothing
}
<p class="hint">Volatility of the simulated prices; implied volatilities of the book stay.</p></fieldset>`;
}

function runGroup(document: PoolDocument, controls: Controls, onMove: OnMove): TemplateResult {
  const start = startOf(document);
  return html`<fieldset><legend>Measure</legend>
${slider({
  name: "horizon",
  label: "Horizon",
  value: controls.horizon,
  usual: start.horizon,
  span: SPANS.horizon,
  text: days(controls.horizon),
  unit: "days",
  move: (horizon) => onMove({ ...controls, horizon }),
})}${choice(
  "confidence",
  "Confidence",
  String(controls.confidence),
  String(start.confidence),
  CONFIDENCES.map((each) => [String(each), `${each}${JOIN}%`] as const),
  (confidence) => onMove({ ...controls, confidence: Number(confidence) }),
)}${
  document.liquidation
    ? html`<label class="check"><input type="checkbox" id="with-liquidation" .checked=${live(controls.liquidation)}
 @change=${(event: Event) =>
   onMove({ ...controls, liquidation: (event.target as HTMLInputElement).checked })}>
<span>Close accounts before the horizon</span></label>
<p class="hint">By the document's liquidation terms, looked at every hour: takes seconds, not a moment.</p>`
    : nothing
}</fieldset>`;
}

function priceGroup(document: PoolDocument, controls: Controls, onMove: OnMove): TemplateResult {
  const { code } = document.currency;
  return html`<fieldset><legend>Price shock</legend>
<p class="hint">Prices now, before the simulation; forwards move along.</p>
${allPrices(document, controls, onMove)}${document.assets.map(({ id, spot }) => {
  const percent = percentAt(controls.spots, id, 0);
  return slider({
    name: `spot.${id}`,
    label: `${printable(id)}, ${code} ${significant(spot * (1 + percent / 100), 5)}`,
    value: percent,
    usual: 0,
    span: SPANS.spot,
    text: change(percent),
    unit: "%",
    move: (value) => onMove({ ...controls, spots: { ...controls.spots, [id]: value } }),
  });
})}</fieldset>`;
}

/** One slider for the whole market; it stands where all assets stand, or says that they differ. */
function allPrices(document: PoolDocument, controls: Controls, onMove: OnMove): TemplateResult {
  const ids = document.assets.map(({ id }) => id);
  const first = percentAt(controls.spots, ids[0] ?? "", 0);
  const isOne = ids.every((id) => percentAt(controls.spots, id, 0) === first);
  return slider({
    name: "all-prices",
    label: "All assets together",
    value: isOne ? first : 0,
    usual: 0,
    span: SPANS.spot,
    text: isOne ? change(first) : "differ",
    ...(!isOne && { note: "differ" }),
    unit: "%",
    move: (value) =>
      onMove({ ...controls, spots: Object.fromEntries(ids.map((id) => [id, value])) }),
  });
}

function capitalGroup(document: PoolDocument, controls: Controls, onMove: OnMove): TemplateResult {
  const { code, decimals } = document.currency;
  if (document.waterfall.layers.length === 0) return html``;
  return html`<fieldset><legend>Capital layers</legend>
${document.waterfall.layers.map(({ id, size }) => {
  const percent = percentAt(controls.layers, id, 100);
  const amount = Number(resized(size, percent, decimals));
  return slider({
    name: `layer.${id}`,
    label: printable(id),
    value: percent,
    usual: 100,
    span: SPANS.layer,
    text: moneyExact(amount, code),
    note: moneyExact(amount, code),
    unit: "%",
    move: (value) => onMove({ ...controls, layers: { ...controls.layers, [id]: value } }),
  });
})}</fieldset>`;
}

function ruleGroup(document: PoolDocument, controls: Controls, onMove: OnMove): TemplateResult {
  const own = document.contribution?.rule;
  if (own === undefined) return html``;
  const rules = (LIVE_RULES as readonly string[]).includes(own) ? LIVE_RULES : [own, ...LIVE_RULES];
  return html`<fieldset><legend>Contributions</legend>
${choice(
  "rule",
  "Rule",
  controls.rule,
  own,
  rules.map((rule) => [rule, RULE_NAMES[rule] ?? rule] as const),
  (rule) => onMove({ ...controls, rule }),
)}</fieldset>`;
}
