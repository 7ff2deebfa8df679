import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import type { PoolDocument } from "../../index.ts";
import { count, instant, printable } from "../report/format.ts";
import { type MenuItem, menu } from "./menu.ts";
import { type Theme, themeOf } from "./theme.ts";

/** What the page's head shows and does. */
export interface HeaderState {
  readonly pool: PoolDocument | null;
  /** Whether the pool's liquidation terms are part of the run. */
  readonly withLiquidation: boolean;
  readonly pools: readonly (readonly [address: string, name: string])[];
  /** Address or file that the shown pool came from. */
  readonly origin: string;
  readonly theme: Theme;
  /** Whether a control stands elsewhere than it began. */
  readonly isMoved: boolean;
  readonly exports: readonly MenuItem[];
  readonly onFiles: (files: readonly File[]) => void;
  readonly onPool: (address: string) => void;
  readonly onReset: () => void;
  readonly onTheme: (theme: Theme) => void;
}

/** Name and facts of the pool, and what can be done with the page as a whole. */
export function headerView(state: HeaderState): TemplateResult {
  const { pool, theme } = state;
  return html`<header><div class="name"><p class="kicker">Risk room</p>
<h1>${pool ? printable(pool.name) : "Risk room"}</h1>
${pool ? facts(pool, state.withLiquidation) : nothing}</div>
<div class="tools">${poolChoice(state)}
<label class="file">Open files …<input type="file" multiple accept=".json,.csv,.tsv,.txt,application/json,text/csv" aria-label="Open a pool document, an option chain or prices" @change=${(
    event: Event,
  ) => {
    const input = event.target as HTMLInputElement;
    const files = Array.from(input.files ?? []);
    // The same file, mended, can be chosen again.
    input.value = "";
    if (files.length > 0) state.onFiles(files);
  }}></label>
<button type="button" id="reset" ?disabled=${!state.isMoved} @click=${state.onReset}>Reset controls</button>
${menu("Save", "Save result, request, report or pool", state.exports)}
<label>Theme<select id="theme" .value=${live(theme ?? "")} @change=${(event: Event) =>
    state.onTheme(
      themeOf((event.target as HTMLSelectElement).value),
    )}><option value="" ?selected=${!theme}>System</option><option value="light" ?selected=${theme === "light"}>Light</option><option value="dark" ?selected=${theme === "dark"}>Dark</option></select></label></div></header>`;
}

function facts(pool: PoolDocument, withLiquidation: boolean): TemplateResult {
  const { options, barriers, perpetuals, covers } = pool;
  const positions = options.length + (barriers?.length ?? 0) + perpetuals.length + covers.length;
  return html`<dl class="facts"><div><dt>As of</dt><dd>${instant(pool.asOf)}</dd></div>
<div><dt>Participants</dt><dd>${count(pool.participants.length)}</dd></div>
<div><dt>Positions</dt><dd>${count(positions)}</dd></div>
<div><dt>Amounts in</dt><dd>${pool.currency.code}</dd></div>
${pool.liquidation && !withLiquidation ? html`<div><dt>Liquidation terms</dt><dd>left out: prices at the horizon alone</dd></div>` : nothing}</dl>`;
}

function poolChoice({ pools, origin, onPool }: HeaderState): TemplateResult | typeof nothing {
  if (pools.length === 0) return nothing;
  const isOwn = origin !== "" && pools.every(([address]) => address !== origin);
  const choices = isOwn ? [...pools, [origin, origin] as const] : pools;
  return html`<label>Pool<select id="pool" @change=${(event: Event) =>
    onPool((event.target as HTMLSelectElement).value)}>${choices.map(
    ([address, name]) =>
      html`<option value=${address} .selected=${address === origin}>${name}</option>`,
  )}</select></label>`;
}
