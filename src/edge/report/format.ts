/**
 * Numbers as a reader sees them. Written here and not left to the machine's locale, so that the
 * same valuation prints the same bytes everywhere.
 */

/** A space that keeps a number and its unit on one line. */
export const JOIN = "\u00a0";
const MINUS = "\u2212";

/** A power of ten to print money in, and its name: `USD million`. */
export interface MoneyScale {
  readonly factor: number;
  /** "", "thousand" (axes only), "million", "billion" or "trillion". */
  readonly word: string;
}

interface Figure {
  readonly value: number;
  readonly standardError: number;
}

interface Interval extends Figure {
  readonly low: number;
  readonly high: number | null;
}

/** Puts commas between thousands and a true minus in front: `-1234.5` becomes `−1,234.5`. */
export function grouped(digits: string): string {
  const negative = digits.startsWith("-");
  const [whole = "", fraction] = (negative ? digits.slice(1) : digits).split(".");
  const text = /^\d+$/.test(whole) ? whole.replace(/\B(?=(\d{3})+$)/g, ",") : whole;
  const body = fraction === undefined ? text : `${text}.${fraction}`;
  return negative && /[1-9]/.test(body) ? MINUS + body : body;
}

/** Rounds to a multiple of 10^place and groups: `rounded(1843412, 3)` is `1,843,000`. */
export function rounded(value: number, place: number): string {
  if (Math.abs(value) >= 1e21) return grouped(value.toExponential(3));
  if (place <= 0) return grouped(value.toFixed(Math.min(-place, 100)));
  const unit = Number(`1e${place}`);
  return grouped((Math.round(value / unit) * unit).toFixed(0));
}

/** Decimal place of a figure's n-th significant digit: 3 for the second digit of 12,345. */
export function placeOf(value: number, digits: number): number {
  if (!(Math.abs(value) > 0)) return 1 - digits;
  const exponent = Number(value.toExponential(digits - 1).split("e")[1]);
  return Math.max(exponent - digits + 1, -20);
}

/** A figure with so many significant digits; whole numbers above them are rounded to zeros. */
export function significant(value: number, digits = 4): string {
  return value === 0 ? "0" : rounded(value, placeOf(value, digits));
}

/**
 * The place to print an estimate to: where the second digit of its standard error stands, so that
 * no printed digit is noise and none that is known is lost. Four digits when there is no error.
 */
export function estimatePlace(figure: Figure): number {
  return figure.standardError > 0 ? placeOf(figure.standardError, 2) : placeOf(figure.value, 4);
}

/** `1,843,000 ± 12,000`, without a unit. */
export function estimate(figure: Figure): string {
  const place = estimatePlace(figure);
  return `${rounded(figure.value, place)}${JOIN}±${JOIN}${rounded(figure.standardError, place)}`;
}

/** `1,820,000 to 1,866,000`; an end that the sample cannot bound is said to be unbounded. */
export function interval(figure: Interval): string {
  const place = estimatePlace(figure);
  const high = figure.high === null ? "unbounded" : rounded(figure.high, place);
  return `${rounded(figure.low, place)} to ${high}`;
}

/** 0.975 becomes `97.5 %`; no digits are added or lost. */
export function levelPercent(level: number): string {
  return `${grouped(String(Number((level * 100).toPrecision(10))))}${JOIN}%`;
}

/** A fraction as per cent with so many significant digits. */
export function percent(fraction: number, digits = 3): string {
  return `${significant(fraction * 100, digits)}${JOIN}%`;
}

/**
 * A probability seen in so many scenarios. One that was never seen is not zero: the 95 % bound is
 * then 3 / scenarios.
 *
 * @source Hanley & Lippman-Hand, If nothing goes wrong, is everything all right? (1983)
 */
export function probability(figure: Figure, scenarios: number): string {
  if (figure.value === 0) return `none seen, below ${percent(3 / Math.max(scenarios, 3), 2)}`;
  return percentEstimate(figure);
}

