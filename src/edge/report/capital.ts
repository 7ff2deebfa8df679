import type { LayerRisk } from "../../index.ts";
import {
  bottomAxis,
  type Drawing,
  errorBar,
  figure,
  label,
  line,
  linear,
  rect,
  type Size,
  tickPrinter,
} from "./chart.ts";
import {
  axisScale,
  clipped,
  count,
  days,
  estimate,
  JOIN,
  levelPercent,
  moneyExact,
  moneyInWords,
  percentEstimate,
  printable,
  probability,
  rounded,
  unitName,
} from "./format.ts";
import { html, type Markup, section, table } from "./markup.ts";
import { halfWidth, type Reading } from "./reading.ts";

const ROW = 46;
/** Room for the probabilities beside the bars, where no mark of a loss can run through them. */
const GUTTER = 158;

/** Who bears a loss, in order: the layers, calls on members and what is left for everyone. */
export function capitalSection(about: Reading): Markup {
  const { valuation, primary, code } = about;
  const { layers, insolvency } = valuation.waterfall;
  const level = levelPercent(primary.level);
  const { scenarios, horizonDays } = valuation.risk;
  const words = html`<p>Layers pay in this order. Those with money in them hold ${moneyExact(about.funded, code)}; with what members can be called for, ${moneyExact(about.resources, code)} stand before a loss is shared by all. Loss exceeds the money in the layers with probability ${probability(insolvency.probability, scenarios)} in ${days(horizonDays)}.</p>
`;
  // Gains are not drawn from layers, so the draws sum to ES only where the whole tail loses.
  const sum = primary.valueAtRisk.value >= 0 ? `; the draws of all rows sum to ES ${level}` : "";
  const figureText = {
    id: "capital-chart",
    title: `Capital layers and what a loss in the worst ${levelPercent(1 - primary.level)} of scenarios takes from them`,
    description: layers
      .map(
        (layer) =>
          `${layer.id}: capacity ${moneyExact(layer.capacity, code)}, mean draw in the tail ${moneyInWords(layer.tailLoss.value, code)}, hit probability ${probability(layer.hit, scenarios)}`,
      )
      .join("; "),
    caption: `Each bar starts at the loss at which the layer begins to pay and is as long as its capacity. Filled: its mean draw over the worst ${levelPercent(1 - primary.level)} of scenarios, with ±${JOIN}1.96 standard errors${sum}. ± after a probability is one standard error.`,
  };
  return section(
    "capital",
    "Capital layers",
    words,
    figure(figureText, (size) => draw(about, size)),
    layerTable(about),
  );
}

function draw(about: Reading, size: Size): Drawing {
  const { valuation, primary } = about;
  const { layers, socialised } = valuation.waterfall;
  const { scenarios } = valuation.risk;
  const limit = Math.max(about.resources * 1.12, primary.expectedShortfall.value * 1.08);
  const scale = axisScale(limit);
  const top = 46;
  const height = top + (layers.length + 1) * ROW;
  const isWide = size.name === "wide";
  const box = { left: 2, right: size.width - (isWide ? GUTTER : 14), y: height };
  const x = linear([0, limit / scale.factor], [box.left, box.right], isWide ? 7 : 4);
  const at = (loss: number): number => x(Math.min(Math.max(loss, 0), limit) / scale.factor);
  const names = isWide ? 60 : 22;
  const chances = isWide ? size.width : null;
  const row = (layer: LayerRisk, index: number): Markup => {
    const y = top + index * ROW;
    const start = layer.attachment;
    return bar(y, clipped(printable(layer.id), names), layer.hit, scenarios, chances, [
      rect(at(start), y + 20, at(start + layer.capacity) - at(start), 14, "room"),
      rect(at(start), y + 20, at(start + layer.tailLoss.value) - at(start), 14, "tail"),
      error(layer.tailLoss, start, at, y + 27),
    ]);
  };
  const y = top + layers.length * ROW;
  const start = about.resources;
  const rest = bar(y, "Socialised", socialised.probability, scenarios, chances, [
    rect(at(start), y + 20, box.right - at(start), 14, "open"),
    rect(at(start), y + 20, at(start + socialised.tailLoss.value) - at(start), 14, "tail"),
    error(socialised.tailLoss, start, at, y + 27),
  ]);
  const marks = [
    { name: "VaR", value: primary.valueAtRisk.value, style: "mark second", y: 13 },
    { name: "ES", value: primary.expectedShortfall.value, style: "mark", y: 29 },
  ].map(({ name, value, style, y }) => {
    const text = `${name} ${levelPercent(primary.level)}`;
    const left = at(value) + 90 > (isWide ? size.width : box.right);
    return [
      line(at(value), y - 9, at(value), height, style),
      label(at(value) + (left ? -5 : 5), y, text, left ? "end" : "start", "strong halo"),
    ];
  });
  const content = html`${marks}
${layers.map(row)}${rest}${bottomAxis(x, box, `Pool loss, ${unitName(about.code, scale)}`, tickPrinter(x.ticks))}`;
  return { height: height + 42, content };
}

