import type { Redis } from "ioredis";
import { type Issue, type Notice, PoolError } from "../../index.ts";
import type { Peers } from "./peers.ts";
import { connected } from "./redis.ts";

/** Redis that BullMQ and the commands used here need. */
const VERSION_MIN = [6, 2];

/** What a server says of itself, by name. */
type Told = ReadonlyMap<string, string>;

/** What a server's settings are read from. */
type Asked = Pick<Redis, "info" | "config">;

/**
 * What of a server's settings would let it lose or evict work, each with how to mend it. Read from
 * INFO, since CONFIG is often forbidden; what INFO does not tell is asked of CONFIG where it may be.
 */
export async function settingIssues(redis: Asked): Promise<Issue[]> {
  const told = readInfo(await redis.info());
  const sync = await redis.config("GET", "appendfsync").catch(() => []);
  return [
    ...versionIssues(told),
    ...appendIssues(told, String((sync as unknown[])[1] ?? "")),
    ...evictionIssues(told),
    ...roleIssues(told),
  ];
}

function readInfo(text: string): Told {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(":"));
  return new Map(
    lines.map((line): [string, string] => {
      const at = line.indexOf(":");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

const setting = (code: string, detail: string, expected: string, received: string): Issue => ({
  ...{ code, pointer: "/options/redis", detail, expected, received },
});

function versionIssues(told: Told): Issue[] {
  // Valkey tells the version of Redis that it is like as well.
  const version = told.get("redis_version") ?? "";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [most, least] = VERSION_MIN as [number, number];
  if (major > most || (major === most && minor >= least)) return [];
  const words = `Redis ${most}.${least} or later, or Valkey`;
  return [setting("REDIS_VERSION", "the server is too old; install a later one", words, version)];
}

function appendIssues(told: Told, sync: string): Issue[] {
  if (told.get("aof_enabled") !== "1") {
    return [
      setting(
        "REDIS_APPEND_OFF",
        "what a server that ends has not written is lost, committed shards included; turn the append-only file on: redis-cli CONFIG SET appendonly yes, and in redis.conf: appendonly yes",
        "appendonly yes",
        "appendonly no",
      ),
    ];
  }
  if ((told.get("aof_last_write_status") ?? "ok") !== "ok") {
    return [
      setting(
        "REDIS_APPEND_FAILS",
        "the server cannot write its append-only file; see its log, and whether the disk is full",
        "aof_last_write_status:ok",
        told.get("aof_last_write_status")!,
      ),
    ];
  }
  if (sync !== "no") return [];
  return [
    setting(
      "REDIS_APPEND_SYNC",
      "the append-only file is left to the system, which may keep it for half a minute: redis-cli CONFIG SET appendfsync everysec, and in redis.conf: appendfsync everysec",
      "appendfsync everysec or always",
      "appendfsync no",
    ),
  ];
}

function evictionIssues(told: Told): Issue[] {
  const policy = told.get("maxmemory_policy") ?? "unknown";
  if (policy === "noeviction") return [];
  return [
    setting(
      "REDIS_EVICTION",
      "a server that is full would throw work away instead of refusing more: redis-cli CONFIG SET maxmemory-policy noeviction, and in redis.conf: maxmemory-policy noeviction",
      "maxmemory-policy noeviction",
      `maxmemory-policy ${policy}`,
    ),
  ];
}

function roleIssues(told: Told): Issue[] {
  const role = told.get("role") ?? "master";
  if (role === "master") return [];
  const words = "the server follows another one and takes no writes; give the address of the first";
  return [setting("REDIS_REPLICA", words, "role:master", `role:${role}`)];
}

/** How settings that are not safe are met: `refuse` when left out. */
export type UnsafeRedis = "refuse" | "warn";

/** Which server, and how its settings are met. */
export interface ServerOptions {
  /** Address of the server: redis://host:port, or rediss:// for TLS. */
  readonly redis: string;
  /** `warn` goes on with a server whose settings may lose work; it is refused when left out. */
  readonly unsafeRedis?: UnsafeRedis;
  /** Hears of what is not as it should be. */
  readonly onNotice?: (notice: Notice) => void;
}

/**
 * A connection to a server whose settings keep what the guarantees rest on.
 *
 * @param others  problems that are told with those of the server
 * @throws        PoolError as {@link connected}; with every problem of the settings and the others
 */
export async function proven(
  peers: Peers,
  { redis: url, unsafeRedis, onNotice }: ServerOptions,
  others: readonly Issue[],
): Promise<Redis> {
  const redis = await connected(peers, url);
  try {
    const issues = await settingIssues(redis);
    const isRefused = unsafeRedis !== "warn" && issues.length > 0;
    if (isRefused || others.length > 0) throw new PoolError([...issues, ...others], "queue");
    for (const { code, detail } of issues) onNotice?.({ code, detail });
    return redis;
  } catch (error) {
    redis.disconnect();
    throw error;
  }
}
