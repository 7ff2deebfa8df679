export { allocationsOf } from "./allocate.ts";
export type * from "./allocation.ts";
