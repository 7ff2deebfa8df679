import type { PreviousCharges } from "./allocation/index.ts";
import { type Issue, type Level, level, PoolError, readHorizon, received } from "./basics/index.ts";
import type { MarketParameters } from "./market/index.ts";
import { isPool, type Pool, readMarket, readPool } from "./pool/index.ts";
import type { Budget, Measurement, Progress, ValueRequest } from "./risk/index.ts";
import type { ItemCrew } from "./runtime/items/crew.ts";
import type { ContributionTerms } from "./terms/index.ts";

/** Bounds of a request; a wider one is refused by name. */
const SCENARIOS_MIN = 1000;
const SCENARIOS_MAX = 100_000_000;
const SEED_MAX = 2n ** 64n - 1n;
const STEPS_MAX = 20_000;
const SAMPLE_PATHS_MAX = 1000;
const AHEAD_MAX = 1024;

/** The market of a pool without assets: there is nothing to be said about prices. */
const NO_MARKET: MarketParameters = { model: "gbm", assets: [], volatility: [], correlation: [] };

/** What to compute; everything has a default. */
export interface ValueOptions {
  /** 1,000 … 100,000,000; 100,000 when left out. */
  readonly scenarios?: number;
  /** 0 … 2^64 - 1; 1 when left out. The same seed gives the same bits everywhere. */
  readonly seed?: bigint | number;
  /** Days, or text such as "10d" or "36h"; 10 days when left out. */
  readonly horizon?: number | string;
  /** Between two looks at the path: days, or text such as "1h" or "1m"; an hour where accounts are liquidated or barriers watched. */
  readonly step?: number | string;
  /** `continuous` samples the extremes between steps (Brownian bridge); `discrete` when left out. */
  readonly monitoring?: "discrete" | "continuous";
  /** Return the paths of the first scenarios, 0 … 1,000; 0 when left out. */
  readonly samplePaths?: number;
  /** Return the paths of the worst scenarios, 0 … 1,000; 0 when left out. */
  readonly worstPaths?: number;
  /** Level of contributions and layers, e.g. 0.975 (the default). */
  readonly confidence?: number;
  /** Levels to report; 0.95, 0.975 and 0.99 when left out. The confidence is always among them. */
  readonly levels?: readonly number[];
  /** Market to use instead of the document's own, e.g. from `calibrate`. */
  readonly market?: MarketParameters;
  /** Reprice every position in every scenario instead of through value profiles. */
  readonly audit?: boolean;
  /**
   * What is found about everyone: `all` when left out, or Euler contributions with their standard
   * errors alone. `expectedLoss` and `standAlone` are then null, and a large pool is valued in a
   * small part of the time.
   */
  readonly contributions?: "all" | "euler";
  /** Most bytes of kernel memory; 1 GiB when left out. */
  readonly bytesMax?: number;
  /** Refuses the run before it begins when it would take more than this, by `engine.plan`. */
  readonly budget?: Budget;
  /** Stops the run; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
  /** Hears what is known of the pool as a whole, before it is found who contributes what. */
  readonly onMeasured?: (measurement: Measurement) => void;
}

/** What to allocate, and how. */
export interface AllocateOptions extends ValueOptions {
  /** One to 32 contribution terms. */
  readonly rules?: readonly ContributionTerms[];
  /** What was charged before; rules whose terms have a `charge` move from there. */
  readonly previous?: PreviousCharges;
}

/** What to explain. */
export interface ExplainOptions extends ValueOptions {
  /** Number of a scenario, 0 … scenarios - 1; everyone's contribution when left out. */
  readonly scenario?: number;
}

/** How many pools are valued; everything has a default. */
export interface BatchOptions extends ValueOptions {
  /** `value` when left out; `measure` stops at risk and waterfall. */
  readonly figures?: "value" | "measure";
  /** Of answers: that of the items when left out, or as they come. */
  readonly order?: "input" | "completed";
  /** Items under way at a time, 1 … 1,024; as many as keep its threads busy when left out. */
  readonly ahead?: number;
  /** Threads that value whole items, from `batchWorkers()` of `riskpool/node`. */
  readonly workers?: BatchWorkers;
}

/** What values whole items elsewhere. */
export type BatchWorkers = Pick<ItemCrew, "open">;

/** A pool as it is, or whatever can be read as one. */
export function poolOf(pool: unknown): Pool {
  return isPool(pool) ? pool : readPool(pool);
}

