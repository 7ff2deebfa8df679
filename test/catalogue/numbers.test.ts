import { expect, test } from "vitest";
import { level, tailTooThin } from "../../src/basics/index.ts";
import { readPool } from "../../src/pool/index.ts";
import { refusals } from "../support/refusal.ts";
import { samplePool } from "../support/sample-pool.ts";
import { catalogue, type Row } from "./row.ts";

const collateral = (name: string, value: unknown, code: string): Row => ({
  name,
  spoil: (pool) => {
    pool["options"][1].collateral = value;
  },
  expected: [`${code} /options/1/collateral`],
});

catalogue("B", [
  {
    name: "19 Infinity and NaN from JavaScript",
    spoil: (pool) => {
      pool["options"][0].strike = Number.POSITIVE_INFINITY;
      pool["options"][1].impliedVolatility = Number.NaN;
    },
    expected: [
      "NUMBER_NOT_FINITE /options/0/strike",
      "NUMBER_NOT_FINITE /options/1/impliedVolatility",
    ],
  },
  {
    name: "21 a number as text",
    spoil: (pool) => {
      pool["options"][0].strike = "NaN";
      pool["options"][1].strike = "2200";
    },
    expected: ["TYPE /options/0/strike", "TYPE /options/1/strike"],
  },
  collateral("23 an amount beyond 2^53 as a number", 9007199254740993, "MONEY_MUST_BE_STRING"),
  collateral("24 an amount as a number", 0.1, "MONEY_MUST_BE_STRING"),
  collateral("25 more digits than the currency has", "1.0000001", "MONEY_TOO_PRECISE"),
  collateral("26 an exponent", "1e6", "MONEY_SYNTAX"),
  collateral("26 hexadecimal", "0x1f", "MONEY_SYNTAX"),
  collateral("26 spaces", " 12 ", "MONEY_SYNTAX"),
  collateral("26 nothing", "", "MONEY_SYNTAX"),
  collateral("26 a decimal comma", "1,5", "MONEY_SYNTAX"),
  collateral("26 digit separators", "1_000", "MONEY_SYNTAX"),
  collateral("27 a million digits", "9".repeat(1_000_000), "MONEY_TOO_LARGE"),
  collateral("29 a negative amount", "-1", "NUMBER_RANGE"),
  collateral(
    "30 more than 2^127 - 1 minor units",
    "170141183460469231731687303715885",
    "MONEY_TOO_LARGE",
  ),
  {
    name: "29 a negative size and a negative sum insured",
    spoil: (pool) => {
      pool["waterfall"].layers[0].size = "-5";
      pool["covers"][0].sumInsured = "-5";
    },
    expected: ["NUMBER_RANGE /covers/0/sumInsured", "NUMBER_RANGE /waterfall/layers/0/size"],
  },
  {
    name: "31 a fraction where whole numbers are asked for",
    spoil: (pool) => {
      pool["assets"][0].decimals = 3.5;
    },
    expected: ["INTEGER /assets/0/decimals"],
  },
  {
    name: "36 a hole in a list",
    spoil: (pool) => {
      // biome-ignore lint/suspicious/noSparseArray: the hole is the subject
      pool["market"].volatility = [0.5, , 0.7];
    },
    expected: ["MATRIX_SHAPE /market/volatility", "TYPE /market/volatility/1"],
  },
]);

test("catalogue B: row 28, minus zero, is zero", () => {
  const zero = { ...samplePool(), perpetuals: [] };
  const [first, second, ...rest] = zero.options;
  const withCollateral = (text: string) => ({
    ...zero,
    options: [first!, { ...second!, collateral: text, impliedVolatility: -0 }, ...rest],
  });
  const pool = readPool(withCollateral("-0"));
  expect(Object.is(pool.document.options[1]!.impliedVolatility, 0)).toBe(true);
});

test("catalogue B: row 30, the largest amount of the ledger is accepted", () => {
  const pool = samplePool();
  const largest = "170141183460469231731687303715884.105727"; // (2^127 - 1) / 1e6
  const [first, second, ...rest] = pool.options;
  const options = [first!, { ...second!, collateral: largest }, ...rest];
  expect(readPool({ ...pool, options }).document.options[1]!.collateral).toBe(largest);
});

test("catalogue B: row 33, a level in percent or outside (0, 1), is refused", () => {
  expect(refusals(() => level(99))).toEqual(["UNIT_SUSPECT /level"]);
  for (const wrong of [1, 0, 1.5])
    expect(refusals(() => level(wrong))).toEqual(["NUMBER_RANGE /level"]);
});

test("catalogue B: row 34, a tail of a tenth of a scenario, names the run that would do", () => {
  const error = tailTooThin(level(0.99999), 10_000);
  expect(error.code).toBe("TAIL_TOO_THIN");
  expect(error.issues[0]!.expected).toContain(">= 10000000 in all");
});
