import { html, nothing, type TemplateResult } from "lit";
import type { PoolDocument, Proposal, Quote } from "../../index.ts";
import {
  count,
  estimate,
  grouped,
  instant,
  JOIN,
  moneyInWords,
  percent,
  rounded,
  significant,
} from "../report/format.ts";
import type { Reading } from "../report/reading.ts";
import type { StudyState } from "./studies.ts";

/** Kinds of positions that the form proposes. */
const KINDS = ["call", "put", "perpetual"] as const;
type Kind = (typeof KINDS)[number];

interface Fields {
  readonly participant: string;
  readonly asset: string;
  readonly kind: Kind;
  readonly side: "long" | "short";
  readonly strike: number;
  readonly expiry: string;
  readonly quantity: number;
  /** Per cent a year. */
  readonly volatility: number;
  readonly collateral: string;
}

const NEW = "newcomer";
const YEAR_DAYS = 30;

/** What a reader has filled in. */
export class QuoteDraft {
  readonly fields: Fields;

  /** Filled in with something that the pool can be asked. */
  static of(document: PoolDocument): QuoteDraft {
    const [asset] = document.assets;
    const like = document.options.find((option) => option.asset === asset!.id);
    return new QuoteDraft({
      participant: document.participants[0]?.id ?? NEW,
      asset: asset!.id,
      kind: "put",
      side: "long",
      strike: Number((asset!.spot * 0.9).toPrecision(2)),
      expiry: like?.expiry ?? document.options[0]?.expiry ?? later(document.asOf),
      quantity: 1,
      volatility: Math.round((like?.impliedVolatility ?? 0.6) * 100),
      collateral: "0",
    });
  }

  constructor(fields: Fields) {
    this.fields = fields;
  }

  /** The same with one field filled in anew. */
  with(change: Partial<Fields>): QuoteDraft {
    return new QuoteDraft({ ...this.fields, ...change });
  }

  /** What the engine is asked. */
  proposal(document: PoolDocument): Proposal {
    const { participant, asset, kind, side, strike, expiry, quantity, volatility } = this.fields;
    const owner = document.participants.find(({ id }) => id === participant);
    const isOwed = (owner?.margin ?? "isolated") === "isolated";
    const collateral = this.fields.collateral.trim();
    const common = { participant, asset, side, settlement: "linear" as const };
    if (kind === "perpetual") {
      const { spot } = document.assets.find(({ id }) => id === asset)!;
      const perpetual = {
        ...{ ...common, id: "quoted-perpetual", size: quantity, entry: spot },
        maintenanceRatio: 0.02,
        ...(isOwed && { collateral }),
      };
      return { perpetual };
    }
    const option = {
      ...{ ...common, id: "quoted-option", type: kind, strike, expiry, quantity },
      impliedVolatility: volatility / 100,
      ...(isOwed && side === "short" && { collateral }),
    };
    return { option };
  }
}

function later(asOf: string): string {
  const at = Date.parse(asOf) + YEAR_DAYS * 86_400_000;
  return `${new Date(at).toISOString().slice(0, 16)}Z`;
}

/** A form for one more position, and what it would pay and mean. */
export function quoteView(
  about: Reading,
  document: PoolDocument,
  draft: QuoteDraft,
  state: StudyState,
  onDraft: (draft: QuoteDraft) => void,
  onAsk: (draft: QuoteDraft) => void,
): TemplateResult {
  const { kind, side } = draft.fields;
  const owner = document.participants.find(({ id }) => id === draft.fields.participant);
  const isOwed = owner?.margin !== "cross" && (side === "short" || kind === "perpetual");
  const ask = (event: Event): void => {
    event.preventDefault();
    onAsk(draft);
  };
  const choice = (name: keyof Fields, label: string, options: readonly string[]) =>
    html`<label>${label}<select name=${name} @change=${(event: Event) =>
      onDraft(draft.with({ [name]: (event.target as HTMLSelectElement).value }))}>${options.map(
      (each) =>
        html`<option value=${each} ?selected=${each === draft.fields[name]}>${name === "expiry" ? instant(each) : each}</option>`,
    )}</select></label>`;
  const amount = (name: "strike" | "quantity" | "volatility", label: string) =>
    html`<label>${label}<input type="number" name=${name} min="0" step="any" required .value=${String(draft.fields[name])}
 @change=${(event: Event) => onDraft(draft.with({ [name]: Number((event.target as HTMLInputElement).value) }))}></label>`;
  const expiries = [
    ...new Set([...document.options.map(({ expiry }) => expiry), draft.fields.expiry]),
  ];
  return html`<section id="quote" aria-labelledby="quote-heading"><h2 id="quote-heading">One more position</h2>
<p>What a position would pay, what it does to the pool’s ES, and which limits refuse it, on the scenarios of the shown run. What is paid comes besides the position’s own value.</p>
<form class="quote" aria-label="Position to quote" @submit=${ask}><div class="fields">
${choice(
  "participant",
  "Participant",
  document.participants.map(({ id }) => id),
)}
${choice(
  "asset",
  "Asset",
  document.assets.map(({ id }) => id),
)}
${choice("kind", "Kind", KINDS)}${choice("side", "Participant is", ["long", "short"])}
${kind === "perpetual" ? nothing : html`${amount("strike", `Strike, ${about.code}`)}${choice("expiry", "Expiry", expiries.sort())}${amount("volatility", `Implied volatility, %`)}`}
${amount("quantity", "Quantity, coins")}
${
  isOwed
    ? html`<label>Collateral, ${about.code}<input name="collateral" inputmode="decimal" required .value=${draft.fields.collateral}
 @change=${(event: Event) => onDraft(draft.with({ collateral: (event.target as HTMLInputElement).value }))}></label>`
    : nothing
}</div><button type="submit" id="ask-quote" ?disabled=${state.isWaiting}>${state.isWaiting ? "Asking …" : "Quote"}</button></form>
${answer(about, state)}</section>`;
}