/** Runs a reader and gathers its issues instead of throwing. */
function gather<T>(problems: Issue[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PoolError)) throw error;
    problems.push(...error.issues);
    return undefined;
  }
}

const OPTION_TYPES: { readonly [Name in keyof Required<ValueOptions>]: readonly string[] } = {
  scenarios: ["number"],
  seed: ["bigint", "number"],
  horizon: ["number", "string"],
  step: ["number", "string"],
  monitoring: ["string"],
  samplePaths: ["number"],
  worstPaths: ["number"],
  confidence: ["number"],
  levels: ["object"],
  market: ["object"],
  audit: ["boolean"],
  contributions: ["string"],
  bytesMax: ["number"],
  budget: ["object"],
  signal: ["object"],
  onProgress: ["function"],
  onMeasured: ["function"],
};

/** Numbers, seeds and words have errors of their own, which say more. */
const READ_APART: ReadonlySet<string> = new Set([
  "scenarios",
  "seed",
  "horizon",
  "step",
  "monitoring",
  "contributions",
  "samplePaths",
  "worstPaths",
  "confidence",
  "levels",
  "market",
]);

/** Refuses options that do not exist or cannot be what they should: a typing slip must not pass. */
function checkOptions(problems: Issue[], options: object): void {
  for (const [name, value] of Object.entries(options)) {
    // Of the table's own: every object answers to `constructor`.
    const types = Object.hasOwn(OPTION_TYPES, name)
      ? OPTION_TYPES[name as keyof ValueOptions]
      : undefined;
    const pointer = `/options/${name}`;
    if (types === undefined) {
      problems.push({
        code: "KEY_UNKNOWN",
        pointer,
        detail: `there is no option ${name}; remove it or correct its name`,
        expected: Object.keys(OPTION_TYPES).join(", "),
        received: received(value),
      });
    } else if (value !== undefined && !types.includes(typeof value)) {
      if (READ_APART.has(name)) continue;
      const type = types.join(" or ");
      problems.push({
        code: "TYPE",
        pointer,
        detail: `${name} must be a ${type}`,
        expected: type,
        received: received(value),
      });
    }
  }
  checkLimits(problems, options);
}

/** Checks what bounds a run: memory, budget, signal. */
function checkLimits(problems: Issue[], options: object): void {
  const { signal, bytesMax, budget } = options as {
    signal?: Partial<AbortSignal>;
    bytesMax?: unknown;
    budget?: unknown;
  };
  if (budget === null) {
    problems.push({
      code: "TYPE",
      pointer: "/options/budget",
      detail: "budget must be an object, or left out",
      expected: "object",
      received: received(budget),
    });
  } else if (typeof budget === "object") checkBudget(problems, budget);
  if (typeof bytesMax === "number" && !(bytesMax > 0)) {
    problems.push({
      code: "NUMBER_RANGE",
      pointer: "/options/bytesMax",
      detail: "bytesMax must be a number of bytes above zero",
      expected: "> 0 bytes",
      received: received(bytesMax),
    });
  }
  // By what it can do: a signal may come from another frame, whose class is not this one's.
  if (typeof signal === "object" && !isSignal(signal)) {
    problems.push({
      code: "TYPE",
      pointer: "/options/signal",
      detail: "signal must be an AbortSignal: new AbortController().signal",
      expected: "AbortSignal",
      received: received(signal),
    });
  }
}

function isSignal(signal: Partial<AbortSignal> | null): boolean {
  return (
    typeof signal?.throwIfAborted === "function" && typeof signal.addEventListener === "function"
  );
}

const BUDGET_KEYS: readonly string[] = ["bytes", "coreSeconds"] satisfies (keyof Budget)[];

function checkBudget(problems: Issue[], budget: object): void {
  for (const [name, value] of Object.entries(budget) as [string, unknown][]) {
    const isKnown = BUDGET_KEYS.includes(name);
    if (isKnown && (value === undefined || (typeof value === "number" && value > 0))) continue;
    problems.push({
      code: isKnown ? "NUMBER_RANGE" : "KEY_UNKNOWN",
      pointer: `/options/budget/${name}`,
      detail: isKnown
        ? "a bound of the budget must be a number above zero; leave it out for no bound"
        : "a budget bounds bytes and core-seconds",
      expected: isKnown ? "> 0" : BUDGET_KEYS.join(", "),
      received: received(value),
    });
  }
}

/**
 * Reads a pool and the options of a valuation.
 *
 * @throws PoolError with every problem of both
 */
