import { expect, test } from "vitest";
import { Arena } from "../../src/engine/index.ts";
import { load, readPool } from "../../src/index.ts";
import { freshKernel } from "../support/kernel.ts";
import { samplePool } from "../support/sample-pool.ts";

const BOUND = 1 << 26;

test("lists: those of one arena are apart, and the next arena has their memory", () => {
  const { kernels } = freshKernel();
  const first = new Arena(kernels, BOUND);
  const own = [first.list(5), first.list(3)];
  expect(own[0]!.buffer).not.toBe(own[1]!.buffer);
  // Room for as many as the run before took.
  const second = new Arena(kernels, BOUND);
  const [a, b, more] = [second.list(5), second.list(3), second.list(1)];
  expect([a.length, b.length, more.length]).toEqual([5, 3, 1]);
  a.fill(1);
  b.fill(2);
  more.fill(3);
  expect(a.buffer).toBe(b.buffer);
  expect(more.buffer).not.toBe(b.buffer);
  expect([...a, ...b, ...more]).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 3]);
  const third = new Arena(kernels, BOUND);
  const all = third.list(9);
  expect(all).toHaveLength(9);
  expect(all.buffer).not.toBe(a.buffer);
  const fourth = new Arena(kernels, BOUND);
  expect(fourth.list(2).buffer).toBe(all.buffer);
});

test("lists: an arena gives none once a later one has begun", () => {
  const { kernels } = freshKernel();
  const first = new Arena(kernels, BOUND);
  new Arena(kernels, BOUND);
  expect(() => first.list(1)).toThrow("lists are taken from an arena that is whole");
});

test("lists: more than 8 MiB are not kept", () => {
  const { kernels } = freshKernel();
  const large = (1 << 20) + 1;
  const before = new Arena(kernels, BOUND).list(large);
  const after = new Arena(kernels, BOUND).list(large);
  expect(after.buffer).not.toBe(before.buffer);
  const small = new Arena(kernels, BOUND).list(4);
  expect(small.buffer.byteLength).toBe(32);
});

test("lists: what a pool left behind answers the same after other pools were valued", async () => {
  const engine = await load();
  const options = { scenarios: 20_000, horizon: 10, seed: 5 };
  const sample = samplePool();
  const pool = readPool(sample);
  const option = { ...sample.options[0]!, id: "new", quantity: 0.001 };
  const valued = await engine.value(pool, options);
  const quoted = await engine.quote(pool, { option }, options);
  for (const spot of [0.9, 1.1]) {
    const assets = sample.assets.map((asset) => ({ ...asset, spot: asset.spot * spot }));
    await engine.value({ ...sample, assets }, { ...options, seed: 6 });
  }
  expect(await engine.quote(pool, { option }, options)).toEqual(quoted);
  expect(await engine.value(pool, options)).toEqual(valued);
  const fresh = await load();
  expect(await fresh.quote(pool, { option }, options)).toEqual(quoted);
});
