// Method: one wrong request after another, each with the code and pointer that it must get.
import { describe, expect, test } from "vitest";
import {
  calibrate,
  type LoadOptions,
  load,
  loadSync,
  PoolError,
  readPool,
  version,
} from "../src/index.ts";
import { inlineExecutor } from "../src/runtime/index.ts";
import { samplePool } from "./support/sample-pool.ts";

const engine = loadSync();
const market = samplePool().market!;

test.each<[string, object, string, string]>([
  ["no scenarios", { scenarios: 0 }, "NUMBER_RANGE", "/options/scenarios"],
  ["one scenario", { scenarios: 1 }, "NUMBER_RANGE", "/options/scenarios"],
  ["negative scenarios", { scenarios: -1 }, "NUMBER_RANGE", "/options/scenarios"],
  ["too many scenarios", { scenarios: 1e12 }, "NUMBER_RANGE", "/options/scenarios"],
  ["half a scenario", { scenarios: 10_000.5 }, "INTEGER", "/options/scenarios"],
  ["scenarios as text", { scenarios: "10000" }, "TYPE", "/options/scenarios"],
  ["no number of scenarios", { scenarios: Number.NaN }, "INTEGER", "/options/scenarios"],
  ["confidence in percent", { confidence: 99 }, "UNIT_SUSPECT", "/options/confidence"],
  ["confidence 1", { confidence: 1 }, "NUMBER_RANGE", "/options/confidence"],
  ["confidence 0", { confidence: 0 }, "NUMBER_RANGE", "/options/confidence"],
  [
    "a tail of a tenth of a scenario",
    { confidence: 0.99999, scenarios: 10_000 },
    "TAIL_TOO_THIN",
    "/options/scenarios",
  ],
  ["a seed that is text", { seed: "abc" }, "SEED_RANGE", "/options/seed"],
  ["a negative seed", { seed: -1n }, "SEED_RANGE", "/options/seed"],
  ["a seed of 65 bits", { seed: 2n ** 64n }, "SEED_RANGE", "/options/seed"],
  ["a broken seed", { seed: 0.5 }, "SEED_RANGE", "/options/seed"],
  ["a level in percent", { levels: [0.9, 99] }, "UNIT_SUSPECT", "/options/levels/1"],
  [
    "a hole among levels",
    { levels: Object.assign([0.9], { 2: 0.99 }) },
    "TYPE",
    "/options/levels/1",
  ],
  ["levels that are no list", { levels: "0.9" }, "TYPE", "/options/levels"],
  ["a horizon in words", { horizon: "soon" }, "HORIZON", "/options/horizon"],
  ["an option that does not exist", { scenario: 5 }, "KEY_UNKNOWN", "/options/scenario"],
  ["an option that every object has", { constructor: 5 }, "KEY_UNKNOWN", "/options/constructor"],
  ["a signal that is none", { signal: {} }, "TYPE", "/options/signal"],
  ["progress that is no function", { onProgress: 3 }, "TYPE", "/options/onProgress"],
  ["an audit that is text", { audit: "yes" }, "TYPE", "/options/audit"],
  ["too little memory", { bytesMax: 1000 }, "BUDGET_EXCEEDED", ""],
  ["a market of nothing", { market: null }, "TYPE", "/market"],
  [
    "a market without its assets",
    { market: { ...market, assets: ["BTC"] } },
    "MATRIX_SHAPE",
    "/market/correlation",
  ],
  [
    "a market of other assets",
    { market: { ...market, assets: ["BTC", "SOL"] } },
    "REFERENCE_UNKNOWN",
    "/market/assets",
  ],
  [
    "a matrix that is not positive semidefinite",
    {
      market: {
        model: "gbm",
        assets: ["BTC", "ETH", "SOL"],
        volatility: [1, 1, 1],
        correlation: [
          [1, 0.9, 0.9],
          [0.9, 1, -0.9],
          [0.9, -0.9, 1],
        ],
      },
    },
    "MATRIX_NOT_PSD",
    "/market/correlation",
  ],
])("value: answers %s with code and pointer", async (name, options, code, pointer) => {
  const pool =
    name === "a matrix that is not positive semidefinite"
      ? {
          ...samplePool(),
          assets: [...samplePool().assets, { id: "SOL", spot: 80 }],
          market: undefined,
        }
      : samplePool();
  const { market: own, ...bare } = pool;
  const error = await engine
    .value(own ? pool : bare, options as Parameters<typeof engine.value>[1])
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(PoolError);
  const places = (error as PoolError).issues.map((issue) => `${issue.code} ${issue.pointer}`);
  expect(places).toContain(`${code} ${pointer}`);
});