export function readRequest(source: unknown, given: ValueOptions, version: string): ValueRequest {
  const problems: Issue[] = [];
  const options = gather(problems, () => optionsOf(given)) ?? {};
  checkOptions(problems, options);
  const document = gather(problems, () => poolOf(source));
  const terms = readTerms(problems, options, document);
  const market = terms.market ?? (document?.document.assets.length === 0 ? NO_MARKET : undefined);
  if (document && !market && options.market === undefined) {
    problems.push({
      code: "MARKET_MISSING",
      pointer: "/market",
      detail:
        "neither the document nor the options say how prices may move; add a market to the document, or fit one: engine.value(pool, { market: calibrate(history).parameters })",
      expected: "market parameters: model, assets, volatility, correlation",
      received: "missing",
    });
  }
  if (problems.length > 0) throw new PoolError(problems, "request");
  const { bytesMax, budget, signal, onProgress, onMeasured } = options;
  const rest = { version, bytesMax, budget, signal, onProgress, onMeasured };
  // Nothing was found, so nothing is missing.
  const sure = { market: market!, primary: terms.primary!, horizonDays: terms.horizonDays! };
  return { pool: document!, ...terms, ...sure, ...rest };
}

/**
 * Reads options that many valuations share, so that a fault in them is told once.
 *
 * @returns  the same options, with the market as it was checked
 * @throws   PoolError with every problem of them
 */
export function readShared(given: ValueOptions): ValueOptions {
  const problems: Issue[] = [];
  const options = gather(problems, () => optionsOf(given)) ?? {};
  checkOptions(problems, options);
  const { market } = readTerms(problems, options, undefined);
  if (problems.length > 0) throw new PoolError(problems, "request");
  return market ? { ...options, market } : options;
}

/** Refuses what is no object before it is taken apart. @throws PoolError TYPE */
export function optionsOf<Options extends object>(given: Options): Options {
  if (typeof given === "object" && given !== null) return given;
  throw new PoolError(
    [
      {
        code: "TYPE",
        pointer: "/options",
        detail: "options must be an object, or left out",
        expected: "object",
        received: received(given),
      },
    ],
    "request",
  );
}

type Sure =
  | ("scenarios" | "seed" | "levels" | "contributions" | "mode")
  | ("stepDays" | "monitoring" | "samplePaths");

/** What the options say of a request; undefined where they were wrong, and the market where they are silent. */
interface Terms extends Pick<ValueRequest, Sure> {
  readonly horizonDays: ValueRequest["horizonDays"] | undefined;
  readonly primary: ValueRequest["primary"] | undefined;
  readonly market: MarketParameters | undefined;
}

/** What is computed, and how. */
function readTerms(problems: Issue[], options: ValueOptions, pool: Pool | undefined): Terms {
  const count = options.scenarios ?? 100_000;
  const bounds = [SCENARIOS_MIN, SCENARIOS_MAX] as const;
  const scenarios = countOf(problems, "scenarios", count, bounds, "scenarios");
  const seed = readSeed(problems, options.seed ?? 1n);
  const horizonDays = gather(problems, () =>
    readHorizon(options.horizon ?? 10, "/options/horizon"),
  );
  const way = readWay(problems, options, horizonDays, isWatched(pool));
  const primary = gather(problems, () => level(options.confidence ?? 0.975, "/options/confidence"));
  const levels = readLevels(problems, options.levels ?? [0.95, 0.975, 0.99], primary);
  const market =
    options.market === undefined
      ? pool?.document.market
      : gather(problems, () => readMarket(options.market));
  const { contributions: extent = "all" } = options;
  const detail = "say whether everything is found about everyone, or Euler contributions alone";
  const contributions = wordOf(problems, "contributions", extent, ["all", "euler"], detail);
  const mode = options.audit ? "audit" : "profile";
  return { scenarios, seed, horizonDays, ...way, levels, primary, market, contributions, mode };
}

/** Whether it counts what happens before the horizon, and not only at expiries. */
function isWatched(pool: Pool | undefined): boolean {
  const { liquidation, barriers = [] } = pool?.document ?? {};
  return liquidation !== undefined || barriers.length > 0;
}

/** Refuses what is none of some words. */
function wordOf<Word extends string>(
  problems: Issue[],
  name: string,
  value: unknown,
  words: readonly [Word, Word],
  detail: string,
): Word {
  if (words.includes(value as Word)) return value as Word;
  problems.push({
    code: "ENUM",
    pointer: `/options/${name}`,
    detail,
    expected: `one of ${words.join(", ")}`,
    received: received(value),
  });
  return words[0];
}

