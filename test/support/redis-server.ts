import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";

/** Whether this machine has a server to test on. */
export const hasRedis: boolean = spawnSync("redis-server", ["--version"]).status === 0;

/** A port of this machine that nothing listens at. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Whether something at a port speaks as Redis does, be it only to refuse. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    const end = (isUp: boolean) => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once("data", (bytes) => end(/^(\+PONG|-NOAUTH)/.test(String(bytes))));
    socket.once("error", () => end(false));
  });
}

/** A server of one test, with its files in a folder of its own. */
export class RedisServer {
  readonly port: number;
  readonly #folder: string = mkdtempSync(join(tmpdir(), "riskpool-redis-"));
  readonly #words: readonly string[];
  #process: ChildProcess | null = null;
  #losses = 0;

  private constructor(port: number, words: readonly string[]) {
    this.port = port;
    this.#words = words;
  }

  /** Starts a server with an append-only file. @param words  further settings, which win */
  static async start(words: readonly string[] = []): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), words);
    await server.restart();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** How often it was ended. */
  get losses(): number {
    return this.#losses;
  }

  /** Starts it again, from what it has written. */
  async restart(): Promise<void> {
    const own = ["--port", String(this.port), "--bind", "127.0.0.1", "--dir", this.#folder];
    const safe = ["--appendonly", "yes", "--maxmemory-policy", "noeviction", "--save", ""];
    this.#process = spawn("redis-server", [...own, ...safe, ...this.#words], { stdio: "ignore" });
    await this.answers();
  }

  /** Waits until it answers. */
  async answers(): Promise<void> {
    while (!(await answers(this.port))) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** Ends it as the loss of its machine's process would. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const process = this.#process;
    if (!process || process.exitCode !== null || process.signalCode !== null) return;
    const ended = new Promise((resolve) => process.once("exit", resolve));
    this.#losses++;
    process.kill(signal);
    await ended;
    this.#process = null;
  }

  /** Ends it and removes its files. */
  async end(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** A connection of the test's own. */
  connect(): Redis {
    const redis = new Redis(this.url, { maxRetriesPerRequest: null });
    redis.on("error", () => {});
    return redis;
  }
}
