import { PoolError, received } from "../../index.ts";

const PREFIX = /^[\w.-]{1,64}$/;

/**
 * Names of everything that a queue keeps in Redis. The prefix stands in braces, so that all of it is
 * on one node of a cluster.
 */
export class Keys {
  /** For BullMQ's own keys. */
  readonly prefix: string;

  /** @throws PoolError QUEUE_PREFIX */
  constructor(prefix = "riskpool") {
    if (!PREFIX.test(prefix)) throw wrongPrefix(prefix);
    this.prefix = `{${prefix}}`;
  }

  /** What a piece of work is made from: a pool with its options, a base, the items of a chunk. */
  readonly spec = (digest: string): string => `${this.prefix}:spec:${digest}`;
  /** Who has use for a spec and what comes of it. */
  readonly holders = (digest: string): string => `${this.prefix}:holders:${digest}`;
  /** What has happened to a piece of work: its newest token, its starts, the digest of its result. */
  readonly unit = (unit: string): string => `${this.prefix}:unit:${unit}`;
  /** The result of a piece of work. */
  readonly value = (unit: string): string => `${this.prefix}:value:${unit}`;
  /** What a client and the workers tell each other of one submission. */
  readonly run = (run: string): string => `${this.prefix}:run:${run}`;
  /** Counts of what has ever happened under this prefix. */
  readonly counts = (): string => `${this.prefix}:counts`;
  /** The last token that was given to anyone. */
  readonly tokens = (): string => `${this.prefix}:tokens`;
  /** Workers of a queue that are alive. */
  readonly workers = (queue: string): string => `${this.prefix}:workers:${queue}`;
}

function wrongPrefix(prefix: unknown): PoolError {
  return new PoolError([
    {
      code: "QUEUE_PREFIX",
      pointer: "/options/prefix",
      detail: "the prefix of a queue's keys must be a word",
      expected: "1 to 64 letters, digits, _ . or -",
      received: received(prefix),
    },
  ]);
}
