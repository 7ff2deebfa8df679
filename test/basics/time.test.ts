import fc from "fast-check";
import { expect, test } from "vitest";
import { printInstant, readHorizon, readInstant } from "../../src/basics/index.ts";
import { refusals } from "../support/refusal.ts";

const FIRST = Date.UTC(2009, 0, 1);
const LAST = Date.UTC(2100, 11, 31, 23, 59, 59, 999);

test("readInstant: agrees with Date on every instant from 2009 to 2100", () => {
  fc.assert(
    fc.property(fc.integer({ min: FIRST, max: LAST }), (ms) => {
      expect(readInstant(new Date(ms).toISOString())).toBe(ms);
      expect(readInstant(printInstant(ms))).toBe(ms);
      expect(printInstant(ms)).toBe(new Date(ms).toISOString().replace(".000Z", "Z"));
    }),
    { seed: 41, numRuns: 2_000 },
  );
});

test("readInstant: knows every day of the calendar and no other", () => {
  for (const year of [2023, 2024, 2096, 2100]) {
    for (let month = 1; month <= 12; month++) {
      for (let day = 1; day <= 31; day++) {
        const text = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}T00:00Z`;
        const date = new Date(Date.UTC(year, month - 1, day));
        if (date.getUTCMonth() === month - 1) expect(readInstant(text)).toBe(date.getTime());
        else expect(refusals(() => readInstant(text))).toEqual(["TIME_SYNTAX "]);
      }
    }
  }
});

test.each([
  ["2026-02-05T21:29:37+05:30", "2026-02-05T15:59:37Z"],
  ["2026-02-05T23:30-01:00", "2026-02-06T00:30:00Z"],
  ["2026-02-05T21:29:37.5Z", "2026-02-05T21:29:37.500Z"],
])("readInstant: brings %s to UTC", (text, utc) => {
  expect(readInstant(text)).toBe(Date.parse(utc));
});

test.each([
  ["2026-02-05T21:29:37", "TIME_SYNTAX"],
  ["2026-02-05", "TIME_SYNTAX"],
  ["2026-02-30T00:00:00Z", "TIME_SYNTAX"],
  ["2026-13-01T00:00:00Z", "TIME_SYNTAX"],
  ["2026-00-10T00:00:00Z", "TIME_SYNTAX"],
  ["2026-02-05T24:00:00Z", "TIME_SYNTAX"],
  ["2026-02-05T21:60:00Z", "TIME_SYNTAX"],
  ["2026-02-05T21:29:60Z", "TIME_SYNTAX"],
  ["2026-02-05T21:29:37.1234Z", "TIME_SYNTAX"],
  ["2026-02-05 21:29:37Z", "TIME_SYNTAX"],
  ["2026-02-05T21:29:37Z\n", "TIME_SYNTAX"],
  ["tomorrow", "TIME_SYNTAX"],
  ["1970-01-21T11:44:01Z", "TIME_UNIT_SUSPECT"],
  ["+058000-01-01T00:00:00Z", "TIME_UNIT_SUSPECT"],
  ["2101-01-01T00:00:00Z", "TIME_UNIT_SUSPECT"],
  ["1770327577", "TIME_UNIT_SUSPECT"],
  [1770327577, "TIME_UNIT_SUSPECT"],
  [1770327577000, "TIME_UNIT_SUSPECT"],
  [Number.NaN, "TYPE"],
  [null, "TYPE"],
])("readInstant: refuses %j with %s", (value, code) => {
  expect(refusals(() => readInstant(value, "/asOf"))).toEqual([`${code} /asOf`]);
});

test.each([
  ["10d", 10],
  ["24h", 1],
  ["36h", 1.5],
  ["30m", 30 / 1440],
  ["0.5d", 0.5],
  [10, 10],
  [366, 366],
])("readHorizon: reads %j as days", (value, days) => {
  expect(readHorizon(value)).toBe(days);
});

test.each([
  ["ten days", "HORIZON"],
  ["10", "HORIZON"],
  ["1w", "HORIZON"],
  ["-1d", "HORIZON"],
  [undefined, "HORIZON"],
  [{}, "HORIZON"],
  ["0d", "NUMBER_RANGE"],
  ["367d", "NUMBER_RANGE"],
  [0, "NUMBER_RANGE"],
  [-3, "NUMBER_RANGE"],
  [864_000, "UNIT_SUSPECT"],
  [Number.NaN, "NUMBER_NOT_FINITE"],
  [Number.POSITIVE_INFINITY, "NUMBER_NOT_FINITE"],
])("readHorizon: refuses %j with %s", (value, code) => {
  expect(refusals(() => readHorizon(value))).toEqual([`${code} /horizon`]);
});
