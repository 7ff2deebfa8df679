export type * from "./valuation.ts";
