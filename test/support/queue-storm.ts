// Workers of a queue that are killed, stopped and told twice, on a server that is killed as well.
import { randomUUID } from "node:crypto";
import { FlowProducer, Queue as JobQueue } from "bullmq";
import type { QueueJob } from "../../src/edge/queue/job.ts";
import { Keys } from "../../src/edge/queue/keys.ts";
import { Store } from "../../src/edge/queue/store.ts";
import type { PoolValuation, ValueOptions } from "../../src/index.ts";
import { openQueue } from "../../src/queue.ts";
import { seeded } from "./kernel.ts";
import { buildWorker, until, WorkerProcess } from "./queue-worker.ts";
import { RedisServer } from "./redis-server.ts";

/** What is done to whom. */
export interface Storm {
  readonly shards: number;
  readonly workers: number;
  /** Workers that are killed with -9 while they have a shard. */
  readonly kills: number;
  /** Times that the server is killed with -9 and started again. */
  readonly restarts: number;
  /** Workers that are stopped for longer than their locks last, and go on then. */
  readonly stops: number;
  /** Jobs that are delivered a second time. */
  readonly duplicates: number;
  /** Starts that come to commit when another has taken over. */
  readonly zombies: number;
  readonly lockSeconds: number;
}

/** What came of it. */
export interface Aftermath {
  readonly valuation: PoolValuation;
  readonly seconds: number;
  /** Done to it. */
  readonly kills: number;
  readonly restarts: number;
  readonly stops: number;
  readonly delivered: number;
  /** Results that were committed, the merge among them. */
  readonly commits: number;
  readonly starts: number;
  readonly duplicates: number;
  readonly fenced: number;
  readonly differing: number;
  /** What our own zombies heard when they came to commit. */
  readonly zombies: readonly string[];
  /** Jobs of lost workers, as the workers that were alive at the end have counted. */
  readonly stalls: number;
}

/** Values a pool on a queue while a storm goes over it. */
export async function weather(
  storm: Storm,
  pool: unknown,
  options: ValueOptions,
  say: (words: string) => void = () => {},
): Promise<Aftermath> {
  const [server, program] = await Promise.all([RedisServer.start(), buildWorker()]);
  const crew: WorkerProcess[] = [];
  const lock = String(storm.lockSeconds);
  const random = seeded(storm.shards);
  const words = ["--lock", lock, "--listen", "127.0.0.1:0"];
  // A worker ends where its server is away at its start; whoever supervises it starts it again.
  const hire = async (): Promise<void> => {
    await server.answers();
    const { losses } = server;
    try {
      crew.push(await WorkerProcess.start(program, server.url, words));
    } catch (error) {
      if (server.losses === losses) throw error;
      await hire();
    }
  };
  try {
    for (let i = 0; i < storm.workers; i++) await hire();
    // Of a storm, every second start may be lost; what is poison in calm weather is none here.
    const queue = await openQueue({ redis: server.url, startsMax: 100 });
    const start = performance.now();
    let isOver = false;
    const valued = queue
      .value(pool, { ...options, shards: { count: storm.shards } })
      .finally(() => {
        isOver = true;
      });
    valued.catch(() => {});
    const past = async (part: number) => {
      const commits = Math.floor(part * storm.shards);
      await until(async () => isOver || (await queue.counts()).commits >= commits, 1_200_000);
    };
    const blows = [
      ...Array.from({ length: storm.kills }, () => "kill" as const),
      ...Array.from({ length: storm.restarts }, () => "restart" as const),
      ...Array.from({ length: storm.stops }, () => "stop" as const),
    ].sort(() => random() - 0.5);
    const haunting = haunt(server, storm);
    const done = { kill: 0, restart: 0, stop: 0 };
    const stopped: Promise<void>[] = [];
    const hiring: Promise<void>[] = [];
    for (const [i, blow] of blows.entries()) {
      await past((i + 0.5) / (blows.length + 1));
      if (isOver) break;
      done[blow]++;
      say(`${blow} ${done[blow]} at ${(await queue.counts()).commits} of ${storm.shards}`);
      if (blow === "restart") {
        await server.kill();
        await new Promise((resolve) => setTimeout(resolve, 300));
        await server.restart();
        continue;
      }
      await until(() => crew.length > 0);
      const victim = crew.splice(Math.floor(random() * crew.length), 1)[0]!;
      if (blow === "kill") await victim.end("SIGKILL");
      else {
        victim.signal("SIGSTOP");
        const later = 2500 * storm.lockSeconds;
        stopped.push(
          new Promise((resolve) => setTimeout(resolve, later)).then(() => {
            victim.signal("SIGCONT");
            crew.push(victim);
          }),
        );
      }
      const hired = hire();
      hired.catch(() => {});
      hiring.push(hired);
    }
    const valuation = await valued;
    const seconds = (performance.now() - start) / 1000;
    await Promise.all([...stopped, ...hiring]);
    const { delivered, zombies } = await haunting;
    const pages = await Promise.all(crew.map((worker) => worker.ask("/metrics")));
    const stalls = pages.reduce(
      (sum, { text }) => sum + Number(/^riskpool_queue_stalls_total (\d+)/m.exec(text)?.[1] ?? 0),
      0,
    );
    const counts = await queue.counts();
    await queue.close();
    return {
      ...{ valuation, seconds, ...counts, delivered, zombies, stalls },
      ...{ kills: done.kill, restarts: done.restart, stops: done.stop },
    };
  } finally {
    for (const worker of crew) await worker.end();
    program.remove();
    await server.end();
  }
}

/** Delivers jobs twice, and lets starts come late that others have taken over from. */
async function haunt(
  server: RedisServer,
  storm: Storm,
): Promise<{ readonly delivered: number; readonly zombies: readonly string[] }> {
  const redis = server.connect();
  const keys = new Keys();
  const store = new Store(redis, keys, { leaseMs: 1, keepMs: 60_000 });
  const zombies: string[] = [];
  let delivered = 0;
  try {
    let names: string[] = [];
    await until(async () => {
      names = await redis.keys(`${keys.prefix}:work-*:wait`);
      return names.length > 0;
    });
    const name = names[0]!.split(":").at(-2)!;
    const queue = new JobQueue<QueueJob>(name, { connection: redis, prefix: keys.prefix });
    queue.on("error", () => {});
    const flows = new FlowProducer({ connection: redis, prefix: keys.prefix });
    flows.on("error", () => {});
    const waiting = await queue.getJobs(["waiting"], 0, storm.shards);
    const shards = waiting.filter(({ data }) => data.task.kind === "shard");
    for (const { data, opts } of shards.slice(0, storm.duplicates)) {
      await queue.add("shard", data, { ...opts, parent: undefined, jobId: randomUUID() } as never);
      delivered++;
    }
    for (const { data } of shards.slice(-storm.zombies)) {
      // It takes a token and sleeps on its lease; whoever comes later takes another.
      const beginning = await store.begin(data, 1000);
      if (beginning.state !== "started") continue;
      await new Promise((resolve) => setTimeout(resolve, 5));
      const rival = await store.begin(data, 1000);
      const bytes = new TextEncoder().encode("a zombie's result");
      zombies.push(await store.commit(data, beginning.token, bytes, 1));
      if (rival.state === "started") await store.handBack(data.unit, rival.token);
    }
    await queue.close();
    await flows.close();
  } finally {
    redis.disconnect();
  }
  return { delivered, zombies };
}
