export { type Issue, PoolError, received } from "./basics/index.ts";
export type * from "./book/index.ts";
export type * from "./market/index.ts";
export type * from "./pool/index.ts";
export type * from "./terms/index.ts";
