// Method: the engine is played by a module of a few lines, whose runs take as long as they are told.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startOf } from "../../src/edge/web/controls.ts";
import type { PricedDocument } from "../../src/edge/web/message.ts";
import { NearDesk } from "../../src/edge/web/near-desk.ts";
import { samplePool } from "../support/sample-pool.ts";

const script = `export class Desk {
  setPool(document) { globalThis.played.pools.push(document); }
  async measure(controls, scenarios) {
    globalThis.played.asked.push({ controls, scenarios });
    if (globalThis.played.fails) throw new Error("no");
    return { measurement: "answer", milliseconds: globalThis.played.milliseconds };
  }
}`;

const played = {
  pools: [] as unknown[],
  asked: [] as { controls: { volatility: number }; scenarios: number }[],
  milliseconds: 5,
  fails: false,
};
const document = samplePool() as PricedDocument;
const controls = startOf(document);

beforeEach(() => {
  Object.assign(played, { pools: [], asked: [], milliseconds: 5, fails: false });
  vi.stubGlobal("played", played);
  vi.stubGlobal("document", { baseURI: "http://room.test/" });
  vi.stubGlobal("window", globalThis);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

/** One that has been tried, and was quick. */
async function ready(): Promise<NearDesk> {
  const near = new NearDesk(`data:text/javascript,${encodeURIComponent(script)}`);
  near.setPool(document);
  expect(near.isReady).toBe(false);
  near.warm(controls);
  await vi.waitFor(() => expect(near.isReady).toBe(true), { timeout: 5000 });
  return near;
}

test("near desk: stands ready when it has been tried on other markets and was quick", async () => {
  const near = await ready();
  expect(played.pools).toEqual([document]);
  const volatilities = played.asked.map(({ controls }) => controls.volatility);
  expect(new Set([...volatilities, controls.volatility]).size).toBe(volatilities.length + 1);
  expect(played.asked.every(({ scenarios }) => scenarios === 10_000)).toBe(true);
  expect(await near.measure(controls)).toBe("answer");
});

test("near desk: a pool whose runs are far too long is given up after a few", async () => {
  played.milliseconds = 100;
  const near = new NearDesk(`data:text/javascript,${encodeURIComponent(script)}`);
  near.setPool(document);
  near.warm(controls);
  await vi.waitFor(() => expect(played.asked).toHaveLength(3), { timeout: 5000 });
  await new Promise((resolve) => setTimeout(resolve, 100));
  near.warm(controls);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(played.asked).toHaveLength(3);
  expect(near.isReady).toBe(false);
});

test("near desk: an answer from a worker's last run says nothing of how long a run takes", async () => {
  const near = await ready();
  near.heard({ ...controls, volatility: 150 }, 40);
  expect(near.isReady).toBe(false);
  near.heard({ ...controls, volatility: 150, layers: { fund: 50 }, confidence: 99 }, 1);
  expect(near.isReady).toBe(false);
  near.heard({ ...controls, volatility: 155, layers: { fund: 50 } }, 4);
  expect(near.isReady).toBe(true);
});

test("near desk: stands back when its own runs are long, when one fails, and for another pool", async () => {
  const near = await ready();
  played.milliseconds = 40;
  expect(await near.measure(controls)).toBe("answer");
  expect(near.isReady).toBe(false);

  near.heard({ ...controls, volatility: 110 }, 4);
  expect(near.isReady).toBe(true);
  played.fails = true;
  expect(await near.measure(controls)).toBeNull();
  expect(near.isReady).toBe(false);

  near.heard({ ...controls, volatility: 115 }, 4);
  near.setPool(document);
  expect(near.isReady).toBe(false);
  expect(played.pools).toHaveLength(2);
});

test("near desk: a page that may not have it goes on without", async () => {
  const near = new NearDesk("data:text/javascript,throw 1");
  near.setPool(document);
  near.warm(controls);
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(near.isReady).toBe(false);
  // A policy that forbids it is heard of once, not at every move.
  near.rest();
  const failing = vi.spyOn(globalThis, "setTimeout");
  near.warm(controls);
  expect(failing).not.toHaveBeenCalled();
  failing.mockRestore();
});

test("near desk: a move leaves the tries for later", async () => {
  const near = new NearDesk(`data:text/javascript,${encodeURIComponent(script)}`);
  near.setPool(document);
  near.warm(controls);
  await vi.waitFor(() => expect(played.asked.length).toBeGreaterThan(1));
  near.rest();
  const asked = played.asked.length;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(played.asked.length).toBeLessThanOrEqual(asked + 1);
  expect(near.isReady).toBe(false);
});
