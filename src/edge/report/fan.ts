import type { LiquidationFigures, SamplePaths } from "../../index.ts";
import {
  band,
  bottomAxis,
  type Drawing,
  figure,
  image,
  label,
  leftAxis,
  linear,
  path,
  rect,
  type Size,
  tickPrinter,
} from "./chart.ts";
import { clipped, count, days, JOIN, levelPercent, printable, significant } from "./format.ts";
import { html, type Markup, NOTHING } from "./markup.ts";

const FAN: Size = { name: "small", width: 300 };
const HEIGHT = 150;
/** Paths drawn faintly behind the bands: more are only ink. */
const FAINT_MAX = 24;
/** Paths in colour: those that lost most. */
const WORST = 3;
/** Most points of a drawn path; a line has no more of them than a screen. */
const POINTS_MAX = 240;
/** The outer and the inner band, and the middle. */
const FRACTIONS = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

/** Where paths come from, in words of the caption. */
export interface FanSource {
  readonly code: string;
  /** e.g. `the first 200 of 100,000 scenarios`. */
  readonly words: string;
  readonly liquidation: LiquidationFigures | null;
}

/** Simulated prices of every asset: bands, some paths, and in colour those that lost the pool most. */
export function fanFigures(sample: SamplePaths, source: FanSource): Markup {
  const worst = worstOf(sample);
  const charts = sample.assets.map((asset, u) => chart(sample, u, asset, worst));
  const inner = levelPercent(FRACTIONS[3] - FRACTIONS[1]);
  const outer = levelPercent(FRACTIONS[4] - FRACTIONS[0]);
  const caption = `Price in ${source.code} against days from now, of ${source.words}: the middle ${inner} and ${outer} of the paths (shaded), the median, some paths (thin) and, in colour, the ${count(worst.length)} with the largest loss.`;
  return html`<figure id="fans"><div class="multiples fans">
${charts}</div>
<figcaption>${caption}</figcaption></figure>
${source.liquidation ? liquidationTimes(source.liquidation) : NOTHING}`;
}

/** Indices of the paths with the largest losses, largest first. */
function worstOf({ losses }: SamplePaths): number[] {
  const order = losses.map((_, i) => i).sort((a, b) => losses[b]! - losses[a]! || a - b);
  return order.slice(0, WORST);
}

function chart(sample: SamplePaths, u: number, asset: string, worst: readonly number[]): Markup {
  const last = sample.days.length - 1;
  const ends = sorted(sample, u, last);
  const at = (fraction: number): string => significant(quantile(ends, fraction), 4);
  const [low, , middle, , high] = FRACTIONS;
  const text = {
    id: `paths-${u + 1}`,
    title: `Simulated prices of ${asset}`,
    description: `After ${days(sample.days[last]!)} the median is ${at(middle)}; ${levelPercent(high - low)} of the paths end between ${at(low)} and ${at(high)}.`,
    caption: "",
  };
  return image(text, FAN, draw(sample, u, asset, worst));
}

function sorted(sample: SamplePaths, u: number, t: number): number[] {
  return sample.prices.map((assets) => assets[u]![t]!).sort((a, b) => a - b);
}

function quantile(ascending: readonly number[], fraction: number): number {
  return ascending[Math.round(fraction * (ascending.length - 1))]!;
}

function draw(sample: SamplePaths, u: number, asset: string, worst: readonly number[]): Drawing {
  const box = { left: 58, right: FAN.width - 8, y: HEIGHT };
  const steps = sample.days.length;
  const stride = Math.ceil(steps / POINTS_MAX);
  const kept = sample.days.map((_, t) => t).filter((t) => (t + 1) % stride === 0);
  if (kept.at(-1) !== steps - 1) kept.push(steps - 1);
  const bands = kept.map((t) => {
    const prices = sorted(sample, u, t);
    return FRACTIONS.map((fraction) => quantile(prices, fraction));
  });
  const faint = sample.prices.map((_, p) => p).filter((p) => !worst.includes(p));
  const drawn = [...faint.slice(0, FAINT_MAX), ...worst];
  const prices = (p: number): number[] => kept.map((t) => sample.prices[p]![u]![t]!);
  const all = [...drawn.flatMap(prices), ...bands.flat()];
  const low = all.reduce((a, b) => Math.min(a, b));
  const high = all.reduce((a, b) => Math.max(a, b));
  const x = linear([0, sample.days[steps - 1]!], [box.left, box.right], 4);
  const y = linear([low, high], [HEIGHT - 4, 28], 6);
  const points = (row: readonly number[]): (readonly [number, number])[] =>
    row.map((price, i) => [x(sample.days[kept[i]!]!), y(price)]);
  const edge = (f: number): (readonly [number, number])[] => points(bands.map((row) => row[f]!));
  const content = html`${label(0, 14, clipped(printable(asset), 30), "start", "strong")}${leftAxis(y, box, tickPrinter(y.ticks))}${faint
    .slice(0, FAINT_MAX)
    .map((p) =>
      path(points(prices(p)), "faint"),
    )}${band(edge(4), edge(0), "band second")}${band(edge(3), edge(1), "band second")}${path(edge(2), "curve second")}${worst.map((p) => path(points(prices(p)), "curve thin"))}${bottomAxis(x, box, "Days from now", tickPrinter(x.ticks))}`;
  return { height: HEIGHT + 42, content };
}

/** How many accounts are liquidated when, per scenario. */
function liquidationTimes({ profile, liquidations }: LiquidationFigures): Markup {
  const text = {
    id: "liquidation-times",
    title: "When accounts are liquidated",
    description: `${significant(liquidations.value, 3)} accounts per scenario in all, in ${count(profile.length)} intervals; most in the interval that ends after ${days(Number(peak(profile).toDays.toPrecision(3)))}.`,
    caption: `Accounts liquidated per scenario by the time at which they first fell below maintenance, averaged over all scenarios: ±${JOIN}${significant(liquidations.standardError, 2)} (s.e.) in all.`,
  };
  return figure(text, (size) => drawTimes(profile, size));
}

function peak(profile: LiquidationFigures["profile"]): LiquidationFigures["profile"][number] {
  return profile.reduce((most, each) => (each.liquidations > most.liquidations ? each : most));
}

function drawTimes(profile: LiquidationFigures["profile"], size: Size): Drawing {
  const height = 120;
  const box = { left: size.name === "wide" ? 52 : 42, right: size.width - 14, y: height };
  const ends = profile.at(-1)!.toDays;
  const x = linear([0, ends], [box.left, box.right], size.name === "wide" ? 8 : 4);
  const y = linear([0, peak(profile).liquidations || 1], [height, 22], 3);
  const bars = profile.map(({ fromDays, toDays, liquidations }) => {
    const [left, top] = [x(fromDays), y(liquidations)];
    return rect(left, top, Math.max(x(toDays) - left - 1, 0.5), height - top, "tail");
  });
  const content = html`${leftAxis(y, box, tickPrinter(y.ticks))}${label(0, 10, "Accounts per scenario")}
${bars}${bottomAxis(x, box, "Days from now", tickPrinter(x.ticks))}`;
  return { height: height + 42, content };
}
