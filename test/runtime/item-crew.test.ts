// Method: threads that do what a test says, so that it is seen which items travel together, who is
// given them when threads are slow, fail or are lost, and what every item is answered with.
import { describe, expect, test } from "vitest";
import { PoolError } from "../../src/basics/index.ts";
import type { CompiledKernel } from "../../src/engine/index.ts";
import { ItemCrew } from "../../src/runtime/items/crew.ts";
import type { ItemJob, ItemLine } from "../../src/runtime/items/line.ts";
import type { GroupMessage } from "../../src/runtime/items/message.ts";
import { type ItemThread, itemThreads } from "../support/item-threads.ts";
import { seeded } from "../support/kernel.ts";

const kernel = { bytes: 0 } as unknown as CompiledKernel;
const job = (more: Partial<ItemJob> = {}): ItemJob => ({
  ...{ version: "v", kernel, shared: {}, figures: "value", ahead: undefined },
  ...more,
});
const task = (index: number, document: unknown = index) => ({
  ...{ index, document, isBase: false, changes: [], options: {} },
});
const documents = ({ items }: GroupMessage) => items.map(({ document }) => document);
const under = (thread: ItemThread) => thread.open.map(documents);
const codeOf = (error: unknown) => (error instanceof PoolError ? error.code : String(error));

/** Gives items from one number to another; resolves with their answers or codes. */
function given(line: ItemLine, from: number, end: number): Promise<unknown[]> {
  const all = Array.from({ length: end - from }, (_, i) => line.value(task(from + i)));
  return Promise.all(all.map((one) => one.catch(codeOf)));
}
const numbers = (from: number, end: number) =>
  Array.from({ length: end - from }, (_, i) => from + i);
/** Lets answers reach whoever waits for them. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Answers group by group, taking turns, until nothing is left. */
function work(threads: readonly ItemThread[], ms: (items: number) => number = () => 1): void {
  for (let i = 0; threads.some(({ open }) => open.length > 0); i++) {
    const thread = threads[i % threads.length]!;
    const [next] = thread.open;
    if (next) thread.answer({ ms: ms(next.items.length) });
  }
}

