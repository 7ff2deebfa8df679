export { unlessAborted } from "./abort.ts";
export { canonicalJson } from "./canonical.ts";
export * from "./check.ts";
export { Controllers } from "./controllers.ts";
export { digestOf, digestOfChecked, keysOfForm, sha256, sha256Work } from "./digest.ts";
export {
  assert,
  ISSUES_MAX,
  type Issue,
  PoolError,
  received,
  refuse,
  type SentError,
} from "./error.ts";
export { Findings, type Place, pointerKey, pointerTo } from "./finding.ts";
export { confusionKey, ID_PATTERN, idClashes, idIssue, type PlacedId } from "./id.ts";
export {
  hasLoneSurrogate,
  isBytes,
  JSON_BYTES_MAX,
  JSON_DEPTH_MAX,
  JSON_VALUES_MAX,
  type KnownPart,
  readJson,
} from "./json.ts";
export {
  type Level,
  level,
  levelFraction,
  rankOf,
  scenariosNeeded,
  TAIL_SCENARIOS_MIN,
  tailCount,
  tailTooThin,
} from "./level.ts";
export {
  DECIMALS_MAX,
  MONEY_DIGITS_MAX,
  MONEY_MINOR_MAX,
  type MoneyRules,
  moneyIssue,
  moneyToNumber,
  printMoney,
  readMoney,
} from "./money.ts";
export { part } from "./part.ts";
export { platformSha256 } from "./platform-digest.ts";
export { recognised } from "./recognised.ts";
export {
  apportion,
  fractionDown,
  roundExact,
  roundToSum,
  roundUp,
  type Weighted,
} from "./rounding.ts";
export {
  DAY_MS,
  HORIZON_DAYS_MAX,
  INSTANT_PATTERN,
  instantIssue,
  instantMs,
  printInstant,
  readHorizon,
  readInstant,
  YEAR_MS,
} from "./time.ts";
export { atOnce, type Breath, inPieces, type Work } from "./work.ts";
