// Method: a run on a queue whose workers and server are killed, stopped and told twice; its answer is
// that of one engine, and every shard was committed once. RISKPOOL_STORM=400 makes it a large one.
import { describe, expect, test } from "vitest";
import { loadSync } from "../../../src/index.ts";
import { FULL, mixedPool } from "../../support/liquidation-pool.ts";
import { type Storm, weather } from "../../support/queue-storm.ts";
import { hasRedis } from "../../support/redis-server.ts";

const SHARDS = Number(process.env["RISKPOOL_STORM"] ?? 24);
const isLarge = SHARDS > 24;
const storm: Storm = isLarge
  ? {
      ...{ shards: SHARDS, workers: 2, kills: 25, restarts: 2, stops: 3 },
      ...{ duplicates: 20, zombies: 20, lockSeconds: 2 },
    }
  : {
      ...{ shards: SHARDS, workers: 2, kills: 4, restarts: 1, stops: 1 },
      ...{ duplicates: 3, zombies: 3, lockSeconds: 1 },
    };

const pool = mixedPool(FULL, 24, 12);

describe.skipIf(!hasRedis && process.env["CI"] !== "true")("storm", () => {
  test(`storm: ${SHARDS} shards, ${storm.kills} kills, and the bits of one engine`, async () => {
    // Shards of some tenths of a second: long enough to be met by a blow.
    const options = { scenarios: 2 * 8192 * SHARDS, seed: 11n };
    const say = isLarge ? (words: string) => console.info(words) : () => {};
    const { valuation, ...after } = await weather(storm, pool, options, say);
    const { zombies, ...counts } = after;
    console.info(JSON.stringify({ ...counts, zombies: zombies.length }));
    expect(valuation).toStrictEqual(await loadSync().value(pool, options));
    // Every shard and the merge: none lost, none committed twice.
    expect(after.commits).toBe(SHARDS + 1);
    expect(after.differing).toBe(0);
    expect(after).toMatchObject({
      ...{ kills: storm.kills, restarts: storm.restarts, stops: storm.stops },
      ...{ delivered: storm.duplicates, zombies: zombies.map(() => "fenced") },
    });
    expect(zombies).toHaveLength(storm.zombies);
    expect(after.fenced).toBeGreaterThanOrEqual(storm.zombies);
  });
});
