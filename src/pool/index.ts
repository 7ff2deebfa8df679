export type * from "./document.ts";
export { POOL_VERSION } from "./document.ts";
