// Method: sources and work that note what is asked of them, ended in every way a caller can end them.
import { describe, expect, test } from "vitest";
import { answersOf, type BatchRun } from "../../src/batch/index.ts";

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A source that counts what was taken, and says whether it was closed. */
function counted(length: number) {
  const seen = { taken: 0, isClosed: false };
  function* numbers() {
    try {
      for (let i = 0; i < length; i++) {
        seen.taken++;
        yield i;
      }
    } finally {
      seen.isClosed = true;
    }
  }
  return { seen, source: numbers() };
}

async function gathered<T>(answers: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const answer of answers) all.push(answer);
  return all;
}

describe("answersOf", () => {
  test.each([1, 3, 100])(
    "answers in the order of items, whichever is done first, with %i under way",
    async (ahead) => {
      const work = async (item: number) => {
        await pause((item * 7) % 5);
        return item * item;
      };
      const squares = Array.from({ length: 20 }, (_, i) => i * i);
      const answers = answersOf(counted(20).source, work, { ahead: () => ahead });
      expect(await gathered(answers)).toEqual(squares);
    },
  );

  test("answers as they come when asked to", async () => {
    const waits = [40, 1, 20, 2];
    const work = async (wait: number) => {
      await pause(wait);
      return wait;
    };
    const run: BatchRun = { ahead: () => 4, order: "completed" };
    expect(await gathered(answersOf(waits, work, run))).toEqual([1, 2, 20, 40]);
  });

  test.each(["input", "completed"] as const)(
    "holds no more than is under way, however slowly answers are taken (%s)",
    async (order) => {
      const { seen, source } = counted(30);
      let given = 0;
      for await (const _ of answersOf(source, async (item) => item, { ahead: () => 3, order })) {
        given++;
        await pause(2);
        expect(seen.taken - given).toBeLessThanOrEqual(3);
      }
      expect([given, seen.taken]).toEqual([30, 30]);
    },
  );

  test("does not keep answers waiting for a slow source", { retry: 2 }, async () => {
    async function* slow() {
      yield 1;
      await pause(200);
      yield 2;
    }
    const start = performance.now();
    const answers = answersOf(slow(), async (item) => item, { ahead: () => 2 });
    expect((await answers.next()).value).toBe(1);
    expect(performance.now() - start).toBeLessThan(150);
    await answers.return();
  });

  test("whoever leaves early stops the work and closes the source", async () => {
    const { seen, source } = counted(10);
    const stopped: number[] = [];
    const work = async (item: number, _: number, signal: AbortSignal) => {
      signal.addEventListener("abort", () => stopped.push(item));
      if (item > 0) await pause(10);
      return item;
    };
    for await (const answer of answersOf(source, work, { ahead: () => 3 })) {
      expect(answer).toBe(0);
      break;
    }
    expect(seen.isClosed).toBe(true);
    expect(stopped).toContain(1);
    expect(seen.taken).toBeLessThanOrEqual(4);
  });

  test("nothing runs on behind whoever leaves, and nothing more is begun", async () => {
    const begun: number[] = [];
    let running = 0;
    const work = async (item: number) => {
      begun.push(item);
      running++;
      if (item > 1) await pause(20);
      running--;
      return item;
    };
    for await (const answer of answersOf([1, 2], work, { ahead: () => 2 })) {
      expect(answer).toBe(1);
      break;
    }
    expect([begun, running]).toEqual([[1, 2], 0]);
    async function* slow() {
      yield 0;
      await pause(5);
      yield -1;
    }
    for await (const answer of answersOf(slow(), work, { ahead: () => 2 })) {
      expect(answer).toBe(0);
      break;
    }
    expect(begun).toEqual([1, 2, 0]);
  });

  test("is told once that nobody waits, and leaves the caller's signal", async () => {
    const control = new AbortController();
    const reasons: unknown[] = [];
    const stop = (reason: unknown) => void reasons.push(reason);
    const run: BatchRun = { ahead: () => 1, signal: control.signal, stop };
    expect(await gathered(answersOf([1, 2], async (item) => item, run))).toEqual([1, 2]);
    control.abort("later");
    expect(reasons).toEqual([undefined]);
  });

  test.each([
    ["input", 0],
    ["input", 1],
    ["completed", 0],
    ["completed", 1],
  ] as const)("an abort by the source itself ends it (%s, after %i)", async (order, count) => {
    const control = new AbortController();
    function* aborting() {
      for (let i = 0; i < count; i++) yield i;
      control.abort("enough");
      yield count;
    }
    const run: BatchRun = { ahead: () => 4, order, signal: control.signal };
    await expect(gathered(answersOf(aborting(), async (item) => item, run))).rejects.toBe("enough");
  });

  test("does not ask a source again that has failed", async () => {
    let asked = 0;
    const next = (): IteratorResult<number> => {
      asked++;
      throw new Error("no more to read");
    };
    const broken = { [Symbol.iterator]: () => ({ next }) };
    const all = gathered(answersOf(broken, async (item: number) => item, { ahead: () => 9 }));
    await expect(all).rejects.toThrow("no more to read");
    expect(asked).toBe(1);
  });

  test("an abort ends it with its reason, while work or source are under way", async () => {
    const control = new AbortController();
    const hanging = answersOf([1], () => new Promise<number>(() => {}), {
      ahead: () => 1,
      signal: AbortSignal.abort("before"),
    });
    await expect(hanging.next()).rejects.toBe("before");
    const stops = (_: number, __: number, signal: AbortSignal) =>
      new Promise<number>((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    const answers = answersOf([1, 2], stops, { ahead: () => 2, signal: control.signal });
    setTimeout(() => control.abort("enough"), 5);
    await expect(answers.next()).rejects.toBe("enough");
    expect((await answers.next()).done).toBe(true);
  });

  test("what the source or the work throws ends it", async () => {
    function* broken() {
      yield 1;
      throw new Error("no more to read");
    }
    const all = gathered(answersOf(broken(), async (item) => item, { ahead: () => 2 }));
    await expect(all).rejects.toThrow("no more to read");
    const failing = async (item: number) => {
      if (item === 2) throw new Error("a bug");
      return item;
    };
    const { seen, source } = counted(9);
    await expect(gathered(answersOf(source, failing, { ahead: () => 2 }))).rejects.toThrow("a bug");
    expect(seen.isClosed).toBe(true);
  });
});
