import type { Figures } from "../../index.ts";
import {
  bottomAxis,
  type Drawing,
  dot,
  figure,
  label,
  leftAxis,
  linear,
  type Size,
  tickPrinter,
} from "./chart.ts";
import { axisScale, count, percent, printable, unitName } from "./format.ts";
import { html, type Markup, section, table } from "./markup.ts";
import { htmlPage } from "./page.ts";
import {
  capitalWords,
  chanceWords,
  type SweepReading,
  settingWords,
  sweepWords,
} from "./sweep-text.ts";

/** Rows of the table of the frontier: a page of thousands is read by nobody. */
const ROWS_MAX = 200;

interface Point {
  readonly figures: Figures;
  readonly settings: readonly unknown[];
  readonly isOnFrontier: boolean;
}

/**
 * A sweep as one HTML page: every variant by its capital and its chance of a socialised loss, and the
 * frontier as a table. No script, nothing fetched; the same sweep gives the same bytes.
 *
 * @returns a complete HTML document, ending in a line feed
 */
export function sweepHtml(reading: SweepReading): string {
  const points = reading.rows.flatMap(({ figures, ...rest }): Point[] =>
    figures ? [{ ...rest, figures }] : [],
  );
  const title = `${count(reading.rows.length)} variants of ${printable(reading.pool)}`;
  const words = html`<p>${sweepWords(reading).join(" ")}</p>
`;
  const chart = points.length > 0 ? [scatter(points, reading)] : [];
  return htmlPage(
    title,
    html`<header><h1>${title}</h1></header>
<main>
${section("frontier", "Capital and socialised loss", words, ...chart, frontierTable(points, reading))}</main>
`,
  );
}

/** What the sweep moves: capital that is required, or money that the layers have. */
function axisOf(points: readonly Point[]): {
  readonly name: string;
  readonly of: (point: Point) => number;
} {
  const spread = (of: (point: Point) => number) => {
    const values = points.map(of);
    return values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
  };
  const required = ({ figures }: Point) => figures.requiredCapital;
  const layers = ({ figures }: Point) => figures.layerCapital;
  return spread(required) > spread(layers)
    ? { name: "Required capital (ES)", of: required }
    : { name: "Money in the layers", of: layers };
}

function scatter(points: readonly Point[], { currency }: SweepReading): Markup {
  const { name, of } = axisOf(points);
  const best = points.filter(({ isOnFrontier }) => isOnFrontier).length;
  const text = {
    id: "sweep-chart",
    title: `${name} and the chance of a socialised loss of each variant`,
    description: `${count(points.length)} variants, ${count(best)} of them on the frontier`,
    caption: `A dot for each variant; coloured ones are on the frontier. It may have more sides than the two that are drawn.`,
  };
  const chanceOf = ({ figures }: Point) => figures.socialisedProbability[0];
  const draw = (size: Size): Drawing => {
    const height = 300;
    const box = { left: 64, right: size.width - 16, y: height };
    const values = points.map(of);
    const low = values.reduce((a, b) => Math.min(a, b));
    const high = values.reduce((a, b) => Math.max(a, b));
    const scale = axisScale(high);
    const count = size.name === "wide" ? 7 : 4;
    const x = linear(
      [low / scale.factor, high / scale.factor],
      [box.left + 8, box.right - 8],
      count,
    );
    const top = points.map(chanceOf).reduce((a, b) => Math.max(a, b));
    const y = linear([0, top > 0 ? top : 0.01], [height - 8, 30], 5);
    // What betters others is drawn over them.
    const ordered = [...points].sort((a, b) => Number(a.isOnFrontier) - Number(b.isOnFrontier));
    const dots = ordered.map((point) =>
      dot(x(of(point) / scale.factor), y(chanceOf(point)), point.isOnFrontier ? "tail" : "bar"),
    );
    const content = html`${leftAxis(y, box, (value) => percent(value))}${dots}${bottomAxis(x, box, `${name}, ${unitName(currency, scale)}`, tickPrinter(x.ticks))}${label(box.left, 16, "Chance of a socialised loss", "start", "name")}
`;
    return { height: height + 44, content };
  };
  return figure(text, draw);
}

function frontierTable(points: readonly Point[], { axes, currency }: SweepReading): Markup {
  const rows = points.filter(({ isOnFrontier }) => isOnFrontier).slice(0, ROWS_MAX);
  return table(
    "Variants on the frontier",
    [
      ...axes.map((path) => ({ heading: printable(path) })),
      { heading: "ES", unit: currency },
      { heading: "In layers", unit: currency },
      { heading: "Socialised" },
    ],
    rows.map(({ settings, figures }) => [
      ...settings.map(settingWords),
      capitalWords(figures),
      count(figures.layerCapital),
      chanceWords(figures),
    ]),
  );
}
