// Method: one row for each bad or doubtful input, with the refusals or notes it must lead to.

import { describe, expect, test } from "vitest";
import type { PoolError } from "../../src/basics/index.ts";
import {
  calibrate,
  type MarketParameters,
  marketModel,
  type PriceHistory,
} from "../../src/market/index.ts";
import { issuesOf, seededPairs, toHistory } from "./seeded-history.ts";

const sound: MarketParameters = {
  model: "gbm",
  assets: ["A", "B", "C"],
  volatility: [0.5, 0.8, 1.2],
  correlation: pattern(0.5, 0.5, 0.5),
};

function pattern(ab: number, ac: number, bc: number): number[][] {
  return [
    [1, ab, ac],
    [ab, 1, bc],
    [ac, bc, 1],
  ];
}

const student = (degreesOfFreedom: number): Partial<MarketParameters> => ({
  model: "student-t",
  degreesOfFreedom,
});

// The smallest eigenvalue of (½, 1, ½ + e) is −e²/1.5 to first order: its determinant is −e².
const justNegative = pattern(0.5, 1, 0.5 + 3e-5);
const lopsided = [
  [1, 0.5, 0.5],
  [0.5, 1, 0.5],
  [0.5, 0.500001, 1],
];

type Refusal = readonly [string, string];
const refused: readonly (readonly [string, Partial<MarketParameters>, readonly Refusal[]])[] = [
  ["row missing", { correlation: pattern(0, 0, 0).slice(1) }, [["/correlation", "MATRIX_SHAPE"]]],
  ["no matrix", { correlation: "I" as never }, [["/correlation", "MATRIX_SHAPE"]]],
  ["asymmetric by 1e-6", { correlation: lopsided }, [["/correlation/2/1", "MATRIX_SYMMETRY"]]],
  [
    "diagonal 0.999",
    {
      correlation: pattern(0.5, 0.5, 0.5).map((row, i) => row.map((r, j) => (i === j ? 0.999 : r))),
    },
    [["/correlation/0/0", "MATRIX_DIAGONAL"]],
  ],
  [
    "covariance",
    { correlation: pattern(0.5, 0.5, 0.5).map((row) => row.map((r) => r * 0.64)) },
    [["/correlation/0/0", "MATRIX_DIAGONAL"]],
  ],
  [
    "correlation beyond one",
    { correlation: pattern(1.0000001, 0.5, 0.5) },
    [
      ["/correlation/0/1", "NUMBER_RANGE"],
      ["/correlation/1/0", "NUMBER_RANGE"],
    ],
  ],
  [
    "correlation not a number",
    { correlation: pattern(0.5, Number.NaN, 0.5) },
    [
      ["/correlation/0/2", "NUMBER_NOT_FINITE"],
      ["/correlation/2/0", "NUMBER_NOT_FINITE"],
    ],
  ],
  [
    "not semidefinite",
    { correlation: pattern(0.9, 0.9, -0.9) },
    [["/correlation", "MATRIX_NOT_PSD"]],
  ],
  ["just not so", { correlation: justNegative }, [["/correlation", "MATRIX_NOT_PSD"]]],
  ["volatility 100", { volatility: [0.5, 100, 1] }, [["/volatility/1", "UNIT_SUSPECT"]]],
  ["volatility negative", { volatility: [0.5, -0.1, 1] }, [["/volatility/1", "NUMBER_RANGE"]]],
  ["volatility NaN", { volatility: [Number.NaN, 1, 1] }, [["/volatility/0", "NUMBER_NOT_FINITE"]]],
  ["volatility text", { volatility: ["1" as never, 1, 1] }, [["/volatility/0", "TYPE"]]],
  ["volatility of two", { volatility: [1, 1] }, [["/volatility", "MATRIX_SHAPE"]]],
  ["drift in percent", { drift: [0, 0, 80] }, [["/drift/2", "UNIT_SUSPECT"]]],
  ["two degrees", student(2), [["/degreesOfFreedom", "NUMBER_RANGE"]]],
  ["one degree", student(1), [["/degreesOfFreedom", "NUMBER_RANGE"]]],
  ["zero degrees", student(0), [["/degreesOfFreedom", "NUMBER_RANGE"]]],
  ["NaN degrees", student(Number.NaN), [["/degreesOfFreedom", "NUMBER_NOT_FINITE"]]],
  ["no degrees", { model: "student-t" }, [["/degreesOfFreedom", "KEY_MISSING"]]],
  ["rate in percent", { discountRate: 5 }, [["/discountRate", "UNIT_SUSPECT"]]],
  ["loading 1.2", { systemicLoading: 1.2 }, [["/systemicLoading", "NUMBER_RANGE"]]],
  ["unknown model", { model: "heston" as never }, [["/model", "TYPE"]]],
  ["unknown repair", { repair: "clip" as never }, [["/repair", "TYPE"]]],
  ["asset twice", { assets: ["A", "B", "A"] }, [["/assets/2", "ID_DUPLICATE"]]],
  [
    "several at once",
    { volatility: [-1, 0.5, 80], discountRate: 5 },
    [
      ["/discountRate", "UNIT_SUSPECT"],
      ["/volatility/0", "NUMBER_RANGE"],
      ["/volatility/2", "UNIT_SUSPECT"],
    ],
  ],
];

describe("marketModel: refuses", () => {
  test.each(refused)("%s", (_, change, issues) => {
    expect(issuesOf(() => marketModel({ ...sound, ...change }))).toEqual(issues);
  });
});

const pairOf = (r: number): Partial<MarketParameters> => ({
  assets: ["A", "B"],
  volatility: [0.5, 0.8],
  correlation: [
    [1, r],
    [r, 1],
  ],
});

