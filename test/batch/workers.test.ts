// Method: batches on threads that value whole items against the same batch in one thread, bit for
// bit; threads that are ended, throw or never begin; how soon an abort is heard.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Worker } from "node:worker_threads";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { itemWorkerScript } from "../../bundle.mjs";
import {
  type AnyAnswer,
  type BatchItem,
  type BatchOptions,
  loadSync,
  type PoolError,
  readPool,
  type ValueOptions,
} from "../../src/index.ts";
import { batchWorkers } from "../../src/node.ts";
import { ItemCrew } from "../../src/runtime/items/crew.ts";
import { ITEM_WORKER_SCRIPT } from "../../src/runtime/node/item-worker-script.ts";
import { itemThreads } from "../support/item-threads.ts";
import { samplePool } from "../support/sample-pool.ts";

const SHARED: BatchOptions = { scenarios: 4_000, seed: 5n, confidence: 0.95, levels: [0.9] };
const base = readPool(samplePool());
const size = (value: string) => ({
  op: "replace" as const,
  path: "/waterfall/layers/members-fund/size",
  value,
});
const text = JSON.stringify(samplePool());
/** Bases of every kind, changes, options, and faults of every kind. */
const items: unknown[] = [
  base,
  samplePool(),
  text,
  new TextEncoder().encode(text),
  "{ not json",
  null,
  { pool: base, changes: [size("250000.00")], id: "larger" },
  { pool: text, changes: [size("250000.00")] },
  { pool: text, changes: [size("260000.00")], options: { seed: 6n, levels: [0.99] } },
  { pool: base, changes: [{ op: "replace", path: "/nowhere", value: 1 }] },
  { pool: base, change: [] },
  { pool: base, options: { scenarios: 1, seed: -1 } },
  { pool: { ...samplePool(), name: () => "a function" } },
  // Cannot be cloned, and is read all the same.
  { pool: new Proxy(samplePool(), {}), changes: [{ op: "remove", path: "/covers/0" }] },
  { pool: base, changes: [size("-1")], id: "negative" },
  ...Array.from(
    { length: 6 },
    (_, i): BatchItem<ValueOptions> => ({
      pool: base,
      changes: [{ op: "replace", path: "/assets/ETH/spot", value: 1_700 + i }],
    }),
  ),
];

/** Answers with their errors taken apart: all that a caller can see. */
async function all(answers: AsyncIterable<AnyAnswer>): Promise<object[]> {
  const list: object[] = [];
  for await (const { error, ...answer } of answers) {
    const seen = error && { ...error, message: error.message, name: error.name };
    list.push({ ...answer, error: seen });
  }
  return list;
}

const threads: Worker[] = [];
const onThread = (worker: Worker) => threads.push(worker);
beforeAll(() => void process.on("worker", onThread));
afterEach(async () => {
  await Promise.all(threads.splice(0).map((thread) => thread.terminate()));
});

test("workers: their script is built from its source", async () => {
  expect((await itemWorkerScript()) === ITEM_WORKER_SCRIPT, "run: node build.mjs").toBe(true);
});

