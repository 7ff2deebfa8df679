import {
  band,
  bottomAxis,
  type Drawing,
  figure,
  label,
  leftAxis,
  line,
  linear,
  logarithmic,
  path,
  type Size,
  tickPrinter,
} from "./chart.ts";
import { axisScale, count, JOIN, levelPercent, moneyInWords, unitName } from "./format.ts";
import { html, type Markup, NOTHING } from "./markup.ts";
import { halfWidth, type Reading } from "./reading.ts";

type Point = readonly [number, number];

/** VaR and ES on growing parts of the same scenarios, each with its 95 % band. */
export function convergenceFigure(about: Reading): Markup {
  const { convergence } = about.valuation.risk;
  const last = convergence.at(-1);
  if (last === undefined) return NOTHING;
  const level = levelPercent(about.primary.level);
  const half = halfWidth(last.expectedShortfall);
  const figureText = {
    id: "convergence-chart",
    title: `ES and VaR ${level} against the number of scenarios`,
    description: `With ${count(last.scenarios)} scenarios ES is ${moneyInWords(last.expectedShortfall.value, about.code)}, and its 95 % band is ${moneyInWords(half, about.code, 2)} to each side.`,
    caption: `Estimates on growing parts of the same scenarios; bands are ±${JOIN}1.96 standard errors. A run that has settled stays inside its earlier bands, which narrow with the square root of the number of scenarios.`,
  };
  return figure(figureText, (size) => draw(about, size));
}

function draw(about: Reading, size: Size): Drawing {
  const { convergence } = about.valuation.risk;
  const lines = [
    { name: "ES", style: "", of: convergence.map((row) => row.expectedShortfall) },
    { name: "VaR", style: " second", of: convergence.map((row) => row.valueAtRisk) },
  ];
  const height = 240;
  const box = { left: size.name === "wide" ? 52 : 42, right: size.width - 40, y: height };
  const ends = lines.flatMap(({ of }) =>
    of.flatMap((each) => [each.value - halfWidth(each), each.value + halfWidth(each)]),
  );
  const low = Math.min(...ends);
  const high = Math.max(...ends);
  const scale = axisScale(Math.max(Math.abs(low), Math.abs(high)));
  const y = linear([low / scale.factor, high / scale.factor], [height - 6, 30], 5);
  const counts = convergence.map((row) => row.scenarios);
  const x = logarithmic([counts[0]!, counts.at(-1)!], [box.left + 8, box.right - 8]);
  const drawn = lines.map(({ name, style, of }) => {
    const points = (shift: number): Point[] =>
      of.map((each, i) => [
        x(counts[i]!),
        y((each.value + shift * halfWidth(each)) / scale.factor),
      ]);
    const centre = points(0);
    const end = centre.at(-1)!;
    return [
      band(points(1), points(-1), `band${style}`),
      path(centre, `curve${style}`),
      of.length === 1 ? line(end[0] - 4, end[1], end[0] + 4, end[1], `curve${style}`) : NOTHING,
      label(box.right - 2, end[1] + 4, name, "start", "strong"),
    ];
  });
  const marks = size.name === "wide" ? x.ticks : everyOther(x.ticks);
  const bottom = Object.assign((value: number): number => x(value), { ticks: marks });
  const content = html`${leftAxis(y, box, tickPrinter(y.ticks))}${label(0, 12, unitName(about.code, scale))}
${drawn}
${bottomAxis(bottom, box, "Scenarios (logarithmic)", count)}`;
  return { height: height + 42, content };
}

function everyOther(marks: readonly number[]): number[] {
  return marks.length <= 4 ? [...marks] : marks.filter((_, i) => i % 2 === 0);
}
