import { expect, test } from "vitest";
import { readPool } from "../../src/pool/index.ts";
import { copyOf, refusal } from "../support/refusal.ts";
import { samplePool } from "../support/sample-pool.ts";
import { catalogue, type Row } from "./row.ts";

const id = (name: string, value: unknown): Row => ({
  name: `53 an id ${name}`,
  spoil: (pool) => {
    pool["options"][0].id = value;
  },
  expected: ["ID_SYNTAX /options/0/id"],
});

const terms = (name: string, list: string, i: number, change: object, key: string): Row => ({
  name: `61 ${name}`,
  spoil: (pool) => {
    Object.assign(pool[list][i], change);
  },
  expected: [`CONTRACT_TERMS /${list}/${i}/${key}`],
});

catalogue("D", [
  {
    name: "51 two participants, two positions and two layers of one id",
    spoil: (pool) => {
      pool["participants"].push({ id: "bob", margin: "cross" });
      pool["perpetuals"][0].id = "opt-1";
      pool["waterfall"].layers[2].id = "operator-first";
    },
    expected: [
      "ID_DUPLICATE /participants/4/id",
      "ID_DUPLICATE /perpetuals/0/id",
      "ID_DUPLICATE /waterfall/layers/2/id",
    ],
    says: "/participants/1/id",
  },
  {
    name: "51 a payer twice in a list, a coin named like the currency",
    spoil: (pool) => {
      pool["waterfall"].lastResort.weights[1].participant = "alice";
      pool["participants"][2].collateral[1].asset = "USDC";
      pool["assets"].push({ id: "USDC", spot: 1 });
      delete pool["market"];
    },
    expected: [
      "ID_DUPLICATE /assets/2/id",
      "ID_DUPLICATE /participants/2/collateral/1/asset",
      "ID_DUPLICATE /waterfall/lastResort/weights/1/participant",
    ],
  },
  {
    name: "52 ids that differ in case only",
    spoil: (pool) => {
      pool["participants"].push({ id: "Alice", margin: "cross" });
    },
    expected: ["ID_CONFUSABLE /participants/4/id"],
  },
  id("of ten million characters", "x".repeat(10_000_000)),
  id("of no character", ""),
  id("with a control character", "a\u0007"),
  id("that climbs", "../a"),
  id("__proto__", "__proto__"),
  id("toString", "toString"),
  id("with a Cyrillic letter", "\u0430lice"),
  id("with an invisible character", "ali\u200bce"),
  {
    name: "54 references to nobody and nothing",
    spoil: (pool) => {
      pool["options"][0].participant = "mallory";
      pool["options"][1].asset = "DOGE";
      pool["covers"][0].holder = "mallory";
      pool["holdings"][0].asset = "DOGE";
      pool["participants"][2].collateral[1].asset = "DOGE";
      pool["waterfall"].layers[1].shares[0].participant = "mallory";
      pool["waterfall"].assessments[0].participant = "mallory";
      pool["waterfall"].lastResort.weights[0].participant = "mallory";
    },
    expected: [
      "REFERENCE_UNKNOWN /covers/0/holder",
      "REFERENCE_UNKNOWN /holdings/0/asset",
      "REFERENCE_UNKNOWN /options/0/participant",
      "REFERENCE_UNKNOWN /options/1/asset",
      "REFERENCE_UNKNOWN /participants/2/collateral/1/asset",
      "REFERENCE_UNKNOWN /waterfall/assessments/0/participant",
      "REFERENCE_UNKNOWN /waterfall/lastResort/weights/0/participant",
      "REFERENCE_UNKNOWN /waterfall/layers/1/shares/0/participant",
    ],
  },
  {
    name: "55 nothing at risk",
    spoil: (pool) => {
      for (const key of ["options", "perpetuals", "holdings", "covers"]) pool[key] = [];
    },
    expected: ["POOL_EMPTY "],
  },
  {
    name: "55 nobody in the last resort",
    spoil: (pool) => {
      pool["waterfall"].lastResort.weights = [];
    },
    expected: ["WEIGHTS_ZERO /waterfall/lastResort/weights"],
  },
  {
    name: "55 weights of nothing",
    spoil: (pool) => {
      for (const entry of pool["waterfall"].lastResort.weights) entry.weight = 0;
    },
    expected: ["WEIGHTS_ZERO /waterfall/lastResort/weights"],
  },
  {
    name: "56 more than 64 assets and layers",
    spoil: (pool) => {
      pool["assets"] = Array.from({ length: 65 }, (_, i) => ({ id: `A${i}`, spot: 1 }));
      pool["waterfall"].layers = Array.from({ length: 65 }, () => null);
    },
    expected: ["TOO_MANY_ITEMS /assets", "TOO_MANY_ITEMS /waterfall/layers"],
  },
  {
    name: "57 an order given twice",
    spoil: (pool) => {
      pool["waterfall"].layers[2].order = 2;
    },
    expected: ["WATERFALL_ORDER /waterfall/layers/2/order"],
  },
  {
    name: "57 a gap in the order",
    spoil: (pool) => {
      pool["waterfall"].layers[2].order = 4;
    },
    expected: ["WATERFALL_ORDER /waterfall/layers/2/order"],
  },
  {
    name: "57 an order that is missing, and one below 1",
    spoil: (pool) => {
      delete pool["waterfall"].layers[1].order;
      pool["waterfall"].layers[2].order = 0;
    },
    expected: [
      "WATERFALL_ORDER /waterfall/layers/1/order",
      "WATERFALL_ORDER /waterfall/layers/2/order",
    ],
  },
  {
    name: "58 the operator's money behind the members'",
    spoil: (pool) => {
      pool["waterfall"].layers[0].order = 2;
      pool["waterfall"].layers[1].order = 1;
    },
    expected: ["WATERFALL_SENIORITY /waterfall/layers/0/order"],
  },
  {
    name: "59 caps that are negative, no number, or both kinds",
    spoil: (pool) => {
      pool["waterfall"].layers[0].cap = "-1";
      pool["waterfall"].layers[1].cap = "5";
      pool["waterfall"].layers[2].capShare = Number.NaN;
      pool["waterfall"].assessments[0].cap = Number.NaN;
    },
    expected: [
      "WATERFALL_CAP /waterfall/assessments/0/cap",
      "WATERFALL_CAP /waterfall/layers/0/cap",
      "WATERFALL_CAP /waterfall/layers/1/capShare",
      "WATERFALL_CAP /waterfall/layers/2/capShare",
    ],
  },
  {
    name: "59 a cap of no share",
    spoil: (pool) => {
      pool["waterfall"].layers[1].capShare = 0;
    },
    expected: ["WATERFALL_CAP /waterfall/layers/1/capShare"],
  },
  ...[0.24, 0.26].map(
    (share): Row => ({
      name: `60 shares that sum to ${0.75 + share}`,
      spoil: (pool) => {
        pool["waterfall"].layers[1].shares[0].share = share;
      },
      expected: ["WEIGHTS_SUM /waterfall/layers/1/shares"],
    }),
  ),
  {
    name: "60 a members' layer without shares, an operator's with",
    spoil: (pool) => {
      pool["waterfall"].layers[0].shares = pool["waterfall"].layers[1].shares;
      delete pool["waterfall"].layers[1].shares;
    },
    expected: ["WEIGHTS_SUM /waterfall/layers/0/shares", "WEIGHTS_SUM /waterfall/layers/1/shares"],
  },
  terms("a strike of 0", "options", 0, { strike: 0 }, "strike"),
  terms("a negative strike", "options", 0, { strike: -60_000 }, "strike"),
  terms("an option that is both", "options", 0, { type: "straddle" }, "type"),
  terms("a side that is none", "perpetuals", 0, { side: "buy" }, "side"),
  terms("an entry price of 0", "perpetuals", 0, { entry: 0 }, "entry"),
  terms("collateral on a bought option", "options", 0, { collateral: "5" }, "collateral"),
  terms("collateral on a cross option", "options", 3, { collateral: "5" }, "collateral"),
  terms("collateral on a cross perpetual", "perpetuals", 1, { collateral: "5" }, "collateral"),
  terms(
    "an isolated short without collateral",
    "options",
    1,
    { collateral: undefined },
    "collateral",
  ),
  terms(
    "an isolated perpetual without collateral",
    "perpetuals",
    0,
    { collateral: undefined },
    "collateral",
  ),
  terms("a multiplier for coins", "options", 0, { multiplier: 2 }, "multiplier"),
  terms(
    "collateral of an isolated participant",
    "participants",
    0,
    { collateral: [{ asset: "BTC", amount: "1" }] },
    "collateral",
  ),
  {
    name: "62 a newer version, whatever else it holds",
    spoil: (pool) => {
      pool["version"] = 2;
      pool["tranches"] = [];
    },
    expected: ["VERSION /version"],
    says: "upgrade riskpool",
  },
  {
    name: "62 an older version",
    spoil: (pool) => {
      pool["version"] = 0;
    },
    expected: ["VERSION /version"],
    says: "write version 1",
  },
  {
    name: "62 a version as text, another format",
    spoil: (pool) => {
      pool["version"] = "1";
      pool["format"] = "pool";
    },
    expected: ["FORMAT /format", "VERSION /version"],
  },
]);

