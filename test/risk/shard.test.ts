// Method: whole valuations from shards in any number and order, compared as JSON with the serial run.
import { beforeAll, describe, expect, test } from "vitest";
import { loadSync, type PoolDocument, PoolError, type ValueOptions } from "../../src/index.ts";
import { workerPool } from "../../src/node.ts";
import type { NamedShard, RunShard } from "../../src/risk/index.ts";
import { seeded } from "../support/kernel.ts";
import { FULL, mixedPool } from "../support/liquidation-pool.ts";
import { samplePool } from "../support/sample-pool.ts";

const engine = loadSync();

// Two parts to a chunk but the last, so that shards begin in the middle of one.
const many: ValueOptions = { scenarios: 220_000, seed: 77n, horizon: "30d" };
const few: ValueOptions = { scenarios: 30_000, seed: 3n };
const PARTS = 47;

const covered = (): PoolDocument => {
  const pool = samplePool();
  expect(pool.covers.length).toBeGreaterThan(0);
  return { ...pool, options: [], perpetuals: [] };
};
const covariance = (): PoolDocument => ({
  ...samplePool(),
  contribution: { rule: "covariance" },
});

async function shardsOf(
  pool: PoolDocument,
  options: ValueOptions,
  count: number,
): Promise<NamedShard[]> {
  const shards: NamedShard[] = [];
  for (let index = 0; index < count; index++) {
    const shard = await engine.runShard(pool, { index, count }, options);
    shards.push({ name: `${index}-of-${count}`, shard });
  }
  return shards;
}

