// Method: published cases of the protocols that the rules come from; then the kernel's own closing
// in one step, whose size and fee must be what the rules say.
import { describe, expect, test } from "vitest";
import {
  baseToCover,
  insuranceFeeRate,
  liabilityToCover,
  type MarginShortage,
  maintenanceRatio,
  scaledInitialRatio,
} from "../../src/index.ts";
import { freshKernel } from "../support/kernel.ts";
import { isolated, liquidationPool, marketFor, PACED } from "../support/liquidation-pool.ts";
import { columnsOf, layMarginRun } from "../support/margin-run.ts";
import { expectClose, reference, referenceCases } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

type Six = readonly [number, number, number, number, number, number];

test("baseToCover: agrees with Drift's cases", () => {
  const id = "liq.drift.base-to-cover";
  for (const [row, known] of referenceCases<Six, number>(id)) {
    const [shortage, marginRatio, liquidatorFee, insuranceFee, price, quotePrice] = row;
    const given = { shortage, marginRatio, liquidatorFee, insuranceFee, price, quotePrice };
    expectClose(baseToCover(given), known, reference(id).tolerance);
  }
});

test("liabilityToCover: agrees with Drift's cases", () => {
  const id = "liq.drift.liability-transfer";
  for (const [row, known] of referenceCases<readonly [...Six, number], number>(id)) {
    const [shortage, assetWeight, assetMultiplier, liabilityWeight] = row;
    const [, , , , liabilityMultiplier, liabilityPrice, insuranceFee] = row;
    const terms = { liabilityMultiplier, liabilityPrice, insuranceFee };
    const given = { shortage, assetWeight, assetMultiplier, liabilityWeight, ...terms };
    expectClose(liabilityToCover(given), known, reference(id).tolerance);
  }
});

test("insuranceFeeRate: agrees with Drift's cases", () => {
  const id = "liq.drift.perp-if-fee";
  for (const [row, known] of referenceCases<Six, number>(id)) {
    const [shortage, coins, marginRatio, liquidatorFee, price, most] = row;
    const given = { shortage, notional: coins * price, marginRatio, liquidatorFee, most };
    expectClose(insuranceFeeRate(given), known, reference(id).tolerance);
  }
});

test("scaledInitialRatio: agrees with dYdX's cases", () => {
  const id = "liq.dydx.open-interest-scaling";
  type Row = readonly [number, number, number, number];
  for (const [[base, openInterest, lower, upper], known] of referenceCases<Row, number>(id)) {
    const ratio = scaledInitialRatio({ base, openInterest, lower, upper });
    expectClose(ratio, known, reference(id).tolerance);
  }
});

describe("maintenanceRatio", () => {
  const plain = { ratio: 0.03, coins: 400, openInterest: 30e6 };
  const bounds = { lower: "20000000", upper: "50000000" };

  test.each([
    ["without terms", {}, 0.03],
    ["of a small position", { sizeFactor: 0.0001 }, 0.03],
    // 0.8 · 0.03 + 0.001 · √400
    ["of a large position", { sizeFactor: 0.001 }, 0.044],
    // A third of the way from 0.10 to 1 is 0.40, four times the ratio at low open interest.
    ["at high open interest", { openInterest: { initialRatio: 0.1, ...bounds } }, 0.12],
    [
      "where size says more",
      { sizeFactor: 0.01, openInterest: { initialRatio: 0.1, ...bounds } },
      0.224,
    ],
    ["beyond all bounds", { sizeFactor: 1 }, 0.999],
  ])("maintenanceRatio: %s is known", (_, market, known) => {
    expect(maintenanceRatio({ ...plain, market: { asset: "A", ...market } })).toBeCloseTo(
      known,
      15,
    );
  });

  test("maintenanceRatio: is left alone where it was agreed above the bound", () => {
    const given = { ...plain, ratio: 0.9995, market: { asset: "A", sizeFactor: 1 } };
    expect(maintenanceRatio(given)).toBe(0.9995);
  });
});

test("margin rules: say infinite where closing frees nothing, and refuse what is no number", () => {
  const given: MarginShortage = {
    shortage: 10,
    marginRatio: 0.02,
    liquidatorFee: 0.01,
    insuranceFee: 0.01,
    price: 100,
  };
  expect(baseToCover(given)).toBe(Number.POSITIVE_INFINITY);
  expect(refusals(() => baseToCover({ ...given, price: Number.NaN }))).toEqual([
    "NUMBER_NOT_FINITE /price",
  ]);
  const scaled = { base: 0.1, openInterest: 5, lower: 10, upper: 10 };
  expect(refusals(() => scaledInitialRatio(scaled))).toEqual(["NUMBER_RANGE /upper"]);
  const loan = {
    shortage: 10,
    assetWeight: 1,
    assetMultiplier: 1,
    liabilityWeight: 1,
    liabilityMultiplier: 1,
    liabilityPrice: 100,
    insuranceFee: 0,
  };
  expect(liabilityToCover(loan)).toBe(Number.POSITIVE_INFINITY);
  expect(refusals(() => liabilityToCover({ ...loan, shortage: Number.POSITIVE_INFINITY }))).toEqual(
    ["NUMBER_NOT_FINITE /shortage"],
  );
});

