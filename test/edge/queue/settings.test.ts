// Method: a server with each setting broken once, asked by a client and by a worker.
import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { peers } from "../../../src/edge/queue/peers.ts";
import { openQueue, startWorker } from "../../../src/queue.ts";
import { freePort, hasRedis, RedisServer } from "../../support/redis-server.ts";

const refusal = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => expect.unreachable("it was opened"),
    (error) => error.code,
  );

describe.skipIf(!hasRedis && process.env["CI"] !== "true")("settings", () => {
  const servers: RedisServer[] = [];
  const started = async (words: readonly string[]) => {
    const server = await RedisServer.start(words);
    servers.push(server);
    return server;
  };
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.end();
  });

  test.each([
    ["REDIS_APPEND_OFF", ["--appendonly", "no"], "CONFIG SET appendonly yes"],
    ["REDIS_APPEND_SYNC", ["--appendfsync", "no"], "CONFIG SET appendfsync everysec"],
    [
      "REDIS_EVICTION",
      ["--maxmemory-policy", "allkeys-lru"],
      "CONFIG SET maxmemory-policy noeviction",
    ],
  ])("settings: %s is refused, with how to mend it", async (code, words, mend) => {
    const { url: redis } = await started(words);
    for (const ask of [() => openQueue({ redis }), () => startWorker({ redis })]) {
      const error = await ask().then(
        () => expect.unreachable("it was opened"),
        (reason) => reason,
      );
      expect([error.name, error.code]).toEqual(["PoolError", code]);
      expect(error.issues[0].detail).toContain(mend);
      // The line of redis.conf as well.
      expect(error.issues[0].detail).toContain(words.join(" ").slice(2).split(" ")[0]);
    }
  });

  test("settings: a replica takes no writes", async () => {
    const { port } = await started([]);
    const replica = await started(["--replicaof", "127.0.0.1", String(port)]);
    expect(await refusal(openQueue({ redis: replica.url }))).toContain("REDIS_REPLICA");
  });

  test("settings: all problems at once, those of the options too", async () => {
    const { url: redis } = await started([
      ...["--appendonly", "no", "--maxmemory-policy", "volatile-ttl"],
    ]);
    const error = await startWorker({ redis, stalledMax: 1, concurrency: 0 }).catch((e) => e);
    expect(error.issues.map(({ code }: { code: string }) => code).sort()).toEqual([
      ...["NUMBER_RANGE", "REDIS_APPEND_OFF", "REDIS_EVICTION", "STALLED_MAX"],
    ]);
  });

  test("settings: one may go on with a warning", async () => {
    const { url: redis } = await started(["--appendonly", "no"]);
    const told: string[] = [];
    const onNotice = ({ code }: { readonly code: string }) => void told.push(code);
    const queue = await openQueue({ redis, unsafeRedis: "warn", onNotice });
    await queue.close();
    expect(told).toEqual(["REDIS_APPEND_OFF"]);
  });

  test("settings: where CONFIG is forbidden, INFO tells", async () => {
    const sound = await started(["--rename-command", "CONFIG", ""]);
    await (await openQueue({ redis: sound.url })).close();
    const words = ["--rename-command", "CONFIG", "", "--appendonly", "no"];
    const unsound = await started(words);
    expect(await refusal(openQueue({ redis: unsound.url }))).toContain("REDIS_APPEND_OFF");
  });

  test("settings: passwords", async () => {
    const { port } = await started(["--requirepass", "secret"]);
    const at = (user: string) => openQueue({ redis: `redis://${user}127.0.0.1:${port}` });
    for (const user of ["", ":wrong@"]) {
      const error = await at(user).catch((e) => e);
      expect(error.code).toBe("REDIS_AUTH");
      expect(JSON.stringify(error.issues)).not.toContain("wrong@");
    }
    await (await at(":secret@")).close();
  });
});

describe("addresses", () => {
  let silent: ChildProcess | undefined;
  afterAll(() => void silent?.kill("SIGKILL"));

  test.each(["", "127.0.0.1:6379", "http://127.0.0.1", "redis://", 7, undefined])(
    "address %j is none",
    async (redis) => {
      expect(await refusal(openQueue({ redis: redis as string }))).toContain("REDIS_URL");
    },
  );

  test("addresses: nobody answers, or not as Redis does", async () => {
    const port = await freePort();
    const gone = await openQueue({ redis: `redis://u:hidden@127.0.0.1:${port}` }).catch((e) => e);
    expect(gone.code).toBe("REDIS_UNREACHABLE");
    expect(gone.issues[0].detail).toContain("ECONNREFUSED");
    expect(JSON.stringify(gone.issues)).not.toContain("hidden");
  });

  test("addresses: a server that says nothing is given up", async () => {
    const port = await freePort();
    const code = `require("net").createServer(() => {}).listen(${port}, "127.0.0.1", () => console.log(1))`;
    silent = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "ignore"] });
    await new Promise((resolve) => silent!.stdout!.once("data", resolve));
    const start = performance.now();
    expect(await refusal(openQueue({ redis: `redis://127.0.0.1:${port}` }))).toContain(
      "REDIS_UNREACHABLE",
    );
    expect(performance.now() - start).toBeLessThan(8000);
  });
  test("addresses: a prefix is a word", async () => {
    expect(await refusal(openQueue({ redis: "redis://127.0.0.1:1", prefix: "a:b" }))).toContain(
      "QUEUE_PREFIX",
    );
  });
});

test("peers: what is not installed is told, with what to install", async () => {
  const without = (missing: string) => (name: string) =>
    name === missing ? Promise.reject(new Error(`Cannot find package '${name}'`)) : import(name);
  for (const name of ["bullmq", "ioredis"]) {
    const error = await peers(without(name)).catch((e) => e);
    expect(error.code).toBe("PEER_MISSING");
    expect(error.issues[0].detail).toContain("npm install bullmq ioredis");
    expect(error.issues[0].detail).toContain(name);
  }
});
