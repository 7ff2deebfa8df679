// Method: estimates of losses whose figures are known in closed form, and of runs whose end is known.
import { describe, expect, test } from "vitest";
import { level } from "../../src/basics/index.ts";
import { loadSync, type Progress, type RunningEstimate } from "../../src/index.ts";
import { RunningRisk } from "../../src/risk/progress.ts";
import { WorkerPool } from "../../src/runtime/pool/pool.ts";
import { inProcessThreads } from "../support/in-process-thread.ts";
import { seeded } from "../support/kernel.ts";
import { samplePool } from "../support/sample-pool.ts";

const engine = loadSync();

async function followed(run: ReturnType<typeof loadSync>, options: { audit?: boolean } = {}) {
  const seen: Progress[] = [];
  const valuation = await run.value(samplePool(), {
    scenarios: 300_000,
    ...options,
    onProgress: (progress) => seen.push(progress),
  });
  return { seen, valuation };
}

describe("running estimates", () => {
  test("running risk: 1 … n, in any order of batches, has the figures of 1 … n", () => {
    const n = 10_000;
    const losses = Float64Array.from({ length: n }, (_, i) => i + 1);
    const running = new RunningRisk(losses, level(0.9));
    const batches = Array.from({ length: n / 100 }, (_, i) => i * 100);
    const random = seeded(3);
    for (let i = batches.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [batches[i], batches[j]] = [batches[j]!, batches[i]!];
    }
    for (const first of batches) running.add(first, 100);
    const { scenarios, expectedLoss, valueAtRisk, expectedShortfall } = running.estimate!;
    expect(scenarios).toBe(n);
    // Mean and variance of the discrete uniform distribution; the worst tenth is 9,001 … 10,000.
    expect(expectedLoss.value).toBeCloseTo((n + 1) / 2, 8);
    expect(expectedLoss.standardError).toBeCloseTo(Math.sqrt((n * n - 1) / 12 / n), 8);
    expect(valueAtRisk.value).toBe(9000);
    expect(expectedShortfall.value).toBe(9500.5);
  });

  test("running risk: large losses close together keep their spread", () => {
    const losses = Float64Array.from({ length: 1000 }, (_, i) => 1e12 + (i % 2));
    const running = new RunningRisk(losses, level(0.9));
    running.add(0, 1000);
    expect(running.estimate!.expectedLoss.value).toBe(1e12 + 0.5);
    expect(running.estimate!.expectedLoss.standardError).toBeCloseTo(0.5 / Math.sqrt(1000), 12);
  });

  test("running risk: says nothing before the tail has twenty, nor of what has gaps", () => {
    const losses = new Float64Array(10_000).fill(1);
    const running = new RunningRisk(losses, level(0.99));
    running.add(0, 1999);
    expect(running.estimate).toBeNull();
    running.add(3000, 7000);
    expect(running.estimate).toBeNull();
    running.add(1999, 1);
    expect(running.estimate?.scenarios).toBe(2000);
    running.add(2000, 1000);
    expect(running.estimate?.scenarios).toBe(10_000);
  });
});

describe("progress", () => {
  test("value: the last estimate is the result", async () => {
    const { seen, valuation } = await followed(engine);
    const { done, total, estimate } = seen.at(-1)!;
    expect([done, total]).toEqual([300_000, 300_000]);
    const { risk } = valuation;
    const primary = risk.levels.find(({ level }) => level === 0.975)!;
    expect(estimate!.scenarios).toBe(300_000);
    expect(estimate!.level).toBe(0.975);
    const { low: _, high: __, ...valueAtRisk } = primary.valueAtRisk;
    const { low: ___, high: ____, ...expectedShortfall } = primary.expectedShortfall;
    expect(estimate!.valueAtRisk).toEqual(valueAtRisk);
    expect(estimate!.expectedShortfall).toEqual(expectedShortfall);
    const { value, standardError } = estimate!.expectedLoss;
    expect(value / risk.expectedLoss.value).toBeCloseTo(1, 10);
    expect(standardError / risk.expectedLoss.standardError).toBeCloseTo(1, 5);
  });

  test("value: estimates close in on the result as fast as they say", async () => {
    const { seen, valuation } = await followed(engine);
    const end = valuation.risk.levels[1]!.expectedShortfall.value;
    const estimates = seen.flatMap(({ estimate }) => (estimate ? [estimate] : []));
    expect(new Set(estimates.map(({ scenarios }) => scenarios)).size).toBeGreaterThan(1);
    for (const { expectedShortfall } of estimates) {
      const { value, standardError } = expectedShortfall;
      expect(Math.abs(value - end)).toBeLessThan(5 * standardError);
    }
  });

  test("value: workers give the same estimates of the same scenarios", async () => {
    const random = seeded(9);
    const start = inProcessThreads({ delay: () => Math.floor(random() * 10) });
    const estimates = new Map<number, RunningEstimate>();
    for (const run of [engine, loadSync({ executor: new WorkerPool(start, 3) })]) {
      const { seen } = await followed(run);
      for (const { estimate } of seen) {
        if (!estimate) continue;
        const before = estimates.get(estimate.scenarios);
        if (before) expect(estimate).toEqual(before);
        estimates.set(estimate.scenarios, estimate);
      }
    }
    expect(estimates.has(300_000)).toBe(true);
  });

  test("value: an audit counts both of its simulations", async () => {
    const { seen, valuation } = await followed(engine, { audit: true });
    expect(seen.at(-1)).toMatchObject({ done: 600_000, total: 600_000 });
    const counts = seen.map(({ done }) => done);
    expect([...counts].sort((a, b) => a - b)).toEqual(counts);
    const { value } = seen.at(-1)!.estimate!.expectedShortfall;
    expect(value).toBe(valuation.risk.levels[1]!.expectedShortfall.value);
  });
});
