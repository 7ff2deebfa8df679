import {
  type CSSResult,
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from "lit";
import { type Issue, PoolError, type PoolValuation, type RunningEstimate } from "../../index.ts";
import { count, days, instant, levelPercent, moneyInWords, percent } from "../report/format.ts";
import { reading } from "../report/reading.ts";
import { reportHtml } from "../report/report.ts";
import { addressOf, controlsAt } from "./address.ts";
import { controlPanel } from "./control-panel.ts";
import { type Controls, type RoomRequest, requestOf, startOf } from "./controls.ts";
import { Explainer } from "./explainer.ts";
import { pricedPool } from "./intake.ts";
import type { Failure, PricedDocument } from "./message.ts";
import { resultView } from "./result-view.ts";
import { ROOM_STYLE } from "./style.ts";
import { type Pass, Valuer } from "./valuer.ts";
import { Views } from "./views.ts";

/** Milliseconds without a move after which the address is written: browsers bound how often. */
const ADDRESS_DELAY = 300;

/** An answer and what it answers. */
interface Answer {
  readonly id: number;
  readonly pass: Pass;
  readonly controls: Controls;
  readonly valuation: PoolValuation;
}

/**
 * `<risk-room>`: values a pool in the tab and values it again as its controls move.
 *
 * Attributes: `src`, address of a pool document with a market, of the page's own origin; `worker`,
 * address of `room-worker.js`; `pools`, JSON of [address, name] pairs to choose from; `theme`,
 * `light` or `dark`, the visitor's own when left out.
 * Fires `valuation` when an answer is shown.
 */
export class RiskRoom extends LitElement {
  static override styles: CSSResult[] = ROOM_STYLE;
  static override properties: PropertyDeclarations = {
    src: { type: String },
    pools: { type: Array },
    origin: { state: true },
    worker: { type: String },
    theme: { type: String, reflect: true },
    pool: { state: true },
    controls: { state: true },
    answer: { state: true },
    pictured: { state: true },
    base: { state: true },
    problem: { state: true },
    progress: { state: true },
    running: { state: true },
    isOpen: { state: true },
    isDropping: { state: true },
  };

  declare src: string;
  declare pools: readonly (readonly [address: string, name: string])[];
  /** Address or file that the shown pool came from. */
  declare origin: string;
  declare worker: string;
  declare theme: "light" | "dark" | undefined;
  declare pool: PricedDocument | null;
  declare controls: Controls | null;
  declare answer: Answer | null;
  /** The answer whose pictures are shown: those follow a frame behind the headline figures. */
  declare pictured: Answer | null;
  /** The full valuation of the document as it stands. */
  declare base: PoolValuation | null;
  declare problem: (Failure & { readonly subject: string }) | null;
  declare progress: number;
  /** What the full run under way has found so far. */
  declare running: RunningEstimate | null;
  declare isOpen: boolean;
  declare isDropping: boolean;

  /** What is shown beside the valuation. */
  readonly views: Views = new Views(this, () => this.worker);
  #valuer: Valuer | null = null;
  #latest = 0;
  #baseId = 0;
  /** Requests under way: their controls, and when the move was made. */
  readonly #asked = new Map<number, { readonly controls: Controls; readonly at: number }>();
  #addressTimer = 0;
  /** A pool that came without a market, kept until its prices come. */
  #unpriced: string | null = null;
  #source = "";

  constructor() {
    super();
    this.src = "";
    this.pools = [];
    this.origin = "";
    this.worker = "room-worker.js";
    this.pool = null;
    this.controls = null;
    this.answer = null;
    this.pictured = null;
    this.base = null;
    this.problem = null;
    this.progress = 0;
    this.running = null;
    new Explainer(this, () => this.valuation);
    this.isOpen = false;
    this.isDropping = false;
  }

  /** The last answer that was shown; null before the first. */
  get valuation(): PoolValuation | null {
    return this.answer?.valuation ?? null;
  }

  /** What the engine was asked for {@link valuation}: a repeat of it gives the same bits. */
  get request(): RoomRequest | null {
    const { answer, pool } = this;
    return answer && pool
      ? requestOf(pool, answer.controls, answer.valuation.risk.scenarios)
      : null;
  }

  /** Whether the shown answer is the full run of where the controls stand. */
  get settled(): boolean {
    return this.pictured?.id === this.#latest && this.pictured.pass === "full";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#valuer = new Valuer(this.worker, {
      answer: (id, pass, valuation) => this.#show(id, pass, valuation),
      failure: (id, failure) => {
        if (id === this.#latest) this.problem = { ...failure, subject: "This cannot be valued" };
      },
      progress: (id, part, running) => {
        if (id === this.#latest) Object.assign(this, { progress: part, running });
      },
    });
    window.addEventListener("hashchange", this.#onAddress);
    if (this.src) void this.open(this.src);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("hashchange", this.#onAddress);
    clearTimeout(this.#addressTimer);
    this.#valuer?.dispose();
    this.#valuer = null;
  }

  /** Fetches a pool document of the page's own origin and values it. */
  async open(address: string): Promise<void> {
    const response = await fetch(address);
    if (response.ok) this.#take(await response.text(), address);
    else {
      const message = `${address} is not there (${response.status})`;
      this.problem = { subject: "The pool could not be fetched", message, issues: [] };
    }
  }

  /** Reads a pool document (JSON) and, with it or after it, prices (CSV), and values the pool. */
  async openFiles(files: readonly File[]): Promise<void> {
    const isPrices = (file: File): boolean => /\.csv$/i.test(file.name);
    const prices = await files.find(isPrices)?.text();
    const source = await files.find((file) => !isPrices(file))?.text();
    const name = files.map((file) => file.name).join(", ");
    this.#take(source ?? this.#unpriced ?? this.#source, name, prices);
  }

  #take(source: string, name: string, prices?: string): void {
    try {
      const pool = pricedPool(source, prices);
      this.#source = source;
      this.origin = name;
      this.#unpriced = null;
      this.pool = pool;
      this.base = null;
      this.answer = null;
      this.pictured = null;
      this.problem = null;
      this.#asked.clear();
      this.#valuer?.setPool(pool);
      this.views.setPool(pool);
      this.#move(controlsAt(pool, location.hash));
    } catch (error) {
      const isOurs = error instanceof PoolError;
      const issues: readonly Issue[] = isOurs ? error.issues : [];
      this.#unpriced = issues.some(({ code }) => code === "MARKET_MISSING") ? source : null;
      const message = error instanceof Error ? error.message : String(error);
      this.problem = { subject: `${name} was not opened`, message, issues };
    }
  }

  #move(controls: Controls): void {
    this.controls = controls;
    this.problem = null;
    this.progress = 0;
    this.running = null;
    this.views.stop();
    this.#latest = this.#valuer?.ask(controls) ?? 0;
    this.#asked.set(this.#latest, { controls, at: performance.now() });
    clearTimeout(this.#addressTimer);
    this.#addressTimer = window.setTimeout(() => this.#writeAddress(), ADDRESS_DELAY);
  }

  #writeAddress(): void {
    const address = this.pool && this.controls ? addressOf(this.pool, this.controls) : "";
    if (address === location.hash.slice(1)) return;
    history.replaceState(null, "", address ? `#${address}` : location.pathname + location.search);
  }

  readonly #onAddress = (): void => {
    if (this.pool) this.#move(controlsAt(this.pool, location.hash));
  };

  #show(id: number, pass: Pass, valuation: PoolValuation): void {
    if (id === this.#baseId) {
      this.base = valuation;
      return;
    }
    const asked = this.#asked.get(id);
    // An answer that comes after that to a later move would turn the page back.
    if (!asked || !this.pool || id < (this.answer?.id ?? 0)) return;
    for (const old of this.#asked.keys()) if (old < id) this.#asked.delete(old);
    this.answer = { id, pass, controls: asked.controls, valuation };
    if (pass === "full") this.#settleBase(asked.controls, valuation);
    if (pass === "full" && id === this.#latest) this.views.follow(this.answer);
    void this.#paint(pass, asked.at);
  }

  /** Waits for the figures to be on the screen, notes how long that took, then draws the pictures. */
  async #paint(pass: Pass, start: number): Promise<void> {
    await this.updateComplete;
    await painted();
    performance.measure(`room ${pass}`, { start, end: performance.now() });
    if (this.pictured === this.answer) return;
    this.pictured = this.answer;
    await this.updateComplete;
    this.dispatchEvent(new CustomEvent("valuation", { detail: this.valuation }));
    await painted();
    performance.measure(`room ${pass} pictures`, { start, end: performance.now() });
  }

  /** Sees to it that there is something to compare with. */
  #settleBase(controls: Controls, valuation: PoolValuation): void {
    if (!this.pool || this.base) return;
    if (addressOf(this.pool, controls) === "") this.base = valuation;
    else this.#baseId = this.#valuer?.askFull(startOf(this.pool)) ?? 0;
  }

  // Pictures are replaced as a whole: what a reader has unfolded is unfolded again.
  #unfolded: string[] = [];

  override willUpdate(): void {
    const open = this.renderRoot?.querySelectorAll?.("main details[open]") ?? [];
    this.#unfolded = Array.from(open, (each) => each.closest("section")?.id ?? "");
  }

  override updated(changed: PropertyValues): void {
    for (const id of this.#unfolded) {
      const details = this.renderRoot.querySelector<HTMLDetailsElement>(
        `#${CSS.escape(id)} details`,
      );
      if (details) details.open = true;
    }
    if (changed.has("theme")) {
      this.dispatchEvent(new CustomEvent("theme", { detail: this.theme ?? null }));
    }
  }

  override render(): TemplateResult {
    const { pool, controls, answer, pictured } = this;
    return html`<div class="room ${this.isDropping ? "dropping" : ""}" @dragover=${this.#onDrag}
 @dragleave=${() => {
   this.isDropping = false;
 }} @drop=${this.#onDrop}>
${this.#header()}
${answer ? this.#strip(answer) : nothing}
<div class="plan">
${
  pool && controls
    ? controlPanel(
        pool,
        controls,
        this.isOpen,
        () => {
          this.isOpen = !this.isOpen;
        },
        (moved) => this.#move(moved),
      )
    : nothing
}
<main class="results">${this.#problems()}${
      pictured
        ? resultView(
            pictured.valuation,
            this.base,
            this.views.render(pictured, controls!, (moved) =>
              this.#move({ ...this.controls!, ...moved }),
            ),
          )
        : html`<p class="waiting" role="status">${this.problem ? "" : "Valuing the pool in this tab …"}</p>`
    }</main>
</div>
<p class="spoken" role="status">${this.#spoken()}</p>
<footer><p>Everything is computed in this tab; a file that is opened here does not leave it. A risk estimate is not a promise: losses can exceed every figure on this page.</p></footer>
</div>`;
  }

  #header(): TemplateResult {
    const { pool, answer } = this;
    const isMoved = pool && this.controls ? addressOf(pool, this.controls) !== "" : false;
    return html`<header><div class="name"><p class="kicker">Risk room</p>
<h1>${pool?.name ?? "Risk room"}</h1>
${
  pool
    ? html`<dl class="facts"><div><dt>As of</dt><dd>${instant(pool.asOf)}</dd></div>
<div><dt>Participants</dt><dd>${count(pool.participants.length)}</dd></div>
<div><dt>Positions</dt><dd>${count(pool.options.length + (pool.barriers?.length ?? 0) + pool.perpetuals.length + pool.covers.length)}</dd></div>
${pool.liquidation && !answer?.controls.liquidation ? html`<div><dt>Liquidation terms</dt><dd>left out: prices at the horizon alone</dd></div>` : nothing}</dl>`
    : nothing
}</div>
<div class="tools">${this.#poolChoice()}
<label class="file">Open a pool or prices …<input type="file" multiple accept=".json,.csv,application/json,text/csv" @change=${this.#onFiles}></label>
<button type="button" id="reset" ?disabled=${!isMoved} @click=${() => pool && this.#move(startOf(pool))}>Reset controls</button>
<button type="button" id="save-result" ?disabled=${!answer} @click=${() => this.#save("result")}>Save result</button>
<button type="button" id="save-report" ?disabled=${!answer} @click=${() => this.#save("report")}>Save report</button>
<button type="button" id="save-pool" ?disabled=${!answer} @click=${() => this.#save("pool")}>Save stressed pool</button>
<label>Theme<select id="theme" @change=${this.#onTheme}><option value="">System</option><option value="light">Light</option><option value="dark">Dark</option></select></label></div></header>`;
  }

  #poolChoice(): TemplateResult | typeof nothing {
    if (this.pools.length === 0) return nothing;
    const isOwn = this.origin !== "" && this.pools.every(([address]) => address !== this.origin);
    const choices = isOwn ? [...this.pools, [this.origin, this.origin] as const] : this.pools;
    return html`<label>Pool<select id="pool" @change=${this.#onChoice}>${choices.map(
      ([address, name]) =>
        html`<option value=${address} .selected=${address === this.origin}>${name}</option>`,
    )}</select></label>`;
  }

  #strip({ valuation, pass, id }: Answer): TemplateResult {
    const { primary, code } = reading(valuation);
    const { risk, waterfall } = valuation;
    const level = levelPercent(primary.level);
    const shared = waterfall.socialised.probability.value;
    const isLate = id !== this.#latest || pass === "coarse";
    const done = this.progress > 0 ? `, ${percent(this.progress, 2)}` : "";
    const { running } = this;
    const sofar = running ? `, VaR so far ${moneyInWords(running.valueAtRisk.value, code)}` : "";
    const state = isLate
      ? `${count(risk.scenarios)} scenarios; full run under way${done}${sofar}`
      : `${count(risk.scenarios)} scenarios, seed ${valuation.receipt.seed}`;
    return html`<div class="strip" role="region" aria-label="Headline figures"><p class="lead"><button type="button" class="term" data-term="shortfall">ES ${level}</button><b id="es">${moneyInWords(primary.expectedShortfall.value, code)}</b></p>
<p><button type="button" class="term" data-term="value-at-risk">VaR ${level}</button><b id="var">${moneyInWords(primary.valueAtRisk.value, code)}</b></p>
<p class="shared"><button type="button" class="term" data-term="shared">Shared by all</button><b>${shared === 0 ? "none seen" : percent(shared, 2)}</b></p>
<p class="state ${isLate ? "late" : ""}">${days(risk.horizonDays)}; ${state}</p></div>`;
  }

  /** Read out when a full run has come in, and not at every step towards it. */
  #spoken(): string {
    const { pictured } = this;
    if (pictured?.pass !== "full") return "";
    const { primary, code } = reading(pictured.valuation);
    const level = levelPercent(primary.level);
    return `Full run: ES ${level} ${moneyInWords(primary.expectedShortfall.value, code)}, VaR ${level} ${moneyInWords(primary.valueAtRisk.value, code)}`;
  }

  #problems(): TemplateResult | typeof nothing {
    const { problem } = this;
    if (!problem) return nothing;
    const { subject, message, issues } = problem;
    return html`<div class="problems" role="alert"><h2>${subject}${
      issues.length > 1 ? `: ${count(issues.length)} problems` : ""
    }</h2>${
      issues.length === 0
        ? html`<p>${message}</p>`
        : html`<div>${issues.map(
            (
              issue,
            ) => html`<dl><dt>At</dt><dd><code>${issue.pointer || "the whole document"}</code></dd>
<dt>Remedy</dt><dd>${issue.detail}</dd><dt>Expected</dt><dd>${issue.expected}</dd>
<dt>Received</dt><dd>${issue.received ?? "–"}</dd><dt>Code</dt><dd><code>${issue.code}</code></dd></dl>`,
          )}</div>`
    }</div>`;
  }

  #onDrag(event: DragEvent): void {
    event.preventDefault();
    this.isDropping = true;
  }

  #onDrop(event: DragEvent): void {
    event.preventDefault();
    this.isDropping = false;
    const files = Array.from(event.dataTransfer?.files ?? []);
    if (files.length > 0) void this.openFiles(files);
  }

  #onFiles(event: Event): void {
    const input = event.target as HTMLInputElement;
    const files = Array.from(input.files ?? []);
    // The same file, mended, can be chosen again.
    input.value = "";
    if (files.length > 0) void this.openFiles(files);
  }

  #onChoice(event: Event): void {
    void this.open((event.target as HTMLSelectElement).value);
  }

  #onTheme(event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    if (value === "light" || value === "dark") this.theme = value;
    else this.theme = undefined;
  }

  #save(what: "result" | "report" | "pool"): void {
    const { answer, request } = this;
    if (!answer || !request) return;
    const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
    if (what === "report") saveFile("report.html", "text/html", reportHtml(answer.valuation));
    else if (what === "pool") saveFile("pool.json", "application/json", json(request.document));
    else saveFile("result.json", "application/json", json(answer.valuation));
  }
}

function saveFile(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The download has its own hold on the bytes by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Resolves when the next frame has been painted. */
function painted(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
