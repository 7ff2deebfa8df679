// What a queue costs: a run in shards of some seconds on two workers of Redis, against the same run on
// two threads of one process. Both give the same bits.
//   npm run bench:queue             shards of 5 s, three rounds
//   npm run bench:queue -- 0.5 1    of half a second, one round

import { loadavg } from "node:os";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import type * as Main from "../src/index.ts";
import type * as Threads from "../src/node.ts";
import type * as Queues from "../src/queue.ts";
import { FULL, mixedPool } from "../test/support/liquidation-pool.ts";
import { WorkerProcess } from "../test/support/queue-worker.ts";
import { hasRedis, RedisServer } from "../test/support/redis-server.ts";

const SECONDS = Number(process.argv[2] ?? 5);
const ROUNDS = Number(process.argv[3] ?? 3);
const SHARDS = 8;
/** Of the threads' throughput: what distribution may cost. */
const RATIO_MIN = 0.9;

const built = (name: string) => new URL(`../dist/${name}`, import.meta.url).href;
const { load } = (await import(built("index.js"))) as typeof Main;
const { workerPool } = (await import(built("node.js"))) as typeof Threads;
const { openQueue } = (await import(built("queue.js"))) as typeof Queues;

const pool = mixedPool(FULL, 24, 12);
const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

async function seconds<Answer>(work: () => Promise<Answer>): Promise<[number, Answer]> {
  const start = performance.now();
  const answer = await work();
  return [(performance.now() - start) / 1000, answer];
}

async function bench(): Promise<void> {
  const alone = await load();
  const trial = await alone.plan(pool, { scenarios: 200_000 });
  const perScenario = trial.simulationSeconds / 200_000;
  const scenarios = Math.round((SECONDS * SHARDS) / perScenario);
  await alone.dispose();
  const engine = await load({ executor: workerPool({ workers: 2 }) });
  const server = await RedisServer.start();
  const cli = fileURLToPath(built("cli.js"));
  const program = { cli, folder: "", remove: () => {} };
  const workers = await Promise.all([1, 2].map(() => WorkerProcess.start(program, server.url)));
  const queue = await openQueue({ redis: server.url });
  try {
    // Threads and kernels are there before the first round.
    const warm = { scenarios: 50_000, shards: { count: 2 } };
    await queue.value(pool, warm);
    await engine.value(pool, { scenarios: 50_000 });
    console.log(`${SHARDS} shards of about ${SECONDS} s, ${scenarios} scenarios`);
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const options = { scenarios, seed: BigInt(round) };
      const here = () => seconds(() => engine.value(pool, options));
      const there = () =>
        seconds(() => queue.value(pool, { ...options, shards: { count: SHARDS } }));
      // Either goes first: whoever else uses the machine must not favour one of them.
      const isHereFirst = round % 2 === 0;
      const first = isHereFirst ? await here() : await there();
      const second = isHereFirst ? await there() : await here();
      const [threads, shards] = isHereFirst ? [first, second] : [second, first];
      if (!isDeepStrictEqual(threads[1], shards[1])) throw new Error("the answers differ");
      ratios.push(threads[0] / shards[0]);
      console.log(
        `two threads ${threads[0].toFixed(1)} s, two workers ${shards[0].toFixed(1)} s: ${ratios.at(-1)!.toFixed(3)}`,
      );
    }
    console.log(
      `the queue has ${median(ratios).toFixed(3)} of the threads' throughput (target ${RATIO_MIN}); load of the machine ${loadavg()[0]!.toFixed(1)}`,
    );
  } finally {
    await queue.close();
    await engine.dispose();
    for (const worker of workers) await worker.end("SIGTERM");
    await server.end();
  }
}

if (hasRedis) await bench();
else console.log("there is no redis-server on this machine");
