export type * from "./terms.ts";
