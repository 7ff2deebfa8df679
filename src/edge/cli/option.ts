import { type Issue, PoolError, received } from "../../index.ts";

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const SEED_MAX = 2n ** 64n - 1n;

/** The texts of a command's options by name, as the command line gave them. */
export type OptionTexts = Readonly<Record<string, unknown>>;

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly unit: string;
}

/**
 * Reads the options of one command and keeps every mistake, so that all are reported together.
 *
 * A faulty option reads as its lower bound, which no one sees: `finish` throws first.
 */
export class OptionReader {
  private readonly texts: OptionTexts;
  private readonly issues: Issue[] = [];

  constructor(texts: OptionTexts) {
    this.texts = texts;
  }

  /** @throws PoolError with every mistake found so far */
  finish(): void {
    if (this.issues.length > 0) throw new PoolError(this.issues, "command line");
  }

  /** Whether the option was given or has a default. */
  has(name: string): boolean {
    return this.texts[name] !== undefined;
  }

  /** Refuses an option beside one that does the same in another way. */
  alone(name: string, other: string): void {
    if (!this.has(name)) return;
    this.refuse("OPTION_CONFLICT", name, this.text(name), {
      detail: `says who does the work, and --${other} says so as well; give one of the two`,
      expected: `left out, or without --${other}`,
    });
  }

  /** A text that something else reads. */
  words(name: string): string {
    return this.text(name);
  }

  /** A number within bounds. */
  number(name: string, bounds: Bounds): number {
    const text = this.text(name);
    const value = NUMBER.test(text) ? Number(text) : Number.NaN;
    if (value >= bounds.min && value <= bounds.max) return value;
    return this.outOfRange(name, text, `a number from ${range(bounds)}`, bounds.min);
  }

  /** A whole number within bounds. */
  whole(name: string, bounds: Bounds): number {
    const text = this.text(name);
    const value = NUMBER.test(text) ? Number(text) : Number.NaN;
    if (Number.isInteger(value) && value >= bounds.min && value <= bounds.max) return value;
    return this.outOfRange(name, text, `a whole number from ${range(bounds)}`, bounds.min);
  }

  /** A seed: all 64 bits count, so it is never read as a float. */
  seed(name: string): bigint {
    const text = this.text(name);
    const value = /^\d{1,20}$/.test(text) ? BigInt(text) : -1n;
    if (value >= 0n && value <= SEED_MAX) return value;
    this.refuse("SEED_RANGE", name, text, {
      detail: "is not a seed; give a whole number in decimal digits",
      expected: `a whole number from 0 to ${SEED_MAX} (2^64 - 1)`,
    });
    return 0n;
  }

  /** A fraction such as 0.975; 97.5 is caught as per cent. */
  fraction(name: string, ends: "open" | "top"): number {
    return this.fractionOf(name, this.text(name), ends);
  }

  /** Fractions between commas, ascending and without repetition. */
  fractions(name: string): number[] {
    const parts = this.text(name).split(",");
    const values = parts.map((part) => this.fractionOf(name, part.trim(), "open"));
    return [...new Set(values)].sort((a, b) => a - b);
  }

  /** A span of time in days, given as `10d`, `36h` or a plain number of days. */
  days(name: string, bounds: Bounds): number {
    const text = this.text(name);
    const match = /^(.*?)\s*(d|h|m|days?|hours?|minutes?)?$/i.exec(text);
    const amount = match?.[1] ?? "";
    const value = NUMBER.test(amount) ? Number(amount) : Number.NaN;
    const unit = match?.[2]?.toLowerCase()[0] ?? "d";
    const inDays = value / (unit === "m" ? 1440 : unit === "h" ? 24 : 1);
    if (inDays >= bounds.min && inDays <= bounds.max) return inDays;
    return this.outOfRange(name, text, `a time such as 10d, 36h or 30m, from ${range(bounds)}`, 1);
  }

  /** One of some words. */
  choice<Word extends string>(name: string, words: readonly Word[]): Word {
    const text = this.text(name);
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    this.refuse("VALUE_UNKNOWN", name, text, {
      detail: "is not one of the words this option knows",
      expected: words.join(" or "),
    });
    return words[0]!;
  }

  /** Money as decimal digits; how many after the point the pool's currency decides. */
  money(name: string): string {
    const text = this.text(name);
    if (/^\d{1,60}(?:\.\d{1,30})?$/.test(text)) return text;
    this.refuse("MONEY_FORMAT", name, text, {
      detail: "is not an amount; write digits with a point, no sign, commas or exponent",
      expected: "a decimal amount in the pool currency, such as 1250000.00",
    });
    return "0";
  }

  /** `time=ts,BTC=btc_close`: what stands in which column. */
  mapping(name: string): Record<string, string> {
    const text = this.text(name);
    const pairs = text.split(",").map((pair) => pair.split("=").map((side) => side.trim()));
    const sound = pairs.every(([key, column, ...rest]) => key && column && rest.length === 0);
    const keys = new Set(pairs.map(([key]) => key));
    if (sound && keys.size === pairs.length) {
      return Object.fromEntries(pairs.map(([key, column]) => [key!, column!]));
    }
    this.refuse("COLUMN_MAPPING", name, text, {
      detail: sound ? "names something twice" : "is not a list of name=column between commas",
      expected: "name=column pairs, such as time=ts,BTC=btc_close",
    });
    return {};
  }

  private text(name: string): string {
    const value = this.texts[name];
    return typeof value === "string" ? value : "";
  }

  private fractionOf(name: string, text: string, ends: "open" | "top"): number {
    const value = NUMBER.test(text) ? Number(text) : Number.NaN;
    if (value > 0 && (value < 1 || (ends === "top" && value === 1))) return value;
    const expected = ends === "top" ? "a fraction in (0, 1]" : "a fraction in (0, 1)";
    if (value >= 1 && value <= 100) {
      this.refuse("UNIT_SUSPECT", name, text, {
        detail: `looks like per cent; write ${Number((value / 100).toPrecision(12))}`,
        expected: `${expected}, such as 0.05 for 5 %`,
      });
      return 0.5;
    }
    return this.outOfRange(name, text, expected, 0.5);
  }

  private outOfRange(name: string, text: string, expected: string, instead: number): number {
    const number = NUMBER.test(text);
    this.refuse("NUMBER_RANGE", name, text, {
      detail: number ? "is out of range" : "is not a number",
      expected,
    });
    return instead;
  }

  private refuse(
    code: string,
    name: string,
    text: string,
    words: { readonly detail: string; readonly expected: string },
  ): void {
    this.issues.push({
      code,
      pointer: `/options/${name}`,
      detail: `--${name} ${words.detail}`,
      expected: words.expected,
      received: received(text),
    });
  }
}

function range(bounds: Bounds): string {
  return `${plain(bounds.min)} to ${plain(bounds.max)}${bounds.unit && ` ${bounds.unit}`}`;
}

function plain(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, value >= 1000 ? "," : "");
}
