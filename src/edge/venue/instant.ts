const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2}))?$/;

/** What keeps a text from being an instant. */
export type InstantFault = "TIME_SYNTAX" | "TIME_UNIT_SUSPECT";

/**
 * Reads an instant: ISO 8601 with a zone, a bare date (its UTC midnight), or seconds or
 * milliseconds since 1970.
 *
 * @returns milliseconds since 1970, or what is wrong
 */
export function readInstant(value: string): number | InstantFault {
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return readEpoch(Number(text));
  const match = ISO.exec(text);
  if (!match) return "TIME_SYNTAX";
  const [, year, month, day] = match;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // A day that does not exist rolls over into another.
  const exists = new Date(midnight).toISOString().startsWith(`${year}-${month}-${day}`);
  const at = match[7] ? Date.parse(text.replace(" ", "T").replace(/\s+/, "")) : midnight;
  return exists && Number.isFinite(at) ? at : "TIME_SYNTAX";
}

/** Reads seconds or milliseconds since 1970, whichever makes a time between 2009 and 2100. */
export function readEpoch(value: number): number | InstantFault {
  if (value >= 1.23e9 && value < 4.11e9) return value * 1000;
  if (value >= 1.23e12 && value < 4.11e12) return value;
  return "TIME_UNIT_SUSPECT";
}

/** What would have been an instant, in words. */
export const INSTANT_EXPECTED = {
  TIME_SYNTAX: "ISO 8601 with Z or an offset, or seconds or milliseconds since 1970",
  TIME_UNIT_SUSPECT: "seconds (10 digits) or milliseconds (13 digits)",
} as const;

/** What is wrong with an instant and how to mend it, in words. */
export const INSTANT_DETAIL = {
  TIME_SYNTAX:
    "the time cannot be read, or it has no zone; write 2026-02-05T21:00Z, or a date alone for UTC midnight",
  TIME_UNIT_SUSPECT:
    "neither seconds nor milliseconds since 1970 make this a time between 2009 and 2100",
} as const;
