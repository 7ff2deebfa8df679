// Method: two starts of the same piece of work, in every order in which they can end, on a real
// server; what is committed is read back.
import type { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Keys } from "../../../src/edge/queue/keys.ts";
import { Store } from "../../../src/edge/queue/store.ts";
import { hasRedis, RedisServer } from "../../support/redis-server.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const place = { run: "run", unit: "unit" };

describe.skipIf(!hasRedis && process.env["CI"] !== "true")("store", () => {
  let server: RedisServer;
  let redis: Redis;
  let store: Store;
  beforeAll(async () => {
    server = await RedisServer.start();
    redis = server.connect();
  });
  beforeEach(async () => {
    await redis.flushall();
    store = new Store(redis, new Keys(), { leaseMs: 150, keepMs: 60_000 });
    await store.open(place.run);
  });
  afterAll(async () => {
    redis.disconnect();
    await server.end();
  });
  const begun = async () => {
    const beginning = await store.begin(place, 10);
    if (beginning.state !== "started") expect.unreachable(beginning.state);
    return beginning.token;
  };
  const leaseIsOver = () => new Promise((resolve) => setTimeout(resolve, 200));

  test("store: a result is committed once, and read back as it was", async () => {
    const token = await begun();
    expect(await store.commit(place, token, Uint8Array.of(0, 255, 10, 13), 5)).toBe("committed");
    expect(await store.value(place.unit)).toEqual(Uint8Array.of(0, 255, 10, 13));
    expect(await store.begin(place, 10)).toMatchObject({ state: "found" });
    expect(await store.committed(["other", place.unit])).toEqual([false, true]);
    expect(await store.heard(place.run)).toMatchObject({ "ok:unit": "0" });
    expect(await store.counts()).toMatchObject({ starts: 1, commits: 1 });
  });

  test("store: the same start may say it twice, when its answer was lost", async () => {
    const token = await begun();
    await store.commit(place, token, bytes("a"), 5);
    expect(await store.commit(place, token, bytes("a"), 5)).toBe("committed");
    expect(await store.counts()).toMatchObject({ commits: 1, duplicates: 0 });
  });

  test("store: a late start that was overtaken commits nothing", async () => {
    const early = await begun();
    await leaseIsOver();
    const late = await begun();
    expect(late).toBeGreaterThan(early);
    expect(await store.beat(place, early, 1)).toBe("fenced");
    expect(await store.beat(place, late, 1)).toBe("go");
    expect(await store.commit(place, early, bytes("a"), 5)).toBe("fenced");
    expect(await store.value(place.unit)).toBeNull();
    expect(await store.commit(place, late, bytes("a"), 5)).toBe("committed");
    expect(await store.counts()).toMatchObject({ starts: 2, commits: 1, fenced: 2 });
  });

  test("store: what is there already is a duplicate; if it differs, it stays and is told", async () => {
    const early = await begun();
    await leaseIsOver();
    const late = await begun();
    await store.commit(place, late, bytes("a"), 5);
    expect(await store.commit(place, early, bytes("a"), 5)).toBe("duplicate");
    expect(await store.commit(place, early, bytes("b"), 5)).toBe("differs");
    expect(await store.value(place.unit)).toEqual(bytes("a"));
    expect(await store.counts()).toMatchObject({ commits: 1, duplicates: 1, differing: 1 });
  });

  test("store: while one is at it, another leaves it alone", async () => {
    const token = await begun();
    expect(await store.begin(place, 10)).toMatchObject({ state: "busy" });
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(await store.beat(place, token, i)).toBe("go");
      expect(await store.begin(place, 10)).toMatchObject({ state: "busy" });
    }
    expect(await store.heard(place.run)).toMatchObject({ "at:unit": "2" });
    await store.handBack(place.unit, token);
    expect(await begun()).toBeGreaterThan(token);
  });

  test("store: starts are capped, but not those that were handed back", async () => {
    for (let i = 0; i < 5; i++) await store.handBack(place.unit, await begun());
    for (let i = 0; i < 2; i++) await store.fault(place.unit, await begun(), `fault ${i}`);
    const poisoned = { state: "poisoned", cause: "fault 1" };
    expect(await store.begin(place, 2)).toStrictEqual(poisoned);
    expect(await store.begin(place, 3)).toMatchObject({ state: "started" });
  });

  test("store: nothing is begun, or goes on, for a run that is over", async () => {
    const token = await begun();
    await store.abort(place.run);
    expect(await store.beat(place, token, 1)).toBe("over");
    await leaseIsOver();
    expect(await store.begin(place, 10)).toMatchObject({ state: "over" });
    expect(await store.begin({ run: "none", unit: "unit" }, 10)).toMatchObject({ state: "over" });
    await store.fail({ run: "none", unit: "unit" }, "text");
    expect(await redis.exists(store.keys.run("none"))).toBe(0);
  });

  test("store: a start from before everything was removed leaves nothing behind", async () => {
    const token = await begun();
    await store.hold(place.run, "spec", "text");
    await store.release(place.run, "spec", [place.unit]);
    expect(await store.commit(place, token, bytes("a"), 5)).toBe("fenced");
    expect(await redis.exists(store.keys.value(place.unit))).toBe(0);
    expect(await begun()).toBeGreaterThan(token);
  });

  test("store: what two hold stays until both have let go, and all of it has an end", async () => {
    await store.commit(place, await begun(), bytes("a"), 5);
    await store.hold("one", "spec", "text");
    await store.hold("two", "spec", "text");
    for (const key of await redis.keys("*")) {
      const isCount = key === store.keys.counts() || key === store.keys.tokens();
      if (!isCount) expect(await redis.pttl(key), key).toBeGreaterThan(0);
    }
    await store.release("one", "spec", [place.unit]);
    expect([await store.spec("spec"), (await store.value(place.unit))?.length]).toEqual([
      "text",
      1,
    ]);
    await store.release("two", "spec", [place.unit]);
    expect([await store.spec("spec"), await store.value(place.unit)]).toEqual([null, null]);
  });

  test("store: the first fault of a piece of work stays", async () => {
    await store.fail(place, "first");
    await store.fail(place, "second");
    expect(await store.heard(place.run)).toMatchObject({ "fault:unit": "first" });
  });

  test("store: counts who is alive", async () => {
    await store.announce("work", "a", 2, 300);
    await store.announce("work", "b", 3, 60);
    await store.announce("work", "a", 2, 300);
    expect(await store.slots("work")).toBe(5);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await store.slots("work")).toBe(2);
  });
});
