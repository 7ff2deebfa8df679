import {
  type CSSResult,
  html,
  LitElement,
  nothing,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from "lit";
import {
  type Measurement,
  PoolError,
  type PoolValuation,
  type RunningEstimate,
} from "../../index.ts";
import { reportHtml } from "../report/report.ts";
import { addressOf, controlsAt } from "./address.ts";
import { controlPanel } from "./control-panel.ts";
import { type Controls, type RoomRequest, requestOf, startOf } from "./controls.ts";
import { allDrawn, isDrawing } from "./drawn.ts";
import { Explainer } from "./explainer.ts";
import { clearFields, markIssues } from "./field-error.ts";
import { headerView } from "./header.ts";
import { type Opened, opened, openFiles, Refusal, type Unpriced } from "./intake.ts";
import type { MenuItem } from "./menu.ts";
import type { Failure, PricedDocument } from "./message.ts";
import { equipPanels } from "./panel-menu.ts";
import { notesView, type Problem, problemOf, problemView } from "./problem.ts";
import { resultView } from "./result-view.ts";
import { jsonText, saveFile } from "./save.ts";
import { spokenFigures, stripView } from "./strip.ts";
import { ROOM_STYLE } from "./style.ts";
import { rememberedTheme, rememberTheme, type Theme } from "./theme.ts";
import { type Pass, Valuer } from "./valuer.ts";
import { Views } from "./views.ts";

/** Milliseconds without a move after which the address is written: browsers bound how often. */
const ADDRESS_DELAY = 300;
/** Milliseconds that the pictures of a quick run wait for those of the full one to make them needless. */
const PICTURE_DELAY = 50;
/** Measurements kept of each kind. */
const NOTES_MAX = 200;

/** What is known of the pool as a whole, and the controls that it answers. */
interface Answer {
  readonly id: number;
  readonly pass: Pass;
  readonly controls: Controls;
  readonly measurement: Measurement;
}

/** A valuation that found everything. */
interface Whole {
  readonly id: number;
  readonly controls: Controls;
  readonly valuation: PoolValuation;
}

/**
 * `<risk-room>`: values a pool in the tab and values it again as its controls move.
 *
 * Attributes: `src`, address of a pool document with a market, of the page's own origin; `worker`,
 * address of `room-worker.js`; `pools`, JSON of [address, name] pairs to choose from; `theme`,
 * `light` or `dark`; when left out, what the visitor chose here before, or else the system's.
 * Fires `valuation` when a full run is shown, and `measurement` whenever the headline figures are.
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
    whole: { state: true },
    pictured: { state: true },
    base: { state: true },
    problem: { state: true },
    notes: { state: true },
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
  declare theme: Theme;
  declare pool: PricedDocument | null;
  declare controls: Controls | null;
  declare answer: Answer | null;
  /** The last full run. */
  declare whole: Whole | null;
  /** What the pictures show: they follow a frame behind the headline figures. */
  declare pictured: PoolValuation | null;
  /** The full valuation of the document as it stands. */
  declare base: PoolValuation | null;
  declare problem: Problem | null;
  /** How the files of the shown pool were read. */
  declare notes: readonly string[];
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
  #pictureTimer = 0;
  /** What prices that come alone belong to: the shown pool, or one that waits for them. */
  #document: Unpriced | null = null;
  /** Files are read one after the other, whatever is quicker: the last one counts. */
  #opening = 0;

  constructor() {
    super();
    this.src = "";
    this.pools = [];
    this.origin = "";
    this.worker = "room-worker.js";
    this.pool = null;
    this.controls = null;
    this.answer = null;
    this.whole = null;
    this.pictured = null;
    this.base = null;
    this.problem = null;
    this.notes = [];
    this.progress = 0;
    this.running = null;
    new Explainer(this, () => this.pictured);
    this.isOpen = false;
    this.isDropping = false;
  }

  /** The last full run that was shown; null before the first. */
  get valuation(): PoolValuation | null {
    return this.whole?.valuation ?? null;
  }

  /** The headline figures on show, be they of a full run or of the quick one before it. */
  get measurement(): Measurement | null {
    return this.answer?.measurement ?? null;
  }

  /** What the engine was asked for {@link valuation}: a repeat of it gives the same bits. */
  get request(): RoomRequest | null {
    const { whole, pool } = this;
    return whole && pool ? requestOf(pool, whole.controls, whole.valuation.risk.scenarios) : null;
  }

  /** Whether the shown answer is the full run of where the controls stand. */
  get settled(): boolean {
    const { whole, pictured } = this;
    return whole?.id === this.#latest && pictured === whole.valuation && !isDrawing();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#valuer = new Valuer(this.worker, {
      measured: (id, pass, measurement) => this.#measured(id, pass, measurement),
      answer: (id, valuation) => this.#valued(id, valuation),
      failure: (id, failure) => {
        if (id === this.#latest) void this.#fail(failure);
      },
      progress: (id, part, running) => {
        if (id === this.#latest) Object.assign(this, { progress: part, running });
      },
    });
    window.addEventListener("hashchange", this.#onAddress);
    this.theme ??= rememberedTheme();
    // Moved to another place of the page, it goes on with what it had.
    if (this.pool) this.#begin(this.pool);
    else if (this.src) void this.open(this.src);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("hashchange", this.#onAddress);
    clearTimeout(this.#addressTimer);
    clearTimeout(this.#pictureTimer);
    this.#pictureTimer = 0;
    this.#valuer?.dispose();
    this.#valuer = null;
  }

  /** Fetches a pool document of the page's own origin and values it. */
  async open(address: string): Promise<void> {
    await this.#take(address, async () => {
      const response = await fetch(address);
      if (response.ok) return opened({ name: address, source: await response.text(), notes: [] });
      const detail = `${address} is not there (${response.status})`;
      const issue = { code: "NOT_FOUND", pointer: "", detail, expected: "a pool document" };
      throw new Refusal(address, new PoolError([issue]));
    });
  }

  /** Reads a pool document or an option chain and, with it or after it, prices; values the pool. */
  async openFiles(files: readonly File[]): Promise<void> {
    const name = files.map((file) => file.name).join(", ");
    await this.#take(name, () => openFiles(files, this.#document));
  }

  async #take(name: string, read: () => Promise<Opened>): Promise<void> {
    const turn = ++this.#opening;
    try {
      const { pool, source, notes } = await read();
      if (turn !== this.#opening || !this.isConnected) return;
      this.#document = { name, source, notes: [] };
      this.notes = notes;
      this.origin = name;
      clearFields(this.renderRoot);
      this.#begin(pool);
    } catch (error) {
      if (turn !== this.#opening) return;
      this.problem = problemOf(error);
      if (error instanceof Refusal && error.unpriced) this.#document = error.unpriced;
    }
  }

  #begin(pool: PricedDocument): void {
    this.pool = pool;
    this.base = null;
    this.answer = null;
    this.whole = null;
    this.pictured = null;
    this.#asked.clear();
    this.#baseId = 0;
    this.#valuer?.setPool(pool);
    this.views.setPool(pool);
    this.#move(controlsAt(pool, location.hash));
  }

  async #fail(failure: Failure): Promise<void> {
    this.problem = { ...failure, subject: "This cannot be valued" };
    await this.updateComplete;
    if (this.pool) markIssues(this.renderRoot, failure.issues, this.pool);
  }

  #move(controls: Controls): void {
    this.controls = controls;
    if (this.problem) clearFields(this.renderRoot);
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

  #measured(id: number, pass: Pass, measurement: Measurement): void {
    const asked = this.#asked.get(id);
    const { answer } = this;
    // An answer that comes after that to a later move, or after the full one, would turn the page back.
    const isLate = answer && (id < answer.id || (id === answer.id && answer.pass === "full"));
    if (id === this.#baseId || !asked || !this.pool || isLate) return;
    for (const old of this.#asked.keys()) if (old < id) this.#asked.delete(old);
    this.answer = { id, pass, controls: asked.controls, measurement };
    void this.#paint(pass, asked.at);
  }

  #valued(id: number, valuation: PoolValuation): void {
    if (id === this.#baseId) {
      this.base = valuation;
      return;
    }
    const { answer } = this;
    const asked = this.#asked.get(id);
    if (!asked || !this.pool || answer?.id !== id) return;
    const { controls } = asked;
    this.whole = { id, controls, valuation };
    clearTimeout(this.#pictureTimer);
    this.#pictureTimer = 0;
    this.#settleBase(controls, valuation);
    if (id === this.#latest) this.views.follow(this.whole);
    void this.#picture("full", asked.at, valuation);
  }

  /** Waits for the figures to be on the screen, and notes how long that took. */
  async #paint(pass: Pass, start: number): Promise<void> {
    await this.updateComplete;
    await painted();
    note(`room ${pass}`, start);
    this.dispatchEvent(new CustomEvent("measurement", { detail: this.measurement }));
    // One that is set already draws whatever is newest by then, or a slider under way would put it off.
    if (pass === "coarse") {
      this.#pictureTimer ||= window.setTimeout(() => this.#pictureMove(start), PICTURE_DELAY);
    }
  }

  /** Draws the pictures of a quick run, unless those of the full one are about to come. */
  #pictureMove(start: number): void {
    this.#pictureTimer = 0;
    const { answer, whole } = this;
    if (answer?.pass !== "coarse" || !whole) return;
    void this.#picture("coarse", start, { ...whole.valuation, ...answer.measurement });
  }

  /** @param valuation  with the contributions and exposures of the last full run */
  async #picture(pass: Pass, start: number, valuation: PoolValuation): Promise<void> {
    this.pictured = valuation;
    await this.updateComplete;
    await allDrawn();
    if (pass === "full") {
      this.dispatchEvent(new CustomEvent("valuation", { detail: this.valuation }));
    }
    await painted();
    note(`room ${pass} pictures`, start);
  }

  /** Sees to it that there is something to compare with. */
  #settleBase(controls: Controls, valuation: PoolValuation): void {
    if (!this.pool || this.base) return;
    if (addressOf(this.pool, controls) === "") this.base = valuation;
    else this.#baseId = this.#valuer?.askFull(startOf(this.pool)) ?? 0;
  }

  override updated(changed: PropertyValues): void {
    // What follows a full run brings panels of its own.
    if (changed.has("pictured") || this.views.isIdle) {
      equipPanels(this.renderRoot, () => this.pictured);
    }
    if (changed.has("theme")) {
      this.dispatchEvent(new CustomEvent("theme", { detail: this.theme ?? null }));
    }
  }

  override render(): TemplateResult {
    const { pool, controls, answer, whole, pictured } = this;
    return html`<div class="room ${this.isDropping ? "dropping" : ""}" @dragover=${this.#onDrag}
 @dragleave=${() => {
   this.isDropping = false;
 }} @drop=${this.#onDrop}>
${this.#header()}
${answer ? stripView(answer.measurement, answer.id !== this.#latest || answer.pass === "coarse", this.progress, this.running) : nothing}
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
<main class="results">${problemView(this.problem)}${notesView(this.notes)}${
      pictured && whole
        ? resultView(
            pictured,
            whole.valuation,
            this.base,
            this.views.render(whole, controls!, (moved) =>
              this.#move({ ...this.controls!, ...moved }),
            ),
          )
        : html`<p class="waiting" role="status">${this.problem ? "" : "Valuing the pool in this tab …"}</p>`
    }</main>
</div>
<p class="spoken" role="status">${whole && pictured === whole.valuation ? spokenFigures(pictured) : ""}</p>
<footer><p>Everything is computed in this tab; a file that is opened here does not leave it. A risk estimate is not a promise: losses can exceed every figure on this page.</p></footer>
</div>`;
  }

  #header(): TemplateResult {
    const { pool, controls } = this;
    return headerView({
      pool,
      withLiquidation: this.answer?.controls.liquidation ?? false,
      pools: this.pools,
      origin: this.origin,
      theme: this.theme,
      isMoved: pool && controls ? addressOf(pool, controls) !== "" : false,
      exports: this.#exports(),
      onFiles: (files) => void this.openFiles(files),
      onPool: (address) => void this.open(address),
      onReset: () => {
        clearFields(this.renderRoot);
        if (pool) this.#move(startOf(pool));
      },
      onTheme: (theme) => {
        this.theme = theme;
        rememberTheme(theme);
      },
    });
  }

  #exports(): MenuItem[] {
    const isOff = !this.whole;
    const save = (name: string, type: string, text: () => string): (() => void) => {
      return () => this.whole && saveFile(name, type, text());
    };
    const json = (name: string, value: () => unknown): (() => void) =>
      save(`${name}.json`, "application/json", () => jsonText(value()));
    const report = (): string => reportHtml(this.valuation!, this.theme);
    return [
      {
        ...{ id: "save-result", words: "Result (JSON)", isOff },
        choose: json("result", () => this.valuation),
      },
      {
        ...{ id: "save-request", words: "Request (JSON)", isOff },
        choose: json("request", () => this.request),
      },
      {
        ...{ id: "save-report", words: "Report (HTML)", isOff },
        choose: save("report.html", "text/html", report),
      },
      {
        ...{ id: "save-pool", words: "Stressed pool (JSON)", isOff },
        choose: json("pool", () => this.request?.document),
      },
    ];
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
}

/** Notes how long something took, for those who look; the browser keeps all that it is told. */
function note(name: string, start: number): void {
  if (performance.getEntriesByName(name).length >= NOTES_MAX) performance.clearMeasures(name);
  performance.measure(name, { start, end: performance.now() });
}

/** Resolves when the next frame has been painted. */
function painted(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
