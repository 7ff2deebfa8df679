import { type Issue, type Level, level, PoolError, readHorizon, received } from "./basics/index.ts";
import {
  type CompiledKernel,
  compileKernel,
  compileKernelSync,
  type Executor,
  instantiate,
  type Kernels,
  kernelDigest,
  type Progress,
} from "./engine/index.ts";
import type { MarketParameters } from "./market/index.ts";
import { isPool, type Pool, readMarket, readPool } from "./pool/index.ts";
import { type Valuation, valuePool } from "./risk/index.ts";
import { inlineExecutor } from "./runtime/index.ts";
import { type Settlement, settle } from "./settlement/index.ts";

declare const RISKPOOL_VERSION: string | undefined;

/** Version of this package. */
export const version: string =
  typeof RISKPOOL_VERSION === "string" ? RISKPOOL_VERSION : "0.0.0-source";

/** Bounds of a request; a wider one is refused by name. */
const SCENARIOS_MIN = 1000;
const SCENARIOS_MAX = 100_000_000;
const SEED_MAX = 2n ** 64n - 1n;

/** What to compute; everything has a default. */
export interface ValueOptions {
  /** 1,000 … 100,000,000; 100,000 when left out. */
  readonly scenarios?: number;
  /** 0 … 2^64 - 1; 1 when left out. The same seed gives the same bits everywhere. */
  readonly seed?: bigint | number;
  /** Days, or text such as "10d" or "36h"; 10 days when left out. */
  readonly horizon?: number | string;
  /** Level of contributions and layers, e.g. 0.975 (the default). */
  readonly confidence?: number;
  /** Levels to report; 0.95, 0.975 and 0.99 when left out. The confidence is always among them. */
  readonly levels?: readonly number[];
  /** Market to use instead of the document's own, e.g. from `calibrate`. */
  readonly market?: MarketParameters;
  /** Reprice every position in every scenario instead of through value profiles. */
  readonly audit?: boolean;
  /** Most bytes of kernel memory; 1 GiB when left out. */
  readonly bytesMax?: number;
  /** Stops the run; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** A compiled kernel and what can be done with it. Any number of valuations may run at once. */
export class Engine {
  readonly version: string = version;
  /** SHA-256 of the kernel. */
  readonly kernel: string = kernelDigest;
  readonly #kernel: CompiledKernel;
  readonly #executor: Executor;
  // Instances keep their memory; one is reused by the next run instead of growing a new one.
  readonly #idle: Kernels[] = [];

  constructor(kernel: CompiledKernel, executor: Executor) {
    this.#kernel = kernel;
    this.#executor = executor;
  }

