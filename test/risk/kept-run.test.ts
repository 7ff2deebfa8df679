// Method: one engine is asked again and again, a fresh engine is asked once, and both must say the
// same, bit for bit. Whether paths were run is told by progress: a run has estimates to report,
// one that was kept has its end.
import { describe, expect, test } from "vitest";
import {
  type Engine,
  loadSync,
  type Measurement,
  type Pool,
  type PoolDocument,
  readPool,
  type ValueOptions,
} from "../../src/index.ts";
import { Latest } from "../../src/risk/latest.ts";
import { samplePool } from "../support/sample-pool.ts";

const SCENARIOS = 20_000;

async function asked(engine: Engine, pool: Pool, options: ValueOptions = {}) {
  let isKept = true;
  const valuation = await engine.value(pool, {
    scenarios: SCENARIOS,
    ...options,
    onProgress: ({ estimate }) => {
      if (estimate) isKept = false;
    },
  });
  return { valuation, isKept };
}

const base = readPool(samplePool());

/** A pool that shares every part but the changed ones with the base. */
function changed(parts: Partial<PoolDocument>): Pool {
  return readPool({ ...base.document, ...parts });
}

const { waterfall } = base.document;
const smaller = {
  ...waterfall,
  layers: waterfall.layers.map((layer) => ({ ...layer, size: "41000.00" })),
};

const market = base.document.market!;
const calmer = { ...market, volatility: market.volatility.map((each) => 0.9 * each) };

describe("a run that is kept", () => {
  test.each<[string, Pool, ValueOptions, boolean]>([
    ["the same", base, {}, true],
    ["other layers", changed({ waterfall: smaller }), {}, true],
    ["another rule", changed({ contribution: { rule: "euler-var" } }), {}, true],
    ["another level", base, { confidence: 0.99, levels: [0.9, 0.995] }, true],
    ["fewer figures", base, { contributions: "euler" }, true],
    ["the market written anew", base, { market: { ...market } }, true],
    ["another seed", base, { seed: 2n }, false],
    ["another horizon", base, { horizon: 5 }, false],
    ["more scenarios", base, { scenarios: 2 * SCENARIOS }, false],
    ["an audit", base, { audit: true }, false],
    ["less memory", base, { bytesMax: 1e8 }, false],
    ["another market", base, { market: calmer }, false],
    ["one option less", changed({ options: base.document.options.slice(1) }), {}, false],
    ["one cover less", changed({ covers: base.document.covers.slice(1) }), {}, false],
    ["a document read anew", readPool(samplePool()), {}, false],
  ])("value: %s gives what a fresh engine gives", async (_, pool, options, kept) => {
    const engine = loadSync();
    await asked(engine, base);
    const again = await asked(engine, pool, options);
    expect(again.isKept).toBe(kept);
    const fresh = await asked(loadSync(), pool, options);
    expect(fresh.isKept).toBe(false);
    expect(again.valuation).toEqual(fresh.valuation);
  });

  test("value: everything about everyone needs moments that a shorter run has not", async () => {
    const engine = loadSync();
    await asked(engine, base, { contributions: "euler" });
    const { valuation, isKept } = await asked(engine, base);
    expect(isKept).toBe(false);
    expect(valuation).toEqual((await asked(loadSync(), base)).valuation);
  });

  test("value: what other work laid in the memory in between is noticed", async () => {
    const engine = loadSync();
    const first = await asked(engine, base);
    await engine.allocate(base, { scenarios: SCENARIOS, rules: [{ rule: "shapley" }] });
    await engine.allocate(base, { scenarios: 2 * SCENARIOS, rules: [{ rule: "stand-alone" }] });
    expect((await asked(engine, base)).valuation).toEqual(first.valuation);
  });

  test("value: levels that change what is kept of everyone leave the memory as it was", async () => {
    const engine = loadSync();
    const levels = [0.9, 0.9995, 0.95, 0.9995, 0.9];
    const scenarios = 250_000;
    for (const confidence of levels) {
      const again = await asked(engine, base, { confidence, scenarios });
      const fresh = await asked(loadSync(), base, { confidence, scenarios });
      expect(again.valuation).toEqual(fresh.valuation);
    }
  }, 60_000);

  test("value: what is handed out twice cannot be changed in between", async () => {
    const engine = loadSync();
    const { valuation } = await asked(engine, base);
    expect(() => (valuation.contributions.rows as unknown[]).pop()).toThrow(TypeError);
    expect(() => {
      (valuation.risk.expectedLoss as { value: number }).value = 0;
    }).toThrow(TypeError);
  });

  test("measure, onMeasured: the figures of the pool as a whole, before the valuation", async () => {
    const engine = loadSync();
    let early: Measurement | null = null;
    const { valuation } = await asked(engine, base, {
      onMeasured: (measurement) => {
        early = measurement;
      },
    });
    const { contributions, exposures, samplePaths, worstPaths, allocation, ...whole } = valuation;
    expect(early).toEqual(whole);
    expect(await loadSync().measure(base, { scenarios: SCENARIOS })).toEqual(whole);
    expect(contributions.rows.length).toBeGreaterThan(0);
    expect([exposures.length, samplePaths, worstPaths, allocation]).toEqual([2, null, null, null]);
  });

  test.each([
    "euler-es",
    "euler-var",
    "covariance",
    "stand-alone",
    "with-without",
    "shapley",
  ] as const)("value: %s needs no more of a short run than of a long one", async (rule) => {
    const pool = changed({ contribution: { rule } });
    const short = await asked(loadSync(), pool, { contributions: "euler" });
    const long = await asked(loadSync(), pool);
    expect(short.valuation.allocation).toEqual(long.valuation.allocation);
  });
});

test("Latest: makes a value once for a key", async () => {
  const latest = new Latest<{ n: number }>();
  let made = 0;
  const make = () => ({ n: ++made });
  const first = await latest.of("a", make);
  expect(await latest.of("a", make)).toBe(first);
  expect(first).toEqual({ n: 1 });
  expect(await latest.of("b", make)).toEqual({ n: 2 });
  expect(await latest.of("a", make)).toEqual({ n: 3 });
});

test("the market that an answer speaks of, which later answers share, cannot be changed", async () => {
  const engine = loadSync();
  const first = await engine.measure(base, { scenarios: SCENARIOS });
  const { parameters, correlation, volatility } = first.market;
  for (const write of [
    () => ((volatility as number[])[0] = 9),
    () => ((parameters.volatility as number[])[0] = 9),
    () => ((parameters as { model: string }).model = "student-t"),
    () => ((correlation[0] as number[])[1] = 0.99),
    () => ((parameters.correlation[0] as number[])[1] = 0.99),
  ]) {
    expect(write).toThrow(TypeError);
  }
  expect(await engine.measure(base, { scenarios: SCENARIOS })).toEqual(first);
});
