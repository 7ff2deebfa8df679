// Method: the questions beside a valuation, asked without a browser: what the room asks must be what
// the engine's own functions are asked by hand, to the last bit; the waterfall against amounts worked
// out here.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fanFigures } from "../../../src/edge/report/fan.ts";
import {
  LIVE_RULES,
  pairOf,
  requestOf,
  startOf,
  stressedMarket,
} from "../../../src/edge/web/controls.ts";
import { typedPercent, withPair } from "../../../src/edge/web/correlation-view.ts";
import { pricedPool } from "../../../src/edge/web/intake.ts";
import { QuoteDraft } from "../../../src/edge/web/quote-view.ts";
import { furtherRules } from "../../../src/edge/web/rule-view.ts";
import { pouredOf, reachWords, shockSetOf } from "../../../src/edge/web/scenario.ts";
import { bareTerms, pathOptions, runStudy } from "../../../src/edge/web/study.ts";
import { loadSync, readPool, settle, shockLosses } from "../../../src/index.ts";
import { nearestCorrelation } from "../../../src/market/index.ts";

const read = (name: string) =>
  readFileSync(new URL(`../../../examples/${name}`, import.meta.url), "utf8");
const small = pricedPool(read("small-pool.json"));
const example = pricedPool(read("pool.json"), read("prices.csv"));
const engine = loadSync();
const request = requestOf(small, { ...startOf(small), horizon: 5 }, 10_000);
const pool = readPool(request.document);

describe("runStudy: what the engine says by itself", () => {
  test("runStudy: rules on the run's own scenarios", async () => {
    const rules = LIVE_RULES.map((rule) => ({ rule }));
    const found = await runStudy(engine, pool, request, { name: "rules", rules });
    const { worstPaths, ...options } = request.options;
    expect(worstPaths).toBe(10);
    expect(found).toEqual({
      name: "rules",
      allocations: await engine.allocate(request.document, { ...options, rules }),
    });
    // The same scenarios: what the valuation divides is what the rules divide.
    const { risk } = await engine.value(pool, request.options);
    const shortfall = risk.levels.find(({ level }) => level === 0.975)!.expectedShortfall;
    if (found.name !== "rules") throw new Error("another answer");
    expect(found.allocations[0]!.total.value).toBe(shortfall.value);
  });

  test("runStudy: shocks", async () => {
    const { shocks } = shockSetOf(small);
    const found = await runStudy(engine, pool, request, { name: "shocks", shocks });
    expect(found).toEqual({ name: "shocks", losses: await shockLosses(small, shocks) });
  });

  test("runStudy: paths end where the horizon is, at the market's volatility", async () => {
    const found = await runStudy(engine, pool, request, { name: "paths" });
    if (found.name !== "paths") throw new Error("another answer");
    const { days, prices, losses, assets } = found.paths;
    expect(days.at(-1)).toBeCloseTo(5, 12);
    expect(days.length).toBe(60);
    expect(losses).toHaveLength(200);
    const { samplePaths } = await engine.value(pool, pathOptions(request));
    expect(found.paths).toEqual(samplePaths);
    const u = assets.indexOf("ORB");
    const returns = prices.map((path) => Math.log(path[u]!.at(-1)! / 40_000));
    const mean = returns.reduce((sum, each) => sum + each, 0) / returns.length;
    const variance = returns.reduce((sum, each) => sum + (each - mean) ** 2, 0) / returns.length;
    // Student-t with five degrees: the sample's deviation is within a fourth of 50 % a year.
    expect(Math.sqrt(variance) / (0.5 * Math.sqrt(5 / 365))).toBeGreaterThan(0.75);
    expect(Math.sqrt(variance) / (0.5 * Math.sqrt(5 / 365))).toBeLessThan(1.25);
    const figures = fanFigures(found.paths, { code: "USD", words: "paths", liquidation: null });
    expect(figures.text.match(/<svg/g)).toHaveLength(2);
    expect(figures.text.match(/class="curve thin"/g)).toHaveLength(6);
  });

  test("runStudy: a quote of the form's own position", async () => {
    const proposal = QuoteDraft.of(small).proposal(small);
    const found = await runStudy(engine, pool, request, { name: "quote", proposal });
    const { worstPaths, ...options } = request.options;
    expect(worstPaths).toBe(10);
    const quote = await engine.quote(readPool(request.document), proposal, options);
    expect(found).toEqual({ name: "quote", quote });
  });

  test.each(["call", "put", "perpetual"] as const)(
    "runStudy: every kind that the form offers, either side, %s",
    async (kind) => {
      for (const side of ["long", "short"] as const) {
        for (const participant of ["ada", "cleo"]) {
          const draft = QuoteDraft.of(small).with({ kind, side, participant, collateral: "5000" });
          const proposal = draft.proposal(small);
          const found = await runStudy(engine, pool, request, { name: "quote", proposal });
          if (found.name !== "quote") throw new Error("another answer");
          expect(found.quote.participant).toBe(participant);
          expect(found.quote.price).not.toBeNull();
        }
      }
    },
  );
});

