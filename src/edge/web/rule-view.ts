import { html, nothing, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import type { Allocation, ContributionTerms, PoolDocument } from "../../index.ts";
import {
  count,
  estimate,
  estimatePlace,
  JOIN,
  levelPercent,
  percent,
  rounded,
} from "../report/format.ts";
import { ruleAsks, ruleName } from "../report/rule-words.ts";
import { FULL_SCENARIOS, LIVE_RULES } from "./controls.ts";
import type { StudyState } from "./studies.ts";

export type Rule = ContributionTerms["rule"];

/** Rules that take longer than a move may wait, asked for one by one. */
const SLOW: readonly Rule[] = ["stand-alone", "with-without", "shapley"];
/** Rows before all are asked for. */
const SHOWN = 20;

/** How the comparison is looked at: which column orders it, and whether all rows show. */
export interface RuleLook {
  /** A rule, or the participants' names. */
  readonly by: Rule | "name";
  readonly isAll: boolean;
}

/** What the comparison is made of and what can be done with it. */
export interface RuleView {
  readonly document: PoolDocument;
  readonly chosen: Rule;
  readonly look: RuleLook;
  readonly live: StudyState;
  readonly slow: (rule: Rule) => StudyState;
  readonly onLook: (look: RuleLook) => void;
  readonly onAsk: (rule: Rule) => void;
  readonly onCancel: (rule: Rule) => void;
}

/** Rules beside the live ones: the slow, and the document's own where it is neither. */
export function furtherRules({ contribution }: PoolDocument): Rule[] {
  const own = contribution?.rule;
  const isKnown = own === undefined || [...LIVE_RULES, ...SLOW].some((rule) => rule === own);
  return isKnown ? [...SLOW] : [own, ...SLOW];
}

/** Short names for columns. */
const COLUMN: Readonly<Partial<Record<Rule, string>>> = {
  "euler-es": "Euler ES",
  "euler-var": "Euler VaR",
  covariance: "Covariance",
  "aumann-shapley": "Aumann–Shapley",
  "stand-alone": "Stand-alone",
  "with-without": "With-without",
  shapley: "Shapley",
  gearing: "Gearing",
  formula: "Formula",
};

function allocationsOf(state: StudyState): readonly Allocation[] {
  return state.result?.name === "rules" ? state.result.allocations : [];
}

/** Contributions by several rules on the same scenarios, side by side. */
export function ruleView(view: RuleView): TemplateResult {
  const { live, chosen, look } = view;
  const further = furtherRules(view.document);
  const states = [live, ...further.map(view.slow)];
  const allocations = states.flatMap(allocationsOf);
  const isLate = states.some((state) => state.result !== null && state.isLate);
  const results = states.map(({ result }) => result);
  return html`<section id="rules" aria-labelledby="rules-heading" class=${isLate ? "late" : ""} aria-busy=${isLate}>
<h2 id="rules-heading">Rules side by side</h2>
<p>What each rule asks of everyone by itself, before floors, caps and own records, on the same ${count(FULL_SCENARIOS)} scenarios. Below each figure: the difference from the chosen rule.</p>
<div class="asks" role="group" aria-label="Rules that take longer">${further.map((rule) => ask(view, rule))}</div>
${live.failure ? html`<p class="note" role="alert">${live.failure.message}</p>` : nothing}
${
  allocations.length > 0
    ? guard([chosen, look.by, look.isAll, ...results], () => table(view, allocations))
    : html`<p class="note">${live.failure ? "" : "Asking the rules …"}</p>`
}</section>`;
}

function ask({ slow, onAsk, onCancel }: RuleView, rule: Rule): TemplateResult | typeof nothing {
  const { isWaiting, progress, result, isLate, failure } = slow(rule);
  const name = COLUMN[rule] ?? rule;
  if (isWaiting) {
    // Simulated is not answered: how long the rule itself takes is not told.
    const part = progress === 0 ? "waiting" : progress < 1 ? percent(progress, 2) : "dividing";
    return html`<span class="under-way"><progress max="1" value=${progress < 1 ? progress : nothing} aria-label=${`${ruleName(rule)}, under way`}></progress> ${name}, ${part}
<button type="button" data-cancel=${rule} @click=${() => onCancel(rule)}>Cancel</button></span>`;
  }
  if (result && !isLate) return nothing;
  return html`<button type="button" data-rule=${rule} title=${ruleAsks(rule)} @click=${() => onAsk(rule)}>${result ? "Renew" : "Add"} ${name}</button>${
    failure ? html`<span class="note" role="alert">${failure.message}</span>` : nothing
  }`;
}

type Row = Allocation["rows"][number];

function table(
  { document, chosen, look, onLook }: RuleView,
  allocations: readonly Allocation[],
): TemplateResult {
  const byId = allocations.map(({ rows }) => new Map(rows.map((row) => [row.id, row])));
  const base = allocations.findIndex(({ rule }) => rule === chosen);
  const at = Math.max(
    0,
    allocations.findIndex(({ rule }) => rule === look.by),
  );
  const ranked = allocations[at]!.rows.map(({ id }) => id);
  const order = (one: string, other: string): number => {
    const [a, b] = [byId[at]!.get(one)!, byId[at]!.get(other)!];
    return b.contribution.value - a.contribution.value || (one < other ? -1 : 1);
  };
  const ids = look.by === "name" ? [...ranked].sort() : [...ranked].sort(order);
  const shown = look.isAll ? ids : ids.slice(0, SHOWN);
  const { code } = document.currency;
  const caption = `Contributions by rule at ${levelPercent(allocations[0]!.level)}, ${code} ± s.e.; ● marks the chosen rule`;
  const heading = (by: RuleLook["by"], name: TemplateResult | string, sort: string) =>
    html`<th scope="col" aria-sort=${look.by === by ? sort : "none"}><button type="button" class="sort" data-sort=${by} @click=${() => onLook({ ...look, by })}>${name}</button></th>`;
  return html`<div class="scroll" role="region" aria-label=${caption} tabindex="0"><table class="rules"><caption>${caption}</caption>
<thead><tr>${heading("name", "Participant", "ascending")}${allocations.map(({ rule }) =>
    heading(
      rule,
      html`<span class=${rule === chosen ? "best" : ""}>${COLUMN[rule] ?? rule}</span>`,
      "descending",
    ),
  )}</tr></thead>
<tbody>${shown.map(
    (id) =>
      html`<tr><th scope="row">${id}</th>${allocations.map(({ rule }, a) =>
        cell(byId[a]!.get(id), rule === chosen ? undefined : byId[base]?.get(id)),
      )}</tr>`,
  )}
<tr class="primary"><th scope="row">Total</th>${allocations.map(
    ({ total, measure }) =>
      html`<td>${estimate(total)}<span class="difference">${measure === "value-at-risk" ? "VaR" : measure === "exposure" ? "exposure" : "ES"}</span></td>`,
  )}</tr></tbody></table></div>
${
  ids.length > SHOWN
    ? html`<p><button type="button" id="all-rules" aria-expanded=${look.isAll} @click=${() => onLook({ ...look, isAll: !look.isAll })}>${look.isAll ? `Show the first ${SHOWN}` : `Show all ${count(ids.length)}`}</button></p>`
    : nothing
}<p class="note">± is one standard error. Two rules see the same scenarios, so that their difference is more certain than the two errors together say.</p>`;
}

function cell(row: Row | undefined, base: Row | undefined): TemplateResult {
  if (!row) return html`<td>–</td>`;
  const own = estimate(row.contribution);
  if (!base) return html`<td>${own}<span class="difference">${percent(row.share)}</span></td>`;
  const change = row.contribution.value - base.contribution.value;
  const words = rounded(change, estimatePlace(row.contribution));
  const sign = change > 0 && /[1-9]/.test(words) ? "+" : "";
  return html`<td>${own}<span class="difference">${sign}${words.replace(/^0$/, `±${JOIN}0`)}</span></td>`;
}