/** @param right  where the probability ends; behind the name where there is no room for it beside */
function bar(
  y: number,
  name: string,
  hit: LayerRisk["hit"],
  scenarios: number,
  right: number | null,
  shapes: readonly Markup[],
): Markup {
  const chance = hit.value === 0 ? probability(hit, scenarios) : `hit ${percentEstimate(hit)}`;
  const words =
    right === null
      ? html`<text x="2" y="${y + 14}" text-anchor="start" class="plain halo">${name} <tspan class="aside">${chance}</tspan></text>`
      : html`${label(2, y + 14, name, "start", "plain halo")}${label(right, y + 31, chance, "end")}`;
  return html`${words}${shapes}
`;
}

function error(
  figureOf: LayerRisk["tailLoss"],
  start: number,
  at: (loss: number) => number,
  y: number,
): Markup {
  const end = start + figureOf.value;
  const half = halfWidth(figureOf);
  return errorBar(at(Math.max(end - half, start)), at(end + half), y);
}

function layerTable(about: Reading): Markup {
  const { valuation, code, primary } = about;
  const { layers, socialised } = valuation.waterfall;
  const { scenarios } = valuation.risk;
  const columns = [
    { heading: "Layer" },
    { heading: "Pays from", term: "attachment", unit: code },
    { heading: "Capacity", term: "capacity", unit: code },
    { heading: "Hit", term: "hit", unit: "probability ± s.e." },
    { heading: "Exhausted", term: "exhausted", unit: "probability ± s.e." },
    { heading: "Expected draw", term: "draw", unit: `${code} ± s.e.` },
    { heading: "Mean draw in tail", term: "tail-draw", unit: `${code} ± s.e.` },
  ];
  const rows: (string | Markup)[][] = layers.map((layer) => [
    html`${layer.id}<span class="under">${kindWords(layer)}: ${layer.provider}</span>`,
    count(layer.attachment),
    count(layer.capacity),
    probability(layer.hit, scenarios),
    probability(layer.exhausted, scenarios),
    estimate(layer.expectedLoss),
    estimate(layer.tailLoss),
  ]);
  rows.push([
    html`Socialised<span class="under">everyone, by weight</span>`,
    rounded(about.resources, 0),
    "no limit",
    probability(socialised.probability, scenarios),
    "–",
    estimate(socialised.expectedLoss),
    estimate(socialised.tailLoss),
  ]);
  const size = socialised.expectedSize;
  const note = size
    ? `When a loss is socialised it is ${code} ${estimate(size)} on average.`
    : `No scenario reached a socialised loss.`;
  return html`${table(`Capital layers at ${levelPercent(primary.level)}`, columns, rows)}<p class="note">${note}</p>
`;
}

function kindWords(layer: LayerRisk): string {
  return layer.kind === "assessment" ? "call on members" : layer.kind;
}
