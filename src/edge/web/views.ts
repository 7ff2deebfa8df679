import { html, nothing, type ReactiveControllerHost, type TemplateResult } from "lit";
import { guard } from "lit/directives/guard.js";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import type { PoolDocument, PoolValuation } from "../../index.ts";
import { fanFigures } from "../report/fan.ts";
import { count, days } from "../report/format.ts";
import { type Reading, reading } from "../report/reading.ts";
import { type Controls, LIVE_RULES, type RoomRequest, requestOf } from "./controls.ts";
import { correlationView } from "./correlation-view.ts";
import type { PricedDocument } from "./message.ts";
import { QuoteDraft, quoteView } from "./quote-view.ts";
import { type Rule, type RuleLook, ruleView } from "./rule-view.ts";
import { shockSetOf } from "./scenario.ts";
import { shockView, worstView } from "./scenario-view.ts";
import { Studies, type StudyState } from "./studies.ts";
import { bareTerms, type Study } from "./study.ts";

/** A valuation on show and the controls that it answers. */
export interface Shown {
  readonly controls: Controls;
  readonly valuation: PoolValuation;
}

/** What the room shows beside the valuation itself: scenarios, shocks, rules, paths, the market. */
export class Views {
  readonly #studies: Studies;
  readonly #host: ReactiveControllerHost;
  #document: PricedDocument | null = null;
  #look: RuleLook | null = null;
  #draft: QuoteDraft | null = null;
  /** The document that the shocks on show are of. */
  #asked: PoolDocument | null = null;
  #request: { readonly of: Shown; readonly request: RoomRequest } | null = null;

  /** @param script  address of the worker's script */
  constructor(host: ReactiveControllerHost, script: () => string) {
    this.#host = host;
    this.#studies = new Studies(host, script);
  }

  /** Whether everything that follows a full run has come in. */
  get isIdle(): boolean {
    return this.#studies.isIdle && !this.#studies.stateOf("rules").isLate;
  }

  /** What came of a question by its key; for those who want the numbers behind the pictures. */
  resultOf(key: string): StudyState["result"] {
    return this.#studies.stateOf(key).result;
  }

  /** Changes the pool. */
  setPool(document: PricedDocument): void {
    this.#document = document;
    this.#look = null;
    this.#draft = null;
    this.#asked = null;
    this.#studies.setPool(document);
  }

  /** Stops what is under way: the controls move. */
  stop(): void {
    this.#studies.stop();
  }

  /** Asks what follows a full run. */
  follow(shown: Shown): void {
    const { document } = this.#requestOf(shown);
    const hasAssets = document.assets.length > 0;
    const studies: Record<string, Study> = {
      ...(hasAssets && { shocks: { name: "shocks", shocks: shockSetOf(document).shocks } }),
      rules: { name: "rules", rules: LIVE_RULES.map((rule) => bareTerms(document, rule)) },
      ...(hasAssets && shown.valuation.samplePaths === null && { paths: { name: "paths" } }),
    };
    this.#studies.follow(shown.controls, studies);
  }

  #requestOf(shown: Shown): RoomRequest {
    if (this.#request?.of !== shown) {
      const request = requestOf(this.#document!, shown.controls, shown.valuation.risk.scenarios);
      this.#request = { of: shown, request };
    }
    return this.#request.request;
  }

  /** @param onMove  told of controls that a reader moves in a picture; the others stay */
  render(
    shown: Shown,
    { pairs }: Controls,
    onMove: (moved: Partial<Controls>) => void,
  ): TemplateResult {
    const document = this.#document!;
    const about = reading(shown.valuation);
    const market = guard([shown, pairs], () =>
      correlationView(about, document, pairs, (each) => onMove({ pairs: each })),
    );
    return html`<div class="columns"><div>${this.#scenarios(shown, about)}</div>
<div><div class="panel">${market}</div>${this.#paths(shown, about)}</div></div>
${this.#rules(shown)}${this.#quote(shown, about)}`;
  }

  #scenarios(shown: Shown, about: Reading): TemplateResult {
    const { document } = this.#requestOf(shown);
    const { worstPaths } = shown.valuation;
    const state = this.#studies.stateOf("shocks");
    if (document.assets.length === 0) return html``;
    // A late answer is shown with the layers that it was asked with.
    if (!state.isLate || !this.#asked) this.#asked = document;
    const asked = this.#asked;
    return html`${
      worstPaths
        ? html`<div class="panel">${guard([shown], () => worstView(about, document, worstPaths))}</div>`
        : nothing
    }<div class="panel">${shockView(asked, () => shockSetOf(asked), state)}</div>`;
  }

  #rules(shown: Shown): TemplateResult {
    const { document } = this.#requestOf(shown);
    const chosen = (document.contribution?.rule ?? "euler-es") as Rule;
    const look = this.#look ?? { by: chosen, isAll: false };
    const live = this.#studies.stateOf("rules");
    const keyOf = (rule: Rule): string => `rule ${rule}`;
    const slow = (rule: Rule): StudyState => this.#studies.stateOf(keyOf(rule));
    const onLook = (moved: RuleLook): void => {
      this.#look = moved;
      this.#host.requestUpdate();
    };
    const onAsk = (rule: Rule): void =>
      this.#studies.ask(keyOf(rule), { name: "rules", rules: [bareTerms(document, rule)] });
    const onCancel = (rule: Rule): void => this.#studies.cancel(keyOf(rule));
    const view = { document, chosen, look, live, slow, onLook, onAsk, onCancel };
    return html`<div class="panel">${ruleView(view)}</div>`;
  }

  /** The run's own paths, where it walks any; else those of a small run that does. */
  #paths({ valuation }: Shown, about: Reading): TemplateResult | typeof nothing {
    const state = this.#studies.stateOf("paths");
    const own = valuation.samplePaths;
    const asked = state.result?.name === "paths" ? state.result.paths : null;
    const sample = own ?? asked;
    if (!sample || sample.assets.length === 0) return nothing;
    const { risk, liquidation } = valuation;
    const words = own
      ? `the first ${count(own.scenarios.length)} of ${count(risk.scenarios)} scenarios`
      : `${count(sample.scenarios.length)} paths of the same market over ${days(sample.days.at(-1)!)}, walked in steps and so on random numbers of their own`;
    const isLate = own === null && state.isLate;
    const figures = () =>
      unsafeHTML(fanFigures(sample, { code: about.code, words, liquidation }).text);
    return html`<div class="panel"><section id="paths" aria-labelledby="paths-heading" class=${isLate ? "late" : ""} aria-busy=${isLate}>
<h2 id="paths-heading">Some of the simulated prices</h2>
${guard([sample, liquidation], figures)}</section></div>`;
  }

  #quote(shown: Shown, about: Reading): TemplateResult | typeof nothing {
    const { document } = this.#requestOf(shown);
    const hasTerms = document.pricing !== undefined || document.limits !== undefined;
    if (!hasTerms || document.assets.length === 0) return nothing;
    this.#draft ??= QuoteDraft.of(document);
    const onDraft = (draft: QuoteDraft): void => {
      this.#draft = draft;
      this.#host.requestUpdate();
    };
    const onAsk = (draft: QuoteDraft): void =>
      this.#studies.ask("quote", { name: "quote", proposal: draft.proposal(document) });
    const state = this.#studies.stateOf("quote");
    const draft = this.#draft;
    return html`<div class="panel">${guard([shown, draft, state], () =>
      quoteView(about, document, draft, state, onDraft, onAsk),
    )}</div>`;
  }
}
