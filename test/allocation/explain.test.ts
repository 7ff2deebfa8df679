// Method: in one scenario every position's part follows from that scenario's prices by the plain
// formulas; over the tail parts must sum to the contributions that were found another way. Sums of
// amounts are compared as whole units.
import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, type Explanation, load } from "../../src/index.ts";
import { black76 } from "../../src/numeric/index.ts";
import type { PoolDocument } from "../../src/pool/index.ts";
import { FULL, liquidationPool, marketFor, marketsOf } from "../support/liquidation-pool.ts";
import { refusal } from "../support/refusal.ts";
import { barrierPool, samplePool } from "../support/sample-pool.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await load();
});

const OPTIONS = { scenarios: 20_000, seed: 3, horizon: 10 };
const minor = (amount: string) => BigInt(amount.replace(".", ""));
const sumOf = (list: readonly { readonly amount: string }[]) =>
  list.reduce((sum, { amount }) => sum + minor(amount), 0n);

function liquidated(): PoolDocument {
  const perpetual = (id: string, participant: string, asset: string, size: number) => ({
    ...{ id, participant, asset, size, side: "long" as const },
    ...{ entry: asset === "A" ? 100 : 20, maintenanceRatio: 0.05, settlement: "linear" as const },
    ...(participant === "iso" && { collateral: "300.00" }),
  });
  return {
    ...liquidationPool(
      2,
      { ...FULL, markets: marketsOf(2, { fundingRate: 0.1 }) },
      {
        participants: [
          { id: "iso", margin: "isolated" },
          { id: "both", margin: "cross", collateral: [{ asset: "USD", amount: "900.00" }] },
        ],
        perpetuals: [perpetual("p1", "iso", "A", 30), perpetual("p2", "both", "B", 200)],
      },
    ),
    market: marketFor(2),
  };
}

/** What must hold of every explanation. */
function checkSums({ causes, layers, total }: Explanation): void {
  expect(sumOf(causes)).toBe(minor(total));
  for (const { amount, borneBy, offset } of causes) {
    if (minor(amount) > 0n) expect(sumOf(borneBy) + minor(offset)).toBe(minor(amount));
    else expect(borneBy).toEqual([]);
    expect(minor(offset)).toBeGreaterThanOrEqual(0n);
  }
  for (const { layer, amount } of layers) {
    const borne = causes.flatMap(({ borneBy }) => borneBy.filter((one) => one.layer === layer));
    expect(sumOf(borne)).toBe(minor(amount));
  }
}

const pools: readonly [string, PoolDocument, object][] = [
  ["one of everything", samplePool(), {}],
  ["barriers", barrierPool(), { step: "6h" }],
  ["liquidation and funding", liquidated(), { step: "12h" }],
];

describe("contributions", () => {
  test.each(pools)("explain: causes sum to everyone's contribution: %s", async (_, pool, more) => {
    const options = { ...OPTIONS, ...more };
    const explanation = await engine.explain(pool, options);
    const { contributions, waterfall } = await engine.value(pool, options);
    checkSums(explanation);
    expect(explanation.total).toBe(contributions.totalAmount);
    for (const { id, amount } of contributions.rows) {
      const own = explanation.causes.filter(({ participant }) => participant === id);
      expect(sumOf(own), id).toBe(minor(amount));
    }
    const { decimals } = pool.currency;
    for (const { id, tailLoss } of waterfall.layers) {
      const layer = explanation.layers.find((one) => one.layer === id);
      expect(Number(layer?.amount ?? 0)).toBeCloseTo(tailLoss.value, decimals - 1);
    }
  });
});

test("explain: what is liquidated on the way leaves nothing to recourse, funding included", async () => {
  const { causes } = await engine.explain(liquidated(), { ...OPTIONS, step: "12h" });
  expect(causes.filter(({ kind }) => kind === "recourse")).toEqual([]);
  expect(causes.filter(({ kind }) => kind === "liquidation")).toHaveLength(2);
});

