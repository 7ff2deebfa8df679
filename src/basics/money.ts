import { assert, type Issue, received, refuse } from "./error.ts";

/** Digits in one amount, before and after the point together. */
export const MONEY_DIGITS_MAX = 40;
/** Largest amount in minor units: what a signed 128-bit ledger can hold. */
export const MONEY_MINOR_MAX: bigint = 2n ** 127n - 1n;
/** Most digits after the point that any currency or coin may have. */
export const DECIMALS_MAX = 18;

const DECIMAL = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;

/** What an amount must satisfy beyond being decimal digits. */
export interface MoneyRules {
  readonly pointer?: string;
  /** Negative amounts are refused unless this is true; "-0" is 0 and always allowed. */
  readonly negative?: boolean;
  /** Code for what cannot be an amount at all (negative, NaN, infinite); else NUMBER_RANGE. */
  readonly rangeCode?: string;
}

/**
 * Says what is wrong with an amount as text, or undefined when nothing is.
 *
 * Accepted: decimal digits with at most `decimals` after a point, "1250" or "1250.00"; no
 * exponent, no leading zeros, no signs but "-", no spaces.
 *
 * @returns issue MONEY_MUST_BE_STRING, MONEY_SYNTAX, MONEY_TOO_PRECISE, MONEY_TOO_LARGE,
 *          NUMBER_RANGE or TYPE
 */
export function moneyIssue(
  value: unknown,
  decimals: number,
  rules: MoneyRules = {},
): Issue | undefined {
  const issue = (code: string, detail: string): Issue => ({
    code,
    pointer: rules.pointer ?? "",
    detail,
    expected: `decimal text with at most ${decimals} digits after the point, e.g. "1250"`,
    received: received(value),
  });
  if (typeof value === "number" || typeof value === "bigint") {
    if (rules.rangeCode !== undefined && !Number.isFinite(Number(value))) {
      return issue(rules.rangeCode, "this is not an amount");
    }
    const hint = Number.isInteger(value) || typeof value === "bigint" ? `: "${value}"` : "";
    return issue("MONEY_MUST_BE_STRING", `a JSON number loses digits; write money as text${hint}`);
  }
  if (typeof value !== "string") return issue("TYPE", "money is written as text");
  if (!DECIMAL.test(value)) {
    return issue("MONEY_SYNTAX", "money is plain decimal digits with a point, nothing else");
  }
  const point = value.indexOf(".");
  const negative = value.startsWith("-");
  const digits = value.length - (negative ? 1 : 0) - (point < 0 ? 0 : 1);
  if (digits > MONEY_DIGITS_MAX) {
    return issue("MONEY_TOO_LARGE", `money has at most ${MONEY_DIGITS_MAX} digits`);
  }
  if (point >= 0 && value.length - point - 1 > decimals) {
    return issue("MONEY_TOO_PRECISE", `round it to ${decimals} digits after the point first`);
  }
  const minor = toMinor(value, decimals);
  if (minor > MONEY_MINOR_MAX || minor < -MONEY_MINOR_MAX) {
    return issue("MONEY_TOO_LARGE", "the amount in minor units exceeds 2^127 - 1");
  }
  if (minor < 0n && rules.negative !== true) {
    return issue(rules.rangeCode ?? "NUMBER_RANGE", "the amount must not be negative");
  }
  return undefined;
}

/**
 * Reads an amount as whole minor units: "12.5" with 2 decimals is 1250n.
 *
 * @throws PoolError as {@link moneyIssue}
 */
export function readMoney(text: string, decimals: number, rules: MoneyRules = {}): bigint {
  const issue = moneyIssue(text, decimals, rules);
  if (issue !== undefined) refuse(issue);
  return toMinor(text, decimals);
}

/** Prints whole minor units with all their decimals: 1250n with 2 decimals is "12.50". */
export function printMoney(minor: bigint, decimals: number): string {
  assert(Number.isInteger(decimals) && decimals >= 0, "decimals are a whole number");
  const magnitude = (minor < 0n ? -minor : minor).toString().padStart(decimals + 1, "0");
  const sign = minor < 0n ? "-" : "";
  if (decimals === 0) return sign + magnitude;
  const point = magnitude.length - decimals;
  return `${sign}${magnitude.slice(0, point)}.${magnitude.slice(point)}`;
}

/** The nearest f64 to an amount, for measuring; never to be turned back into a payment. */
export function moneyToNumber(minor: bigint, decimals: number): number {
  return Number(printMoney(minor, decimals));
}

function toMinor(text: string, decimals: number): bigint {
  const [whole = "", fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(decimals, "0"));
}