describe("groups", () => {
  test("take about 16 ms: they double while items are quick, and shrink at once", async () => {
    const { start, threads } = itemThreads();
    const line = new ItemCrew(start, 1).open(job());
    const all = given(line, 0, 200);
    const [thread] = threads as [ItemThread];
    expect(under(thread)).toEqual([[0], [1]]);
    const sizes: number[] = [];
    for (const each of [1, 1, 1, 1, 1, 1, 8, 8, 1]) {
      thread.answer({ ms: each * thread.open[0]!.items.length });
      sizes.push(thread.open[1]!.items.length);
    }
    // Two ahead were cut before their time was known.
    expect(sizes).toEqual([2, 4, 8, 16, 16, 16, 2, 2, 4]);
    work(threads, () => 1e-9);
    expect(Math.max(...thread.groups.map(({ items }) => items.length))).toBe(32);
    expect(await all).toEqual(numbers(0, 200));
  });

  test("room is four groups for each thread, or what the caller says", async () => {
    for (const [ahead, rooms, most] of [
      [undefined, [8, 16, 32, 64, 128, 128], 16],
      [40, [40, 40, 40, 40, 40, 40], 5],
      [3, [3, 3, 3, 3, 3, 3], 1],
    ] as const) {
      const { start, threads } = itemThreads();
      const line = new ItemCrew(start, 2).open(job({ ahead }));
      const all = given(line, 0, 400);
      const seen = [line.ahead()];
      for (let i = 1; i < 6; i++) {
        threads[0]!.answer({ ms: threads[0]!.open[0]!.items.length });
        seen.push(line.ahead());
      }
      expect(seen).toEqual(rooms);
      work(threads, (items) => items);
      const sizes = threads.flatMap(({ groups }) => groups.map(({ items }) => items.length));
      expect(Math.max(...sizes)).toBe(most);
      expect(await all).toEqual(numbers(0, 400));
    }
  });

  test("no more than 1,024 are under way, however many threads there are", async () => {
    const { start, threads } = itemThreads();
    const line = new ItemCrew(start, 40).open(job());
    const all = given(line, 0, 2000);
    work(threads, () => 1e-9);
    expect(await all).toEqual(numbers(0, 2000));
    // Six for each group, four groups for each thread.
    expect(line.ahead()).toBe(960);
  });

  test("nobody waits for a group to fill, and the last items are shared out", async () => {
    const { start, threads } = itemThreads();
    const line = new ItemCrew(start, 2).open(job());
    const warm = given(line, 0, 100);
    work(threads, () => 1e-9);
    await warm;
    const one = given(line, 100, 101);
    expect(under(threads[0]!)).toEqual([[100]]);
    threads[0]!.answer();
    expect(await one).toEqual([100]);
    // Singles to those who have nothing to do, and seven that wait.
    const rest = given(line, 200, 211);
    expect(threads.map(under)).toEqual([
      [[200], [202]],
      [[201], [203]],
    ]);
    threads[0]!.answer({ ms: 1e-9 });
    expect(under(threads[0]!)).toEqual([[202], [204, 205, 206, 207]]);
    work(threads);
    expect(await rest).toEqual(numbers(200, 211));
  });

  test("what is left of one that took long goes first to whoever is free", async () => {
    const { start, threads } = itemThreads();
    const line = new ItemCrew(start, 1).open(job());
    const all = given(line, 0, 12);
    const [thread] = threads as [ItemThread];
    thread.answer();
    thread.answer();
    expect(under(thread)).toEqual([
      [2, 3],
      [4, 5, 6, 7],
    ]);
    thread.answer({ count: 1, ms: 5000 });
    expect(under(thread)).toEqual([[4, 5, 6, 7], [3]]);
    thread.answer({ count: 2, ms: 10_000 });
    expect(under(thread)).toEqual([[3], [6]]);
    work(threads, (items) => 5000 * items);
    expect(await all).toEqual(numbers(0, 12));
  });

  test("what one has found is answered while an item goes on, and the rest is left to others", async () => {
    const { start, threads } = itemThreads();
    const line = new ItemCrew(start, 2).open(job());
    const all = given(line, 0, 12);
    const [slow, other] = threads as [ItemThread, ItemThread];
    slow.answer({ ms: 4 });
    other.answer({ ms: 4 });
    slow.answer({ ms: 8 });
    expect([under(slow), under(other)]).toEqual([
      [
        [4, 5],
        [9, 10],
      ],
      [[3], [6, 7, 8]],
    ]);
    const fourth = line.value(task(12));
    slow.answer({ count: 0, ms: 50, goesOn: true });
    expect(under(slow)).toEqual([[4], [9, 10]]);
    other.answer();
    expect(under(other)).toEqual([
      [6, 7, 8],
      [5, 11],
    ]);
    while (other.open.length > 0) other.answer({ ms: 50 });
    expect(await fourth).toBe(12);
    slow.answer({ ms: 900 });
    slow.answer({ count: 1, ms: 50, goesOn: true });
    slow.answer({ ms: 900 });
    expect(await all).toEqual(numbers(0, 12));
  });

  test("of a thread that is lost while an item goes on, that item alone is to blame", async () => {
    const { start, threads } = itemThreads();
    const line = new ItemCrew(start, 1).open(job());
    const all = given(line, 0, 12);
    for (const ms of [1, 1, 8]) threads[0]!.answer({ ms });
    expect(under(threads[0]!)[0]).toEqual([4, 5, 6, 7]);
    for (let i = 0; i < 3; i++) {
      threads[i]!.answer({ count: i === 0 ? 1 : 0, ms: 50, goesOn: true });
      threads[i]!.lose();
      expect(under(threads[i + 1]!)[0]).toEqual(i === 2 ? [8] : [5]);
    }
    work(threads.slice(3));
    const answers = await all;
    expect(answers[5]).toBe("WORKER_LOST");
    expect(answers.filter((_, i) => i !== 5)).toEqual(numbers(0, 12).filter((i) => i !== 5));
  });

  test("have no more documents that are sent once than a thread keeps", async () => {
    const { start, threads } = itemThreads();
    const line = new ItemCrew(start, 1).open(job());
    const random = seeded(7);
    const few = Array.from({ length: 6 }, (_, i) => ({ name: `base ${i}` }));
    const bases = Array.from({ length: 200 }, () => few[Math.floor(6 * random())]);
    const all = bases.map((base, i) => line.value({ ...task(i, base), isBase: true }));
    work(threads, () => 1e-9);
    await Promise.all(all);
    // Whatever a group asks for is kept when it comes to it.
    const kept = new Map<number, unknown>();
    const asked: unknown[] = [];
    for (const message of threads[0]!.sent) {
      if (message.kind === "keep") kept.set(message.base, message.document);
      if (message.kind === "forget") kept.delete(message.base);
      if (message.kind !== "value") continue;
      expect(message.items.every(({ document }) => document === undefined)).toBe(true);
      asked.push(...message.items.map(({ base }) => kept.get(base!)));
      expect(kept.size).toBeLessThanOrEqual(4);
    }
    expect(asked).toEqual(bases);
    expect(Math.max(...threads[0]!.groups.map(({ items }) => items.length))).toBeGreaterThan(4);
    const sent = threads[0]!.sent.filter(({ kind }) => kind === "keep");
    expect(sent.length).toBeLessThan(bases.length / 2);
  });
});

