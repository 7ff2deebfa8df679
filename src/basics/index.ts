export { assert, ISSUES_MAX, type Issue, PoolError, received, refuse } from "./error.ts";
