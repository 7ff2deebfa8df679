export type * from "./document.ts";
export { POOL_VERSION } from "./document.ts";
export type { Pool } from "./pool.ts";
export { isPool, readMarket, readPool } from "./read.ts";
export { isSameBook } from "./same-book.ts";
export { poolJsonSchema } from "./schema.ts";