describe("one step at a pace", () => {
  const { kernels } = freshKernel();

  // Prices stand still, so the account is as far below maintenance as it is today.
  test.each<[string, "long" | "short", "linear" | "inverse", number, string]>([
    ["a tenth of a long's shortage", "long", "linear", 0.1, "0"],
    ["a tenth of a short's shortage", "short", "linear", 0.1, "0"],
    ["a tenth of an inverse long's shortage", "long", "inverse", 0.1, "0"],
    ["a shortage that is small, all of it", "short", "inverse", 0.1, "100.00"],
    ["all of it by agreement", "long", "linear", 1, "0"],
  ])("visit: closes %s as baseToCover says, for the fee of insuranceFeeRate", (...row) => {
    const [, side, settlement, initialShare, smallShortage] = row;
    const terms = {
      ...PACED,
      pace: { initialShare, minutes: 1e6, smallShortage },
      liquidatorFee: 0.01,
      insuranceFee: 0.03,
      markets: [],
    };
    // Equity is 3 % of a notional of 1,000, maintenance 5 %.
    const perpetuals = [
      isolated("p", "A", side, settlement, 1 / 0.03, 10, { maintenanceRatio: 0.05 }),
    ];
    const market = marketFor(1, { volatility: [0] });
    const document = liquidationPool(1, terms, { perpetuals, market });
    const run = layMarginRun(kernels, document, { days: 1, stepDays: 1 });
    const [, counts, notionals, badDebts, fees] = columnsOf(run, 8);
    const fee = insuranceFeeRate({
      shortage: 20,
      notional: 1000,
      marginRatio: 0.05,
      liquidatorFee: 0.01,
      most: 0.03,
    });
    expect(fee).toBeCloseTo(0.019, 15);
    const allowed = smallShortage === "0" ? initialShare : 1;
    const coins = baseToCover({
      shortage: allowed * 20,
      marginRatio: 0.05,
      liquidatorFee: 0.01,
      insuranceFee: fee,
      price: 100,
    });
    expect(coins).toBeCloseTo((allowed * 20) / 2.1, 12);
    // Collateral is written with eight decimals, which the shortage is then off by.
    expect(Math.abs(notionals![0]! - coins * 100)).toBeLessThan(1e-5);
    expect(Math.abs(fees![0]! - fee * coins * 100)).toBeLessThan(1e-7);
    expect([counts![0], badDebts![0]]).toEqual([1, 0]);
  });

  // Collateral and maintenance of round amounts, so that a bound can be met exactly. No fees.
  const bounded = (collateral: string, smallShortage: string) => {
    const terms = { ...PACED, liquidatorFee: 0, insuranceFee: 0, markets: [] };
    const pace = { initialShare: 0.125, minutes: 1e6, smallShortage };
    const one = isolated("p", "A", "long", "linear", 1, 8, { maintenanceRatio: 0.25, collateral });
    const market = marketFor(1, { volatility: [0] });
    const document = liquidationPool(1, { ...terms, pace }, { perpetuals: [one], market });
    const columns = columnsOf(layMarginRun(kernels, document, { days: 1, stepDays: 1 }), 8);
    return columns.slice(1).map((column) => column[0]!);
  };

  test.each([
    ["at", "64.00", 256, 0.125],
    ["just below", "64.00000001", 256, 1],
  ])("visit: a shortage %s the small one closes what the pace allows", (_, small, frees, part) => {
    // 200 of maintenance on a notional of 800 and 136 of equity: 64 are missing, 256 to close.
    const [count, notional, badDebt, fees] = bounded("136", small);
    expect([count, badDebt, fees]).toEqual([1, 0, 0]);
    expect(notional).toBe(frees * part);
  });

  test("visit: who has nothing left is closed in full, who has a little at the pace", () => {
    expect(bounded("0", "0")).toEqual([1, 800, 0, 0]);
    const [count, notional] = bounded("8", "0");
    expect([count, notional]).toEqual([1, 0.125 * (192 / 0.25)]);
  });
});
