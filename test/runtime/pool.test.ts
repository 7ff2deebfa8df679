// Method: whole valuations by pools of every kind, compared as JSON with those of the caller's thread.

import type { Worker } from "node:worker_threads";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { workerScript } from "../../bundle.mjs";
import { BATCH, type Executor, MomentSums, partsOf } from "../../src/engine/index.ts";
import { loadSync, PoolError, type ValueOptions } from "../../src/index.ts";
import { workerPool } from "../../src/node.ts";
import { inlineExecutor } from "../../src/runtime/index.ts";
import { WORKER_SCRIPT } from "../../src/runtime/node/worker-script.ts";
import { WorkerPool } from "../../src/runtime/pool/pool.ts";
import type { FromWorker } from "../../src/runtime/worker/message.ts";
import { inProcessThreads, type Mischief } from "../support/in-process-thread.ts";
import { seeded } from "../support/kernel.ts";
import { samplePool } from "../support/sample-pool.ts";

// Two parts to a chunk, so that a chunk's moments come from more than one thread.
const run: ValueOptions = { scenarios: 220_000, seed: 77n, horizon: "30d" };
const inline = loadSync();
const valued = async (executor: Executor, options: ValueOptions = run) =>
  JSON.stringify(await loadSync({ executor }).value(samplePool(), options));
let expected: string;

beforeAll(async () => {
  expected = JSON.stringify(await inline.value(samplePool(), run));
});

/** Real threads that a test may end; Node tells of each as it begins. */
const threads: Worker[] = [];
const onThread = (worker: Worker) => threads.push(worker);
beforeAll(() => void process.on("worker", onThread));
afterEach(async () => {
  await Promise.all(threads.splice(0).map((thread) => thread.terminate()));
});

const inProcess = (workers: number, mischief: Mischief = {}) =>
  new WorkerPool(inProcessThreads(mischief), workers);

test("pool: the worker's script is built from its source", async () => {
  // Not compared as texts: a difference would be printed in full.
  expect((await workerScript("node")) === WORKER_SCRIPT, "run: node build.mjs").toBe(true);
});

describe("bits", () => {
  test.each([1, 2, 3, 5])("pool: %d threads give the bits of none", async (workers) => {
    const pool = workerPool({ workers });
    expect(await valued(pool)).toBe(expected);
    expect(threads.length).toBe(workers);
    // The threads are kept, and what they ran before does not show.
    expect(await valued(pool)).toBe(expected);
    expect(threads.length).toBe(workers);
    await pool.dispose();
  });

  test.each<[string, ValueOptions]>([
    ["an audit", { scenarios: 30_000, audit: true }],
    ["few scenarios", { scenarios: 4001, levels: [0.9], confidence: 0.95 }],
    [
      "heavy tails",
      {
        scenarios: 30_000,
        market: { ...samplePool().market!, model: "student-t", degreesOfFreedom: 3 },
      },
    ],
  ])("pool: %s gives the bits of one thread", async (_, options) => {
    const pool = workerPool({ workers: 2 });
    const own = JSON.stringify(await inline.value(samplePool(), options));
    expect(await valued(pool, options)).toBe(own);
    await pool.dispose();
  });

  test("pool: prices held at the model's bound are counted whoever met them", async () => {
    const wild = samplePool();
    const market = { ...wild.market!, model: "student-t" as const, degreesOfFreedom: 2.05 };
    const options = { scenarios: 200_000, market, horizon: "365d" };
    const own = await inline.value(wild, options);
    expect(own.warnings.map(({ code }) => code)).toContain("MODEL_BOUND");
    const engine = loadSync({ executor: inProcess(3) });
    expect((await engine.value(wild, options)).warnings).toEqual(own.warnings);
  });

  test.each([1, 2, 3])(
    "pool: the order in which answers come does not show (seed %d)",
    async (seed) => {
      const random = seeded(seed);
      const pool = inProcess(4, { delay: () => Math.floor(random() * 20) });
      expect(await valued(pool)).toBe(expected);
    },
  );

  test.each([8, 128, 520, 1000])("executors: batches of %d give the same bits", async (batch) => {
    expect(await valued(inBatchesOf(batch))).toBe(expected);
  });

  test("pool: several runs at a time get their own answers", async () => {
    const pool = workerPool({ workers: 2 });
    const engine = loadSync({ executor: pool });
    const seeds = [1n, 2n, 3n, 4n, 5n];
    const options = (seed: bigint) => ({ scenarios: 100_000, seed });
    const together = await Promise.all(
      seeds.map((seed) => engine.value(samplePool(), options(seed))),
    );
    for (const [i, seed] of seeds.entries()) {
      expect(together[i]).toEqual(await inline.value(samplePool(), options(seed)));
    }
    await pool.dispose();
  });
});

/** The caller's thread with batches of another size. */
function inBatchesOf(batch: number): Executor {
  return {
    ...inlineExecutor,
    async run(simulation, chunks, hooks) {
      const parts = partsOf(chunks);
      const sums = new MomentSums(parts, (index, moments) => hooks.onChunk(index, moments));
      for (const [index, { first, count }] of parts.entries()) {
        for (let done = 0; done < count; done += batch) {
          const size = Math.min(batch, count - done);
          expect(size).toBeLessThanOrEqual(BATCH);
          simulation.runRange(first + done, size);
          hooks.onBatch(first + done, simulation.columns(size));
        }
        sums.add(index, simulation.takeMoments());
      }
    },
  };
}