test("value: shows the matrix that it simulates when one was repaired", async () => {
  const wrong = {
    model: "gbm" as const,
    assets: ["BTC", "ETH", "SOL"],
    volatility: [0.5, 0.6, 0.9],
    correlation: [
      [1, 0.9, 0.9],
      [0.9, 1, -0.9],
      [0.9, -0.9, 1],
    ],
    repair: "nearest" as const,
  };
  const pool = { ...samplePool(), assets: [...samplePool().assets, { id: "SOL", spot: 80 }] };
  const { market: _, ...bare } = pool;
  const { market: used, warnings } = await engine.value(bare, { market: wrong, scenarios: 10_000 });
  // Three correlations of ±0.9 with that sign pattern are nearest to ±1/2.
  expect(used.correlation[0]![1]).toBeCloseTo(0.5, 6);
  expect(used.correlation[1]![2]).toBeCloseTo(-0.5, 6);
  expect(used.parameters.correlation[0]![1]).toBe(0.9);
  expect(used.smallestEigenvalue).toBeCloseTo(-0.8, 12);
  expect(warnings.map((warning) => warning.code)).toContain("REPAIRED");
});

describe("other doors", () => {
  test.each<[string, unknown, string]>([
    ["null", null, "TYPE"],
    ["lists instead of columns", { assets: ["A"], times: [1], prices: [1] }, "TYPE"],
    [
      "single precision",
      { assets: ["A"], times: new Float32Array(9), prices: new Float64Array(9) },
      "TYPE",
    ],
    [
      "columns of different length",
      { assets: ["A"], times: new Float64Array(9), prices: new Float64Array(8) },
      "MATRIX_SHAPE",
    ],
  ])("calibrate: refuses %s", (_, history, code) => {
    expect(() => calibrate(history as Parameters<typeof calibrate>[0])).toThrowError(
      expect.objectContaining({ code }) as Error,
    );
  });

  test("calibrate: refuses a detached buffer", () => {
    const times = new Float64Array(100);
    structuredClone(times, { transfer: [times.buffer] });
    const history = { assets: ["A"], times, prices: new Float64Array(100) };
    expect(() => calibrate(history)).toThrowError(
      expect.objectContaining({ code: "MATRIX_SHAPE" }) as Error,
    );
  });

  test.each<[string, unknown, string]>([
    ["a number", 12, "MONEY_MUST_BE_STRING"],
    ["a negative loss", "-1", "NUMBER_RANGE"],
    ["a seventh decimal", "1.0000001", "MONEY_TOO_PRECISE"],
    ["an exponent", "1e6", "MONEY_SYNTAX"],
  ])("settle: refuses %s", async (_, loss, code) => {
    await expect(engine.settle(samplePool(), loss as string)).rejects.toMatchObject({ code });
  });

  test("load: gives an engine that a prepared pool and its document make agree", async () => {
    const other = await load();
    expect(other.version).toBe(version);
    expect(other.kernel).toMatch(/^[0-9a-f]{64}$/);
    const run = { scenarios: 10_000 };
    const prepared = await other.value(readPool(samplePool()), run);
    expect(await engine.value(JSON.stringify(samplePool()), run)).toEqual(prepared);
  });
});

