import { html, type Markup, NOTHING } from "./markup.ts";

/** Maps a value to a coordinate of the drawing. */
export interface Scale {
  (value: number): number;
  readonly ticks: readonly number[];
}

/** The drawing's size in its own units; the wide one is for screens and paper, the other for phones. */
export interface Size {
  readonly name: "wide" | "narrow" | "small";
  readonly width: number;
}

export const WIDE: Size = { name: "wide", width: 760 };
export const NARROW: Size = { name: "narrow", width: 340 };

/** A drawing of a known height. */
export interface Drawing {
  readonly height: number;
  readonly content: Markup;
}

export interface FigureText {
  readonly id: string;
  /** What the figure shows, as a heading of the image for those who do not see it. */
  readonly title: string;
  /** What a reader would see in it. */
  readonly description: string;
  readonly caption: string | Markup;
}

/** A straight scale. A domain of no width is widened, so that the scale is always finite. */
export function linear(
  domain: readonly [number, number],
  range: readonly [number, number],
  tickCount = 6,
): Scale {
  const [low, high] = widened(domain);
  const slope = (range[1] - range[0]) / (high - low);
  const scale = (value: number): number => range[0] + (value - low) * slope;
  return Object.assign(scale, { ticks: ticks(low, high, tickCount) });
}

/** A scale by powers of ten with ticks at 1 and, over few decades, also at 2 and 5. */
export function logarithmic(
  domain: readonly [number, number],
  range: readonly [number, number],
): Scale {
  const low = log10(Math.max(domain[0], 1e-300));
  const high = Math.max(log10(Math.max(domain[1], 1e-300)), low + 0.1);
  const slope = (range[1] - range[0]) / (high - low);
  const scale = (value: number): number => range[0] + (log10(value) - low) * slope;
  const multiples = high - low > 3 ? [1] : [1, 2, 5];
  const marks: number[] = [];
  for (let power = Math.floor(low); power <= high; power++) {
    for (const multiple of multiples) {
      const mark = Number(`${multiple}e${power}`);
      const at = log10(mark);
      if (at >= low - 1e-9 && at <= high + 1e-9) marks.push(mark);
    }
  }
  return Object.assign(scale, { ticks: marks });
}

/** Round numbers between low and high, about so many: steps of 1, 2 or 5 times a power of ten. */
export function ticks(low: number, high: number, about: number): number[] {
  const rough = (high - low) / Math.max(about, 1);
  const power = Number(`1e${Number(rough.toExponential(0).split("e")[1])}`);
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough * 0.999) ?? rough;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const marks: number[] = [];
  for (let i = first; i <= last && marks.length < 100; i++) {
    marks.push(Number((i * step).toPrecision(12)));
  }
  return marks;
}

/**
 * Logarithm to base ten from the four basic operations, so that every machine draws the same line.
 *
 * @source ln m = 2 artanh((m - 1) / (m + 1)), with m in [1/√10, √10)
 */
export function log10(value: number): number {
  if (!(value > 0)) return Number.NEGATIVE_INFINITY;
  const [mantissa = "1", exponent = "0"] = value.toExponential(16).split("e");
  let m = Number(mantissa);
  let power = Number(exponent);
  if (m > 3.1622776601683795) {
    m /= 10;
    power++;
  }
  const t = (m - 1) / (m + 1);
  let term = t;
  let sum = 0;
  for (let n = 1; n < 80; n += 2) {
    sum += term / n;
    term *= t * t;
  }
  return power + (2 * sum) / Math.LN10;
}

/** Both drawings of a figure, of which the page shows the one that fits, and its caption. */
export function figure(text: FigureText, draw: (size: Size) => Drawing): Markup {
  return html`<figure id="${text.id}">
${[WIDE, NARROW].map((size) => image(text, size, draw(size)))}<figcaption>${text.caption}</figcaption>
</figure>
`;
}

/** One drawing with its title and description for those who do not see it. */
export function image(text: FigureText, size: Size, drawing: Drawing): Markup {
  const id = `${text.id}-${size.name}`;
  return html`<svg class="${size.name}" viewBox="0 0 ${size.width} ${drawing.height}" role="img" aria-labelledby="${id}-title ${id}-desc"><title id="${id}-title">${text.title}</title><desc id="${id}-desc">${text.description}</desc>
${drawing.content}</svg>
`;
}

