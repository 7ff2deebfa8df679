export {
  type Claim,
  INSOLVENCY_RULES,
  type InsolvencyRule,
  insolvencyAwards,
} from "./insolvency.ts";
export { type CoreExcess, coreExcess, PLAYERS_MAX, shapley } from "./shapley.ts";
