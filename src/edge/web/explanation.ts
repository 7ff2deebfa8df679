import type { Allocation, Estimate, IntervalEstimate, LayerRisk } from "../../index.ts";
import {
  count,
  days,
  estimate,
  estimatePlace,
  grouped,
  interval,
  JOIN,
  levelPercent,
  moneyInWords,
  percent,
  percentEstimate,
  probability,
  rounded,
  significant,
} from "../report/format.ts";
import { html, type Markup } from "../report/markup.ts";
import type { Reading } from "../report/reading.ts";
import { ruleAsks, ruleName } from "../report/rule-words.ts";

/** A number that goes into a figure, or the figure itself for one of several. */
export interface Input {
  readonly name: string;
  /** As in the valuation; the text is made of it. */
  readonly value: number | Estimate | string;
  readonly text: string;
}

/** What a figure is, how it comes about and how sure it is. */
export interface Explanation {
  readonly title: string;
  readonly formula: Markup;
  readonly inputs: readonly Input[];
  /** Standard error and interval, or why there are none. */
  readonly error: string;
  /** Id of the paragraph that says more, on the same page. */
  readonly section: string;
}

/** Rows of a list of inputs; more would not be read. */
const SHOWN = 6;
const EXACT = "Computed, not simulated: no sampling error.";
const WHOLE = "Whole minor units; they sum exactly.";

const loss = html`L`;
const levelSub = html`<sub>α</sub>`;

function amount(name: string, value: number, { code }: Reading): Input {
  return { name, value, text: moneyInWords(value, code) };
}

function measured(name: string, figure: Estimate, { code }: Reading): Input {
  return { name, value: figure, text: `${code}${JOIN}${estimate(figure)}` };
}

function number(name: string, value: number, text: string = count(value)): Input {
  return { name, value, text };
}

/** Scenarios of a tail, the last of which may count in part. */
function tailCount(scenarios: number): string {
  return grouped(String(Number(scenarios.toPrecision(9))));
}

/** What every simulated figure is made of. */
function run({ valuation, primary }: Reading): Input[] {
  const { scenarios, horizonDays } = valuation.risk;
  return [
    number("Level α", primary.level, levelPercent(primary.level)),
    number("Scenarios N", scenarios),
    number("Tail (1 − α)·N", primary.tailScenarios, tailCount(primary.tailScenarios)),
    number("Horizon", horizonDays, days(horizonDays)),
  ];
}

function errorWords(figure: IntervalEstimate, { code }: Reading): string {
  const error = rounded(figure.standardError, estimatePlace(figure));
  return `${code}${JOIN}${rounded(figure.value, estimatePlace(figure))}, standard error ${code}${JOIN}${error}; 95${JOIN}% interval ${code}${JOIN}${interval(figure)}.`;
}

/** A standard error with the interval of ±1.96 of it. */
function plainError(figure: Estimate, { code }: Reading): string {
  const half = 1.96 * figure.standardError;
  const ends = { ...figure, low: figure.value - half, high: figure.value + half };
  return errorWords(ends, { code } as Reading);
}

function chanceError(figure: Estimate, scenarios: number): string {
  if (figure.value === 0) {
    return `None of ${count(scenarios)} scenarios: below ${percent(3 / scenarios, 2)} with 95${JOIN}% confidence.`;
  }
  const half = 1.96 * figure.standardError;
  const low = percent(Math.max(0, figure.value - half), 3);
  return `${percentEstimate(figure)}; 95${JOIN}% interval ${low} to ${percent(figure.value + half, 3)}.`;
}

type Explain = (about: Reading) => Explanation;