/** A straight line. */
export function line(x1: number, y1: number, x2: number, y2: number, style: string): Markup {
  return html`<line class="${style}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;
}

/** A rectangle; a negative size is none. */
export function rect(x: number, y: number, width: number, height: number, style: string): Markup {
  const across = Math.max(width, 0);
  return html`<rect class="${style}" x="${x}" y="${y}" width="${across}" height="${Math.max(height, 0)}"/>`;
}

/** A dot at a point. */
export function dot(x: number, y: number, style: string): Markup {
  return html`<circle class="${style}" cx="${x}" cy="${y}" r="4"/>`;
}

export type Anchor = "start" | "middle" | "end";

/** A text at a point. */
export function label(
  x: number,
  y: number,
  text: string,
  anchor: Anchor = "start",
  style = "",
): Markup {
  const name = style ? html` class="${style}"` : NOTHING;
  return html`<text x="${x}" y="${y}" text-anchor="${anchor}"${name}>${text}</text>`;
}

/** A line through points, broken nowhere. */
export function path(points: readonly (readonly [number, number])[], style: string): Markup {
  return html`<path class="${style}" d="${trace(points)}"/>`;
}

/** The area between an upper and a lower line over the same places. */
export function band(
  upper: readonly (readonly [number, number])[],
  lower: readonly (readonly [number, number])[],
  style: string,
): Markup {
  return html`<path class="${style}" d="${trace([...upper, ...[...lower].reverse()])}Z"/>`;
}

function trace(points: readonly (readonly [number, number])[]): Markup {
  return html`${points.map(([x, y], i) => html`${i === 0 ? "M" : "L"}${x} ${y}`)}`;
}

/** An estimate's ± 1.96 standard errors as a bar with two caps, lying along x. */
export function errorBar(low: number, high: number, y: number): Markup {
  return html`${line(low, y, high, y, "error")}${line(low, y - 3, low, y + 3, "error")}${line(high, y - 3, high, y + 3, "error")}`;
}

/** The axis under a drawing: ticks with numbers and, below, what it measures and in what unit. */
export function bottomAxis(
  scale: Scale,
  box: { readonly left: number; readonly right: number; readonly y: number },
  name: string,
  print: (value: number) => string,
): Markup {
  return html`${line(box.left, box.y, box.right, box.y, "axis")}${scale.ticks.map((tick) => [
    line(scale(tick), box.y, scale(tick), box.y + 4, "axis"),
    label(scale(tick), box.y + 16, print(tick), "middle"),
  ])}${label((box.left + box.right) / 2, box.y + 34, name, "middle", "name")}
`;
}

/** Hairlines across a drawing with their numbers at the left. */
export function leftAxis(
  scale: Scale,
  box: { readonly left: number; readonly right: number },
  print: (value: number) => string,
): Markup {
  return html`${scale.ticks.map((tick) => [
    line(box.left, scale(tick), box.right, scale(tick), "grid"),
    label(box.left - 6, scale(tick) + 4, print(tick), "end"),
  ])}
`;
}

/** Prints ticks with as many decimals as their distance needs. */
export function tickPrinter(marks: readonly number[]): (value: number) => string {
  const step = marks.length > 1 ? Math.abs(marks[1]! - marks[0]!) : Math.abs(marks[0] ?? 1);
  const exponent = step > 0 ? Number(step.toExponential(0).split("e")[1]) : 0;
  const decimals = Math.min(Math.max(-exponent, 0), 20);
  return (value) => {
    const text = Math.abs(value) < 1e21 ? value.toFixed(decimals) : value.toExponential(1);
    const [whole = "", fraction] = text.replace("-", "").split(".");
    const body = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (fraction ? `.${fraction}` : "");
    return value < 0 ? `\u2212${body}` : body;
  };
}

function widened([low, high]: readonly [number, number]): [number, number] {
  if (high > low) return [low, high];
  const margin = Math.abs(low) * 0.05 || 1;
  return [low - margin, low + margin];
}