describe("rules by themselves", () => {
  test("bareTerms: keep what a rule is made of, and no bounds", () => {
    expect(bareTerms(small, "euler-var")).toEqual({ rule: "euler-var" });
    const contribution = { rule: "gearing", gearing: 10, floor: "5.00" } as const;
    const geared = { ...small, contribution };
    expect(bareTerms(geared, "gearing")).toEqual({ rule: "gearing", gearing: 10 });
    expect(bareTerms(geared, "shapley")).toEqual({ rule: "shapley" });
    expect(furtherRules(geared)[0]).toBe("gearing");
    expect(furtherRules(small)).toEqual(["stand-alone", "with-without", "shapley"]);
  });
});

describe("shocks and the waterfall", () => {
  test("shockSetOf: every asset by every change, all together, and joint ones", () => {
    const { rows, changes, named, shocks } = shockSetOf(small);
    expect(rows.map(({ name }) => name)).toEqual(["ORB", "ETA", "All together"]);
    expect(changes).toEqual([-0.5, -0.3, -0.2, -0.1, 0.1, 0.2, 0.3, 0.5]);
    expect(shocks.slice(0, 8)).toEqual(changes.map((change) => ({ ORB: change })));
    expect(shocks[16]).toEqual({ ORB: -0.5, ETA: -0.5 });
    expect(shocks.slice(24)).toEqual(named.map(({ shock }) => shock));
    expect(named.every(({ shock }) => shock["ORB"] !== shock["ETA"])).toBe(true);
  });

  test("pouredOf: each layer in turn, then calls, then everyone", () => {
    const at = (loss: number) => {
      const poured = pouredOf(small, loss);
      const paid = poured.layers.map(({ used }) => Number(used));
      return [...paid, poured.called, poured.shared, reachWords(poured)];
    };
    expect(at(-5)).toEqual([0, 0, 0, 0, 0, "–"]);
    expect(at(15_000)).toEqual([15_000, 0, 0, 0, 0, "L1"]);
    expect(at(15_000.01)).toEqual([15_000, 0.01, 0, 0, 0, "L2"]);
    // The members' layer of 30,000 pays nine tenths of itself.
    expect(at(50_000)).toEqual([15_000, 27_000, 8_000, 0, 0, "L3"]);
    expect(at(85_000)).toEqual([15_000, 27_000, 40_000, 3_000, 0, "calls"]);
    expect(at(100_000)).toEqual([15_000, 27_000, 40_000, 9_000, 9_000, "all"]);
    for (const loss of [0, 12_345.67, 4_000_000, 9e6]) {
      const { layers, assessments, socialised } = settle(
        example.waterfall,
        example.currency,
        loss.toFixed(2),
      );
      const poured = pouredOf(example, loss);
      expect(poured.layers.map(({ used }) => used)).toEqual(layers.map(({ used }) => used));
      expect(poured.called).toBeCloseTo(
        assessments.reduce((sum, { amount }) => sum + Number(amount), 0),
        6,
      );
      expect(poured.shared).toBe(Number(socialised.total));
    }
    const haircut = { kind: "haircut", rule: "proportional" } as const;
    const other = { ...small, waterfall: { ...small.waterfall, lastResort: haircut } };
    expect(pouredOf(other, 100_000).shared).toBe(9_000);
  });
});

describe("correlations that are typed", () => {
  test("typedPercent: reads numbers as readers write them, and nothing beyond the bounds", () => {
    expect(["0.5", " −0,25 ", "-.99", "0", "0.994"].map(typedPercent)).toEqual([
      50, -25, -99, 0, 99,
    ]);
    expect(["", "x", "1", "-1", "2", "1e9", "NaN"].map(typedPercent)).toEqual(Array(7).fill(null));
  });

  test("withPair: the market's own value sets a pair free", () => {
    const start = startOf(small);
    const pairs = withPair(start.pairs, pairOf("ORB", "ETA"), 30, 0.8);
    expect(pairs).toEqual({ "ETA~ORB": 30 });
    expect(stressedMarket(small.market, { ...start, pairs }).correlation).toEqual([
      [1, 0.3],
      [0.3, 1],
    ]);
    expect(withPair(pairs, "ETA~ORB", 80, 0.8)).toEqual({});
    expect(stressedMarket(small.market, start).repair).toBeUndefined();
  });

  test("stressedMarket: pairs that contradict each other run on the nearest matrix", async () => {
    const pairs = { [pairOf("ORB", "ETA")]: -90 };
    const { document, options } = requestOf(example, { ...startOf(example), pairs }, 10_000);
    const { market } = await engine.value(document, options);
    expect(market.smallestEigenvalue).toBeLessThan(-0.1);
    const width = options.market.assets.length;
    const order = market.assets.map((id) => options.market.assets.indexOf(id));
    const given = order.flatMap((i) => order.map((j) => options.market.correlation[i]![j]!));
    const nearest = nearestCorrelation(Float64Array.from(given), width).correlation;
    expect(market.correlation.flat()).toEqual(Array.from(nearest));
  });
});