function shuffled<T>(list: readonly T[], seed: number): T[] {
  const random = seeded(seed);
  return list
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

const issuesOf = async (shards: readonly NamedShard[], options = many) => {
  const error = await loadSync()
    .mergeShards(samplePool(), shards, options)
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(PoolError);
  return (error as PoolError).issues.map(({ code, pointer }) => `${code} ${pointer}`);
};

describe("bits", () => {
  let expected: string;
  beforeAll(async () => {
    expected = JSON.stringify(await loadSync().value(samplePool(), many));
  });

  test.each([1, 2, 7, 24, PARTS])("shards: %d in any order give the serial bits", async (count) => {
    const shards = shuffled(await shardsOf(samplePool(), many, count), count);
    // An engine of its own: the one that ran the shards holds a laid pool.
    const merged = await loadSync().mergeShards(samplePool(), shards, many);
    expect(JSON.stringify(merged)).toBe(expected);
  });

  test("shards: unlike ranges give the serial bits, from threads and one by one", async () => {
    const executor = workerPool({ workers: 2 });
    const threaded = loadSync({ executor });
    const ranges = [
      [31, 47],
      [0, 3],
      [4, 31],
      [3, 4],
    ];
    async function* source(): AsyncGenerator<NamedShard> {
      for (const [from, end] of ranges) {
        const shard = await threaded.runShard(samplePool(), { from: from!, end: end! }, many);
        yield { name: `${from}`, shard };
      }
    }
    expect(JSON.stringify(await engine.mergeShards(samplePool(), source(), many))).toBe(expected);
    await executor.dispose();
  });

  test("shards: parts are added in the order of the serial run, which shows", async () => {
    // Four parts to a chunk: (a + b) + c + d is not a + (b + c) + d.
    const options = { ...many, scenarios: 600_000 };
    const serial = JSON.stringify(await loadSync().value(samplePool(), options));
    for (const count of [5, 32]) {
      const shards = shuffled(await shardsOf(samplePool(), options, count), count);
      const merged = await loadSync().mergeShards(samplePool(), shards, options);
      expect(JSON.stringify(merged)).toBe(serial);
    }
  });

  test.each<[string, () => PoolDocument, ValueOptions]>([
    ["a liquidated pool", () => mixedPool(FULL, 12, 3), { ...few, step: "12h" }],
    ["a pool of covers", covered, few],
    ["the rule of covariances", covariance, { ...few, contributions: "euler" }],
    ["Euler contributions alone", samplePool, { ...many, contributions: "euler" }],
    ["an audit", samplePool, { ...few, audit: true }],
    [
      "a liquidated pool with Euler contributions alone",
      () => mixedPool(FULL, 12, 3),
      { ...few, step: "12h", contributions: "euler", samplePaths: 2, worstPaths: 2 },
    ],
    [
      "prices held at the model's bound",
      samplePool,
      {
        ...few,
        scenarios: 200_000,
        horizon: "365d",
        contributions: "euler",
        market: { ...samplePool().market!, model: "student-t", degreesOfFreedom: 2.05 },
      },
    ],
  ])("shards: %s gives the serial bits", async (_, pool, options) => {
    const serial = JSON.stringify(await loadSync().value(pool(), options));
    for (const count of [1, 5]) {
      const shards = shuffled(await shardsOf(pool(), options, count), count);
      const merged = await loadSync().mergeShards(pool(), shards, options);
      expect(JSON.stringify(merged)).toBe(serial);
    }
  });

  test("shards: other levels are read from the same shards", async () => {
    const other = { ...many, confidence: 0.99, levels: [0.9], worstPaths: 3 };
    const shards = await shardsOf(samplePool(), many, 3);
    const merged = await loadSync().mergeShards(samplePool(), shards, other);
    expect(JSON.stringify(merged)).toBe(
      JSON.stringify(await loadSync().value(samplePool(), other)),
    );
  });

  test("shards: where their number divides that of chunks, they end with these", async () => {
    const ends = async (count: number, options: ValueOptions) => {
      const shards = await shardsOf(samplePool(), options, count);
      expect(shards[0]!.shard.from).toBe(0);
      shards.slice(1).forEach(({ shard }, i) => {
        expect(shard.from).toBe(shards[i]!.shard.end);
      });
      return shards.map(({ shard }) => [shard.end, shard.sums.length]);
    };
    // 24 chunks of two parts, the last of one.
    expect(await ends(4, many)).toEqual([
      [12, 6],
      [24, 6],
      [36, 6],
      [PARTS, 6],
    ]);
    expect((await ends(24, many)).every(([, sums]) => sums === 1)).toBe(true);
    // Five do not: what begins or ends within a chunk has a sum more.
    expect(await ends(5, many)).toEqual([
      [9, 5],
      [18, 5],
      [28, 5],
      [37, 5],
      [PARTS, 6],
    ]);
  });

  test("shards: without moments, a shard is little more than its losses", async () => {
    const [all] = await shardsOf(samplePool(), many, 1);
    const [euler] = await shardsOf(samplePool(), { ...many, contributions: "euler" }, 1);
    const numbers = ({ shard }: NamedShard) =>
      shard.sums.reduce((sum, { values }) => sum + values.length, 0);
    expect(numbers(all!)).toBeGreaterThan(1000);
    expect(numbers(euler!)).toBeLessThanOrEqual(24);
    // Sums of whole chunks: 24, and not one for each of the parts.
    expect(all!.shard.sums.length).toBe(24);
  });
});

describe("refusals", () => {
  let shards: NamedShard[];
  beforeAll(async () => {
    shards = await shardsOf(samplePool(), many, 4);
  });
  const altered = (at: number, change: (shard: RunShard) => Partial<RunShard>) =>
    shards.map((each, i) =>
      i === at ? { ...each, shard: { ...each.shard, ...change(each.shard) } } : each,
    );

  test("shards: the same shard twice counts once", async () => {
    const twice = [...shards, shards[2]!, { ...shards[2]!, name: "copy" }];
    const merged = await loadSync().mergeShards(samplePool(), twice, many);
    expect(merged).toEqual(await engine.value(samplePool(), many));
  });

  test("shards: the same scenarios with other numbers are refused", async () => {
    const [other] = altered(1, ({ losses }) => {
      const changed = losses.slice();
      changed[17] = -changed[17]!;
      return { losses: changed };
    }).slice(1, 2);
    expect(await issuesOf([...shards, { ...other!, name: "other" }])).toEqual([
      "SHARD_OVERLAP /shards/other",
    ]);
    expect(
      await issuesOf([
        ...shards.map((each) => ({ ...each, digest: "a" })),
        { ...shards[0]!, name: "again", digest: "b" },
      ]),
    ).toEqual(["SHARD_OVERLAP /shards/again"]);
  });

  test("shards: what is missing and what overlaps is told at once", async () => {
    const shard = await engine.runShard(samplePool(), { from: 30, end: 40 }, many);
    const found = await issuesOf([shards[0]!, shards[2]!, { name: "odd", shard }]);
    expect(found).toEqual(["SHARD_GAP ", "SHARD_GAP ", "SHARD_OVERLAP /shards/odd"]);
  });

  test("shards: another build is refused", async () => {
    for (const change of [
      { kernel: "0".repeat(64) },
      { version: "0.0.1" },
      { momentCount: shards[0]!.shard.momentCount + 4 },
    ]) {
      expect(await issuesOf(altered(3, () => change))).toEqual([
        "SHARD_GAP ",
        "SHARD_BUILD /shards/3-of-4",
      ]);
    }
  });

  test.each<[string, () => PoolDocument, ValueOptions]>([
    ["pool", () => ({ ...samplePool(), name: "another" }), many],
    ["seed", samplePool, { ...many, seed: 78n }],
    ["horizon", samplePool, { ...many, horizon: "29d" }],
    ["step", samplePool, { ...many, step: "1d" }],
    ["way to look", samplePool, { ...many, monitoring: "continuous" }],
    ["mode", samplePool, { ...many, audit: true }],
    ["number of scenarios", samplePool, { ...many, scenarios: 219_000 }],
    ["market", samplePool, { ...many, market: { ...samplePool().market!, discountRate: 0.01 } }],
  ])("shards: another %s is another job", async (_, pool, options) => {
    const shard = await engine.runShard(pool(), { index: 1, count: 4 }, options);
    const mixed = [shards[0]!, { name: "stranger", shard }, shards[1]!, shards[2]!, shards[3]!];
    expect(await issuesOf(mixed)).toEqual(["SHARD_JOB /shards/stranger"]);
  });

  test("shards: those for Euler contributions do not do for all", async () => {
    const euler = await shardsOf(samplePool(), { ...many, contributions: "euler" }, 1);
    expect(await issuesOf(euler)).toEqual(["SHARD_GAP ", "SHARD_JOB /shards/0-of-1"]);
  });

  test("shards: columns that do not fit are damage", async () => {
    const faults: ((shard: RunShard) => Partial<RunShard>)[] = [
      ({ losses }) => ({ losses: losses.slice(1) }),
      ({ sums }) => ({ sums: sums.slice(1) }),
      ({ sums }) => ({ sums: [...sums].reverse() }),
      ({ first }) => ({ first: first + 128 }),
      () => ({ end: 99 }),
      ({ losses }) => ({ liquidations: { badDebt: losses, sums: losses } }),
    ];
    for (const fault of faults) {
      expect(await issuesOf(altered(2, fault))).toEqual([
        "SHARD_GAP ",
        "SHARD_DAMAGED /shards/2-of-4",
      ]);
    }
  });

  test.each<[object, string]>([
    [{ index: 4, count: 4 }, "NUMBER_RANGE /shard/index"],
    [{ index: 0, count: PARTS + 1 }, "NUMBER_RANGE /shard/count"],
    [{ index: 0 }, "TYPE /shard/count"],
    [{ from: 4, end: 4 }, "NUMBER_RANGE /shard/end"],
    [{ from: -1, end: 4 }, "NUMBER_RANGE /shard/from"],
    [{ from: 0, end: "4" }, "TYPE /shard/end"],
  ])("shards: %o is refused", async (choice, expected) => {
    const error = await engine
      .runShard(samplePool(), choice as { from: number; end: number }, many)
      .catch((reason: unknown) => reason);
    expect((error as PoolError).issues.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
      expected,
    ]);
  });
});
