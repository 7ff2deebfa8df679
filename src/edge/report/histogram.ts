import {
  type Anchor,
  bottomAxis,
  type Drawing,
  figure,
  label,
  leftAxis,
  line,
  linear,
  rect,
  type Size,
  tickPrinter,
} from "./chart.ts";
import { axisScale, count, days, levelPercent, moneyInWords, unitName } from "./format.ts";
import { html, type Markup, NOTHING } from "./markup.ts";
import type { Reading } from "./reading.ts";

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The distribution of the pool's loss: the whole of it, then the tail beyond VaR enlarged. */
export function histogramFigures(about: Reading): Markup {
  const { valuation, primary } = about;
  const { edges, counts } = valuation.risk.histogram;
  if (counts.length === 0) return NOTHING;
  const whole = { from: quantileEdge(about, 0.001), to: quantileEdge(about, 0.999) };
  const range = {
    from: Math.min(whole.from, primary.valueAtRisk.value),
    to: Math.max(whole.to, primary.expectedShortfall.value * 1.02),
  };
  const tail = { from: primary.valueAtRisk.value, to: edges.at(-1)! };
  const level = levelPercent(primary.level);
  const horizon = days(valuation.risk.horizonDays);
  const wholeFigure = figure(
    {
      id: "loss-histogram",
      title: `Distribution of the pool's loss over ${horizon}`,
      description: describe(about),
      caption: `Loss over ${horizon} in ${count(valuation.risk.scenarios)} scenarios; negative is a gain. ${outside(about, range)}The tail beyond VaR ${level} is in colour.`,
    },
    (size) => draw(about, range, size, 260),
  );
  if (!(tail.to > tail.from)) return wholeFigure;
  const tailFigure = figure(
    {
      id: "loss-tail",
      title: `The tail: losses beyond VaR ${level}`,
      description: `The worst ${levelPercent(1 - primary.level)} of scenarios on their own scale, up to the worst loss of ${moneyInWords(valuation.risk.worst, about.code)}.`,
      caption: `The worst ${levelPercent(1 - primary.level)} of scenarios on a larger scale. Expected shortfall is the mean of this tail.`,
    },
    (size) => draw(about, tail, size, 170),
  );
  return html`${wholeFigure}${tailFigure}`;
}

function describe({ valuation, primary, code }: Reading): string {
  const { expectedLoss, best, worst } = valuation.risk;
  const level = levelPercent(primary.level);
  return [
    `Histogram. Mean ${moneyInWords(expectedLoss.value, code)}`,
    `VaR ${level} ${moneyInWords(primary.valueAtRisk.value, code)}`,
    `ES ${level} ${moneyInWords(primary.expectedShortfall.value, code)}`,
    `range ${moneyInWords(best, code)} to ${moneyInWords(worst, code)}.`,
  ].join(", ");
}

/** The bin edge below (above) which at most a fraction of the scenarios lies. */
function quantileEdge({ valuation }: Reading, fraction: number): number {
  const { edges, counts } = valuation.risk.histogram;
  const target = fraction * counts.reduce((sum, each) => sum + each, 0);
  let seen = 0;
  for (let i = 0; i < counts.length; i++) {
    seen += counts[i]!;
    if (seen >= target) return fraction < 0.5 ? edges[i]! : edges[i + 1]!;
  }
  return edges.at(-1)!;
}

function outside({ valuation, code }: Reading, range: Range): string {
  const { edges, counts } = valuation.risk.histogram;
  let below = 0;
  let above = 0;
  counts.forEach((each, i) => {
    if (edges[i + 1]! <= range.from) below += each;
    if (edges[i]! >= range.to) above += each;
  });
  const parts: string[] = [];
  if (below > 0) parts.push(`${count(below)} to the left`);
  if (above > 0) parts.push(`${count(above)} to the right`);
  if (parts.length === 0) return "";
  const { best, worst } = valuation.risk;
  const reach = `${moneyInWords(best, code)} to ${moneyInWords(worst, code)}`;
  return `Not drawn: ${parts.join(" and ")} (all scenarios span ${reach}). `;
}

function draw(about: Reading, range: Range, size: Size, height: number): Drawing {
  const { valuation, primary } = about;
  const { edges, counts } = valuation.risk.histogram;
  const box = { left: size.name === "wide" ? 52 : 42, right: size.width - 12, top: 46, y: height };
  const scale = axisScale(Math.max(Math.abs(range.from), Math.abs(range.to)));
  const x = linear(
    [range.from / scale.factor, range.to / scale.factor],
    [box.left, box.right],
    size.name === "wide" ? 8 : 4,
  );
  const at = (loss: number): number => x(loss / scale.factor);
  // Bars show scenarios per bin of the first bin's width, so that unequal bins have equal areas.
  const reference = edges[1]! - edges[0]! || 1;
  const heights = counts.map((each, i) => (each * reference) / (edges[i + 1]! - edges[i]! || 1));
  const shown = heights.filter((_, i) => edges[i + 1]! > range.from && edges[i]! < range.to);
  const total = valuation.risk.scenarios;
  const peak = (Math.max(...shown, 0) / total) * 100;
  const y = linear([0, peak || 1], [height, box.top + 6], 4);
  const limit = primary.valueAtRisk.value;
  const bars = heights.map((each, i) => {
    const from = Math.max(edges[i]!, range.from);
    const to = Math.min(edges[i + 1]!, range.to);
    if (!(to > from) || each === 0) return NOTHING;
    const top = y((each / total) * 100);
    const piece = (left: number, right: number, style: string): Markup =>
      rect(at(left) + 0.4, top, at(right) - at(left) - 0.8, height - top, style);
    if (to <= limit) return piece(from, to, "bar");
    if (from >= limit) return piece(from, to, "tail");
    return html`${piece(from, limit, "bar")}${piece(limit, to, "tail")}`;
  });
  const content = html`${leftAxis(y, box, tickPrinter(y.ticks))}${label(0, box.top - 32, "% of scenarios per bar")}
${bars}
${marks(about, at, box, size)}${bottomAxis(x, box, `Loss, ${unitName(about.code, scale)}`, tickPrinter(x.ticks))}`;
  return { height: height + 42, content };
}

function marks(
  { primary, code }: Reading,
  at: (loss: number) => number,
  box: { left: number; right: number; top: number; y: number },
  size: Size,
): Markup {
  const rows = [
    { name: "VaR", value: primary.valueAtRisk.value, style: "mark second", y: box.top - 14 },
    { name: "ES", value: primary.expectedShortfall.value, style: "mark", y: box.top + 1 },
  ];
  return html`${rows.map((row) => {
    const x = at(row.value);
    const level = size.name === "wide" ? ` ${levelPercent(primary.level)}` : "";
    const text = `${row.name}${level}: ${moneyInWords(row.value, code)}`;
    // Bold letters of the widest usual system font take at most seven units each.
    const roomy = x + 6 + text.length * 7 <= size.width;
    const anchor: Anchor = roomy ? "start" : "end";
    return [
      line(x, row.y - 9, x, box.y, row.style),
      label(roomy ? x + 6 : x - 6, row.y, text, anchor, "strong halo"),
    ];
  })}
`;
}
