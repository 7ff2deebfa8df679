// Method: what a plan says against what the run then takes; budgets on either side of it.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { describe, expect, test, vi } from "vitest";
import { barrierBook, frequentCovers, optionBook, studentBook } from "../../bench/book.ts";
import {
  chunksOf,
  compileKernelSync,
  type Executor,
  instantiate,
  partsOf,
  secondsOf,
} from "../../src/engine/index.ts";
import { loadSync, PoolError, type ValueOptions } from "../../src/index.ts";
import { workerPool } from "../../src/node.ts";
import { readRequest } from "../../src/request.ts";
import { planPool, valuePool } from "../../src/risk/index.ts";
import { inlineExecutor } from "../../src/runtime/index.ts";
import { examplePool } from "../support/example-pool.ts";
import { samplePool } from "../support/sample-pool.ts";

const engine = loadSync();

/** Core-seconds of this process while something runs. */
async function coreSeconds(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

test.each<[string, () => unknown, ValueOptions]>([
  ["the sample", samplePool, { scenarios: 1_000_000 }],
  ["the example", examplePool, { scenarios: 100_000 }],
  ["the example, longer", examplePool, { scenarios: 300_000 }],
  ["an audit of the example", examplePool, { scenarios: 20_000, audit: true }],
  ["barriers", () => barrierBook(200, 40), { scenarios: 30_000, horizon: 10, step: "1h" }],
  ["covers", () => frequentCovers(200), { scenarios: 200_000, horizon: 90 }],
  ["fat tails", () => studentBook(1_000, 200), { scenarios: 100_000, horizon: 30 }],
  [
    "Euler contributions alone",
    () => optionBook(2_000, 200),
    { scenarios: 1_000_000, horizon: 10, contributions: "euler" },
  ],
])(
  // `npm run bench:plan` tells how near they are; a machine that is shared by other tests cannot.
  "plan: core-seconds of %s are right within 1.6 times",
  { retry: 3 },
  async (_, pool, options) => {
    await engine.value(pool(), { ...options, scenarios: 20_000 });
    const plan = await engine.plan(pool(), options);
    const taken = await coreSeconds(() => engine.value(pool(), options));
    expect(taken).toBeGreaterThan(plan.coreSeconds / 1.6);
    expect(taken).toBeLessThan(plan.coreSeconds * 1.6);
  },
);

test("plan: tries the machine's plain code once for each executor, the pool each time", async () => {
  let hashed = 0;
  let watches = 0;
  const executor: Executor = {
    ...inlineExecutor,
    stopwatch: () => {
      watches++;
      return inlineExecutor.stopwatch();
    },
    sha256: (bytes) => {
      hashed++;
      return inlineExecutor.sha256!(bytes);
    },
  };
  const own = loadSync({ executor });
  const first = await own.plan(samplePool(), { scenarios: 20_000 });
  expect(hashed).toBeGreaterThan(0);
  const before = { hashed, watches };
  const again = await own.plan(samplePool(), { scenarios: 20_000 });
  expect(hashed).toBe(before.hashed);
  expect(watches).toBeGreaterThan(before.watches);
  expect(first.contributionSeconds).toBeGreaterThan(0);
  expect(again.contributionSeconds).toBeLessThan(again.coreSeconds);
});

test("secondsOf: is the middle of its samples, whatever a neighbour does to some of them", async () => {
  // Every third turn takes ten times as long.
  let clock = 0;
  const stopwatch = () => {
    const start = clock;
    return () => clock - start;
  };
  const work = (turn: number) => {
    clock += turn % 3 === 2 ? 20 : 2;
  };
  const seconds = await secondsOf({ stopwatch, breathe: async () => {} }, 0.2, work);
  expect(seconds).toBe(0.002);
});

test.each<[string, () => unknown, ValueOptions]>([
  ["the sample", samplePool, { scenarios: 20_000 }],
  ["the example", examplePool, { scenarios: 100_000 }],
  ["an audit of the example", examplePool, { scenarios: 10_000, audit: true }],
])(
  "plan: kernel memory of %s is not above what it says, nor far below",
  async (_, pool, options) => {
    const kernels = instantiate(compileKernelSync());
    const request = readRequest(pool(), options, "test");
    const { bytes } = await planPool(kernels, inlineExecutor, request);
    // Where there is room, a run keeps its normals as well; with so much and no more it fits all the same.
    await valuePool(kernels, inlineExecutor, { ...request, bytesMax: bytes.kernel });
    expect(kernels.memory.buffer.byteLength).toBeLessThanOrEqual(bytes.kernel);
    expect(kernels.memory.buffer.byteLength).toBeGreaterThan(0.6 * bytes.kernel);
  },
);

// What a process once had it keeps, so each run has one of its own, and Linux tells its most.
test.skipIf(!existsSync("/proc/self/status")).each([
  [100_000, 0],
  [100_000, 3],
  [2_000_000, 0],
])(
  "plan: %d scenarios on %d workers take the bytes it says within a half",
  async (scenarios, workers) => {
    const outfile = fileURLToPath(new URL("../../build/peak-memory.mjs", import.meta.url));
    await build({
      entryPoints: [fileURLToPath(new URL("../support/peak-memory.ts", import.meta.url))],
      bundle: true,
      format: "esm",
      platform: "node",
      mainFields: ["module", "main"],
      outfile,
      logLevel: "silent",
    });
    const { stdout } = spawnSync(process.execPath, [outfile, String(scenarios), String(workers)]);
    const { planned, taken } = JSON.parse(String(stdout)) as { planned: number; taken: number };
    expect(taken).toBeGreaterThan(planned / 1.5);
    expect(taken).toBeLessThan(planned * 1.5);
  },
);

test("plan: says how the run will be cut", async () => {
  const pool = workerPool({ workers: 3 });
  const planner = loadSync({ executor: pool });
  const plan = await planner.plan(samplePool(), { scenarios: 1_000_000, horizon: "30d" });
  // Two assets; an expiry after 21 days and the horizon.
  expect(plan).toMatchObject({ scenarios: 1_000_000, assets: 2, steps: 2, workers: 3 });
  expect(plan.chunks).toBe(chunksOf(1_000_000).length);
  expect(plan.parts).toBe(partsOf(chunksOf(1_000_000)).length);
  const { kernel, workers, host, total } = plan.bytes;
  expect(total).toBe(kernel + workers + host);
  expect(plan.seconds).toBeLessThan(plan.coreSeconds);
  const alone = await engine.plan(samplePool(), { scenarios: 1_000_000, horizon: "30d" });
  expect(alone).toMatchObject({ workers: 0, bytes: { kernel, host, workers: 0 } });
  // The platform's own threads take time of cores, but nobody waits for them.
  expect(alone.seconds).toBeLessThan(alone.coreSeconds);
  expect(alone.seconds).toBeGreaterThan(0.85 * alone.coreSeconds);
  await pool.dispose();
});

test("plan: leaves nothing behind that a later run would show", async () => {
  const own = loadSync();
  const before = await own.value(samplePool(), { scenarios: 10_000 });
  await own.plan(samplePool(), { scenarios: 10_000 });
  expect(await own.value(samplePool(), { scenarios: 10_000 })).toEqual(before);
});

describe("budget", () => {
  test("budget: a run that fits gives what it gives without one", async () => {
    const budget = { bytes: 1e9, coreSeconds: 60 };
    const run = await engine.value(samplePool(), { scenarios: 10_000, budget });
    expect(run).toEqual(await engine.value(samplePool(), { scenarios: 10_000 }));
  });

  test("budget: refuses before the run, with what was asked, what is allowed and what would fit", async () => {
    const begun: unknown[] = [];
    const error = (await engine
      .value(samplePool(), {
        scenarios: 100_000_000,
        budget: { bytes: 100e6, coreSeconds: 3 },
        onProgress: (progress) => begun.push(progress),
      })
      .catch((caught: unknown) => caught)) as PoolError;
    expect(begun).toEqual([]);
    expect(error).toBeInstanceOf(PoolError);
    expect(error.code).toBe("BUDGET_EXCEEDED");
    expect(error.issues.map(({ pointer, expected }) => [pointer, expected])).toEqual([
      ["/options/budget/bytes", "at most 100000000 bytes"],
      ["/options/budget/coreSeconds", "at most 3 core-seconds"],
    ]);
    for (const issue of error.issues) {
      expect(issue.received).toMatch(/^number \d/);
      const [, fitting] = /about ([\d.e+]+) scenarios would fit/.exec(issue.detail)!;
      const budget = { bytes: 100e6, coreSeconds: 6 };
      const scenarios = Math.round(Number(fitting) * 0.8);
      const { bytes, coreSeconds } = await engine.plan(samplePool(), { scenarios });
      const name = issue.pointer.split("/").at(-1) as keyof typeof budget;
      expect({ bytes: bytes.total, coreSeconds }[name]).toBeLessThan(budget[name]);
    }
  });

  test("budget: a pool that no number of scenarios makes fit is told so", async () => {
    const run = engine.value(samplePool(), { scenarios: 10_000, budget: { bytes: 5e6 } });
    await expect(run).rejects.toThrow(/whatever the number of scenarios; split the pool/);
  });

  test("budget: a pool is not laid in more memory than the budget has", async () => {
    const run = engine.value(samplePool(), { scenarios: 10_000, budget: { bytes: 100_000 } });
    await expect(run).rejects.toMatchObject({ code: "BUDGET_EXCEEDED" });
  });

  test.each<[unknown, string, string]>([
    [null, "TYPE", "/options/budget"],
    [{ seconds: 1 }, "KEY_UNKNOWN", "/options/budget/seconds"],
    [{ bytes: "1e9" }, "NUMBER_RANGE", "/options/budget/bytes"],
    [{ coreSeconds: Number.NaN }, "NUMBER_RANGE", "/options/budget/coreSeconds"],
    [{ coreSeconds: 0 }, "NUMBER_RANGE", "/options/budget/coreSeconds"],
    [7, "TYPE", "/options/budget"],
  ])("budget: %j is refused by place", async (budget, code, pointer) => {
    const options = { scenarios: 10_000, budget } as ValueOptions;
    const error = await engine.value(samplePool(), options).catch((caught: unknown) => caught);
    const places = (error as PoolError).issues.map((issue) => `${issue.code} ${issue.pointer}`);
    expect(places).toEqual([`${code} ${pointer}`]);
  });
});

test("plan: counts what a thread compiles for its first valuation, and for no later one", async () => {
  // A module graph of its own has run nothing.
  vi.resetModules();
  const { loadSync: anew } = await import("../../src/index.ts");
  const own = anew();
  const first = await own.plan(samplePool(), { scenarios: 20_000 });
  const warm = first.coreSeconds - first.compilingSeconds;
  expect(first.compilingSeconds / Math.min(0.35, 0.25 * warm)).toBeCloseTo(1, 9);
  const long = await own.plan(samplePool(), { scenarios: 50_000_000 });
  expect(long.compilingSeconds).toBe(0.35);
  await own.measure(samplePool(), { scenarios: 20_000 });
  const later = await own.plan(samplePool(), { scenarios: 20_000 });
  expect(later.compilingSeconds).toBe(0);
});