describe("faults", () => {
  /** A thread with two groups of four, and 20 items in all. */
  async function fours() {
    const { start, threads } = itemThreads();
    const line = new ItemCrew(start, 1).open(job());
    const all = given(line, 0, 20);
    const [thread] = threads as [ItemThread];
    for (const ms of [1, 1, 8]) thread.answer({ ms });
    expect(under(thread)).toEqual([
      [4, 5, 6, 7],
      [8, 9, 10, 11],
    ]);
    return { threads, all };
  }

  test("items of a group whose thread was lost go alone, and the guilty one is named", async () => {
    const { threads, all } = await fours();
    threads[0]!.lose();
    for (let i = 1; threads[i]; i++) {
      const thread = threads[i]!;
      while (thread.open.length > 0) {
        const [first] = under(thread);
        if ([4, 5, 6, 7].some((each) => first!.includes(each))) expect(first).toHaveLength(1);
        if (first!.includes(6)) {
          thread.lose();
          break;
        }
        thread.answer();
      }
    }
    const answers = await all;
    expect(answers[6]).toBe("WORKER_LOST");
    expect(answers.filter((_, i) => i !== 6)).toEqual(numbers(0, 20).filter((i) => i !== 6));
    expect(threads).toHaveLength(4);
  });

  test("those of a lost group go alone even if others come before them", async () => {
    const { start, threads } = itemThreads();
    const line = new ItemCrew(start, 2).open(job());
    const all = given(line, 0, 40);
    for (let i = 0; i < 4; i++) for (const thread of threads) thread.answer({ ms: 4 });
    const [lost, other] = threads as [ItemThread, ItemThread];
    const suspects = documents(lost.open[0]!);
    expect(suspects.length).toBeGreaterThan(1);
    lost.lose();
    // What it gives back is put before them.
    other.answer({ ms: 4, count: 1 });
    work(threads.slice(1), (items) => 4 * items);
    expect(await all).toEqual(numbers(0, 40));
    const later = threads.slice(1).flatMap(({ groups }) => groups.map(documents));
    for (const group of later) {
      if (group.some((each) => suspects.includes(each))) expect(group).toHaveLength(1);
    }
  });

  test("of a thread that failed, the item that it failed over alone is to blame", async () => {
    const { threads, all } = await fours();
    threads[0]!.answer({ count: 2, ms: 8, failure: "a bug" });
    expect(threads[0]!.isEnded).toBe(true);
    expect(under(threads[1]!)).toEqual([[6], [7, 8, 9, 10]]);
    threads[1]!.answer({ count: 0, failure: "a bug" });
    threads[2]!.answer({ count: 0, failure: "a bug" });
    work(threads.slice(3));
    const answers = await all;
    expect(answers[6]).toBe("WORKER_LOST");
    expect(answers.filter((_, i) => i !== 6)).toEqual(numbers(0, 20).filter((i) => i !== 6));
  });

  test("one that cannot be sent is refused at once; where it is what all share, all are", async () => {
    const { start, threads } = itemThreads();
    const crew = new ItemCrew(start, 1);
    const mixed = [8, 9, () => 10, 11].map((each, i) => crew.open(job()).value(task(8 + i, each)));
    work(threads);
    const answers = await Promise.allSettled(mixed);
    expect(answers[2]).toMatchObject({ status: "rejected", reason: { name: "DataCloneError" } });
    const found = answers.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    expect(found).toEqual([8, 9, 11]);
    const shared = crew.open(job({ shared: { clock: () => 0 } }));
    for (const answer of await Promise.allSettled([shared.value(task(0)), shared.value(task(1))])) {
      expect(answer).toMatchObject({ status: "rejected", reason: { name: "DataCloneError" } });
    }
    expect(threads[0]!.isHeld).toBe(false);
  });

  test("items are valued as they were when they were given", async () => {
    const { start, threads } = itemThreads();
    const line = new ItemCrew(start, 1).open(job());
    const own = { spot: 1 };
    const changes = [{ value: 1 }];
    const options = { levels: [0.9] };
    const all = Promise.all(
      numbers(0, 4).map((i) => line.value({ ...task(i, own), changes, options })),
    );
    own.spot = 2;
    changes[0]!.value = 2;
    options.levels[0] = 0.99;
    work(threads);
    expect(await all).toEqual(Array(4).fill({ spot: 1 }));
    const sent = threads[0]!.groups.flatMap(({ items }) => items);
    expect(sent.map((item) => [item.changes, item.options])).toEqual(
      Array(4).fill([[{ value: 1 }], { levels: [0.9] }]),
    );
  });

  test("answers of a thread that was given up are not heard", async () => {
    const { threads, all } = await fours();
    threads[0]!.lose();
    threads[0]!.answer();
    work(threads.slice(1));
    expect(await all).toEqual(numbers(0, 20));
    expect(threads[1]!.groups.flatMap(documents)).toEqual(numbers(4, 20));
  });
});