describe("losses", () => {
  test.each(["the first", "every"])(
    "pool: %s thread ended under way leaves no trace",
    async (which) => {
      const pool = workerPool({ workers: 2 });
      const ended = new Map<Worker, Promise<number>>();
      const bits = await valued(pool, {
        ...run,
        onProgress: ({ done, total }) => {
          if (done > total / 2) return;
          for (const thread of which === "every" ? threads : threads.slice(0, 1)) {
            // Each of the first two only once, or the run would rightly be given up.
            if (ended.size >= 2 || ended.has(thread)) continue;
            ended.set(thread, thread.terminate());
          }
        },
      });
      expect(bits).toBe(expected);
      expect(ended.size).toBeGreaterThan(0);
      // The run may be over before the end is heard of; the next one has a full crew all the same.
      await Promise.all(ended.values());
      expect(await valued(pool)).toBe(expected);
      expect(threads.length).toBeGreaterThan(2);
      await pool.dispose();
    },
  );

  test("pool: a thread that throws is replaced and its part run again", async () => {
    let thrown = 0;
    const start = inProcessThreads({
      answer: (message) => {
        if (message.kind !== "ran" || message.part !== 7 || thrown === 2) return message;
        thrown++;
        const { job, part } = message;
        return { kind: "failed", job, part, issues: null, detail: "unreachable" };
      },
    });
    expect(await valued(new WorkerPool(start, 2))).toBe(expected);
    expect(thrown).toBe(2);
    expect(start.started).toBe(4);
  });

  test("pool: gives up after three threads were lost over one part", async () => {
    const start = inProcessThreads({
      answer: (message) => (message.part === 7 ? null : message),
    });
    const error = await valued(new WorkerPool(start, 2)).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(PoolError);
    expect(error).toMatchObject({ code: "WORKER_LOST" });
    expect(String(error)).toMatch(/scenarios \d+ to \d+, the last with: as the test has it/);
    // Two to begin with, and two in place of the first two lost.
    expect(start.started).toBe(4);
  });

  test("pool: threads that cannot begin are an error and no endless loop", async () => {
    let started = 0;
    const pool = new WorkerPool((events) => {
      started++;
      queueMicrotask(() => events.lost("no such script"));
      return { send() {}, hold() {}, end: async () => {} };
    }, 3);
    await expect(valued(pool)).rejects.toMatchObject({ code: "WORKER_LOST" });
    expect(started).toBeLessThan(12);
  });

  test("pool: a refusal of a worker is passed on, and the pool goes on", async () => {
    const issue = { code: "BUDGET_EXCEEDED", pointer: "", detail: "too much", expected: "less" };
    let refusals = 1;
    const pool = inProcess(2, {
      answer: (message): FromWorker => {
        if (message.kind !== "ran" || refusals === 0) return message;
        refusals--;
        const { job, part } = message;
        return { kind: "failed", job, part, issues: [issue], detail: "too much" };
      },
    });
    const error = await valued(pool).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(PoolError);
    expect((error as PoolError).issues).toEqual([issue]);
    expect(await valued(pool)).toBe(expected);
  });
});

describe("ends", () => {
  test("pool: an abort is heard at once, and the next run has the threads", {
    retry: 2,
  }, async () => {
    const pool = workerPool({ workers: 2 });
    const control = new AbortController();
    let aborted = 0;
    const aborting = valued(pool, {
      scenarios: 20_000_000,
      signal: control.signal,
      onProgress: () => {
        if (aborted > 0) return;
        aborted = performance.now();
        control.abort(new Error("enough"));
      },
    });
    await expect(aborting).rejects.toThrow("enough");
    expect(performance.now() - aborted).toBeLessThan(50);
    expect(await valued(pool)).toBe(expected);
    expect(threads.length).toBe(2);
    await pool.dispose();
  });

  test("pool: an error of the caller's listener ends the run", async () => {
    const pool = inProcess(2);
    const onProgress = () => {
      throw new Error("listener");
    };
    await expect(valued(pool, { ...run, onProgress })).rejects.toThrow("listener");
    expect(await valued(pool)).toBe(expected);
  });

  test("pool: progress grows to the total", async () => {
    const pool = inProcess(3);
    const seen: number[] = [];
    await valued(pool, { ...run, onProgress: ({ done }) => seen.push(done) });
    expect(seen.at(-1)).toBe(220_000);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
  });

  test("pool: disposed of, it refuses what is under way and what comes later", async () => {
    const pool = workerPool({ workers: 2 });
    const engine = loadSync({ executor: pool });
    let ended = 0;
    let disposal: Promise<void> | undefined;
    const under = engine.value(samplePool(), {
      scenarios: 20_000_000,
      onProgress: () => {
        for (const thread of threads) thread.once("exit", () => ended++);
        disposal ??= engine.dispose();
      },
    });
    await expect(under).rejects.toMatchObject({ code: "DISPOSED" });
    await disposal;
    expect(ended).toBe(2);
    await expect(engine.value(samplePool(), run)).rejects.toMatchObject({ code: "DISPOSED" });
    await expect(valued(pool)).rejects.toMatchObject({ code: "DISPOSED" });
  });

  test.each([0, -1, 1.5, 257, Number.NaN, "2"])("pool: %s workers are refused", (workers) => {
    expect(() => workerPool({ workers: workers as number })).toThrowError(
      expect.objectContaining({ code: "NUMBER_RANGE" }) as Error,
    );
  });
});