const RISK: Readonly<Record<string, Explain>> = {
  shortfall: (about) => ({
    title: `Expected shortfall ${levelPercent(about.primary.level)}`,
    formula: html`ES${levelSub} = mean of ${loss} over the (1 − α)·N worst of N scenarios`,
    inputs: [
      ...run(about),
      amount("VaR, the tail’s edge", about.primary.valueAtRisk.value, about),
      amount("Worst scenario", about.valuation.risk.worst, about),
    ],
    error: errorWords(about.primary.expectedShortfall, about),
    section: "method-shortfall",
  }),
  "value-at-risk": (about) => ({
    title: `Value at risk ${levelPercent(about.primary.level)}`,
    formula: html`VaR${levelSub} = the loss that (1 − α)·N of N scenarios exceed`,
    inputs: [...run(about), amount("Worst scenario", about.valuation.risk.worst, about)],
    error: errorWords(about.primary.valueAtRisk, about),
    section: "method-value-at-risk",
  }),
  "expected-loss": (about) => {
    const { risk } = about.valuation;
    return {
      title: "Expected loss",
      formula: html`E[${loss}] = <sup>1</sup>⁄<sub>N</sub> · Σ<sub>i</sub> L<sub>i</sub>; negative is a gain`,
      inputs: [
        number("Scenarios N", risk.scenarios),
        amount("Standard deviation of L", risk.standardDeviation, about),
        amount("Best scenario", risk.best, about),
        amount("Worst scenario", risk.worst, about),
      ],
      error: plainError(risk.expectedLoss, about),
      section: "method-scenarios",
    };
  },
  shared: (about) => {
    const { risk, waterfall } = about.valuation;
    return {
      title: "Loss shared by all",
      formula: html`P(${loss} &gt; R), R = all layers and calls on members`,
      inputs: [
        amount("Resources R", about.resources, about),
        number("Scenarios N", risk.scenarios),
        measured("Mean shared", waterfall.socialised.expectedLoss, about),
      ],
      error: chanceError(waterfall.socialised.probability, risk.scenarios),
      section: "method-layers",
    };
  },
  coverage: (about) => {
    const shortfall = about.primary.expectedShortfall;
    const part = (about.funded / shortfall.value) * (shortfall.standardError / shortfall.value);
    return {
      title: "Layers against ES",
      formula: html`F / ES${levelSub}, F = money in the layers, without calls on members`,
      inputs: [
        amount("Layers F", about.funded, about),
        measured("ES", shortfall, about),
        number("Level α", about.primary.level, levelPercent(about.primary.level)),
      ],
      error:
        shortfall.value > 0
          ? `${percent(about.funded / shortfall.value)}, standard error ${percent(part, 2)}: all of it is that of ES.`
          : "The tail gains: there is nothing to cover.",
      section: "method-layers",
    };
  },
  tail: (about) => ({
    title: "Tail",
    formula: html`k = (1 − α)·N scenarios beyond the VaR; the last of them counts in part`,
    inputs: about.valuation.risk.levels.map(({ level, tailScenarios }) =>
      number(levelPercent(level), tailScenarios, `${tailCount(tailScenarios)} scenarios`),
    ),
    error: "Known beforehand: no sampling error.",
    section: "method-errors",
  }),
};

/** An input for each layer. */
function perLayer(about: Reading, of: (layer: LayerRisk) => Input): Input[] {
  const { layers } = about.valuation.waterfall;
  const rest = layers.length - SHOWN;
  const inputs = layers.slice(0, SHOWN).map(of);
  return rest > 0 ? [...inputs, { name: "and", value: rest, text: `${count(rest)} more` }] : inputs;
}

function layerTerm(
  title: string,
  formula: Markup,
  of: (layer: LayerRisk, about: Reading) => Input,
  error: string,
  withRun = true,
): Explain {
  return (about) => ({
    title,
    formula,
    inputs: [...perLayer(about, (layer) => of(layer, about)), ...(withRun ? run(about) : [])],
    error,
    section: "method-layers",
  });
}

const chance = (name: string, figure: Estimate, { valuation }: Reading): Input => ({
  name,
  value: figure,
  text: probability(figure, valuation.risk.scenarios),
});
const BINOMIAL = "Beside each: one standard error, √(p·(1 − p)/N); ±1.96 of it hold 95 %.";
const MEAN_ERROR = "Beside each: one standard error of the mean; ±1.96 of it hold 95 %.";

const LAYERS: Readonly<Record<string, Explain>> = {
  attachment: layerTerm(
    "Pays from",
    html`a<sub>k</sub> = Σ<sub>j&lt;k</sub> c<sub>j</sub>: the capacity of all layers before`,
    (layer, about) => amount(layer.id, layer.attachment, about),
    EXACT,
    false,
  ),
  capacity: layerTerm(
    "Capacity",
    html`c<sub>k</sub> = min(size, cap): most that the layer pays in one event`,
    (layer, about) => amount(layer.id, layer.capacity, about),
    EXACT,
    false,
  ),
  hit: layerTerm(
    "Hit",
    html`P(${loss} &gt; a<sub>k</sub>) = number of scenarios with L<sub>i</sub> &gt; a<sub>k</sub>, over N`,
    (layer, about) => chance(layer.id, layer.hit, about),
    BINOMIAL,
  ),
  exhausted: layerTerm(
    "Exhausted",
    html`P(${loss} ≥ a<sub>k</sub> + c<sub>k</sub>), over N scenarios`,
    (layer, about) => chance(layer.id, layer.exhausted, about),
    BINOMIAL,
  ),
  draw: layerTerm(
    "Expected draw",
    html`E[min(max(${loss} − a<sub>k</sub>, 0), c<sub>k</sub>)] over all N scenarios`,
    (layer, about) => measured(layer.id, layer.expectedLoss, about),
    MEAN_ERROR,
  ),
  "tail-draw": layerTerm(
    "Mean draw in tail",
    html`E[min(max(${loss} − a<sub>k</sub>, 0), c<sub>k</sub>)] over the (1 − α)·N worst: the layer’s part of ES`,
    (layer, about) => measured(layer.id, layer.tailLoss, about),
    MEAN_ERROR,
  ),
};

