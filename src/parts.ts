/** Parts that a page fetches when they are first asked for. */
import { part } from "./basics/index.ts";

type Risk = typeof import("./risk/value.ts");
type Shards = typeof import("./risk/shard-merge.ts");
type Allocation = typeof import("./allocation/index.ts");

/** What simulates a pool and measures it. */
export const risk: () => Promise<Risk> = part("valuations", () => import("./risk/value.ts"));

/** What runs some parts of a simulation, and puts such parts together. */
export const shards: () => Promise<Shards> = part("shards", () => import("./risk/shard-merge.ts"));

/** What says who puts in how much, and who bears what. */
export const allocation: () => Promise<Allocation> = part(
  "allocations",
  () => import("./allocation/index.ts"),
);