  /**
   * Values a pool: risk, contributions, waterfall, exposures.
   *
   * @param pool  a validated `Pool`, a pool document, or its JSON text
   * @throws      PoolError with every problem of the document and the options; the signal's
   *              reason when aborted
   *
   * @example
   * const engine = await load();
   * const result = await engine.value(pool, { scenarios: 100_000, seed: 7n });
   * result.risk.levels[1].expectedShortfall.value;
   */
  async value(pool: unknown, options: ValueOptions = {}): Promise<Valuation> {
    const { document, problems, request } = readRequest(pool, options);
    if (problems.length > 0 || !document || !request) throw new PoolError(problems, "request");
    const kernels = this.#idle.pop() ?? instantiate(this.#kernel);
    const valuation = await valuePool(kernels, this.#executor, request);
    // Only after success: an instance whose run failed is left to the collector.
    this.#idle.push(kernels);
    return valuation;
  }

  /**
   * Settles one realised loss down the pool's waterfall, exactly, in minor units.
   *
   * @param loss  decimal text in the pool currency
   */
  settle(pool: unknown, loss: string): Settlement {
    const { document } = poolOf(pool);
    return settle(document.waterfall, document.currency, loss);
  }

  /** Gives back the memory of idle instances. */
  dispose(): void {
    this.#idle.length = 0;
  }
}

function poolOf(pool: unknown): Pool {
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

const OPTION_TYPES: { readonly [Name in keyof Required<ValueOptions>]: string } = {
  scenarios: "number",
  seed: "bigint or number",
  horizon: "number or string",
  confidence: "number",
  levels: "object",
  market: "object",
  audit: "boolean",
  bytesMax: "number",
  signal: "object",
  onProgress: "function",
};

/** Refuses options that do not exist or cannot be what they should: a typing slip must not pass. */
function checkOptions(problems: Issue[], options: object): void {
  for (const [name, value] of Object.entries(options)) {
    const type = OPTION_TYPES[name as keyof ValueOptions];
    const pointer = `/options/${name}`;
    if (type === undefined) {
      problems.push({
        code: "KEY_UNKNOWN",
        pointer,
        detail: `there is no option ${name}; remove it or correct its name`,
        expected: Object.keys(OPTION_TYPES).join(", "),
        received: received(value),
      });
    } else if (value !== undefined && !type.split(" or ").includes(typeof value)) {
      // Numbers and seeds have errors of their own, which say more.
      if (["scenarios", "seed", "horizon", "confidence", "levels", "market"].includes(name))
        continue;
      problems.push({
        code: "TYPE",
        pointer,
        detail: `${name} must be a ${type}`,
        expected: type,
        received: received(value),
      });
    }
  }
  const { signal } = options as { signal?: unknown };
  if (typeof signal === "object" && !(signal instanceof AbortSignal)) {
    problems.push({
      code: "TYPE",
      pointer: "/options/signal",
      detail: "signal must be an AbortSignal: new AbortController().signal",
      expected: "AbortSignal",
      received: received(signal),
    });
  }
}

function readRequest(source: unknown, given: ValueOptions) {
  const problems: Issue[] = [];
  if (typeof given !== "object" || given === null) {
    problems.push({
      code: "TYPE",
      pointer: "/options",
      detail: "options must be an object, or left out",
      expected: "object",
      received: received(given),
    });
  }
  const options: ValueOptions = problems.length > 0 ? {} : given;
  checkOptions(problems, options);
  const document = gather(problems, () => poolOf(source));
  const scenarios = readScenarios(problems, options.scenarios ?? 100_000);
  const seed = readSeed(problems, options.seed ?? 1n);
  const horizonDays = gather(problems, () =>
    readHorizon(options.horizon ?? 10, "/options/horizon"),
  );
  const primary = gather(problems, () => level(options.confidence ?? 0.975, "/options/confidence"));
  const levels = readLevels(problems, options.levels ?? [0.95, 0.975, 0.99], primary);
  const market =
    options.market === undefined
      ? document?.document.market
      : gather(problems, () => readMarket(options.market));
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
  if (problems.length > 0 || !document || !market || primary === undefined) {
    return { problems, document, request: undefined };
  }
  const request = {
    pool: document,
    market,
    scenarios,
    seed,
    horizonDays: horizonDays!,
    levels,
    primary,
    mode: options.audit ? ("audit" as const) : ("profile" as const),
    version,
    bytesMax: options.bytesMax,
    signal: options.signal,
    onProgress: options.onProgress,
  };
  return { problems, document, request };
}

function readScenarios(problems: Issue[], scenarios: unknown): number {
  if (
    typeof scenarios === "number" &&
    Number.isInteger(scenarios) &&
    scenarios >= SCENARIOS_MIN &&
    scenarios <= SCENARIOS_MAX
  ) {
    return scenarios;
  }
  const whole = typeof scenarios !== "number" || Number.isInteger(scenarios);
  problems.push({
    code: typeof scenarios !== "number" ? "TYPE" : whole ? "NUMBER_RANGE" : "INTEGER",
    pointer: "/options/scenarios",
    detail: "the number of scenarios must be a whole number within the bounds",
    expected: `integer, ${SCENARIOS_MIN} … ${SCENARIOS_MAX}`,
    received: received(scenarios),
  });
  return 0;
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

let loading: Promise<CompiledKernel> | undefined;
let loaded: CompiledKernel | undefined;

/**
 * Compiles the kernel (once per process) and makes an engine.
 *
 * @throws PoolError KERNEL_BLOCKED under a content security policy without 'wasm-unsafe-eval'
 */
export async function load(): Promise<Engine> {
  loading ??= compileKernel().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  loaded = await loading;
  return new Engine(loaded, inlineExecutor);
}

/** As {@link load}, at once; the compile takes a few milliseconds. */
export function loadSync(): Engine {
  loaded ??= compileKernelSync();
  return new Engine(loaded, inlineExecutor);
}