const accepted: readonly (readonly [string, Partial<MarketParameters>, readonly string[]])[] = [
  ["a sound matrix", {}, []],
  ["no assets", { assets: [], volatility: [], correlation: [] }, []],
  [
    "a matrix −1e-12 from semidefinite",
    { correlation: pattern(0.5, 1, 0.5 + 1.2247e-6) },
    ["JITTER", "RANK"],
  ],
  ["two assets of correlation one", pairOf(1), ["RANK"]],
  ["two assets of condition 2e14", pairOf(1 - 1e-14), ["ILL_CONDITIONED"]],
  ["volatility 0", { volatility: [0, 0, 0] }, []],
  ["a billion degrees of freedom", student(1e9), ["NORMAL_LIMIT"]],
  ["just above two degrees", student(2.0001), []],
  ["degrees of freedom without use", { degreesOfFreedom: 4 }, ["UNUSED"]],
  [
    "a repair by the nearest",
    { correlation: pattern(0.9, 0.9, -0.9), repair: "nearest" },
    ["REPAIRED", "RANK"],
  ],
  ["a repair that is not needed", { repair: "shrink" }, []],
];

describe("marketModel: accepts, with notes,", () => {
  test.each(accepted)("%s", (_, change, notes) => {
    const model = marketModel({ ...sound, ...change });
    expect(model.notes.map((note) => note.code)).toEqual(notes);
    const columns = model.columns([0.5, 1]);
    for (const column of [columns.matrix, columns.marketFactor, columns.mixing.cubic]) {
      expect(column.every(Number.isFinite)).toBe(true);
    }
  });
});

test("marketModel: says how to mend", () => {
  const message = (change: Partial<MarketParameters>): string => {
    try {
      marketModel({ ...sound, ...change });
    } catch (error) {
      return (error as PoolError).issues[0]!.detail;
    }
    return "";
  };
  const bad = message({ correlation: pattern(0.9, 0.9, -0.9) });
  expect(bad).toMatch(/smallest eigenvalue is -0\.(8|79999999999999)/);
  expect(bad).toContain('repair: "nearest"');
  const covariance = pattern(0.5, 0.5, 0.5).map((row) => row.map((r) => r * 0.64));
  expect(message({ correlation: covariance })).toContain("looks like a covariance");
  expect(message({ correlation: lopsided })).toContain("/correlation/1/2");
});

const pair = ["A", "B"];
const steady = toHistory(
  seededPairs(100, 0.7, 1).map((r) => 0.02 * r),
  pair,
);

function history(
  edit: (copy: { times: Float64Array; prices: Float64Array }) => void,
): PriceHistory {
  const copy = { times: steady.times.slice(), prices: steady.prices.slice() };
  edit(copy);
  return { assets: pair, ...copy };
}

const bad: readonly (readonly [string, PriceHistory, readonly Refusal[]])[] = [
  ["20 points", toHistory(seededPairs(20, 0.5, 1), pair), [["/times", "HISTORY_TOO_SHORT"]]],
  ["59 returns", toHistory(seededPairs(59, 0.5, 1), pair), [["/times", "HISTORY_TOO_SHORT"]]],
  ["a time twice", history(({ times }) => times.copyWithin(9, 8, 9)), [["/times/9", "TIME_ORDER"]]],
  ["unsorted times", history(({ times }) => times.reverse()), [["/times/1", "TIME_ORDER"]]],
  [
    "seconds",
    history(({ times }) => times.set(times.map((t) => t / 1e3))),
    [["/times/0", "TIME_UNIT_SUSPECT"]],
  ],
  [
    "microseconds",
    history(({ times }) => times.set(times.map((t) => t * 1e3))),
    [["/times/0", "TIME_UNIT_SUSPECT"]],
  ],
  [
    "a constant price",
    history(({ prices }) => prices.set(prices.map((price, i) => (i % 2 === 0 ? 1 : price)))),
    [["/assets/0", "HISTORY_CONSTANT"]],
  ],
  ["a price 0", history(({ prices }) => prices.fill(0, 8, 9)), [["/prices/4/0", "MODEL_DOMAIN"]]],
  [
    "a price −37",
    history(({ prices }) => prices.fill(-37, 9, 10)),
    [["/prices/4/1", "MODEL_DOMAIN"]],
  ],
  [
    "an infinite price",
    history(({ prices }) => prices.fill(Infinity, 8, 9)),
    [["/prices/4/0", "MODEL_DOMAIN"]],
  ],
];

describe("calibrate: refuses a history with", () => {
  test.each(bad)("%s", (_, prices, issues) => {
    expect(issuesOf(() => calibrate(prices))).toEqual(issues);
  });
});

test("calibrate: says how long a history must be, and which model takes prices below zero", () => {
  expect(() => calibrate(bad[0]![1])).toThrow("need 60 returns");
  expect(() => calibrate(bad[8]![1])).toThrow("use Bachelier");
  const many = Array.from({ length: 14 }, (_, u) => `A${u}`);
  expect(() => calibrate(toHistory(seededPairs(7 * 65, 0.5, 1), many))).toThrow("need 70 returns");
  expect(calibrate(toHistory(seededPairs(60, 0.5, 1), pair)).report.returns).toBe(60);
});

test("calibrate: flags a price a thousand times too high and keeps it", () => {
  const spiked = history(({ prices }) => prices.fill(prices[90]! * 1000, 90, 91));
  const { report } = calibrate(spiked);
  expect(report.notes.map((note) => note.code)).toEqual(["OUTLIER"]);
  expect(report.outliers.list.map((outlier) => outlier.asset)).toEqual(["A", "A"]);
});
