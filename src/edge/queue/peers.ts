import { PoolError } from "../../index.ts";

/** The packages that a queue stands on; whoever uses one has installed them. */
export interface Peers {
  readonly bullmq: typeof import("bullmq");
  readonly ioredis: typeof import("ioredis");
}

/** How a package is brought, by its name; tests bring others. */
export type Bring = (name: "bullmq" | "ioredis") => Promise<unknown>;

const bring: Bring = (name) => (name === "bullmq" ? import("bullmq") : import("ioredis"));

/**
 * Brings the packages that a queue stands on.
 *
 * @throws PoolError PEER_MISSING
 */
export async function peers(from: Bring = bring): Promise<Peers> {
  const [bullmq, ioredis] = await Promise.all([one("bullmq", from), one("ioredis", from)]);
  return { bullmq, ioredis } as Peers;
}

async function one(name: Parameters<Bring>[0], from: Bring): Promise<unknown> {
  try {
    return await from(name);
  } catch (cause) {
    throw new PoolError([
      {
        code: "PEER_MISSING",
        pointer: "",
        detail: `a queue stands on packages that riskpool does not bring along, and ${name} cannot be loaded; npm install bullmq ioredis. (${String(cause)})`,
        expected: "bullmq and ioredis beside riskpool",
      },
    ]);
  }
}