/** The largest rows of the contributions, by one of their columns. */
function largest(about: Reading, of: (index: number) => Input | null): Input[] {
  const { rows } = about.valuation.contributions;
  return rows
    .slice(0, 3)
    .map((_, index) => of(index))
    .filter((each) => each !== null);
}

const CONTRIBUTIONS: Readonly<Record<string, Explain>> = {
  contribution: (about) => ({
    title: "Contribution to ES",
    formula: html`E[L<sub>i</sub> | ${loss} in the tail]: the participant’s mean loss over the pool’s (1 − α)·N worst scenarios; they sum to ES`,
    inputs: [
      measured("Sum = ES", about.valuation.contributions.total, about),
      ...run(about),
      ...largest(about, (i) => {
        const { id, contribution } = about.valuation.contributions.rows[i]!;
        return measured(id, contribution, about);
      }),
    ],
    error: MEAN_ERROR,
    section: "method-contributions",
  }),
  share: (about) => ({
    title: "Share of ES",
    formula: html`contribution / ES; negative for a hedge, and all sum to 100${JOIN}%`,
    inputs: [
      measured("ES", about.valuation.contributions.total, about),
      ...largest(about, (i) => {
        const { id, share } = about.valuation.contributions.rows[i]!;
        return number(id, share, percent(share));
      }),
    ],
    error: "As certain as the contribution and ES together.",
    section: "method-contributions",
  }),
  "own-expected-loss": (about) => ({
    title: "Expected loss",
    formula: html`E[L<sub>i</sub>] over all N scenarios`,
    inputs: [
      number("Scenarios N", about.valuation.risk.scenarios),
      ...largest(about, (i) => {
        const { id, expectedLoss } = about.valuation.contributions.rows[i]!;
        return expectedLoss && measured(id, expectedLoss, about);
      }),
    ],
    error: MEAN_ERROR,
    section: "method-contributions",
  }),
  "stand-alone": (about) => ({
    title: "Stand-alone ES",
    formula: html`ES${levelSub}(L<sub>i</sub>): of the participant’s own loss, in its own tail`,
    inputs: [
      number("Scenarios used", about.valuation.contributions.standAloneScenarios),
      ...largest(about, (i) => {
        const { id, standAlone } = about.valuation.contributions.rows[i]!;
        return standAlone && measured(id, standAlone, about);
      }),
    ],
    error: MEAN_ERROR,
    section: "method-contributions",
  }),
  amount: (about) => ({
    title: "Amount",
    formula: html`the contribution in whole minor units, rounded so that the rows sum to ES`,
    inputs: [measured("ES", about.valuation.contributions.total, about)],
    error: WHOLE,
    section: "method-contributions",
  }),
};

/** A term of what everyone has to put in, which only a document with contribution terms has. */
function asked(
  title: string,
  formula: (allocation: Allocation) => Markup,
  inputs: (allocation: Allocation, about: Reading) => Input[],
  error: string,
): Explain {
  return (about) => {
    const allocation = about.valuation.allocation!;
    return {
      title,
      formula: formula(allocation),
      inputs: inputs(allocation, about),
      error,
      section: "method-contributions",
    };
  };
}

const rows = (
  { rows }: Allocation,
  of: (row: Allocation["rows"][number]) => Omit<Input, "name">,
): Input[] => rows.slice(0, 3).map((row) => ({ name: row.id, ...of(row) }));
const text = (value: string, { code }: Reading) => ({
  value,
  text: moneyInWords(Number(value), code, 6),
});