describe("backends", () => {
  test.each<[string, unknown, string[]]>([
    ["a backend that does not exist", { backend: "gpu" }, ["ENUM /options/backend"]],
    ["a backend in capitals", { backend: "WASM" }, ["ENUM /options/backend"]],
    ["a backend of nothing", { backend: null }, ["TYPE /options/backend"]],
    ["a backend that is a list", { backend: ["js"] }, ["TYPE /options/backend"]],
    ["an option that does not exist", { backends: "js" }, ["KEY_UNKNOWN /options/backends"]],
    [
      "two problems",
      { backend: 1, threads: 2 },
      ["TYPE /options/backend", "KEY_UNKNOWN /options/threads"],
    ],
    ["options that are text", "js", ["TYPE /options"]],
    ["options of nothing", null, ["TYPE /options"]],
  ])("load: refuses %s", async (_, options, expected) => {
    const places = (error: unknown) =>
      (error as PoolError).issues.map((issue) => `${issue.code} ${issue.pointer}`);
    const late = await load(options as LoadOptions).catch((caught: unknown) => caught);
    expect(late).toBeInstanceOf(PoolError);
    expect(places(late)).toEqual(expected);
    expect(() => loadSync(options as LoadOptions)).toThrowError(
      expect.objectContaining({ issues: (late as PoolError).issues }) as Error,
    );
  });

  test("load: an engine tells what runs its kernels", async () => {
    expect((await load()).backend).toBe("wasm");
    expect((await load({})).backend).toBe("wasm");
    expect(loadSync({ backend: undefined } as unknown as LoadOptions).backend).toBe("wasm");
    for (const backend of ["wasm", "js"] as const) {
      expect((await load({ backend })).backend).toBe(backend);
      expect(loadSync({ backend }).backend).toBe(backend);
    }
  });
});

describe("executors and ends", () => {
  test("dispose: refuses what is under way and what comes later, and leaves settling be", async () => {
    const own = loadSync();
    const under = own.value(samplePool(), {
      scenarios: 10_000_000,
      onProgress: () => void own.dispose(),
    });
    await expect(under).rejects.toMatchObject({ code: "DISPOSED", message: /load another one/ });
    await expect(own.value(samplePool())).rejects.toMatchObject({ code: "DISPOSED" });
    await expect(own.plan(samplePool())).rejects.toMatchObject({ code: "DISPOSED" });
    expect((await own.settle(samplePool(), "100.00")).loss).toBe("100.000000");
    await own.dispose();
    // Another engine shares nothing with it but the compiled kernel.
    expect((await loadSync().value(samplePool(), { scenarios: 10_000 })).risk.scenarios).toBe(
      10_000,
    );
  });

  test("dispose: ends the executor too", async () => {
    let ends = 0;
    const dispose = async () => void ends++;
    await (await load({ executor: { ...inlineExecutor, dispose } })).dispose();
    expect(ends).toBe(1);
  });

  test.each([null, 5, {}])("load: refuses %j as an executor", async (executor) => {
    const options = { executor } as unknown as LoadOptions;
    await expect(load(options)).rejects.toMatchObject({ code: "TYPE" });
    expect(() => loadSync(options)).toThrowError(
      expect.objectContaining({ code: "TYPE" }) as Error,
    );
  });

  test("signal: what a caller listens with is given back when the run ends", async () => {
    const { signal } = new AbortController();
    const listening = new Set<unknown>();
    signal.addEventListener = (_: string, listener: unknown) => void listening.add(listener);
    signal.removeEventListener = (_: string, listener: unknown) => void listening.delete(listener);
    let during = 0;
    const onProgress = () => {
      during = listening.size;
    };
    await engine.value(samplePool(), { scenarios: 10_000, signal, onProgress });
    expect([during, listening.size]).toEqual([1, 0]);
  });

  test("signal: a run that is aborted before it begins does not begin", async () => {
    const signal = AbortSignal.abort(new Error("too late"));
    const run = engine.value(samplePool(), {
      signal,
      onProgress: () => expect.unreachable("it began"),
    });
    await expect(run).rejects.toThrow("too late");
  });
});
