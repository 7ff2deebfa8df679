import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";
import { JOIN, percent } from "../report/format.ts";
import { marketWords } from "../report/market.ts";
import type { Reading } from "../report/reading.ts";
import { type Controls, pairOf, SPANS } from "./controls.ts";
import type { PricedDocument } from "./message.ts";

/** More assets than this and the matrix is folded. */
const FOLDED = 16;

/** A correlation with two digits after the point and a true minus. */
function correlation(value: number): string {
  return value.toFixed(2).replace("-", "\u2212");
}

/** Tint of a correlation by its size: the accent where positive, ink where negative. */
function tint(value: number): string {
  const colour = value < 0 ? "--ink-rgb" : "--accent-rgb";
  return `background:rgb(var(${colour})/${(Math.min(Math.abs(value), 1) * 0.3).toFixed(3)})`;
}

/**
 * What a reader typed into a cell, in whole per cent; null where it is no correlation that can be set.
 */
export function typedPercent(text: string): number | null {
  const value = Number(text.trim().replace("\u2212", "-").replace(",", "."));
  const percents = Math.round(value * 100);
  const isSet = text.trim() !== "" && percents >= SPANS.pair.min && percents <= SPANS.pair.max;
  return isSet ? percents : null;
}

/**
 * Pairs with one of them set; the market's own value to two digits sets it free again.
 *
 * @param own  the market's correlation of the pair
 */
export function withPair(
  pairs: Controls["pairs"],
  pair: string,
  percents: number,
  own: number,
): Controls["pairs"] {
  const { [pair]: _, ...rest } = pairs;
  const isOwn = percents === Math.round(own * 100);
  return isOwn ? rest : { ...rest, [pair]: percents };
}

/** The market: how prices may move, and a matrix of correlations that can be edited. */
export function correlationView(
  about: Reading,
  document: PricedDocument,
  pairs: Controls["pairs"],
  onPairs: (pairs: Controls["pairs"]) => void,
): TemplateResult {
  const { assets } = document.market;
  const matrix = assets.length > 1 ? table(about, document, pairs, onPairs) : nothing;
  return html`<section id="market" aria-labelledby="market-heading"><h2 id="market-heading">Market</h2>
<p>${marketWords(about.valuation.market)}</p>
${
  assets.length > FOLDED
    ? html`<details><summary>Correlation matrix of ${assets.length} assets</summary>${matrix}</details>`
    : matrix
}</section>`;
}

function table(
  { valuation }: Reading,
  document: PricedDocument,
  pairs: Controls["pairs"],
  onPairs: (pairs: Controls["pairs"]) => void,
): TemplateResult {
  const { assets, correlation: own, volatility } = document.market;
  const { market } = valuation;
  const used = (one: string, other: string): number =>
    market.correlation[market.assets.indexOf(one)]![market.assets.indexOf(other)]!;
  const isRepaired = market.smallestEigenvalue < 0 && market.parameters.repair !== undefined;
  const caption = "Volatility per year and correlation of log returns";
  const row = (asset: string, i: number) => html`<tr><th scope="row">${asset}</th>
<td>${percent(market.volatility[market.assets.indexOf(asset)] ?? volatility[i]!)}</td>${assets.map(
    (other, j) => {
      if (i === j) return html`<td class="note">1</td>`;
      const value = used(asset, other);
      if (j > i) return html`<td style=${tint(value)}>${correlation(value)}</td>`;
      return cell(asset, other, own[i]![j]!, pairs, onPairs);
    },
  )}</tr>`;
  const isSet = Object.keys(pairs).length > 0;
  return html`<div class="scroll" role="region" aria-label=${caption} tabindex="0"><table class="heat correlation"><caption>${caption}</caption>
<thead><tr><th scope="col">Asset</th><th scope="col">Volatility</th>${assets.map((asset) => html`<th scope="col">${asset}</th>`)}</tr></thead>
<tbody>${repeat(assets, (asset) => asset, row)}</tbody></table></div>
<p class="note" id="correlation-help">Below the diagonal: what is asked for; type a number or use the arrow keys. Above it: what the shown run used, under the correlation stress.${
    isRepaired
      ? " No returns can have the correlations that are asked for, so the run used the nearest matrix that is one of correlations (Higham, 2002)."
      : ""
  }</p>
${
  isSet
    ? html`<p><button type="button" id="as-fitted" @click=${() => onPairs({})}>Correlations as in the document</button></p>`
    : nothing
}<p class="wrong" id="correlation-wrong" aria-live="assertive"></p>`;
}

function cell(
  asset: string,
  other: string,
  own: number,
  pairs: Controls["pairs"],
  onPairs: (pairs: Controls["pairs"]) => void,
): TemplateResult {
  const pair = pairOf(asset, other);
  const isSet = Object.hasOwn(pairs, pair);
  const value = isSet ? pairs[pair]! / 100 : own;
  const take = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const percents = typedPercent(input.value);
    const wrong = (input.getRootNode() as ShadowRoot).querySelector("#correlation-wrong")!;
    input.setAttribute("aria-invalid", String(percents === null));
    wrong.textContent =
      percents === null
        ? `${asset} and ${other}: a correlation to be set lies between −0.99 and 0.99; the run keeps ${correlation(value)}.`
        : "";
    if (percents !== null) onPairs(withPair(pairs, pair, percents, own));
  };
  return html`<td style=${tint(value)} class=${isSet ? "moved" : ""}><input type="number" data-pair=${pair}
 min=${SPANS.pair.min / 100} max=${SPANS.pair.max / 100} step="0.01" .value=${live(value.toFixed(2))}
 aria-label=${`Correlation of ${asset} and${JOIN}${other}`} aria-describedby="correlation-help" @change=${take}></td>`;
}