const ALLOCATION: Readonly<Record<string, Explain>> = {
  asked: asked(
    "Amount to put in",
    () => html`min(max(part of the total, floor), cap); what bounds move is spread over the others`,
    (allocation, about) => [
      { name: "All amounts", ...text(allocation.totalAmount, about) },
      { name: "Moved by bounds", ...text(allocation.moved, about) },
      ...rows(allocation, ({ amount: value }) => text(value, about)),
    ],
    WHOLE,
  ),
  "asked-share": asked(
    "Share before bounds",
    () => html`part of the total / total`,
    (allocation, about) => [
      measured("Total", allocation.total, about),
      ...rows(allocation, ({ share }) => ({ value: share, text: percent(share) })),
    ],
    "As certain as the rule’s figure and the total together.",
  ),
  "by-rule": asked(
    "By the rule",
    ({ rule }) => html`${ruleName(rule)}: ${ruleAsks(rule)}`,
    (allocation, about) => [
      number("Scenarios looked at", allocation.scenarios),
      amount("Sum", allocation.rawTotal, about),
      ...rows(allocation, ({ raw }) => ({
        value: raw,
        text: `${about.code}${JOIN}${estimate(raw)}`,
      })),
    ],
    MEAN_ERROR,
  ),
  part: asked(
    "Part of the total",
    () => html`the rule’s figure × total / sum of the rule’s figures`,
    (allocation, about) => [
      measured("Total", allocation.total, about),
      amount("Sum of the rule’s figures", allocation.rawTotal, about),
      ...rows(allocation, ({ contribution }) => ({
        value: contribution,
        text: `${about.code}${JOIN}${estimate(contribution)}`,
      })),
    ],
    MEAN_ERROR,
  ),
  record: asked(
    "Own record",
    () =>
      html`Z·m<sub>i</sub>/m + (1 − Z): own mean loss against all, by credibility Z (Bühlmann–Straub)`,
    (allocation) =>
      rows(allocation, ({ recordFactor }) => ({
        value: recordFactor,
        text: significant(recordFactor, 4),
      })),
    EXACT,
  ),
  moved: asked(
    "Moved by bounds",
    () => html`amount − what it would be without floors and caps`,
    (allocation, about) => [
      { name: "Moved in all", ...text(allocation.moved, about) },
      ...rows(allocation, ({ rebalanced }) => text(rebalanced, about)),
    ],
    WHOLE,
  ),
  bound: asked(
    "Bound",
    () => html`which of floor and cap binds`,
    (allocation, about) => [{ name: "Unallocated", ...text(allocation.unallocated, about) }],
    WHOLE,
  ),
};

/** A sensitivity: a figure for each asset. */
function greek(
  title: string,
  formula: Markup,
  of: (exposure: Reading["valuation"]["exposures"][number], code: string) => Omit<Input, "name">,
): Explain {
  return ({ valuation, code }) => ({
    title,
    formula,
    inputs: valuation.exposures
      .slice(0, SHOWN)
      .map((exposure) => ({ name: exposure.asset, ...of(exposure, code) })),
    error: EXACT,
    section: "exposure-heading",
  });
}

const inMoney = (value: number, code: string) => ({ value, text: moneyInWords(value, code) });

const GREEKS: Readonly<Record<string, Explain>> = {
  delta: greek(
    "Delta",
    html`Δ = ∂V/∂S of the pool’s value now, in coins; Black-76 for options`,
    ({ deltaCoins: value }) => ({ value, text: `${significant(value)}${JOIN}coins` }),
  ),
  "delta-money": greek(
    "Delta in money",
    html`Δ · S: what the pool gains when the price doubles, to first order`,
    ({ deltaCoins, spot }, code) => inMoney(deltaCoins * spot, code),
  ),
  gamma: greek(
    "Gamma",
    html`Γ = ∂²V/∂S² · S² · 1${JOIN}%: change of Δ · S for a 1${JOIN}% move`,
    ({ gammaPerPercent }, code) => inMoney(gammaPerPercent, code),
  ),
  vega: greek(
    "Vega",
    html`∂V/∂σ · 0.01, on all options and barriers of the asset at once`,
    ({ vegaPerPoint }, code) => inMoney(vegaPerPoint, code),
  ),
};

const ALL: Readonly<Record<string, Explain>> = {
  ...RISK,
  ...LAYERS,
  ...CONTRIBUTIONS,
  ...ALLOCATION,
  ...GREEKS,
};

/** Every figure that is explained, by the mark that pages carry. */
export const TERMS: readonly string[] = Object.keys(ALL);

/** Explains a figure with the values of a valuation; null where nothing is known of the term. */
export function explanationOf(term: string, about: Reading): Explanation | null {
  const explain = Object.hasOwn(ALL, term) ? ALL[term] : undefined;
  if (!explain || (Object.hasOwn(ALLOCATION, term) && about.valuation.allocation === null)) {
    return null;
  }
  return explain(about);
}
