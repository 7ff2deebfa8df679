import type { Issue } from "../../index.ts";
import { received } from "../../index.ts";

/** What a cell says, or the issue it makes (the pointer is added by the caller). */
export type Cell = number | Omit<Issue, "pointer">;

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const NOT_FINITE = /^[+-]?(?:nan|inf|infinity)$/i;
const INSTANT =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)? ?(Z|UTC|[+-]\d\d:?\d\d)?)?$/;

/** Reads a decimal number with a point; nothing else counts as a number. */
export function readNumber(text: string): Cell {
  if (NUMBER.test(text)) {
    const value = Number(text);
    if (Number.isFinite(value)) return value;
  } else if (!NOT_FINITE.test(text)) {
    return {
      code: "NUMBER_SYNTAX",
      detail: "This is not a number; write it with a decimal point and without separators.",
      expected: "digits with an optional decimal point, e.g. 1234.5",
      received: received(text),
    };
  }
  return {
    code: "NUMBER_NOT_FINITE",
    detail: "This number is not finite; leave the cell empty if the value is missing.",
    expected: "a finite number",
    received: received(text),
  };
}

/** Reads a price: a finite number above 0. */
export function readPrice(text: string): Cell {
  const value = readNumber(text);
  if (typeof value !== "number" || value > 0) return value;
  return {
    code: "MODEL_DOMAIN",
    detail: "A price is above 0; leave the cell empty if it is missing.",
    expected: "> 0, pool currency per coin",
    received: received(text),
  };
}

/** An instant read from a cell; `zone` is false when a time of day came without one. */
export interface InstantCell {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly time: number;
  readonly zone: boolean;
}

/**
 * Reads an ISO 8601 date or time; a date alone is its UTC midnight, a time without zone is UTC.
 *
 * @returns undefined when the text is not a date of the calendar
 */
export function readInstant(text: string): InstantCell | undefined {
  const parts = INSTANT.exec(text);
  if (parts === null) return undefined;
  const [year, month, day, hour, minute, second] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0)) as [number, number, number, number, number, number];
  const milliseconds = Number(`${parts[7] ?? ""}000`.slice(0, 3));
  const midnight = Date.UTC(year, month - 1, day);
  const date = new Date(midnight);
  // Date.UTC rolls 30 February over into March; a date that moved was none.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  if (date.getUTCFullYear() !== year || hour > 23 || minute > 59 || second > 59) return undefined;
  const zone = parts[8];
  const time = midnight + ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds;
  if (zone === undefined || zone === "Z" || zone === "UTC") {
    return { time, zone: zone !== undefined || parts[4] === undefined };
  }
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 14 || minutes > 59) return undefined;
  const offset = (hours * 60 + minutes) * 60_000;
  return { time: zone[0] === "-" ? time + offset : time - offset, zone: true };
}

/** Earliest and latest instants that an epoch number may mean: 2009 (the first block) to 2100. */
export const EPOCH_SECONDS_MIN = 1_230_768_000;
export const EPOCH_SECONDS_MAX = 4_102_444_800;

/**
 * Tells the unit of an epoch number by its size.
 *
 * @returns undefined outside 2009–2100 in either unit
 */
export function epochUnit(value: number): "s" | "ms" | undefined {
  if (value >= EPOCH_SECONDS_MIN && value <= EPOCH_SECONDS_MAX) return "s";
  if (value >= EPOCH_SECONDS_MIN * 1000 && value <= EPOCH_SECONDS_MAX * 1000) return "ms";
  return undefined;
}
