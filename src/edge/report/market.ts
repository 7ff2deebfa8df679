import type { Valuation } from "../../index.ts";
import { percent, significant } from "./format.ts";
import { html, type Markup, NOTHING, section } from "./markup.ts";
import type { Reading } from "./reading.ts";

/** More assets than this and the matrix is folded. */
const FOLDED = 16;

/** How the assets may move: model, volatilities, correlations. */
export function marketSection({ valuation }: Reading): Markup {
  const { market } = valuation;
  const matrix = correlationTable(market);
  const folded =
    market.assets.length > FOLDED
      ? html`<details><summary>Correlation matrix of ${market.assets.length} assets</summary>
${matrix}</details>
`
      : matrix;
  return section(
    "market",
    "Market",
    html`<p>${marketWords(market)}</p>
`,
    market.assets.length > 0 ? folded : NOTHING,
  );
}

/** The model, and whether its correlations are any. */
export function marketWords(market: Valuation["market"]): string {
  const smallest = market.smallestEigenvalue;
  return `${modelWords(market)} The smallest eigenvalue of the correlation matrix is ${significant(smallest, 3)}${eigenvalueWords(smallest)}`;
}

/** The model in one sentence. */
export function modelWords(
  market: Pick<Valuation["market"], "model" | "degreesOfFreedom">,
): string {
  if (market.model === "student-t") {
    const freedom = market.degreesOfFreedom;
    const tail = freedom === null ? "" : ` with ${significant(freedom, 3)} degrees of freedom`;
    return `Log returns follow a multivariate Student-t distribution${tail}: fat tails that strike all assets together.`;
  }
  return "Log returns are multivariate normal (geometric Brownian motion): thin tails, so treat results far in the tail with care.";
}

/** The model in two or three words. */
export function modelName(market: Valuation["market"]): string {
  if (market.model === "gbm") return "Geometric Brownian motion";
  const freedom = market.degreesOfFreedom;
  return freedom === null ? "Student-t" : `Student-t, ${significant(freedom, 3)} d.f.`;
}

function eigenvalueWords(value: number): string {
  if (value < 0) return ": the matrix as given is not a correlation matrix and was repaired.";
  if (value < 1e-6) return ": some assets move as one, so the model treats them as redundant.";
  return ": the matrix is positive definite.";
}

function correlationTable(market: Valuation["market"]): Markup {
  const head = market.assets.map((asset) => html`<th scope="col">${asset}</th>`);
  const rows = market.assets.map(
    (asset, i) =>
      html`<tr><th scope="row">${asset}</th><td>${percent(market.volatility[i] ?? 0)}</td>${(
        market.correlation[i] ?? []
      ).map((value, j) => cell(value, i === j))}</tr>
`,
  );
  return html`<div class="scroll" role="region" aria-label="Volatility and correlation" tabindex="0"><table class="heat">
<caption>Volatility per year and correlation of log returns</caption>
<thead><tr><th scope="col">Asset</th><th scope="col">Volatility</th>${head}</tr></thead>
<tbody>
${rows}</tbody></table></div>
`;
}

function cell(value: number, diagonal: boolean): Markup {
  const text = value.toFixed(2).replace("-", "\u2212");
  if (diagonal) return html`<td class="note">${text}</td>`;
  const tint = value < 0 ? "--ink-rgb" : "--accent-rgb";
  const strength = (Math.min(Math.abs(value), 1) * 0.3).toFixed(3);
  return html`<td style="background:rgb(var(${tint})/${strength})">${text}</td>`;
}
