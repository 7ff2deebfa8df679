export type * from "./valuation.ts";
export { marketOf, type ValueRequest, valuePool } from "./value.ts";