describe("answers", () => {
  test.each(["value", "measure"] as const)(
    "%s: those of one thread, bit for bit",
    async (figures) => {
      const options = { ...SHARED, figures };
      const alone = await all(loadSync().valueMany(items, options));
      const workers = batchWorkers({ workers: 2 });
      const engine = loadSync();
      for (const order of ["input", "completed"] as const) {
        const answers = await all(engine.valueMany(items, { ...options, order, workers }));
        answers.sort((a, b) => (a as AnyAnswer).index - (b as AnyAnswer).index);
        expect(answers).toEqual(alone);
      }
      expect(threads.length).toBe(2);
      await workers.dispose();
    },
  );

  test("hundreds of small pools from a source that waits: the same ones, from groups of them", async () => {
    const options = { ...SHARED, scenarios: 1_000, figures: "measure" as const };
    const many = Array.from({ length: 300 }, (_, i) =>
      i % 50 === 7 ? "{ not json" : text.replace('"name":"', `"name":"${i} `),
    );
    async function* source() {
      for (const [i, each] of many.entries()) {
        if (i % 90 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        yield each;
      }
    }
    const alone = await all(loadSync().valueMany(many, options));
    const workers = batchWorkers({ workers: 2 });
    const engine = loadSync();
    for (const order of ["input", "completed"] as const) {
      const answers = await all(engine.valueMany(source(), { ...options, order, workers }));
      if (order === "input") expect(answers).toEqual(alone);
      answers.sort((a, b) => (a as AnyAnswer).index - (b as AnyAnswer).index);
      expect(answers).toEqual(alone);
    }
    await workers.dispose();
  });

  test("a document that its owner changes meanwhile is valued as it was when it was taken", async () => {
    const options = { ...SHARED, scenarios: 1_000, figures: "measure" as const };
    const own = samplePool() as unknown as { readonly assets: { spot: number }[] };
    function* source() {
      for (let i = 0; i < 40; i++) {
        own.assets[1]!.spot = 1_700 + 10 * i;
        yield own;
      }
    }
    const workers = batchWorkers({ workers: 1 });
    const answers = await all(loadSync().valueMany(source(), { ...options, workers }));
    expect(answers).toEqual(await all(loadSync().valueMany(source(), options)));
    await workers.dispose();
  });

  test("an item that cannot be sent does not keep a batch from ending", {
    timeout: 5_000,
  }, async () => {
    const strange = { pool: new Proxy(samplePool(), {}) };
    const workers = batchWorkers({ workers: 1 });
    const engine = loadSync();
    function* failing() {
      yield base;
      yield strange;
      throw new Error("no more to read");
    }
    for (const order of ["input", "completed"] as const) {
      const answers = all(engine.valueMany(failing(), { ...SHARED, order, workers }));
      await expect(answers).rejects.toThrow("no more to read");
    }
    const control = new AbortController();
    function* aborting() {
      yield strange;
      control.abort("enough");
      yield strange;
    }
    const { signal } = control;
    const answers = all(engine.valueMany(aborting(), { ...SHARED, signal, workers }));
    await expect(answers).rejects.toBe("enough");
    await workers.dispose();
  });

  test("plain JavaScript has the same ones, and so has another market", async () => {
    const market = { ...samplePool().market!, model: "student-t" as const, degreesOfFreedom: 4 };
    const options = { ...SHARED, market };
    const some = [base, { pool: base, options: { market: samplePool().market! } }];
    const alone = await all(loadSync().valueMany(some, options));
    const workers = batchWorkers({ workers: 1 });
    for (const backend of ["js", "wasm"] as const) {
      const engine = loadSync({ backend });
      expect(await all(engine.valueMany(some, { ...options, workers }))).toEqual(alone);
    }
    await workers.dispose();
  });

  test("more bases than a worker keeps, coming again and again", async () => {
    const bases = Array.from({ length: 6 }, (_, i) =>
      readPool({ ...samplePool(), name: `Pool ${i}` }),
    );
    const many = Array.from({ length: 24 }, (_, i) => ({
      pool: bases[(i * 5) % 6]!,
      changes: [size(`${200_000 + i}`)],
    }));
    const options = { ...SHARED, figures: "measure" as const };
    const workers = batchWorkers({ workers: 2 });
    const answers = await all(loadSync().valueMany(many, { ...options, workers }));
    expect(answers).toEqual(await all(loadSync().valueMany(many, options)));
    await workers.dispose();
  });

  test("what is shared is refused at once: callbacks, and what is no worker", async () => {
    const refused = async (more: object) => {
      const error: PoolError = await all(loadSync().valueMany([base], { ...SHARED, ...more })).then(
        () => expect.unreachable(),
        (reason) => reason,
      );
      return error.issues.map(({ code, pointer }) => `${code} ${pointer}`);
    };
    const workers = batchWorkers({ workers: 1 });
    expect(await refused({ workers, onProgress: () => {} })).toEqual([
      "OPTION_CONFLICT /options/onProgress",
    ]);
    expect(await refused({ workers: 2 })).toEqual(["TYPE /options/workers"]);
    expect(() => batchWorkers({ workers: 0 })).toThrow(/NUMBER_RANGE/);
    expect(threads.length).toBe(0);
  });
});

describe("threads", () => {
  test("one that is ended in the middle is replaced, and its items are valued again", async () => {
    const many = Array.from({ length: 120 }, (_, i) => ({ pool: base, options: { seed: i } }));
    const alone = await all(loadSync().valueMany(many, SHARED));
    const workers = batchWorkers({ workers: 2 });
    const answers: AnyAnswer[] = [];
    for await (const answer of loadSync().valueMany(many, { ...SHARED, ahead: 16, workers })) {
      answers.push(answer);
      if (answer.index % 25 === 9) void threads.at(-1)!.terminate();
    }
    expect(answers).toEqual(alone);
    expect(threads.length).toBeGreaterThan(4);
    await workers.dispose();
  });

  test("three lost over one item end the batch with a word on it", async () => {
    const { start, threads: mortal } = itemThreads();
    const dies = "as often as it is tried";
    const answers = all(
      loadSync().valueMany(["first", "second", dies, "last"], {
        ...SHARED,
        workers: new ItemCrew(start, 1),
      }),
    );
    for (let at = 0; at < 3; ) {
      await new Promise((resolve) => setImmediate(resolve));
      const [group] = mortal[at]?.open ?? [];
      if (!group) continue;
      if (group.items.some(({ document }) => document === dies)) mortal[at++]!.lose();
      else mortal[at]!.answer();
    }
    const error: PoolError = await answers.then(
      () => expect.unreachable(),
      (reason) => reason,
    );
    expect([error.code, error.message]).toEqual([
      "WORKER_LOST",
      expect.stringContaining("3 workers ended over item 2, the last with: as the test has it"),
    ]);
  });

  test("an abort is heard within 100 ms, ends what is under way, and leaves the threads", {
    retry: 2,
  }, async () => {
    const engine = loadSync();
    const workers = batchWorkers({ workers: 2 });
    const long = { ...SHARED, scenarios: 20_000_000 };
    await all(engine.valueMany([base, base], { ...SHARED, workers }));
    const control = new AbortController();
    const answers = all(
      engine.valueMany([base, base, base], { ...long, workers, signal: control.signal }),
    );
    setTimeout(() => control.abort("enough"), 150);
    const start = performance.now();
    await expect(answers).rejects.toBe("enough");
    expect(performance.now() - start).toBeLessThan(150 + 100);
    // They are free again: nothing of the long items is left to be done.
    const again = performance.now();
    await all(engine.valueMany([base, base], { ...SHARED, workers }));
    expect(performance.now() - again).toBeLessThan(2_000);
    expect(threads.length).toBe(2);
    await workers.dispose();
  });

  test.each(["workers", "none"] as const)(
    "a batch that nobody reads to its end is kept by nobody (%s)",
    async (kind) => {
      setFlagsFromString("--expose-gc");
      const collect = runInNewContext("gc") as () => void;
      const engine = loadSync();
      const workers = batchWorkers({ workers: 1 });
      const left = async () => {
        const source = [base, base, base, base];
        const options = { ...SHARED, ...(kind === "workers" && { workers }) };
        expect((await engine.valueMany(source, options).next()).value?.index).toBe(0);
        return new WeakRef(source);
      };
      const source = await left();
      for (let i = 0; i < 50 && source.deref(); i++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        collect();
      }
      expect(source.deref()).toBeUndefined();
      // Both still do their work.
      expect(await all(engine.valueMany([base], { ...SHARED, workers }))).toHaveLength(1);
      await workers.dispose();
    },
  );

  test("disposal refuses what is under way and what comes later, and ends the threads", async () => {
    const engine = loadSync();
    const workers = batchWorkers({ workers: 2 });
    const answers = all(
      engine.valueMany([base, base], { ...SHARED, workers, scenarios: 5_000_000 }),
    );
    const refused = expect(answers).rejects.toMatchObject({ code: "DISPOSED" });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const ended = Promise.all(
      threads.map((thread) => new Promise((end) => thread.on("exit", end))),
    );
    await workers.dispose();
    await refused;
    await ended;
    await expect(all(engine.valueMany([base], { ...SHARED, workers }))).rejects.toMatchObject({
      code: "DISPOSED",
    });
    // Whose engine is disposed of has no answer either, whatever values its items.
    const others = batchWorkers({ workers: 1 });
    await engine.dispose();
    await expect(
      all(engine.valueMany([base], { ...SHARED, workers: others })),
    ).rejects.toMatchObject({ code: "DISPOSED" });
    await others.dispose();
  });
});