function answer(about: Reading, { result, failure, isLate }: StudyState): TemplateResult {
  if (failure) {
    return html`<div class="wrong" role="alert">${
      failure.issues.length === 0
        ? failure.message
        : failure.issues.map(
            ({ pointer, detail }) => html`<p><code>${pointer}</code> ${detail}</p>`,
          )
    }</div>`;
  }
  if (result?.name !== "quote") return html``;
  const { quote } = result;
  const { code } = about;
  const figure = (name: string, text: string) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`;
  return html`<div id="quoted" role="status" class=${isLate ? "late" : ""}>
<dl class="quoted">${quote.price ? priced(code, quote.price).map(([name, text]) => figure(name, text)) : nothing}
${figure("Marginal ES ± s.e.", `${code}${JOIN}${estimate(quote.marginalShortfall)}`)}
${figure("Expected loss ± s.e.", `${code}${JOIN}${estimate(quote.expectedLoss)}`)}
${figure("Exposure", moneyInWords(quote.exposure, code))}
${figure("Limits", quote.isAllowed ? "allowed" : "refused")}</dl>
${limits(about, quote)}${isLate ? html`<p class="note">Of the controls as they were before the last move.</p>` : nothing}</div>`;
}

/** In the words of the terminal: what is paid besides the position's own value, and what it is made of. */
function priced(code: string, price: NonNullable<Quote["price"]>): [name: string, text: string][] {
  const { amount, premium, skewFee, stressMultiplier } = price;
  const isRaised = skewFee > 0 && stressMultiplier !== 1;
  return [
    amount.startsWith("-")
      ? ["To receive", `${code}${JOIN}${grouped(amount.slice(1))}`]
      : ["To pay", `${code}${JOIN}${grouped(amount)}`],
    ["Premium ± s.e.", `${code}${JOIN}${estimate(premium)}`],
    [skewFee < 0 ? "Skew rebate" : "Skew fee", `${code}${JOIN}${rounded(Math.abs(skewFee), -2)}`],
    ...(isRaised
      ? [["Fee multiplied by", significant(stressMultiplier, 4)] as [string, string]]
      : []),
  ];
}

function limits({ code }: Reading, { limits }: Quote): TemplateResult | typeof nothing {
  if (limits.length === 0) return nothing;
  const caption = `Limits that count the position, ${code}`;
  return html`<div class="scroll" role="region" aria-label=${caption} tabindex="0"><table><caption>${caption}</caption>
<thead><tr><th scope="col">Limit</th><th scope="col">Most</th><th scope="col">Before</th><th scope="col">After</th><th scope="col">Used</th><th scope="col" class="text">Verdict</th></tr></thead>
<tbody>${limits.map(
    ({ id, of, scope, measure, max, before, after, isBroken, action }) =>
      html`<tr><th scope="row">${id}<span class="under">${measure}, ${of === "" ? scope : `${scope} ${of}`}</span></th><td>${count(Number(max))}</td><td>${count(before)}</td>
<td>${count(after)}</td><td>${percent(after / Number(max))}</td><td class="text">${isBroken ? html`<b>${action === "refuse" ? "refused" : "warning"}</b>` : "within"}</td></tr>`,
  )}</tbody></table></div>`;
}
