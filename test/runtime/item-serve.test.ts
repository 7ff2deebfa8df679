// Method: the worker's own code with an engine that does what a test says, its messages one by one.
import { expect, test } from "vitest";
import { PoolError } from "../../src/basics/index.ts";
import type { CompiledKernel } from "../../src/engine/index.ts";
import type { FromItemWorker, SentItem, ToItemWorker } from "../../src/runtime/items/message.ts";
import { type ItemEngine, serveItems } from "../../src/runtime/items/serve.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const issue = { code: "TYPE", pointer: "/a", detail: "it must be b", expected: "b" };

/** A worker, what it has answered, and who waits for that. */
function worker(value: ItemEngine["value"]) {
  const answers: FromItemWorker[] = [];
  let hear: (message: ToItemWorker) => void = () => {};
  serveItems(
    { send: (message) => void answers.push(message), listen: (on) => (hear = on) },
    () => ({
      keep: (document) => () => {
        if (document === "broken") throw new PoolError([issue]);
        return document;
      },
      value,
    }),
  );
  const kernel = {} as CompiledKernel;
  hear({ kind: "start", version: "v", kernel, figures: "value", options: {} });
  let count = 0;
  const ask = (items: readonly Partial<SentItem>[]) => {
    const full = items.map((item) => ({ base: null, changes: [], options: {}, ...item }));
    hear({ kind: "value", group: count++, items: full });
  };
  return { answers, ask, hear: (message: ToItemWorker) => hear(message) };
}

const texts = (...documents: unknown[]) => documents.map((document) => ({ document }));
const found = ({ answers }: FromItemWorker) =>
  answers.map((answer) => ("error" in answer ? answer.error.issues[0]!.code : answer.valuation));

test("answers a group with one message, refusals among the answers", async () => {
  const { answers, ask } = worker(async (_, base) => {
    if (base === 2) throw new PoolError([issue]);
    return Number(base) * 10;
  });
  ask(texts(1, 2, 3));
  ask(texts(4));
  await pause(1);
  expect(answers.map(found)).toEqual([[10, "TYPE", 30], [40]]);
  expect(answers.map(({ goesOn, failure }) => [goesOn, failure])).toEqual([
    [false, null],
    [false, null],
  ]);
  expect(answers.every(({ ms }) => ms > 0)).toBe(true);
});

test("reads a kept document for every item, and says of each what is wrong with it", async () => {
  const { answers, ask, hear } = worker(async (_, base) => base);
  hear({ kind: "keep", base: 7, document: "whole" });
  hear({ kind: "keep", base: 8, document: "broken" });
  ask([{ base: 7 }, { base: 8 }, { base: 7 }, { base: 8 }]);
  await pause(1);
  expect(answers.map(found)).toEqual([["whole", "TYPE", "whole", "TYPE"]]);
});

test("tells what it has found while an item takes long, and leaves the rest to others", async () => {
  const { answers, ask } = worker(async (_, base) => {
    await pause(Number(base));
    return base;
  });
  const start = performance.now();
  ask(texts(1, 75, 2, 3));
  ask(texts(4, 5));
  await pause(60);
  expect(answers.map(found)).toEqual([[1]]);
  expect(answers[0]!.goesOn).toBe(true);
  while (answers.length < 3) await pause(5);
  const elapsed = performance.now() - start;
  expect(answers.map(found)).toEqual([[1], [75], [4, 5]]);
  expect(answers.map(({ goesOn }) => goesOn)).toEqual([true, false, false]);
  // Each says how long its own answers took.
  expect(answers[0]!.ms).toBeGreaterThan(40);
  expect(answers[0]!.ms + answers[1]!.ms).toBeGreaterThan(74);
  expect(answers[0]!.ms + answers[1]!.ms + answers[2]!.ms).toBeLessThanOrEqual(elapsed);
});

test("gives back what is left when its time is over, though nobody had a turn meanwhile", async () => {
  const { answers, ask } = worker(async (_, base) => {
    const start = performance.now();
    while (performance.now() - start < Number(base));
    return base;
  });
  ask(texts(1, 60, 2, 3));
  await pause(5);
  expect(answers.map(found)).toEqual([[1, 60]]);
  expect(answers[0]!.goesOn).toBe(false);
});

test("an item that is alone is answered once, however long it takes", async () => {
  const { answers, ask } = worker(async (_, base) => {
    await pause(Number(base));
    return base;
  });
  ask(texts(80));
  await pause(120);
  expect(answers.map(found)).toEqual([[80]]);
});

test("what is no refusal is told with the answers before it, and ends the group", async () => {
  const { answers, ask } = worker(async (_, base) => {
    if (base === 2) throw new RangeError("a bug");
    return base;
  });
  ask(texts(1, 2, 3));
  await pause(1);
  expect(answers.map(found)).toEqual([[1]]);
  expect(answers[0]!.failure).toBe("a bug");
});

test("a drop ends what is under way, and what has not been begun is not", async () => {
  const begun: unknown[] = [];
  const { answers, ask, hear } = worker(async (_, base, signal) => {
    begun.push(base);
    await new Promise<void>((resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
      if (base !== "long") resolve();
    });
    return base;
  });
  ask(texts("short", "long", "next"));
  ask(texts("later"));
  ask(texts("after"));
  await pause(1);
  hear({ kind: "drop", group: 1 });
  hear({ kind: "drop", group: 0 });
  await pause(5);
  expect(answers.map(found)).toEqual([["short"], [], ["after"]]);
  expect(answers.map(({ failure }) => failure)).toEqual([null, null, null]);
  expect(begun).toEqual(["short", "long", "after"]);
});
