export { assert, type Issue, PoolError, received } from "./basics/index.ts";
export type { PoolDocument } from "./pool/index.ts";
export type * from "./risk/index.ts";
