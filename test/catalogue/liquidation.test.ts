// Method: terms of liquidation and ways to look at a path, spoilt one by one; each must get its
// code, its pointer and words that say how to mend it.
import Ajv from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import {
  loadSync,
  PoolError,
  poolJsonSchema,
  readPool,
  type ValueOptions,
} from "../../src/index.ts";
import type { LiquidationTerms } from "../../src/terms/index.ts";
import { copyOf, type Loose } from "../support/refusal.ts";
import { samplePool } from "../support/sample-pool.ts";
import { catalogue, type Row } from "./row.ts";

/** Terms with everything that terms can have. */
function goodTerms(): LiquidationTerms {
  return {
    mode: "paced",
    pace: { initialShare: 0.1, minutes: 1440, smallShortage: "50.00" },
    liquidatorFee: 0.015,
    insuranceFee: 0.01,
    markets: [
      {
        asset: "BTC",
        halfSpread: 0.0002,
        impact: 0.01,
        depth: "5000000.00",
        fundingRate: -0.15,
        optionMaintenanceRatio: 0.05,
        sizeFactor: 0.00035,
        openInterest: { initialRatio: 0.05, lower: "40000000", upper: "100000000.00" },
      },
      { asset: "ETH" },
    ],
  };
}

const row = (
  name: string,
  spoil: (terms: Loose) => void,
  expected: readonly string[],
  says?: string,
): Row => ({
  name,
  spoil: (pool) => {
    pool["liquidation"] = copyOf(goodTerms());
    spoil(pool["liquidation"]);
  },
  expected: expected.map((issue) => issue.replace("*", "/liquidation")),
  ...(says === undefined ? {} : { says }),
});

const percent = (name: string, put: (terms: Loose) => void, pointer: string): Row =>
  row(`${name} in percent`, put, [`UNIT_SUSPECT *${pointer}`], "write 0.05 for 5 %");

const amounts = (value: unknown, code: string): Row =>
  row(
    `amounts as ${typeof value} ${value}`,
    (terms) => {
      terms["pace"].smallShortage = value;
      terms["markets"][0].depth = value;
      terms["markets"][0].openInterest.lower = value;
    },
    [
      `${code} */markets/0/depth`,
      `${code} */markets/0/openInterest/lower`,
      `${code} */pace/smallShortage`,
    ],
  );

