import fc from "fast-check";
import { expect, test } from "vitest";
import { moneyIssue, moneyToNumber, printMoney, readMoney } from "../../src/basics/index.ts";

test("readMoney: gives back what printMoney wrote, for every amount and precision", () => {
  const amount = fc.bigInt({ min: -(10n ** 21n), max: 10n ** 21n });
  fc.assert(
    fc.property(amount, fc.nat(18), (minor, decimals) => {
      const text = printMoney(minor, decimals);
      expect(readMoney(text, decimals, { negative: true })).toBe(minor);
      expect(text).toMatch(decimals === 0 ? /^-?\d+$/ : new RegExp(`^-?\\d+\\.\\d{${decimals}}$`));
    }),
    { seed: 21 },
  );
});

test.each([
  ["1250", 2, 125000n],
  ["12.5", 2, 1250n],
  ["0.000001", 6, 1n],
  ["-0", 2, 0n],
  ["-0.00", 2, 0n],
  ["9007199254740993", 0, 9007199254740993n],
  [(2n ** 127n - 1n).toString(), 0, 2n ** 127n - 1n],
])("readMoney: reads %s with %i decimals exactly", (text, decimals, minor) => {
  expect(readMoney(text, decimals)).toBe(minor);
});

const refused: readonly (readonly [unknown, number, string])[] = [
  [0.1, 2, "MONEY_MUST_BE_STRING"],
  [9007199254740993, 2, "MONEY_MUST_BE_STRING"],
  [5n, 2, "MONEY_MUST_BE_STRING"],
  [null, 2, "TYPE"],
  ["1.0000001", 6, "MONEY_TOO_PRECISE"],
  ["1.0", 0, "MONEY_TOO_PRECISE"],
  ...[
    "1e6",
    "0x1f",
    " 12 ",
    "",
    "1,5",
    "1_000",
    "+1",
    ".5",
    "5.",
    "007",
    "--1",
    "NaN",
    "١",
    "1\n",
  ].map((text) => [text, 2, "MONEY_SYNTAX"] as const),
  ["9".repeat(1_000_000), 2, "MONEY_TOO_LARGE"],
  ["9".repeat(41), 0, "MONEY_TOO_LARGE"],
  [(2n ** 127n).toString(), 0, "MONEY_TOO_LARGE"],
  [(2n ** 127n - 1n).toString(), 1, "MONEY_TOO_LARGE"],
  ["-1", 2, "NUMBER_RANGE"],
  ["-0.01", 2, "NUMBER_RANGE"],
];

test.each(refused.map((row, i) => ({ row, i })))(
  "moneyIssue: refuses row $i of the table",
  ({ row: [value, decimals, code] }) => {
    expect(moneyIssue(value, decimals)?.code).toBe(code);
  },
);

test("moneyToNumber: gives the double nearest to the decimal", () => {
  expect(moneyToNumber(1n, 1)).toBe(0.1);
  expect(moneyToNumber(-123456789012345678901n, 8)).toBe(-1234567890123.45678901);
  expect(moneyToNumber(9007199254740993n, 0)).toBe(9007199254740992);
});