/** Refuses what is no whole number within bounds. */
function countOf(
  problems: Issue[],
  name: string,
  value: unknown,
  [min, max]: readonly [number, number],
  of: string,
): number {
  const isWhole = Number.isInteger(value);
  const count = value as number;
  if (isWhole && count >= min && count <= max) return count;
  problems.push({
    code: isWhole ? "NUMBER_RANGE" : typeof value === "number" ? "INTEGER" : "TYPE",
    pointer: `/options/${name}`,
    detail: `the number of ${of} must be a whole number within the bounds`,
    expected: `integer, ${min} … ${max}`,
    received: received(value),
  });
  return min;
}

/**
 * Checks how a batch is to be run.
 *
 * @throws PoolError ENUM; NUMBER_RANGE, INTEGER, TYPE for `ahead`; all at once
 */
export function checkBatch({ figures = "value", order = "input", ahead }: BatchOptions): void {
  const problems: Issue[] = [];
  const whether = "say whether pools are valued or only measured";
  wordOf(problems, "figures", figures, ["value", "measure"], whether);
  const when = "say whether answers come in the order of items or as they are ready";
  wordOf(problems, "order", order, ["input", "completed"], when);
  countOf(problems, "ahead", ahead ?? 1, [1, AHEAD_MAX], "items under way");
  if (problems.length > 0) throw new PoolError(problems, "request");
}

/** Reads how the path is looked at. */
function readWay(
  problems: Issue[],
  { step, monitoring = "discrete", samplePaths = 0, worstPaths = 0 }: ValueOptions,
  horizonDays: number | undefined,
  watched: boolean,
): Pick<ValueRequest, "stepDays" | "monitoring" | "samplePaths" | "worstPaths"> {
  const detail =
    "say whether accounts and barriers are looked at on the steps only, or between them as well";
  wordOf(problems, "monitoring", monitoring, ["discrete", "continuous"], detail);
  const bounds = [0, SAMPLE_PATHS_MAX] as const;
  countOf(problems, "samplePaths", samplePaths, bounds, "paths to return");
  countOf(problems, "worstPaths", worstPaths, bounds, "paths to return");
  const wanted = step ?? (watched ? Math.min(1 / 24, horizonDays ?? 1) : undefined);
  const stepDays =
    wanted === undefined ? undefined : gather(problems, () => readHorizon(wanted, "/options/step"));
  if (stepDays !== undefined && horizonDays !== undefined && horizonDays / stepDays > STEPS_MAX) {
    problems.push({
      code: "NUMBER_RANGE",
      pointer: "/options/step",
      detail: `that makes more than ${STEPS_MAX} steps; take longer ones`,
      expected: `at least ${horizonDays / STEPS_MAX} days for a horizon of ${horizonDays}`,
      received: received(wanted),
    });
  }
  return { stepDays, monitoring, samplePaths, worstPaths };
}

function readSeed(problems: Issue[], seed: unknown): bigint {
  const whole =
    typeof seed === "bigint" || (typeof seed === "number" && Number.isSafeInteger(seed));
  if (whole) {
    const value = BigInt(seed as bigint | number);
    if (value >= 0n && value <= SEED_MAX) return value;
  }
  problems.push({
    code: "SEED_RANGE",
    pointer: "/options/seed",
    detail: "the seed must be a whole number; write large ones as bigint, e.g. 7n",
    expected: "integer, 0 … 2^64 - 1",
    received: received(seed),
  });
  return 0n;
}

function readLevels(
  problems: Issue[],
  fractions: readonly number[],
  primary: Level | undefined,
): Level[] {
  if (!Array.isArray(fractions) || fractions.length === 0 || fractions.length > 32) {
    problems.push({
      code: "TYPE",
      pointer: "/options/levels",
      detail: "levels must be a list of confidence levels",
      expected: "1 … 32 numbers in (0, 1)",
      received: received(fractions),
    });
    return [];
  }
  const levels = new Set<Level>();
  if (primary !== undefined) levels.add(primary);
  // Array.from makes holes visible: they would be skipped.
  Array.from(fractions).forEach((fraction, i) => {
    const one = gather(problems, () => level(fraction, `/options/levels/${i}`));
    if (one !== undefined) levels.add(one);
  });
  return [...levels].sort((a, b) => a - b);
}
