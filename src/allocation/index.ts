export { allocationsOf } from "./allocate.ts";
export type { Allocation, AllocationRow } from "./allocation.ts";
export type { LimitUse } from "./limit-book.ts";
export type { Proposal } from "./proposal.ts";
export type { Quote } from "./quote.ts";
export { QuoteDesk } from "./quote-desk.ts";
