export type * from "./book.ts";
export { PERILS } from "./book.ts";
