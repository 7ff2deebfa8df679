import { expect, test } from "vitest";
import { readPool } from "../../src/pool/index.ts";
import { copyOf } from "../support/refusal.ts";
import { samplePool } from "../support/sample-pool.ts";
import { catalogue, type Row } from "./row.ts";

const matrix = (name: string, value: unknown, expected: readonly string[], says?: string): Row => ({
  name,
  spoil: (pool) => {
    pool["market"].correlation = value;
  },
  expected: expected.map((issue) => issue.replace("*", "/market/correlation")),
  ...(says === undefined ? {} : { says }),
});

const degrees = (value: number): Row => ({
  name: `74 ${value} degrees of freedom`,
  spoil: (pool) => {
    pool["market"].model = "student-t";
    pool["market"].degreesOfFreedom = value;
  },
  expected: ["NUMBER_RANGE /market/degreesOfFreedom"],
});

catalogue("E", [
  matrix("63 a matrix of one row", [[1, 0.85]], ["MATRIX_SHAPE *"]),
  matrix("63 a row that is too short", [[1, 0.85], [0.85]], ["MATRIX_SHAPE */1"]),
  {
    name: "63 vectors of another length, a market without one of the assets",
    spoil: (pool) => {
      pool["market"].assets = ["BTC"];
    },
    expected: [
      "REFERENCE_UNKNOWN /market/assets",
      "MATRIX_SHAPE /market/correlation",
      "MATRIX_SHAPE /market/correlation/0",
      "MATRIX_SHAPE /market/correlation/1",
      "MATRIX_SHAPE /market/drift",
      "MATRIX_SHAPE /market/volatility",
    ],
    says: "ETH",
  },
  {
    name: "63 a market of other assets",
    spoil: (pool) => {
      pool["market"].assets = ["BTC", "DOGE"];
    },
    expected: ["REFERENCE_UNKNOWN /market/assets", "REFERENCE_UNKNOWN /market/assets/1"],
  },
  matrix(
    "64 a matrix that is not symmetric",
    [
      [1, 0.75],
      [0.5, 1],
    ],
    ["MATRIX_SYMMETRY */0/1"],
    "(0, 1) and its mirror image differ by 0.25",
  ),
  matrix(
    "64 a difference of a millionth",
    [
      [1, 0.85],
      [0.850001, 1],
    ],
    ["MATRIX_SYMMETRY */0/1"],
  ),
  matrix(
    "65 a diagonal of 0.999",
    [
      [1, 0.85],
      [0.85, 0.999],
    ],
    ["MATRIX_DIAGONAL */1/1"],
    "correlation 1 with itself",
  ),
  matrix(
    "66 an entry above 1",
    [
      [1, 1.0000001],
      [1.0000001, 1],
    ],
    ["NUMBER_RANGE */0/1", "NUMBER_RANGE */1/0"],
  ),
  matrix(
    "66 an entry below -1",
    [
      [1, -1.2],
      [-1.2, 1],
    ],
    ["NUMBER_RANGE */0/1", "NUMBER_RANGE */1/0"],
  ),
  matrix(
    "71 a covariance",
    [
      [0.3025, 0.35],
      [0.35, 0.5625],
    ],
    ["MATRIX_DIAGONAL */0/0"],
    "looks like a covariance",
  ),
  matrix(
    "64 a NaN",
    [
      [1, Number.NaN],
      [0.85, 1],
    ],
    ["NUMBER_NOT_FINITE */0/1"],
  ),
  {
    name: "72 volatilities of 10,000 % and below 0",
    spoil: (pool) => {
      pool["options"][0].impliedVolatility = 100;
      pool["options"][1].impliedVolatility = -0.1;
      pool["market"].volatility = [100, -0.1];
    },
    expected: [
      "UNIT_SUSPECT /market/volatility/0",
      "NUMBER_RANGE /market/volatility/1",
      "UNIT_SUSPECT /options/0/impliedVolatility",
      "NUMBER_RANGE /options/1/impliedVolatility",
    ],
  },
  degrees(2),
  degrees(1),
  degrees(0),
  {
    name: "74 degrees of freedom where the model has none, and none where it has",
    spoil: (pool) => {
      pool["market"].degreesOfFreedom = 5;
    },
    expected: ["MODEL_DOMAIN /market/degreesOfFreedom"],
  },
  {
    name: "74 a student-t market without degrees of freedom",
    spoil: (pool) => {
      pool["market"].model = "student-t";
    },
    expected: ["KEY_MISSING /market/degreesOfFreedom"],
  },
  {
    name: "75 prices at and below 0",
    spoil: (pool) => {
      pool["assets"][0].spot = 0;
      pool["assets"][1].spot = -37.63;
      pool["options"][1].forward = 0;
    },
    expected: [
      "MODEL_DOMAIN /assets/0/spot",
      "MODEL_DOMAIN /assets/1/spot",
      "MODEL_DOMAIN /options/1/forward",
    ],
    says: "use Bachelier",
  },
  {
    name: "76 a Pareto severity of infinite mean",
    spoil: (pool) => {
      pool["covers"][1].severity.shape = 1;
    },
    expected: ["MODEL_DOMAIN /covers/1/severity/shape"],
  },
]);

test.each([
  ["72 a volatility of 0 is deterministic", { volatility: [0, 0] }],
  [
    "74 a billion degrees of freedom are the normal limit",
    { model: "student-t", degreesOfFreedom: 1e9 },
  ],
  [
    "64 an asymmetry of rounding",
    {
      correlation: [
        [1, 0.85],
        [0.85 + 1e-13, 1],
      ],
    },
  ],
  [
    "69 a correlation of exactly 1",
    {
      correlation: [
        [1, 1],
        [1, 1],
      ],
    },
  ],
])("catalogue E: row %s and is read", (_, change) => {
  const pool = copyOf(samplePool());
  Object.assign(pool["market"], change);
  expect(readPool(pool).document.market).toMatchObject(change);
});
