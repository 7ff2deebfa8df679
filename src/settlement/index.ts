export type { Gain } from "./last-resort.ts";
export {
  type LayerPayer,
  type LayerSettlement,
  type Payment,
  type Settlement,
  settle,
} from "./settle.ts";
export { type SocialisedLoss, socialisedLossPerCoin } from "./socialise.ts";
export { type Draw, type Poured, pour } from "./waterfall.ts";
