import type { Redis } from "ioredis";
import { type Issue, PoolError, received } from "../../index.ts";
import type { Peers } from "./peers.ts";

/** Milliseconds to wait for a first answer. */
const PATIENCE_MS = 5000;
/** Milliseconds between attempts to find a server again that was there before. */
const RETRY_MS = { first: 50, most: 1000 };

/**
 * A connection to a server that has answered once. From then on it waits for the server whenever it
 * is away: what was asked is asked again.
 *
 * @throws PoolError REDIS_URL, REDIS_AUTH, REDIS_UNREACHABLE at /options/redis
 */
export async function connected({ ioredis }: Peers, url: string): Promise<Redis> {
  const { origin } = readUrl(url);
  const isFound = { value: false };
  const redis = new ioredis.Redis(url, {
    lazyConnect: true,
    connectTimeout: PATIENCE_MS,
    // BullMQ asks for it: a command waits for the server, however long that takes.
    maxRetriesPerRequest: null,
    retryStrategy: (times) =>
      isFound.value ? Math.min(RETRY_MS.most, RETRY_MS.first * times) : null,
  });
  const failed = new Promise<never>((_, reject) => {
    // Later ones are of a server that is away, and waited for.
    redis.on("error", reject);
  });
  try {
    failed.catch(() => {});
    await inTime(Promise.race([redis.connect().then(() => redis.ping()), failed]));
    isFound.value = true;
    return redis;
  } catch (error) {
    redis.disconnect();
    throw new PoolError([unreachable(origin, error)], "request");
  }
}

/** Gives up waiting for a first answer. */
function inTime<Value>(under: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`no answer in ${PATIENCE_MS / 1000} s`));
    const timer = setTimeout(late, PATIENCE_MS);
    under.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function readUrl(url: unknown): { readonly origin: string } {
  try {
    const { protocol, host } = new URL(String(url));
    if (/^rediss?:$/.test(protocol) && host !== "") return { origin: `${protocol}//${host}` };
  } catch {
    // Told below, with all else that is no address.
  }
  const issue = {
    code: "REDIS_URL",
    pointer: "/options/redis",
    detail: "this is not the address of a Redis server",
    expected: "redis://host:port, rediss:// for TLS, redis://user:password@host:port/database",
    // Whatever it is, it may hold a password.
    received: typeof url === "string" ? "string" : received(url),
  };
  throw new PoolError([issue], "request");
}

/** Says why there is no connection; the address without its password. */
function unreachable(origin: string, cause: unknown): Issue {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const isAuth = /NOAUTH|WRONGPASS|NOPERM|invalid (username-)?password|without any password/i.test(
    reason,
  );
  return {
    code: isAuth ? "REDIS_AUTH" : "REDIS_UNREACHABLE",
    pointer: "/options/redis",
    detail: isAuth
      ? `${origin} does not let us in (${reason}); say who we are: redis://user:password@host:port`
      : `nothing answers at ${origin} (${reason}); start a server there, or give another address`,
    expected: "a Redis or Valkey server that answers",
    received: origin,
  };
}