describe("batches", () => {
  test("take turns on the same threads, each with its own options", async () => {
    const { start, threads } = itemThreads();
    const crew = new ItemCrew(start, 1);
    const first = given(crew.open(job({ shared: { seed: 1 } })), 0, 30);
    const second = given(crew.open(job({ shared: { seed: 2 }, figures: "measure" })), 100, 130);
    work(threads, (items) => 8 * items);
    expect(await first).toEqual(numbers(0, 30));
    expect(await second).toEqual(numbers(100, 130));
    let seed: unknown;
    const turns: unknown[] = [];
    for (const message of threads[0]!.sent) {
      if (message.kind === "start") seed = (message.options as { readonly seed: number }).seed;
      if (message.kind === "value") {
        const isSecond = Number(message.items[0]!.document) >= 100;
        expect(seed).toBe(isSecond ? 2 : 1);
        turns.push(seed);
      }
    }
    // The first two were sent before there was a second batch.
    expect(turns.slice(0, 8)).toEqual([1, 1, 1, 2, 1, 2, 1, 2]);
  });

  test.each([2, 3])("share %i threads, each of which stays with one of them", async (count) => {
    const { start, threads } = itemThreads();
    const crew = new ItemCrew(start, count);
    const first = given(crew.open(job({ shared: { seed: 1 } })), 0, 200);
    for (const thread of threads) thread.answer({ ms: 4 });
    const second = given(crew.open(job({ shared: { seed: 2 } })), 1000, 1200);
    for (let i = 0; i < 3; i++) for (const thread of threads) thread.answer({ ms: 100 });
    // Whoever is quick has the next of its own batch, and not what the others are at.
    const [quick] = threads as [ItemThread];
    const isSecond = (group: GroupMessage) => Number(documents(group)[0]) >= 1000;
    for (let i = 0; i < 5; i++) {
      const before = isSecond(quick.open[1]!);
      quick.answer({ ms: 100 });
      expect(isSecond(quick.open[1]!)).toBe(before);
    }
    work(threads, (items) => 4 * items);
    expect(await first).toEqual(numbers(0, 200));
    expect(await second).toEqual(numbers(1000, 1200));
    const begins = threads.flatMap(({ sent }) => sent.filter(({ kind }) => kind === "start"));
    // All for the first, one that goes over to the second, and the others when one of them is done.
    expect(begins.length).toBeLessThanOrEqual(2 * count);
    const half = threads.flatMap(({ groups }) => documents(groups[20]!));
    expect(half.some((each) => Number(each) < 200)).toBe(true);
    expect(half.some((each) => Number(each) >= 1000)).toBe(true);
  });

  test("that are stopped drop their own groups, and threads go on with the others", async () => {
    const { start, threads } = itemThreads();
    const crew = new ItemCrew(start, 1);
    const stopped = crew.open(job());
    const some = given(stopped, 0, 5);
    const others = given(crew.open(job()), 100, 103);
    const [thread] = threads as [ItemThread];
    thread.answer();
    expect(under(thread)).toEqual([[1], [2, 3]]);
    stopped.stop("enough");
    expect(await some).toEqual([0, "enough", "enough", "enough", "enough"]);
    const numbersOf = thread.groups.slice(1, 3).map(({ group }) => group);
    expect(thread.sent.slice(-2)).toEqual(numbersOf.map((group) => ({ kind: "drop", group })));
    thread.answer({ count: 0 });
    thread.answer({ count: 0 });
    work(threads);
    expect(await others).toEqual([100, 101, 102]);
    expect(thread.groups.flatMap(documents)).toEqual([0, 1, 2, 3, 100, 101, 102]);
    stopped.stop("twice");
    expect(await given(stopped, 5, 6)).toEqual(["enough"]);
  });

  test("nothing of a stopped batch is begun again when its thread is lost", async () => {
    const { start, threads } = itemThreads();
    const crew = new ItemCrew(start, 1);
    const stopped = crew.open(job());
    const some = given(stopped, 0, 4);
    stopped.stop("enough");
    await some;
    threads[0]!.lose();
    await settled();
    expect(threads).toHaveLength(1);
    const later = given(crew.open(job()), 10, 11);
    expect(under(threads[1]!)).toEqual([[10]]);
    threads[1]!.answer();
    expect(await later).toEqual([10]);
  });

  test("hold the process while there is work, and end with their threads", async () => {
    const { start, threads } = itemThreads();
    const crew = new ItemCrew(start, 2);
    const line = crew.open(job());
    const all = given(line, 0, 3);
    expect(threads.map(({ isHeld }) => isHeld)).toEqual([true, true]);
    work(threads);
    await all;
    expect(threads.map(({ isHeld }) => isHeld)).toEqual([false, false]);
    const cut = given(line, 3, 20);
    await crew.dispose();
    expect(await cut).toEqual(Array(17).fill("DISPOSED"));
    expect(await given(crew.open(job()), 0, 1)).toEqual(["DISPOSED"]);
    expect(threads.map(({ isEnded }) => isEnded)).toEqual([true, true]);
  });
});

