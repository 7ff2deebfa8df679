// Method: a run whose scenarios are all returned, sorted here by loss, against the worst that it
// returns by itself; with and without steps.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadSync, PoolError, readPool } from "../../src/index.ts";

const read = (name: string) =>
  readPool(readFileSync(new URL(`../../examples/${name}`, import.meta.url), "utf8"));
const pool = read("small-pool.json");
const engine = loadSync();
const ALL = { scenarios: 1000, samplePaths: 1000, levels: [0.9], confidence: 0.9 };

test.each([[undefined], [2]])("worstPaths: the worst of all scenarios, step %s", async (step) => {
  const options = { ...ALL, ...(step && { step }) };
  const { samplePaths, worstPaths } = await engine.value(pool, { ...options, worstPaths: 12 });
  const { days, assets, scenarios, prices, losses } = samplePaths!;
  const order = [...scenarios].sort((a, b) => losses[b]! - losses[a]! || a - b).slice(0, 12);
  expect(worstPaths).toEqual({
    days,
    assets,
    scenarios: order,
    prices: order.map((p) => prices[p]),
    losses: order.map((p) => losses[p]),
  });
  expect(worstPaths!.losses[0]).toBe(Math.max(...losses));
});

test("worstPaths: changes nothing else, and is null unless it is asked for", async () => {
  const without = await engine.value(pool, ALL);
  expect(without.worstPaths).toBeNull();
  const { worstPaths, ...rest } = await engine.value(pool, { ...ALL, worstPaths: 3 });
  expect(worstPaths!.scenarios).toHaveLength(3);
  expect({ ...rest, worstPaths: null }).toEqual(without);
});

test("worstPaths: the loss of each is what the scenario explains itself with", async () => {
  const { worstPaths } = await engine.value(pool, { ...ALL, worstPaths: 2 });
  const { samplePaths, ...options } = ALL;
  expect(samplePaths).toBe(1000);
  for (const [i, scenario] of worstPaths!.scenarios.entries()) {
    const { total } = await engine.explain(pool, { ...options, scenario });
    expect(Math.abs(Number(total) - worstPaths!.losses[i]!)).toBeLessThan(0.05);
  }
});

test.each([-1, 1001, 1.5, "5"])("worstPaths: refuses %s", async (worstPaths) => {
  const refused = engine.value(pool, { worstPaths } as never);
  await expect(refused).rejects.toThrow(PoolError);
  await expect(refused).rejects.toThrow("/options/worstPaths");
});
