import { count, days, grouped, levelPercent } from "./format.ts";
import { html, type Markup, NOTHING, section } from "./markup.ts";
import type { Reading } from "./reading.ts";

/** What a reader should worry about and what is taken for granted. */
export function assumptionSection({ valuation }: Reading): Markup {
  const { warnings, assumptions } = valuation;
  const notices =
    warnings.length > 0
      ? html`<ul class="notices">${warnings.map(
          (notice) => html`<li>${notice.detail}<code>${notice.code}</code></li>`,
        )}</ul>
`
      : html`<p>The run raised no warnings.</p>
`;
  const taken =
    assumptions.length > 0
      ? html`<h3>Taken for granted</h3>
<ul>${assumptions.map((text) => html`<li>${text}</li>`)}</ul>
`
      : NOTHING;
  return section("assumptions", "Warnings and assumptions", notices, taken);
}

/** How the figures are computed, with the literature. */
export function methodSection({ valuation, primary }: Reading): Markup {
  const { scenarios, horizonDays } = valuation.risk;
  const level = levelPercent(primary.level);
  const tail = grouped(String(Number(primary.tailScenarios.toPrecision(9))));
  return section(
    "method",
    "Method in short",
    html`<ul>
<li id="method-scenarios"><b>Scenarios.</b> ${count(scenarios)} joint price paths and cover events over ${days(horizonDays)}; every position is valued on each, and the pool's loss is the fall of its value over that time. Losses are positive, gains negative.</li>
<li id="method-value-at-risk"><b>Value at risk.</b> The loss that ${tail} scenarios exceed (level ${level}). Its interval is read off order statistics: the number of losses beyond a quantile is binomial, whatever the distribution.</li>
<li id="method-shortfall"><b>Expected shortfall.</b> The mean of those worst losses, the last of them weighted by what is left of the tail (Acerbi &amp; Tasche, On the coherence of expected shortfall, 2002). Its standard error counts both the spread inside the tail and the error of the tail's edge.</li>
<li id="method-contributions"><b>Contributions.</b> Each participant's mean loss over the pool's tail: the Euler share, which rewards what lowers the pool's risk at the margin and sums to the whole (Tasche, Risk contributions and performance measurement, 1999).</li>
<li id="method-layers"><b>Layers.</b> Each scenario's loss is poured down the layers in order; hit probabilities and draws are frequencies and means over scenarios.</li>
<li id="method-errors"><b>Errors.</b> ± is one standard error of the simulation (s.e.); intervals are 95 %. An event never seen is bounded by 3 / scenarios (Hanley &amp; Lippman-Hand, 1983). They measure chance in the simulation, not whether the model is right.</li>
</ul>
`,
  );
}

/** What was run, and how to run it again. */
export function receiptSection({ valuation }: Reading): Markup {
  const { receipt } = valuation;
  const rows = [
    ["Engine", `${receipt.engine} ${receipt.version}`],
    ["Seed", receipt.seed],
    ["Pool (SHA-256)", receipt.pool],
    ["Market (SHA-256)", receipt.market],
    ["Kernel (SHA-256)", receipt.kernel],
    ["Losses (SHA-256)", receipt.losses],
  ].map(([name, value]) => html`<dt>${name!}</dt><dd><code>${value!}</code></dd>`);
  return section(
    "receipt",
    "Receipt",
    html`<p>The same pool, market, seed and engine give the same losses to the last bit, on any machine. Run this on the pool document, with the result file for its market, and compare the digests:</p>
<pre><code>${command(valuation.receipt)}</code></pre>
<dl class="receipt">${rows}</dl>
`,
  );
}

/** The command line that repeats a run. */
export function command(receipt: Reading["valuation"]["receipt"]): string {
  return [
    "riskpool value pool.json --market result.json",
    `--scenarios ${receipt.scenarios}`,
    `--seed ${receipt.seed}`,
    `--horizon ${receipt.horizonDays}d`,
    `--confidence ${receipt.primaryLevel}`,
    `--levels ${receipt.levels.join(",")}`,
    ...(receipt.stepDays === null ? [] : [`--step ${receipt.stepDays}d`]),
    ...(receipt.monitoring === "continuous" ? ["--continuous"] : []),
    ...(receipt.mode === "audit" ? ["--audit"] : []),
  ].join(" ");
}
