export type * from "./valuation.ts";
export { marketOf, valuePool } from "./value.ts";
export type { ValueRequest } from "./value-request.ts";
