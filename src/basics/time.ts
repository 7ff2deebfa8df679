import { type Issue, received, refuse } from "./error.ts";

/** Milliseconds of a day. */
export const DAY_MS = 86_400_000;
/** Milliseconds of a year of 365 days, the year of every rate. */
export const YEAR_MS: number = 365 * DAY_MS;
/** Longest horizon, in days. */
export const HORIZON_DAYS_MAX = 366;

const YEAR_FIRST = 2009;
const YEAR_LAST = 2100;

/** The form of an instant, also for JSON Schema. */
export const INSTANT_PATTERN: string =
  "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,3})?)?(Z|[+-][0-9]{2}:[0-9]{2})$";
const PARTS =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(?:Z|([+-])(\d{2}):(\d{2}))$/;
const EXPECTED = `UTC instant in ${YEAR_FIRST} to ${YEAR_LAST}, e.g. "2026-02-05T21:29:37Z"`;

/**
 * Reads an instant: ISO 8601 with a zone, seconds optional, at most three decimals.
 *
 * @returns milliseconds since 1970-01-01 UTC
 * @throws  PoolError TIME_SYNTAX (also for dates that do not exist), TIME_UNIT_SUSPECT (numbers,
 *          years outside 2009 to 2100), TYPE
 */
export function readInstant(text: unknown, pointer = ""): number {
  const result = parseInstant(text, pointer);
  return typeof result === "number" ? result : refuse(result);
}

/** Milliseconds since 1970-01-01 UTC; undefined where {@link readInstant} would throw. */
export function instantMs(value: unknown): number | undefined {
  const result = parseInstant(value, "");
  return typeof result === "number" ? result : undefined;
}

/** What is wrong with an instant, or undefined. Codes as {@link readInstant}. */
export function instantIssue(value: unknown, pointer = ""): Issue | undefined {
  const result = parseInstant(value, pointer);
  return typeof result === "number" ? undefined : result;
}

/** Prints an instant in UTC, with milliseconds only when there are any. */
export function printInstant(ms: number): string {
  const days = Math.floor(ms / DAY_MS);
  const { year, month, day } = civilFromDays(days);
  const rest = ms - days * DAY_MS;
  const two = (value: number): string => String(value).padStart(2, "0");
  const hour = Math.floor(rest / 3_600_000);
  const minute = Math.floor(rest / 60_000) % 60;
  const second = Math.floor(rest / 1000) % 60;
  const millisecond = rest % 1000;
  const fraction = millisecond === 0 ? "" : `.${String(millisecond).padStart(3, "0")}`;
  const date = `${String(year).padStart(4, "0")}-${two(month)}-${two(day)}`;
  return `${date}T${two(hour)}:${two(minute)}:${two(second)}${fraction}Z`;
}

/**
 * Reads a horizon as days: a number of days, or text with its unit, "10d", "24h", "30m".
 *
 * @returns days in (0, 366]
 * @throws  PoolError HORIZON (not a horizon), NUMBER_RANGE, NUMBER_NOT_FINITE, UNIT_SUSPECT (a
 *          number of more than 366 days is likely hours or seconds)
 */
export function readHorizon(value: unknown, pointer = "/horizon"): number {
  const issue = (code: string, detail: string): Issue => ({
    code,
    pointer,
    detail,
    expected: `days in (0, ${HORIZON_DAYS_MAX}], e.g. 10, "10d", "24h" or "30m"`,
    received: received(value),
  });
  let days: number;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) refuse(issue("NUMBER_NOT_FINITE", "the horizon must be finite"));
    days = value;
  } else {
    const parts =
      typeof value === "string" && value.length <= 32
        ? /^([0-9]+(?:\.[0-9]+)?)([dhm])$/.exec(value)
        : null;
    if (parts === null)
      refuse(issue("HORIZON", "this is not a horizon; write a number and a unit"));
    const perDay = parts[2] === "d" ? 1 : parts[2] === "h" ? 24 : 1440;
    days = Number(parts[1]) / perDay;
  }
  if (days > 0 && days <= HORIZON_DAYS_MAX) return days;
  if (typeof value === "number" && days > HORIZON_DAYS_MAX) {
    refuse(issue("UNIT_SUSPECT", "a plain number is days; this looks like hours or seconds"));
  }
  refuse(issue("NUMBER_RANGE", "the horizon is outside its bounds"));
}

/** Instants that were read: one book says the same few again and again. */
const known = new Map<string, number>();
const KNOWN_MAX = 4096;

function parseInstant(value: unknown, pointer: string): number | Issue {
  if (typeof value !== "string") return parsed(value, pointer);
  const before = known.get(value);
  if (before !== undefined) return before;
  const result = parsed(value, pointer);
  if (typeof result === "number") {
    if (known.size >= KNOWN_MAX) known.clear();
    known.set(value, result);
  }
  return result;
}

function parsed(value: unknown, pointer: string): number | Issue {
  const issue = (code: string, detail: string): Issue => ({
    code,
    pointer,
    detail,
    expected: EXPECTED,
    received: received(value),
  });
  if (typeof value === "number" || (typeof value === "string" && /^-?\d{9,20}$/.test(value))) {
    return Number.isFinite(value) || typeof value === "string"
      ? issue("TIME_UNIT_SUSPECT", "a bare number may be seconds or milliseconds; write ISO 8601")
      : issue("TYPE", "an instant is text");
  }
  if (typeof value !== "string") return issue("TYPE", "an instant is text");
  if (/^[+-]\d{6}-/.test(value)) {
    return issue("TIME_UNIT_SUSPECT", "the year is far off; were seconds and milliseconds mixed?");
  }
  const parts = PARTS.exec(value);
  if (parts === null) {
    return issue("TIME_SYNTAX", "write date, T, time and zone; a time without zone is ambiguous");
  }
  const at = (index: number): number => Number(parts[index] ?? 0);
  const year = at(1);
  if (!(year >= YEAR_FIRST && year <= YEAR_LAST)) {
    return issue("TIME_UNIT_SUSPECT", "the year is far off; were seconds and milliseconds mixed?");
  }
  const inRange =
    at(2) >= 1 &&
    at(2) <= 12 &&
    at(3) >= 1 &&
    at(3) <= daysInMonth(year, at(2)) &&
    at(4) <= 23 &&
    at(5) <= 59 &&
    at(6) <= 59 &&
    at(9) <= 23 &&
    at(10) <= 59;
  if (!inRange) return issue("TIME_SYNTAX", "there is no such date or time");
  const offset = (at(9) * 60 + at(10)) * (parts[8] === "-" ? -1 : 1);
  const minutes = at(4) * 60 + at(5) - offset;
  const milliseconds = Number((parts[7] ?? "").padEnd(3, "0"));
  return daysFromCivil(year, at(2), at(3)) * DAY_MS + (minutes * 60 + at(6)) * 1000 + milliseconds;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/**
 * Days since 1970-01-01 in the proleptic Gregorian calendar.
 *
 * @source Hinnant, chrono-compatible low-level date algorithms (2013), days_from_civil
 */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + yearOfEra * 365 + leapDays + dayOfYear - 719_468;
}

/** Inverse of {@link daysFromCivil}; same source, civil_from_days. */
function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  const dayOfYear = dayOfEra - (365 * yearOfEra + leapDays);
  const index = Math.floor((5 * dayOfYear + 2) / 153);
  const month = index < 10 ? index + 3 : index - 9;
  const day = dayOfYear - Math.floor((153 * index + 2) / 5) + 1;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}
