// Method: workers are played by objects that keep what they are told; the test answers for them.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startOf } from "../../src/edge/web/controls.ts";
import type { FromWorker, PricedDocument, ToWorker } from "../../src/edge/web/message.ts";
import { Valuer } from "../../src/edge/web/valuer.ts";
import type { Measurement, PoolValuation } from "../../src/index.ts";
import { samplePool } from "../support/sample-pool.ts";

type Asked = Extract<ToWorker, { readonly kind: "value" | "measure" }>;

class PlayedWorker {
  readonly told: ToWorker[] = [];
  onmessage: (event: { readonly data: FromWorker }) => void = () => {};
  postMessage(message: ToWorker): void {
    this.told.push(message);
  }
  terminate(): void {}
  get asked(): Asked[] {
    return this.told.filter((message) => message.kind === "value" || message.kind === "measure");
  }
  /** Answers what it was asked last. */
  answer(): void {
    const { id, kind } = this.asked.at(-1)!;
    const valued = { kind: "value", id, valuation: {} as PoolValuation } as const;
    const measured = { kind: "measured", id, measurement: {} as Measurement } as const;
    const data = kind === "value" ? valued : { ...measured, milliseconds: 500 };
    this.onmessage({ data });
  }
}

const document = samplePool() as PricedDocument;
const controls = startOf(document);
const heard: string[] = [];
let workers: PlayedWorker[] = [];

beforeEach(() => {
  workers = [];
  heard.length = 0;
  vi.useFakeTimers();
  vi.stubGlobal("window", globalThis);
  vi.stubGlobal("document", { baseURI: "http://room.test/" });
  vi.stubGlobal(
    "Worker",
    class extends PlayedWorker {
      constructor() {
        super();
        workers.push(this);
      }
    },
  );
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** One with a pool whose first answers are in. */
function settled(milliseconds = 50) {
  // From a Blob the page's own thread has no engine: workers alone are played.
  const valuer = new Valuer("blob:http://room.test/worker", {
    measured: (id, pass) => heard.push(`${pass} ${id}`),
    answer: (id) => heard.push(`answer ${id}`),
    failure: () => heard.push("failure"),
    progress: () => heard.push("progress"),
  });
  const [coarse, full] = workers as [PlayedWorker, PlayedWorker];
  valuer.setPool(document);
  const id = valuer.ask(controls);
  coarse.answer();
  vi.advanceTimersByTime(milliseconds);
  full.answer();
  return { valuer, coarse, full, id };
}

/** Runs whatever is tried, until nothing is. */
function triedOut(full: PlayedWorker): Asked[] {
  const before = full.asked.length;
  for (let count = -1; count !== full.asked.length; ) {
    count = full.asked.length;
    vi.advanceTimersByTime(100);
    if (full.asked.length > count) full.answer();
  }
  return full.asked.slice(before);
}

test("valuer: a quick pool is tried on other markets while nothing moves, and nobody hears of it", () => {
  const { full, id } = settled();
  const tried = triedOut(full);
  expect(tried.length).toBe(12);
  const volatilities = tried.map(({ controls: { volatility } }) => volatility);
  expect(new Set([...volatilities, controls.volatility]).size).toBe(13);
  expect(heard).toEqual([`coarse ${id}`, `answer ${id}`]);
});

test("valuer: a pool whose runs are long is not tried", () => {
  const { full } = settled(400);
  expect(triedOut(full)).toEqual([]);
});

test("valuer: a move ends a try that is under way, and is answered", () => {
  const { valuer, coarse, full } = settled();
  vi.advanceTimersByTime(40);
  expect(full.asked.at(-1)!.id).toBe(-1);
  const id = valuer.ask({ ...controls, volatility: 140 });
  expect(full.told.at(-1)).toEqual({ kind: "abort" });
  full.onmessage({ data: { kind: "aborted", id: -1 } });
  coarse.answer();
  expect(full.asked.at(-1)!).toMatchObject({ kind: "value", id, controls: { volatility: 140 } });
  full.answer();
  expect(heard.slice(-2)).toEqual([`coarse ${id}`, `answer ${id}`]);
});

test("valuer: a full run that is asked for alone goes before a try", () => {
  const { valuer, full } = settled();
  vi.advanceTimersByTime(40);
  const id = valuer.askFull(controls);
  expect(id).toBeGreaterThan(0);
  expect(full.told.at(-1)).toEqual({ kind: "abort" });
  full.onmessage({ data: { kind: "aborted", id: -1 } });
  expect(full.asked.at(-1)!.id).toBe(id);
  expect(valuer.askFull(controls)).toBe(0);
});
