// Method: the pure half of the risk room, without a browser: what the controls make of a document,
// held against hand-worked values and properties over every position of the sliders.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressOf, controlsAt } from "../../../src/edge/web/address.ts";
import {
  CONFIDENCES,
  type Controls,
  coarseScenarios,
  FULL_SCENARIOS,
  LIVE_RULES,
  requestOf,
  resized,
  SPANS,
  type Span,
  startOf,
  stressedMarket,
} from "../../../src/edge/web/controls.ts";
import { pricedPool } from "../../../src/edge/web/intake.ts";
import { loadSync, PoolError } from "../../../src/index.ts";
import { symmetricEigen } from "../../../src/numeric/index.ts";

const read = (name: string) =>
  readFileSync(new URL(`../../../examples/${name}`, import.meta.url), "utf8");
const example = pricedPool(read("pool.json"), read("prices.csv"));
const small = pricedPool(read("small-pool.json"));
const start = startOf(example);

const whole = ({ min, max }: Span) => fc.integer({ min, max });
const anyControls: fc.Arbitrary<Controls> = fc.record({
  volatility: whole(SPANS.volatility),
  correlation: whole(SPANS.correlation),
  model: fc.constantFrom("gbm", "student-t"),
  freedom: fc.integer({ min: 21, max: 300 }).map((tenth) => tenth / 10),
  horizon: whole(SPANS.horizon),
  confidence: fc.constantFrom(...CONFIDENCES),
  rule: fc.constantFrom(...LIVE_RULES),
  liquidation: fc.boolean(),
  spots: fc.record({ ORB: whole(SPANS.spot).filter((each) => each !== 0) }),
  pairs: fc.dictionary(fc.constant("ETA~ORB"), whole(SPANS.pair)),
  layers: fc.record({ reinsurance: whole(SPANS.layer).filter((each) => each !== 100) }),
});

describe("controls: where they stand at first", () => {
  test("controls: leave everything of the document but its liquidation terms", () => {
    const { document, options } = requestOf(example, start, FULL_SCENARIOS);
    const { liquidation, ...rest } = example;
    expect(liquidation).toBeDefined();
    expect(document).toEqual(rest);
    expect(options.market).toEqual(example.market);
    const on = requestOf(example, { ...start, liquidation: true }, FULL_SCENARIOS);
    expect(on.document).toEqual(example);
  });

  test("controls: the shipped market is the one that the engine's own calibration gives", () => {
    expect(example.market.assets).toEqual(example.assets.map(({ id }) => id));
    expect(example.market.volatility.every((each) => each > 0.3 && each < 2)).toBe(true);
  });
});

describe("controls: what they change", () => {
  test("controls: every correlation stress is a correlation matrix", () => {
    const { min, max, step } = SPANS.correlation;
    const width = example.market.assets.length;
    for (let correlation = min; correlation <= max; correlation += step) {
      const matrix = stressedMarket(example.market, { ...start, correlation }).correlation;
      const { values } = symmetricEigen(Float64Array.from(matrix.flat()), width);
      expect(values[0]).toBeGreaterThan(-1e-12);
      expect(matrix.every((row, i) => row[i] === 1)).toBe(true);
    }
    const at = (correlation: number) =>
      stressedMarket(small.market, { ...start, correlation }).correlation;
    expect(at(100)).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(at(-100)).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  test("controls: a price shock moves spots, and forwards with them", () => {
    const { document } = requestOf(small, { ...startOf(small), spots: { ETA: 50 } }, 10_000);
    expect(document.assets.map(({ spot }) => spot)).toEqual([40_000, 3_000]);
    expect(document.options.map(({ forward }) => forward)).toEqual([undefined, 3_015, undefined]);
  });

  test("controls: an asset may be named like what every object has", () => {
    const assets = [{ id: "constructor", spot: 2 }];
    const odd = { ...small, assets, options: [] };
    expect(requestOf(odd, startOf(small), 10_000).document.assets).toEqual(assets);
  });

  test("controls: layers are resized to whole minor units, half up", () => {
    expect(resized("15000.00", 150, 2)).toBe("22500.00");
    expect(resized("0.01", 150, 2)).toBe("0.02");
    expect(resized("0.01", 149, 2)).toBe("0.01");
    expect(resized("7", 10, 0)).toBe("1");
    expect(resized("1.5", 10, 2)).toBe("0.15");
    expect(resized("90071992547409931.07", 100, 2)).toBe("90071992547409931.07");
  });

  test("controls: the coarse run has a tail to speak of at every confidence", async () => {
    const engine = loadSync();
    for (const confidence of CONFIDENCES) {
      const controls = { ...startOf(small), confidence };
      const { document, options } = requestOf(small, controls, coarseScenarios(controls));
      const { risk } = await engine.value(document, options);
      const tail = risk.levels.find(({ level }) => level === confidence / 100)!;
      expect(tail.tailScenarios).toBeGreaterThanOrEqual(99.999);
      expect(risk.scenarios).toBeLessThanOrEqual(20_000);
    }
  });

  test("controls: whatever they say, the engine reads it", async () => {
    const engine = loadSync();
    await fc.assert(
      fc.asyncProperty(anyControls, async (controls) => {
        const { document, options } = requestOf(small, controls, FULL_SCENARIOS);
        await engine.plan(document, options);
      }),
      { numRuns: 30, seed: 1 },
    );
  });
});

describe("address", () => {
  test("address: holds controls exactly, and nothing where none was moved", () => {
    expect(addressOf(example, start)).toBe("");
    expect(controlsAt(example, "")).toEqual(start);
    fc.assert(
      fc.property(anyControls, (controls) => {
        expect(controlsAt(example, `#${addressOf(example, controls)}`)).toEqual(controls);
      }),
      { seed: 1 },
    );
  });

  test("address: what comes from outside is held to the bounds, or passed over", () => {
    const wild =
      "#volatility=1e9&correlation=&freedom=NaN&horizon=-3&confidence=12&model=x&rule=shapley" +
      "&liquidation=on&spot.ORB=900&spot.__proto__=5&layer.reinsurance=0&layer.none=20";
    expect(controlsAt(small, wild)).toEqual(startOf(small));
  });
});

test("pricedPool: a pool that does not say how prices move asks for them", () => {
  expect(() => pricedPool(read("pool.json"))).toThrow(PoolError);
  expect(() => pricedPool(read("pool.json"))).toThrow(/MARKET_MISSING/);
});