catalogue("L", [
  row(
    "keys that do not exist",
    (terms) => {
      terms["fee"] = 0.01;
      terms["pace"].minute = 5;
      terms["markets"][0].spread = 0.001;
      terms["markets"][0].openInterest.uper = "5";
    },
    [
      "KEY_UNKNOWN */fee",
      "KEY_UNKNOWN */markets/0/openInterest/uper",
      "KEY_UNKNOWN */markets/0/spread",
      "KEY_UNKNOWN */pace/minute",
    ],
  ),
  row(
    "a slip of the pen",
    (terms) => {
      terms["markets"][0].halfSpred = 0.001;
    },
    ["KEY_UNKNOWN */markets/0/halfSpred"],
    "did you mean halfSpread?",
  ),
  row(
    "nothing of what is required",
    (terms) => {
      for (const key of Object.keys(terms)) delete terms[key];
    },
    ["KEY_MISSING */insuranceFee", "KEY_MISSING */liquidatorFee", "KEY_MISSING */mode"],
  ),
  row(
    "a mode that is none",
    (terms) => {
      terms["mode"] = "auction";
    },
    ["ENUM */mode"],
  ),
  percent(
    "the liquidator's fee",
    (terms) => Object.assign(terms, { liquidatorFee: 1.5 }),
    "/liquidatorFee",
  ),
  percent(
    "the insurance fee",
    (terms) => Object.assign(terms, { insuranceFee: 1 }),
    "/insuranceFee",
  ),
  percent(
    "the first share",
    (terms) => Object.assign(terms["pace"], { initialShare: 10 }),
    "/pace/initialShare",
  ),
  percent(
    "half the spread",
    (terms) => Object.assign(terms["markets"][0], { halfSpread: 2 }),
    "/markets/0/halfSpread",
  ),
  percent(
    "an impact",
    (terms) => Object.assign(terms["markets"][0], { impact: 1 }),
    "/markets/0/impact",
  ),
  percent(
    "the maintenance of options",
    (terms) => Object.assign(terms["markets"][0], { optionMaintenanceRatio: 5 }),
    "/markets/0/optionMaintenanceRatio",
  ),
  percent(
    "an initial ratio",
    (terms) => Object.assign(terms["markets"][0].openInterest, { initialRatio: 5 }),
    "/markets/0/openInterest/initialRatio",
  ),
  row(
    "funding in percent, either way",
    (terms) => {
      terms["markets"][0].fundingRate = 21;
      terms["markets"][1].fundingRate = -30;
    },
    ["UNIT_SUSPECT */markets/0/fundingRate", "UNIT_SUSPECT */markets/1/fundingRate"],
    "write 0.10 for 10 % per year",
  ),
  row(
    "numbers below what they may be",
    (terms) => {
      terms["liquidatorFee"] = -0.01;
      terms["insuranceFee"] = -0.01;
      terms["pace"].initialShare = -0.1;
      terms["pace"].minutes = 0;
      Object.assign(terms["markets"][0], { halfSpread: -1, impact: -1, sizeFactor: -1 });
      terms["markets"][0].openInterest.initialRatio = 0;
    },
    [
      "NUMBER_RANGE */insuranceFee",
      "NUMBER_RANGE */liquidatorFee",
      "NUMBER_RANGE */markets/0/halfSpread",
      "NUMBER_RANGE */markets/0/impact",
      "NUMBER_RANGE */markets/0/openInterest/initialRatio",
      "NUMBER_RANGE */markets/0/sizeFactor",
      "NUMBER_RANGE */pace/initialShare",
      "NUMBER_RANGE */pace/minutes",
    ],
  ),
  row(
    "numbers that are none",
    (terms) => {
      terms["liquidatorFee"] = Number.NaN;
      terms["pace"].minutes = Number.POSITIVE_INFINITY;
      terms["markets"][0].fundingRate = "0.1";
    },
    [
      "NUMBER_NOT_FINITE */liquidatorFee",
      "TYPE */markets/0/fundingRate",
      "NUMBER_NOT_FINITE */pace/minutes",
    ],
  ),
  row(
    "paced without a pace",
    (terms) => {
      delete terms["pace"];
    },
    ["CONTRACT_TERMS */pace"],
    "say how fast accounts are closed, or close them in full",
  ),
  row(
    "a pace for closing in full",
    (terms) => {
      terms["mode"] = "full";
    },
    ["CONTRACT_TERMS */pace"],
    "closing in full has no pace; remove it or set mode paced",
  ),
  row(
    "an impact of nothing in particular",
    (terms) => {
      delete terms["markets"][0].depth;
      terms["markets"][1].impact = 0.01;
      terms["markets"][1].depth = "0";
    },
    ["CONTRACT_TERMS */markets/0/depth", "CONTRACT_TERMS */markets/1/depth"],
    "an impact needs the notional that causes it",
  ),
  row(
    "assets that the pool does not have, and one twice",
    (terms) => {
      terms["markets"].push({ asset: "DOGE" }, { asset: "BTC" });
    },
    ["REFERENCE_UNKNOWN */markets/2/asset", "ID_DUPLICATE */markets/3/asset"],
    "the pool has no asset of this id",
  ),
  row(
    "an upper bound at the lower one, and below it",
    (terms) => {
      terms["markets"][0].openInterest.upper = "40000000";
      terms["markets"][1].openInterest = { initialRatio: 0.1, lower: "5.00", upper: "4.99" };
    },
    ["NUMBER_RANGE */markets/0/openInterest/upper", "NUMBER_RANGE */markets/1/openInterest/upper"],
    "upper must lie above",
  ),
  row(
    "an upper bound that is no amount is not also too low",
    (terms) => {
      terms["markets"][0].openInterest.upper = "much";
      delete terms["markets"][0].openInterest.lower;
    },
    ["KEY_MISSING */markets/0/openInterest/lower", "MONEY_SYNTAX */markets/0/openInterest/upper"],
  ),
  row(
    "a bad upper bound alone",
    (terms) => {
      terms["markets"][0].openInterest.upper = 5;
    },
    ["MONEY_MUST_BE_STRING */markets/0/openInterest/upper"],
  ),
  amounts(5, "MONEY_MUST_BE_STRING"),
  amounts("-5", "NUMBER_RANGE"),
  amounts("1e3", "MONEY_SYNTAX"),
  amounts("1.0000001", "MONEY_TOO_PRECISE"),
  row(
    "more markets than a pool has assets at most",
    (terms) => {
      terms["markets"] = Array.from({ length: 65 }, (_, i) => ({ asset: `A${i}` }));
    },
    ["TOO_MANY_ITEMS */markets"],
  ),
  row(
    "lists and objects mixed up",
    (terms) => {
      terms["markets"] = { BTC: {} };
      terms["pace"] = "1440";
    },
    ["TYPE */markets", "TYPE */pace"],
  ),
  {
    name: "terms that are a word",
    spoil: (pool) => {
      pool["liquidation"] = "full";
    },
    expected: ["TYPE /liquidation"],
  },
]);