/** `0.312 ± 0.018 %`. */
export function percentEstimate(figure: Figure): string {
  const inPercent = { value: figure.value * 100, standardError: figure.standardError * 100 };
  return `${estimate(inPercent)}${JOIN}%`;
}

/** Exact money: whole units from 1,000 up, else with the currency's digits (at most two). */
export function money(value: number, currency: { code: string; decimals: number }): string {
  const digits = Math.abs(value) >= 1000 ? 0 : Math.min(currency.decimals, 2);
  return `${currency.code}${JOIN}${rounded(value, -digits)}`;
}

/** Minor units as decimal text become money without a float in between: "123456" is 1,234.56. */
export function minorUnits(amount: string, decimals: number): string {
  const negative = amount.startsWith("-");
  const digits = (negative ? amount.slice(1) : amount).padStart(decimals + 1, "0");
  const cut = digits.length - decimals;
  const whole = digits.slice(0, cut);
  const text = decimals > 0 ? `${whole}.${digits.slice(cut)}` : whole;
  return grouped(negative ? `-${text}` : text);
}

/** The scale in which the largest of some amounts has one to three digits before the point. */
export function moneyScale(largest: number): MoneyScale {
  const size = Math.abs(largest);
  if (size >= 1e12) return { factor: 1e12, word: "trillion" };
  if (size >= 1e9) return { factor: 1e9, word: "billion" };
  if (size >= 1e6) return { factor: 1e6, word: "million" };
  return { factor: 1, word: "" };
}

/** The scale for an axis, whose numbers are best short: also in thousands from 10,000 up. */
export function axisScale(largest: number): MoneyScale {
  const scale = moneyScale(largest);
  return scale.factor === 1 && Math.abs(largest) >= 1e4 ? { factor: 1e3, word: "thousand" } : scale;
}

/** A figure divided into a scale. */
export function scaled(figure: Interval, scale: MoneyScale): Interval {
  return {
    value: figure.value / scale.factor,
    standardError: figure.standardError / scale.factor,
    low: figure.low / scale.factor,
    high: figure.high === null ? null : figure.high / scale.factor,
  };
}

/** `USD 1.843 million`: money in words of its own size, four significant digits. */
export function moneyInWords(value: number, code: string, digits = 4): string {
  const scale = moneyScale(value);
  const word = scale.word && JOIN + scale.word;
  return `${code}${JOIN}${significant(value / scale.factor, digits)}${word}`;
}

/** `USD 3.3 million`: money that is known exactly, without zeros that would look measured. */
export function moneyExact(value: number, code: string): string {
  return moneyInWords(value, code).replace(/(\.\d*?)0+(?!\d)/, (_, kept: string) =>
    kept === "." ? "" : kept,
  );
}

/** `USD million`, or `USD` when the scale is one. */
export function unitName(code: string, scale: MoneyScale): string {
  return scale.word ? `${code}${JOIN}${scale.word}` : code;
}

/** Whole count with commas. */
export function count(value: number): string {
  return rounded(value, 0);
}

/** `10 days`, `1 day`, `0.5 days`. */
export function days(value: number): string {
  return `${grouped(String(value))}${JOIN}${value === 1 ? "day" : "days"}`;
}

/** `2026-02-05T21:29:37Z` becomes `2026-02-05 21:29:37 UTC`; other text is left as it is. */
export function instant(text: string): string {
  const match = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d(?::\d\d(?:\.\d+)?)?)Z$/.exec(text);
  return match ? `${match[1]} ${match[2]} UTC` : text;
}

// Control characters, and marks that turn the direction of text around and so can disguise a name.
const UNPRINTABLE =
  /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Text from outside, safe to print on a terminal or page: no control or direction characters. */
export function printable(text: string): string {
  return text.replace(/[\t\r\n]+/g, " ").replace(UNPRINTABLE, "\ufffd");
}

/** Cuts text to so many characters, the last of them an ellipsis. */
export function clipped(text: string, length: number): string {
  const letters = [...text];
  return letters.length <= length ? text : `${letters.slice(0, length - 1).join("")}…`;
}
