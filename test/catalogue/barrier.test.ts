import { expect, test } from "vitest";
import { readPool } from "../../src/pool/index.ts";
import { copyOf, type Loose, refusal } from "../support/refusal.ts";
import { barrierPool } from "../support/sample-pool.ts";
import { catalogue, type Row } from "./row.ts";

/** Puts the barriers into the sample pool and changes one of them; a value of undefined leaves out. */
const spoilt = (i: number, change: object) => (pool: Loose) => {
  pool["barriers"] = copyOf(barrierPool())["barriers"];
  const item = pool["barriers"][i];
  Object.assign(item, change);
  for (const key of Object.keys(item)) if (item[key] === undefined) delete item[key];
};

const terms = (name: string, i: number, change: object, key: string, says?: string): Row => ({
  name: `61 ${name}`,
  spoil: spoilt(i, change),
  expected: [`CONTRACT_TERMS /barriers/${i}/${key}`],
  ...(says === undefined ? {} : { says }),
});

const one = (name: string, i: number, change: object, issue: string): Row => ({
  name,
  spoil: spoilt(i, change),
  expected: [issue.replace("*", `/barriers/${i}`)],
});

const touched = "already touched at asOf";
const up = { direction: "up" };

catalogue("D", [
  terms("an up barrier below the spot", 0, { barrier: 60_000 }, "barrier", touched),
  terms("an up barrier at the spot", 0, { barrier: 62_800 }, "barrier", touched),
  terms("a down barrier above the spot", 1, { barrier: 1_900 }, "barrier", touched),
  terms("a down barrier at the spot", 1, { barrier: 1_840 }, "barrier", touched),
  terms("a barrier in the other direction", 2, up, "barrier", "correct the direction"),
  terms("a barrier of 0", 2, { barrier: 0 }, "barrier", "above 0"),
  terms("a direction that is none", 2, { direction: "both" }, "direction"),
  terms("a knock-out without its strike", 0, { strike: undefined }, "strike", "needs its strike"),
  terms("a knock-in without its type", 1, { type: undefined }, "type", "needs its type"),
  terms("a knock-in with cash", 1, { cash: "5" }, "cash", "has no cash"),
  terms("a one-touch without its cash", 2, { cash: undefined }, "cash", "needs its cash"),
  terms("a one-touch with a strike", 2, { strike: 60_000 }, "strike", "has no strike"),
  terms("a no-touch with a type", 3, { type: "put" }, "type", "has no type"),
  terms("a touch that pays nothing", 2, { cash: "0.00" }, "cash", "pays nothing"),
  terms("a knock-out of another type", 0, { type: "straddle" }, "type", "a call or a put"),
  terms("a negative strike", 0, { strike: -1 }, "strike", "above 0"),
  terms("a side that is none", 0, { side: "buy" }, "side"),
  terms("collateral on a bought barrier", 0, { collateral: "5" }, "collateral", "owes nothing"),
  terms("a barrier of a cross participant", 2, { participant: "carol" }, "participant", "isolated"),
  terms("an isolated short without collateral", 1, { collateral: undefined }, "collateral"),
  {
    name: "61 collateral on the barrier of a cross participant",
    spoil: spoilt(3, { participant: "dave" }),
    expected: ["collateral", "participant"].map((key) => `CONTRACT_TERMS /barriers/3/${key}`),
  },
  {
    name: "61 a knock-out that is wanted as a touch",
    spoil: spoilt(0, { kind: "one-touch" }),
    expected: ["cash", "strike", "type"].map((key) => `CONTRACT_TERMS /barriers/0/${key}`),
  },
  one("61 a kind that is none", 0, { kind: "knock-about" }, "CONTRACT_TYPE */kind"),
  one("61 a kind that is missing", 0, { kind: undefined }, "KEY_MISSING */kind"),
  one("61 coin settlement", 0, { settlement: "inverse" }, "CONTRACT_TYPE */settlement"),
  one("61 no settlement", 0, { settlement: undefined }, "CONTRACT_TYPE */settlement"),
  one("a quantity of 0", 0, { quantity: 0 }, "NUMBER_RANGE */quantity"),
  one("a volatility in percent", 0, { impliedVolatility: 60 }, "UNIT_SUSPECT */impliedVolatility"),
  one("a forward of 0", 1, { forward: 0 }, "MODEL_DOMAIN */forward"),
  one("an expiry in the past", 0, { expiry: "2026-02-05T21:29:37Z" }, "TIME_ORDER */expiry"),
  one("an unknown key", 0, { rebate: 5 }, "KEY_UNKNOWN */rebate"),
  one("an option's unit", 0, { multiplier: 5 }, "KEY_UNKNOWN */multiplier"),
  one("cash as a number", 2, { cash: 1000 }, "MONEY_MUST_BE_STRING */cash"),
  one("cash below the last digit", 2, { cash: "0.0000001" }, "MONEY_TOO_PRECISE */cash"),
  one(
    "collateral in coin digits",
    1,
    { collateral: "0.12345678" },
    "MONEY_TOO_PRECISE */collateral",
  ),
  one("nobody's barrier", 0, { participant: "mallory" }, "REFERENCE_UNKNOWN */participant"),
  one("a barrier on nothing", 0, { asset: "DOGE" }, "REFERENCE_UNKNOWN */asset"),
  {
    name: "51 a barrier of an option's id",
    spoil: spoilt(0, { id: "opt-1" }),
    expected: ["ID_DUPLICATE /barriers/0/id"],
  },
  {
    name: "56 more barriers than positions of a kind may be",
    spoil: (pool) => {
      pool["barriers"] = Array.from({ length: 100_001 }, () => null);
    },
    expected: ["TOO_MANY_ITEMS /barriers"],
  },
  {
    name: "55 nothing at risk, an empty list of barriers",
    spoil: (pool) => {
      for (const key of ["options", "barriers", "perpetuals", "holdings", "covers"]) pool[key] = [];
    },
    expected: ["POOL_EMPTY "],
  },
  {
    name: "55 barriers of another form, whose number nobody knows",
    spoil: (pool) => {
      for (const key of ["options", "perpetuals", "holdings", "covers"]) pool[key] = [];
      pool["barriers"] = "none";
    },
    expected: ["TYPE /barriers"],
  },
]);

test("catalogue D: row 55, a pool of barriers alone, is read", () => {
  const pool = copyOf(barrierPool());
  for (const key of ["options", "perpetuals", "holdings", "covers"]) pool[key] = [];
  expect(readPool(pool).document.barriers).toHaveLength(4);
});

test("catalogue D: row 61, a wrong side says on which side of what the barrier must be", () => {
  const pool = copyOf(barrierPool());
  pool["barriers"][0].barrier = 60_000;
  const [issue] = refusal(() => readPool(pool)).issues;
  expect(issue).toMatchObject({
    expected: "number > 62800, the spot of BTC",
    received: "number 60000",
  });
});

test("catalogue D: row 61, a strike the barrier never lets pay, is read: it is worth nothing", () => {
  const pool = copyOf(barrierPool());
  pool["barriers"][0].strike = 80_000;
  expect(readPool(pool).document.barriers![0]).toMatchObject({ strike: 80_000 });
});