test("readPool: reads terms with everything, and with nothing but fees", () => {
  const full = { ...samplePool(), liquidation: goodTerms() };
  expect(readPool(full).document.liquidation).toEqual(goodTerms());
  const bare = { mode: "full" as const, liquidatorFee: 0, insuranceFee: 0 };
  expect(readPool({ ...samplePool(), liquidation: bare }).document.liquidation).toEqual(bare);
});

describe("the schema", () => {
  const accepts = new Ajv({ strict: true, allErrors: false }).compile(poolJsonSchema());
  const spoilt = (spoil: (terms: Loose) => void) => {
    const liquidation = copyOf(goodTerms());
    spoil(liquidation);
    return { ...samplePool(), liquidation };
  };

  test("poolJsonSchema: accepts terms of liquidation", () => {
    expect(accepts(spoilt(() => {}))).toBe(true);
  });

  test.each<[string, (terms: Loose) => void]>([
    ["an unknown key", (terms) => Object.assign(terms["markets"][0], { spread: 0 })],
    ["a mode that is none", (terms) => Object.assign(terms, { mode: "auction" })],
    ["terms without a fee", (terms) => delete terms["liquidatorFee"]],
    ["a fee in percent", (terms) => Object.assign(terms, { insuranceFee: 1 })],
    ["a first share in percent", (terms) => Object.assign(terms["pace"], { initialShare: 10 })],
    ["no time", (terms) => Object.assign(terms["pace"], { minutes: 0 })],
    ["depth as a number", (terms) => Object.assign(terms["markets"][0], { depth: 5 })],
    ["funding in percent", (terms) => Object.assign(terms["markets"][0], { fundingRate: -21 })],
    ["65 markets", (terms) => Object.assign(terms, { markets: Array(65).fill({ asset: "A" }) })],
  ])("poolJsonSchema: refuses %s", (_, spoil) => {
    expect(accepts(spoilt(spoil))).toBe(false);
  });
});

