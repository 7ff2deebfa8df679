// Method: workers in processes of their own on a real server, and the engine of this process as the
// reference; whatever they find must be the same, bit for bit.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Queue as JobQueue } from "bullmq";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { queueName } from "../../../src/edge/queue/build.ts";
import {
  type Answer,
  type Engine,
  loadSync,
  type Measurement,
  type PoolValuation,
  type Valuer,
} from "../../../src/index.ts";
import { openQueue, type Queue } from "../../../src/queue.ts";
import { runCli, wordsOf, writeItems } from "../../support/batch-run.ts";
import {
  buildWorker,
  type QueueProgram,
  until,
  WorkerProcess,
} from "../../support/queue-worker.ts";
import { hasRedis, RedisServer } from "../../support/redis-server.ts";
import { samplePool } from "../../support/sample-pool.ts";

const options = { scenarios: 100_000, seed: 2n ** 63n, worstPaths: 3 };

describe.skipIf(!hasRedis && process.env["CI"] !== "true")("queue", () => {
  let server: RedisServer;
  let program: QueueProgram;
  let queue: Queue;
  const engine: Engine = loadSync();
  const workers: WorkerProcess[] = [];
  const hire = async (words: readonly string[] = []) => {
    const worker = await WorkerProcess.start(program, server.url, ["--lock", "1", ...words]);
    workers.push(worker);
    return worker;
  };
  beforeAll(async () => {
    [server, program] = await Promise.all([RedisServer.start(), buildWorker()]);
    queue = await openQueue({ redis: server.url });
    await hire(["--concurrency", "2", "--listen", "127.0.0.1:0", "--grace", "0.3"]);
  });
  afterAll(async () => {
    await queue?.close();
    for (const worker of workers) await worker.end();
    program?.remove();
    await server?.end();
  });
  /** Nothing of a run that is over stays behind. */
  const allIsCleared = () =>
    expect
      .poll(
        async () => {
          const redis = server.connect();
          const keys = await redis.keys("*");
          redis.disconnect();
          return keys.filter((key) => /:(spec|unit|value|run|holders):/.test(key));
        },
        { timeout: 5000 },
      )
      .toEqual([]);

  test.each([{ count: 1 }, { count: 5 }, { count: 13 }, { seconds: 0.05 }])(
    "queue: in shards of %j, the bits of one engine",
    async (shards) => {
      const done: number[] = [];
      const found = await queue.value(samplePool(), {
        ...{ ...options, shards },
        onProgress: (progress) => done.push(progress.done),
      });
      expect(found).toStrictEqual(await engine.value(samplePool(), options));
      expect(done).toEqual([...new Set(done)].sort((a, b) => a - b));
      expect(done.at(-1)).toBe(options.scenarios);
    },
  );

  test("queue: what is one function of a valuer works with either", async () => {
    const capital = async (valuer: Valuer) => {
      const { risk } = await valuer.value(samplePool(), { scenarios: 20_000 });
      const means: (number | undefined)[] = [];
      for await (const { valuation } of valuer.valueMany([samplePool()], { scenarios: 10_000 })) {
        means.push(valuation?.risk.expectedLoss.value);
      }
      return [risk.levels.map(({ expectedShortfall }) => expectedShortfall), means];
    };
    expect(await capital(queue)).toStrictEqual(await capital(engine));
  });

  const items = () =>
    Array.from({ length: 60 }, (_, i) => {
      if (i % 11 === 3) return "{ broken";
      if (i % 11 === 5) return JSON.stringify(samplePool());
      if (i % 11 === 7) return { pool: samplePool(), extra: 1 };
      const changes = [{ op: "replace", path: "/assets/ETH/spot", value: 1800 + i }];
      return { id: `v${i}`, pool: samplePool(), changes, ...(i % 4 && { options: { seed: i } }) };
    });
  const plain = ({ error, ...rest }: Answer<PoolValuation | Measurement>) => ({
    ...rest,
    error: error && [error.name, error.code, error.message, error.issues, error.truncated],
  });

  test.each(["measure", "value"] as const)(
    "queue: many pools, %s, as the engine",
    async (figures) => {
      const asked = { scenarios: 5000, figures };
      const [here, there] = [[] as unknown[], [] as unknown[]];
      for await (const answer of engine.valueMany(items(), asked)) here.push(plain(answer));
      for await (const answer of queue.valueMany(items(), asked)) there.push(plain(answer));
      expect(there).toStrictEqual(here);
      await allIsCleared();
    },
  );

  test("queue: a source is taken no faster than answers are, and left when its reader leaves", async () => {
    let taken = 0;
    let isLeft = false;
    function* source() {
      try {
        for (;;) {
          taken++;
          yield samplePool();
        }
      } finally {
        isLeft = true;
      }
    }
    let heard = 0;
    for await (const { index } of queue.valueMany(source(), { scenarios: 1000, ahead: 6 })) {
      expect(index).toBe(heard++);
      expect(taken - heard).toBeLessThanOrEqual(6);
      if (heard === 20) break;
    }
    expect(isLeft).toBe(true);
    await allIsCleared();
  });

  test("queue: what is wrong with pool and options is told before anything is submitted", async () => {
    const before = await queue.counts();
    const wrong = { scenarios: 7, colour: 1 } as never;
    const [here, there] = await Promise.all([
      engine.value({ format: "riskpool" }, wrong).catch((error) => error.issues),
      queue.value({ format: "riskpool" }, wrong).catch((error) => error.issues),
    ]);
    expect(there).toStrictEqual(here);
    for (const shards of [{ count: 0 }, { count: 1e6 }, { seconds: -1 }, {}, 7] as never[]) {
      const error = await queue.value(samplePool(), { shards }).catch((reason) => reason);
      expect(error.name, JSON.stringify(shards)).toBe("PoolError");
    }
    const bounded = queue.value(samplePool(), { budget: { coreSeconds: 1e-6 } });
    await expect(bounded).rejects.toThrow("BUDGET_EXCEEDED: /options/budget/coreSeconds");
    const speaking = queue.value(samplePool(), { onMeasured: () => {} });
    await expect(speaking).rejects.toThrow("OPTION_CONFLICT");
    expect(await queue.counts()).toEqual(before);
  });

  test("queue: an abort ends what is under way and what waits, within a second or so", async () => {
    const control = new AbortController();
    const big = { scenarios: 20_000_000, shards: { count: 8 }, signal: control.signal };
    const before = await queue.counts();
    const asked = queue.value(samplePool(), big);
    asked.catch(() => {});
    await until(async () => (await queue.counts()).starts >= before.starts + 2);
    const start = performance.now();
    control.abort(new Error("enough"));
    await expect(asked).rejects.toThrow("enough");
    expect(performance.now() - start).toBeLessThan(500);
    const depth = async () => (await workers[0]!.ask("/metrics")).text.match(/depth\{.*/g) ?? [];
    await until(async () => (await depth()).every((line) => line.endsWith(" 0")), 3000);
    expect(performance.now() - start).toBeLessThan(2500);
    expect((await queue.counts()).starts).toBe(before.starts + 2);
    await allIsCleared();
    const aborted = queue.value(samplePool(), { signal: AbortSignal.abort(new Error("never")) });
    await expect(aborted).rejects.toThrow("never");
  });

  test("queue: what a client that died had submitted is not run again", async () => {
    const { folder, cli } = program;
    const shared = { scenarios: 60_000, seed: 99 };
    const spec = { pool: samplePool(), options: shared, shards: { count: 4 } };
    writeFileSync(join(folder, "lost.json"), JSON.stringify(spec));
    const words = [
      ...["shard", "submit", "--spec", "lost.json", "--redis", server.url],
      ...["--json", "--no-report", "--result", "lost-result.json"],
    ];
    const before = await queue.counts();
    const lost = spawn(process.execPath, [cli, ...words], { cwd: folder, stdio: "ignore" });
    await until(async () => (await queue.counts()).commits >= before.commits + 1);
    lost.kill("SIGKILL");
    const again = runCli(cli, folder, words);
    expect(again.status).toBe(0);
    expect(JSON.parse(again.stdout)).toEqual(
      JSON.parse(JSON.stringify(await engine.value(samplePool(), shared))),
    );
    // Four shards and the merge, whoever asked for them.
    const { commits, starts } = await queue.counts();
    expect([commits - before.commits, starts - before.starts]).toEqual([5, 5]);
  });

  test("queue: the command line prints the bytes of riskpool value", async () => {
    const { folder, cli } = program;
    const pool = JSON.stringify(samplePool());
    writeFileSync(join(folder, "pool.json"), pool);
    const shared = { scenarios: 40_000, seed: "18446744073709551615" };
    const spec = { pool: "pool.json", options: shared, shards: { count: 3 } };
    writeFileSync(join(folder, "job.json"), JSON.stringify(spec));
    const words = ["--no-report", "--json"];
    const one = runCli(cli, folder, [
      ...["value", "pool.json", "--scenarios", "40000", "--seed", shared.seed, ...words],
      ...["--result", "one.json"],
    ]);
    const two = runCli(cli, folder, [
      ...["shard", "submit", "--spec", "job.json", "--redis", server.url, ...words],
      ...["--result", "two.json"],
    ]);
    expect([two.status, two.stderr]).toEqual([0, "Wrote two.json\n"]);
    expect(two.stdout).toBe(one.stdout);
    const bytes = (name: string) => readFileSync(join(folder, name));
    expect(bytes("two.json").equals(bytes("one.json"))).toBe(true);
    writeItems(folder, 40);
    const here = runCli(cli, folder, wordsOf("here.csv"));
    const there = runCli(cli, folder, wordsOf("there.csv", ["--redis", server.url]));
    expect([here.status, there.status, there.stderr]).toEqual([6, 6, ""]);
    expect(bytes("there.csv").equals(bytes("here.csv"))).toBe(true);
    const refused = runCli(
      cli,
      folder,
      wordsOf("x.csv", ["--redis", "redis://127.0.0.1:1", "--json"]),
    );
    expect(refused.status).toBe(3);
    expect(JSON.parse(refused.stderr).error.code).toBe("REDIS_UNREACHABLE");
  });

  test("queue: probes and metrics", async () => {
    const [worker] = workers;
    expect(await worker!.ask("/healthz")).toEqual({ status: 200, text: "ok\n" });
    expect(await worker!.ask("/readyz")).toEqual({ status: 200, text: "ok\n" });
    expect((await worker!.ask("/nothing")).status).toBe(404);
    const { text } = await worker!.ask("/metrics");
    const metric = (name: string) => Number(text.match(new RegExp(`^${name} (\\S+)$`, "m"))?.[1]);
    const { commits } = await queue.counts();
    expect(metric("riskpool_queue_commits_total")).toBe(commits);
    expect(metric("riskpool_queue_up")).toBe(1);
    expect(metric('riskpool_queue_depth\\{state="waiting"\\}')).toBe(0);
    expect(metric('riskpool_queue_job_seconds_count\\{task="shard"\\}')).toBeGreaterThan(10);
    expect(metric("riskpool_queue_result_bytes_total")).toBeGreaterThan(1e6);
  });

  test("queue: work of another build is left to others, and does not fail", async () => {
    const redis = server.connect();
    const { kernel } = engine;
    const name = queueName({ version: engine.version, kernel });
    const jobs = new JobQueue(name, { connection: redis, prefix: "{riskpool}" });
    const before = await queue.counts();
    const other = { version: "99.0.0", kernel, run: "r", unit: "u", spec: "s", startsMax: 9 };
    const job = await jobs.add("chunk", { ...other, keepMs: 60_000, task: { kind: "chunk" } });
    const line = /jobs_total\{task="chunk",outcome="handed-back"\} [1-9]/;
    await until(async () => line.test((await workers[0]!.ask("/metrics")).text), 5000);
    expect(["delayed", "waiting", "active"]).toContain(await job.getState());
    expect(await queue.counts()).toEqual(before);
    // Nobody's work is held up by it.
    await queue.value(samplePool(), { scenarios: 10_000, shards: { count: 2 } });
    await jobs.obliterate({ force: true });
    await jobs.close();
    redis.disconnect();
  });

  test("queue: work that takes its workers with it is given up, and says so", async () => {
    for (const worker of workers.splice(0)) await worker.end();
    const own = await openQueue({ redis: server.url, startsMax: 2 });
    const asked = own.value(samplePool(), { scenarios: 20_000_000, shards: { count: 1 } });
    asked.catch(() => {});
    const { starts } = await own.counts();
    for (let i = 1; i <= 2; i++) {
      const worker = await hire();
      await until(async () => (await own.counts()).starts === starts + i);
      await worker.end();
    }
    await hire();
    await expect(asked).rejects.toThrow(/QUEUE_POISON.* was started 2 times/);
    await own.close();
  });

  test("queue: told to end, a worker hands back what it has, and nothing fails", async () => {
    for (const worker of workers.splice(0)) await worker.end();
    // With a lock that the test would not outlive: what is handed back waits for none to lapse.
    const words = ["--concurrency", "2", "--lock", "120"];
    const first = await WorkerProcess.start(program, server.url, [...words, "--grace", "0"]);
    const before = await queue.counts();
    const asked = { scenarios: 3_000_000, seed: 5n };
    const valued = queue.value(samplePool(), { ...asked, shards: { count: 2 } });
    valued.catch(() => {});
    await until(async () => (await queue.counts()).starts >= before.starts + 2);
    const start = performance.now();
    expect(await first.end("SIGTERM")).toBe(0);
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(await queue.slots()).toBe(0);
    workers.push(await WorkerProcess.start(program, server.url, words));
    expect(await valued).toStrictEqual(await engine.value(samplePool(), asked));
    const { starts, commits } = await queue.counts();
    expect(starts - before.starts).toBeGreaterThanOrEqual(4);
    expect(commits - before.commits).toBe(3);
  });
});
