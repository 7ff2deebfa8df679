/**
 * riskpool: what a derivatives pool can lose, whose risk that is, and who bears an actual loss.
 *
 * Start with `load` and `engine.value`; `calibrate` fits a market to prices; `readPool` checks a
 * document; `settle` pays a loss. Everything here is platform-free.
 */
export type { AnyAnswer } from "./answer.ts";
export { Engine, type PoolValuation, version } from "./facade.ts";
export * from "./functions.ts";
export { load } from "./load.ts";
export type { LoadOptions } from "./load-options.ts";
export { loadSync } from "./load-sync.ts";
export type { BatchOptions } from "./request.ts";
export type { ManyOptions, Valuer } from "./valuer.ts";
