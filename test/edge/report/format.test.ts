import { expect, test } from "vitest";
import {
  clipped,
  estimate,
  grouped,
  instant,
  interval,
  levelPercent,
  minorUnits,
  moneyExact,
  moneyInWords,
  percent,
  printable,
  probability,
  rounded,
  significant,
} from "../../../src/edge/report/format.ts";

/** Plain spaces in place of the ones that do not break. */
const plain = (text: string): string => text.replaceAll("\u00a0", " ").replaceAll("\u2212", "-");

test("grouped: puts commas between thousands and nowhere else", () => {
  const table: [string, string][] = [
    ["0", "0"],
    ["999", "999"],
    ["1000", "1,000"],
    ["1234567.8901", "1,234,567.8901"],
    ["-1234.5", "-1,234.5"],
    ["-0.00", "0.00"],
  ];
  for (const [digits, expected] of table) expect(plain(grouped(digits))).toBe(expected);
});

test("estimate: rounds a figure to the second digit of its standard error", () => {
  const table: [number, number, string][] = [
    [1_843_412, 12_345, "1,843,000 ± 12,000"],
    [1_843_412, 120, "1,843,410 ± 120"],
    [0.312345, 0.0178, "0.312 ± 0.018"],
    [12, 340, "10 ± 340"],
    [-5_250.4, 99.6, "-5,250 ± 100"],
    [1_234_567, 0, "1,235,000 ± 0"],
    [0, 0, "0.000 ± 0.000"],
  ];
  for (const [value, standardError, expected] of table) {
    expect(plain(estimate({ value, standardError }))).toBe(expected);
  }
});

test("interval: shares the estimate's digits and says when an end is unbounded", () => {
  const figure = { value: 1_843_412, standardError: 12_345, low: 1_819_216, high: 1_867_608 };
  expect(interval(figure)).toBe("1,819,000 to 1,868,000");
  expect(interval({ ...figure, high: null })).toBe("1,819,000 to unbounded");
});

test("probability: bounds what was never seen by 3 / scenarios", () => {
  const never = { value: 0, standardError: 0 };
  expect(plain(probability(never, 100_000))).toBe("none seen, below 0.0030 %");
  const seen = { value: 0.00312, standardError: 0.000178 };
  expect(plain(probability(seen, 100_000))).toBe("0.312 ± 0.018 %");
});

test("levelPercent: prints the level that was asked for and no float noise", () => {
  const table: [number, string][] = [
    [0.975, "97.5 %"],
    [0.99, "99 %"],
    [0.999, "99.9 %"],
    [1 - 0.975, "2.5 %"],
    [0.57, "57 %"],
  ];
  for (const [level, expected] of table) expect(plain(levelPercent(level))).toBe(expected);
});

test("moneyInWords: names the size of an amount and keeps four digits", () => {
  expect(plain(moneyInWords(1_233_480.7, "USD"))).toBe("USD 1.233 million");
  expect(plain(moneyInWords(-45_678_900_000, "EUR"))).toBe("EUR -45.68 billion");
  expect(plain(moneyInWords(739_199, "USD"))).toBe("USD 739,200");
  expect(plain(moneyInWords(0, "USD"))).toBe("USD 0");
  expect(plain(moneyExact(3_300_000, "USD"))).toBe("USD 3.3 million");
  expect(plain(moneyExact(3_000_000, "USD"))).toBe("USD 3 million");
  expect(plain(moneyExact(500_000, "USD"))).toBe("USD 500,000");
});

test("minorUnits: places the point without a float, however long the amount", () => {
  const table: [string, number, string][] = [
    ["123456", 2, "1,234.56"],
    ["-5", 2, "-0.05"],
    ["0", 2, "0.00"],
    ["900719925474099312345", 6, "900,719,925,474,099.312345"],
    ["42", 0, "42"],
  ];
  for (const [amount, decimals, expected] of table) {
    expect(plain(minorUnits(amount, decimals))).toBe(expected);
  }
});

test("rounded: stays readable at the ends of the float range", () => {
  expect(rounded(1.5e300, 3)).toBe("1.500e+300");
  expect(plain(significant(-1e-12, 2))).toBe("-0.0000000000010");
  expect(plain(percent(0.12345))).toBe("12.3 %");
});

test("printable: lets no escape code, line break or direction mark through", () => {
  expect(printable("a\u001b[31mb")).toBe("a\ufffd[31mb");
  expect(printable("a\r\nb\tc")).toBe("a b c");
  expect(printable("pool\u202etxt.exe")).toBe("pool\ufffdtxt.exe");
  expect(printable("\ud800")).toBe("\ufffd");
  expect(clipped("granite-fund", 8)).toBe("granite…");
});

test("instant: shows UTC and leaves what it does not know", () => {
  expect(instant("2026-02-05T21:29:37Z")).toBe("2026-02-05 21:29:37 UTC");
  expect(instant("yesterday")).toBe("yesterday");
});