describe("storms", () => {
  test.each(numbers(0, 40))("seed %i: every item has its own answer, once", async (seed) => {
    const random = seeded(seed);
    const below = (count: number) => Math.floor(random() * count);
    const { start, threads } = itemThreads();
    const crew = new ItemCrew(start, 1 + below(4));
    const lines = [undefined, 40, 3].map((ahead) => crew.open(job({ ahead })));
    const batches = lines.map((line, i) => given(line, 1000 * i, 1000 * i + 150));
    let losses = 0;
    for (let turn = 0; ; turn++) {
      const busy = threads.filter(({ open, isEnded }) => open.length > 0 && !isEnded);
      if (busy.length === 0) break;
      const thread = busy[below(busy.length)]!;
      const { length } = thread.open[0]!.items;
      const ms = random() < 0.2 ? 100 * random() : random() * length;
      const fate = random();
      if (fate < 0.05) {
        losses++;
        thread.lose();
      } else if (fate < 0.1) {
        losses++;
        thread.answer({ ms, count: below(length), failure: "a bug" });
      } else if (fate < 0.15) thread.answer({ ms, count: 1 + below(length) });
      else if (fate < 0.25 && length > 1) thread.answer({ ms, count: below(length), goesOn: true });
      else thread.answer({ ms });
      if (turn === 60) lines[2]!.stop("enough");
    }
    const answers = await Promise.all(batches);
    const isLost = (answer: unknown) => answer === "WORKER_LOST";
    expect(3 * answers.flat().filter(isLost).length).toBeLessThanOrEqual(losses);
    expect(losses).toBeGreaterThan(0);
    for (const [b, batch] of answers.entries()) {
      const others = batch.flatMap((answer, i) => {
        const isRefused = isLost(answer) || (b === 2 && answer === "enough");
        return isRefused || answer === 1000 * b + i ? [] : [[i, answer]];
      });
      expect(others).toEqual([]);
    }
    expect(threads.every(({ isHeld, isEnded }) => isEnded || !isHeld)).toBe(true);
  });
});