describe("one scenario", () => {
  test("explain: a position's part is its value at the scenario's prices less its value now", async () => {
    const pool = samplePool();
    const { samplePaths } = await engine.value(pool, { ...OPTIONS, samplePaths: 40 });
    const { prices, losses } = samplePaths!;
    const asOf = Date.parse(pool.asOf);
    for (const scenario of [0, 7, 39]) {
      const explanation = await engine.explain(pool, { ...OPTIONS, scenario });
      checkSums(explanation);
      expect(Number(explanation.total)).toBeCloseTo(losses[scenario]!, 4);
      const amountOf = (id: string) =>
        Number(explanation.causes.find((cause) => cause.id === id)!.amount);
      const [btc, eth] = prices[scenario]!.map((path) => path.at(-1)!) as [number, number];
      // A bought put, linear, discounted at 4 %, without carry.
      const [put] = pool.options;
      const years = (Date.parse(put!.expiry) - asOf) / (365 * 864e5);
      const worth = (spot: number, left: number) =>
        12 *
        black76({
          type: "put",
          forward: spot,
          strike: put!.strike,
          volatility: put!.impliedVolatility,
          years: left,
          discount: Math.exp(-0.04 * left),
        }).value;
      const wanted = worth(btc, years - 10 / 365) - worth(62_800, years);
      expect(Math.abs(amountOf("opt-1") - wanted)).toBeLessThan(1e-6 * 62_800);
      // Two coins long, and 90,000 of notional short in the coin itself.
      expect(amountOf("perp-1")).toBeCloseTo(2 * (btc - 62_800), 3);
      expect(amountOf("perp-2")).toBeCloseTo((-90_000 / 1910) * (eth - 1840), 3);
      expect(amountOf("BTC")).toBeCloseTo(3.25 * (62_800 - btc), 3);
    }
  });

  test("explain: what an account cannot pay is recourse", async () => {
    const pool = samplePool();
    const { samplePaths } = await engine.value(pool, { ...OPTIONS, samplePaths: 1000 });
    const { prices } = samplePaths!;
    // Bob's perpetual is 2 BTC long from 64,100 with 15,000 behind it: worth nothing below 56,600.
    const scenario = prices.findIndex(([btc]) => btc!.at(-1)! < 55_000);
    expect(scenario).toBeGreaterThanOrEqual(0);
    const { causes } = await engine.explain(pool, { ...OPTIONS, scenario });
    const recourse = causes.find(
      ({ participant, kind }) => participant === "bob" && kind === "recourse",
    );
    const lacking = 2 * (64_100 - prices[scenario]![0]!.at(-1)!) - 15_000;
    expect(Number(recourse!.amount)).toBeCloseTo(lacking, 3);
  });

  test("explain: payments are those of a settlement of the same loss", async () => {
    const pool = samplePool();
    const { samplePaths } = await engine.value(pool, { ...OPTIONS, samplePaths: 1000 });
    const { losses } = samplePaths!;
    const scenario = losses.indexOf(Math.max(...losses));
    const explanation = await engine.explain(pool, { ...OPTIONS, scenario });
    checkSums(explanation);
    const { payments } = await engine.settle(pool, explanation.total);
    expect(sumOf(explanation.payments)).toBe(minor(explanation.total));
    for (const { payer, amount } of payments) {
      const own = explanation.payments.filter((one) => one.payer === payer);
      expect(sumOf(own)).toBe(minor(amount));
    }
    expect(explanation.payments[0]).toMatchObject({
      payer: "operator",
      layer: "operator-first",
      rule: "all of the operator's layer",
    });
  });

  test("explain: a haircut takes from those who gained in the scenario", async () => {
    const pool: PoolDocument = {
      ...samplePool(),
      waterfall: { layers: [], lastResort: { kind: "haircut", rule: "proportional" } },
    };
    const { samplePaths } = await engine.value(pool, { ...OPTIONS, samplePaths: 1000 });
    const { losses } = samplePaths!;
    const scenario = losses.indexOf(Math.max(...losses));
    const { causes, payments, layers, total } = await engine.explain(pool, {
      ...OPTIONS,
      scenario,
    });
    const gainOf = (id: string) =>
      Number(sumOf(causes.filter(({ participant }) => participant === id))) / 1e6;
    expect(payments.length).toBeGreaterThan(0);
    for (const { payer, amount, rule } of payments) {
      expect(rule).toBe("haircut of gains: proportional");
      expect(gainOf(payer)).toBeGreaterThanOrEqual(Number(amount));
    }
    const [first, second] = payments;
    if (second) {
      const parts = [first!, second].map(({ payer, amount }) => Number(amount) / gainOf(payer));
      expect(parts[0]).toBeCloseTo(parts[1]!, 6);
    }
    expect(sumOf(layers)).toBe(minor(total));
  });

  test.each([-1, 20_000, 1.5, Number.NaN])("explain: there is no scenario %s", async (scenario) => {
    const error: unknown = await engine
      .explain(samplePool(), { ...OPTIONS, scenario })
      .catch((reason: unknown) => reason);
    const { issues } = refusal(() => {
      throw error;
    });
    expect(issues.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
      "NUMBER_RANGE /options/scenario",
    ]);
  });
});