test("catalogue D: row 55, a pool without participants, is empty before anything else", () => {
  const pool = copyOf(samplePool());
  pool["participants"] = [];
  expect(
    refusal(() => readPool(pool)).issues.map(({ code, pointer }) => `${code} ${pointer}`),
  ).toContain("POOL_EMPTY /participants");
});

test("catalogue D: row 56, one participant, position or cover too many, is refused unread", () => {
  const pool = copyOf(samplePool());
  pool["participants"] = new Array(1_000_001);
  pool["options"] = new Array(100_001);
  pool["perpetuals"] = new Array(100_001);
  pool["covers"] = new Array(10_001);
  const codes = refusal(() => readPool(pool)).issues.filter(
    ({ code }) => code === "TOO_MANY_ITEMS",
  );
  expect(codes.map(({ pointer }) => pointer)).toEqual([
    "/covers",
    "/options",
    "/participants",
    "/perpetuals",
  ]);
});

test("catalogue D: row 58, members before the operator, is read when it was agreed", () => {
  const pool = copyOf(samplePool());
  pool["waterfall"].layers[0].order = 2;
  pool["waterfall"].layers[1].order = 1;
  pool["waterfall"].allowNonStandard = true;
  expect(readPool(pool).document.waterfall.allowNonStandard).toBe(true);
});
