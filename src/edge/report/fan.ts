import type { SamplePaths } from "../../index.ts";
import {
  bottomAxis,
  type Drawing,
  figure,
  leftAxis,
  linear,
  path,
  type Size,
  tickPrinter,
} from "./chart.ts";
import { count } from "./format.ts";
import { html, type Markup, NOTHING } from "./markup.ts";
import type { Reading } from "./reading.ts";

/** Most paths drawn: more are only ink. */
const DRAWN_MAX = 60;
/** Most points of a drawn path; a line has no more of them than a screen. */
const POINTS_MAX = 240;

/** Simulated prices of every asset as a bundle of paths; nothing unless paths were asked for. */
export function fanFigures({ valuation }: Reading): Markup {
  const { samplePaths } = valuation;
  if (samplePaths === null) return NOTHING;
  const drawn = Math.min(DRAWN_MAX, samplePaths.scenarios.length);
  const figures = samplePaths.assets.map((asset, u) => {
    const ends = samplePaths.prices.map((assets) => assets[u]!.at(-1)!).sort((a, b) => a - b);
    const text = {
      id: `paths-${u}`,
      title: `Simulated prices of ${asset}`,
      description: `${count(drawn)} paths; at the horizon they lie between ${ends[0]!.toPrecision(4)} and ${ends.at(-1)!.toPrecision(4)}.`,
      caption: `${asset}: the first ${count(drawn)} of ${count(valuation.risk.scenarios)} scenarios, price in ${valuation.pool.currency.code} against days from now. The scenario with the largest loss among them is in colour.`,
    };
    return figure(text, (size) => draw(samplePaths, u, drawn, size));
  });
  return html`${figures}`;
}

function draw(sample: SamplePaths, u: number, drawn: number, size: Size): Drawing {
  const height = 180;
  const box = { left: size.name === "wide" ? 60 : 48, right: size.width - 14, y: height };
  const stride = Math.ceil(sample.days.length / POINTS_MAX);
  const kept = sample.days.map((_, t) => t).filter((t) => (t + 1) % stride === 0);
  if (kept.at(-1) !== sample.days.length - 1) kept.push(sample.days.length - 1);
  const series = sample.prices.slice(0, drawn).map((assets) => kept.map((t) => assets[u]![t]!));
  const all = series.flat();
  const low = all.reduce((a, b) => Math.min(a, b));
  const high = all.reduce((a, b) => Math.max(a, b));
  const x = linear([0, sample.days.at(-1)!], [box.left, box.right], size.name === "wide" ? 8 : 4);
  const y = linear([low, high], [height - 4, 8], 4);
  const points = (row: readonly number[]): (readonly [number, number])[] =>
    row.map((price, i) => [x(sample.days[kept[i]!]!), y(price)]);
  const worst = sample.losses
    .slice(0, drawn)
    .reduce((w, loss, i, all) => (loss > all[w]! ? i : w), 0);
  const lines = series.map((row, i) => (i === worst ? NOTHING : path(points(row), "faint")));
  const content = html`${leftAxis(y, box, tickPrinter(y.ticks))}${lines}${path(points(series[worst]!), "curve")}
${bottomAxis(x, box, "Days from now", tickPrinter(x.ticks))}`;
  return { height: height + 42, content };
}