describe("how a path is looked at", () => {
  const engine = loadSync();
  const margined = { ...samplePool(), liquidation: { ...goodTerms(), markets: [] } };

  test.each<[string, Loose, string, string]>([
    ["a step in words", { step: "often" }, "HORIZON", "step"],
    ["a step of nothing", { step: 0 }, "NUMBER_RANGE", "step"],
    ["a step that goes back", { step: -1 }, "NUMBER_RANGE", "step"],
    ["a step that is a list", { step: ["1h"] }, "HORIZON", "step"],
    ["more than 20,000 steps", { step: "1m", horizon: "20001m" }, "NUMBER_RANGE", "step"],
    ["the minute over three weeks", { step: "1m", horizon: 21 }, "NUMBER_RANGE", "step"],
    ["watching now and then", { monitoring: "hourly" }, "ENUM", "monitoring"],
    ["watching as a flag", { monitoring: true }, "ENUM", "monitoring"],
    ["contributions of Shapley", { contributions: "shapley" }, "ENUM", "contributions"],
    ["contributions as a flag", { contributions: false }, "ENUM", "contributions"],
    ["a path and a half", { samplePaths: 1.5 }, "INTEGER", "samplePaths"],
    ["fewer paths than none", { samplePaths: -1 }, "NUMBER_RANGE", "samplePaths"],
    ["a thousand and one paths", { samplePaths: 1001 }, "NUMBER_RANGE", "samplePaths"],
    ["paths as text", { samplePaths: "5" }, "TYPE", "samplePaths"],
    ["no number of paths", { samplePaths: Number.NaN }, "INTEGER", "samplePaths"],
  ])("value: refuses %s", async (_, options, code, option) => {
    const error = await engine
      .value(margined, { scenarios: 10_000, ...options } as ValueOptions)
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(PoolError);
    const { issues } = error as PoolError;
    expect(issues.map((issue) => `${issue.code} ${issue.pointer}`)).toEqual([
      `${code} /options/${option}`,
    ]);
    expect(issues[0]!.expected.length).toBeGreaterThan(3);
    expect(issues[0]!.received).toBeDefined();
  });

  test("value: says how long a step must be at least", async () => {
    const error: unknown = await engine
      .value(margined, { scenarios: 10_000, step: "1m", horizon: 40 })
      .catch((caught: unknown) => caught);
    expect((error as PoolError).issues[0]).toMatchObject({
      detail: "that makes more than 20000 steps; take longer ones",
      expected: "at least 0.002 days for a horizon of 40",
    });
  });

  test("value: takes exactly 20,000 steps, and looks every hour unless told otherwise", async () => {
    const run = { scenarios: 4000, levels: [0.95], confidence: 0.95 };
    const small = { ...margined, options: [], covers: [] };
    const fine = await engine.value(small, { ...run, step: "1m", horizon: "20000m" });
    expect(fine.liquidation!.steps).toBe(20_000);
    expect(fine.receipt.stepDays).toBeCloseTo(1 / 1440, 15);
    const hourly = await engine.value(small, { ...run, horizon: 2 });
    expect(hourly.liquidation!.steps).toBe(48);
    expect(hourly.receipt.monitoring).toBe("discrete");
    const short = await engine.value(small, { ...run, horizon: "30m" });
    expect(short.liquidation!.steps).toBe(1);
    const { liquidation, receipt } = await engine.value(
      { ...samplePool(), options: [] },
      { ...run, horizon: 2 },
    );
    expect(liquidation).toBeNull();
    expect(receipt.stepDays).toBeNull();
  });

  test("value: gives back the paths of the first scenarios, which end as the losses say", async () => {
    const perpetual = samplePool().perpetuals[0]!;
    const pool = {
      ...margined,
      options: [],
      covers: [],
      holdings: [],
      perpetuals: [{ ...perpetual, collateral: "9000000" }],
    };
    const run = { scenarios: 10_000, horizon: 3, step: 1, samplePaths: 7 };
    const { samplePaths } = await engine.value(pool, run);
    const { days, assets, scenarios, prices, losses } = samplePaths!;
    expect(days.map((day) => Math.round(day * 1e9) / 1e9)).toEqual([1, 2, 3]);
    expect(assets).toEqual(["BTC", "ETH"]);
    expect(scenarios).toEqual([0, 1, 2, 3, 4, 5, 6]);
    prices.forEach((path, p) => {
      expect(path.map((list) => list.length)).toEqual([3, 3]);
      // Two coins long, far from liquidation: the pool loses what the price gains.
      expect(losses[p]! / (2 * (path[0]![2]! - 62_800))).toBeCloseTo(1, 6);
    });
    expect((await engine.value(pool, { ...run, samplePaths: 0 })).samplePaths).toBeNull();
  });
});
