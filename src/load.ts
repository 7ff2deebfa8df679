import { type Issue, PoolError, received } from "./basics/index.ts";
import {
  BACKEND_CHOICES,
  type Backend,
  type BackendChoice,
  type CompiledKernel,
  compileKernel,
  compileKernelSync,
  type Executor,
  instantiate,
  type Kernels,
  kernelDigest,
} from "./engine/index.ts";
import { poolOf, readRequest, type ValueOptions } from "./request.ts";
import { type Valuation, valuePool } from "./risk/index.ts";
import { inlineExecutor } from "./runtime/index.ts";
import { type Settlement, settle } from "./settlement/index.ts";

declare const RISKPOOL_VERSION: string | undefined;

/** Version of this package. */
export const version: string =
  typeof RISKPOOL_VERSION === "string" ? RISKPOOL_VERSION : "0.0.0-source";

/** How an engine runs; everything has a default. */
export interface LoadOptions {
  /**
   * "wasm", or "js" for the same bits from plain JavaScript, two to three times slower. "auto",
   * the default, is "wasm", and "js" where WebAssembly SIMD is missing or forbidden.
   */
  readonly backend?: BackendChoice;
}

/** A compiled kernel and what can be done with it. Any number of valuations may run at once. */
export class Engine {
  readonly version: string = version;
  /** SHA-256 of the kernel; both backends have its bits. */
  readonly kernel: string = kernelDigest;
  /** What runs the kernels. */
  readonly backend: Backend;
  readonly #kernel: CompiledKernel;
  readonly #executor: Executor;
  // Instances keep their memory; one is reused by the next run instead of growing a new one.
  readonly #idle: Kernels[] = [];

  constructor(kernel: CompiledKernel, executor: Executor) {
    this.backend = kernel.backend;
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
    const request = readRequest(pool, options, version);
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

const loading = new Map<BackendChoice, Promise<CompiledKernel>>();
const loaded = new Map<BackendChoice, CompiledKernel>();

/**
 * Compiles the kernel (once per process) and makes an engine.
 *
 * @throws PoolError with every problem of the options; KERNEL_BLOCKED for the backend "wasm" where
 *         there is none, as under a content security policy without 'wasm-unsafe-eval'
 */
export async function load(options: LoadOptions = {}): Promise<Engine> {
  const choice = backendOf(options);
  const compiling = loading.get(choice) ?? compileKernel(choice);
  loading.set(choice, compiling);
  try {
    const kernel = await compiling;
    loaded.set(choice, kernel);
    return new Engine(kernel, inlineExecutor);
  } catch (error) {
    // What is forbidden now may be allowed later.
    loading.delete(choice);
    throw error;
  }
}

/** As {@link load}, at once; the compile takes a few milliseconds. */
export function loadSync(options: LoadOptions = {}): Engine {
  const choice = backendOf(options);
  const kernel = loaded.get(choice) ?? compileKernelSync(choice);
  loaded.set(choice, kernel);
  return new Engine(kernel, inlineExecutor);
}

/** The backend that options ask for; throws a PoolError with every problem of them. */
function backendOf(options: LoadOptions): BackendChoice {
  const problems: Issue[] = [];
  if (typeof options !== "object" || options === null) {
    problems.push({
      code: "TYPE",
      pointer: "/options",
      detail: "options must be an object, or left out",
      expected: "object",
      received: received(options),
    });
    throw new PoolError(problems, "request");
  }
  for (const [name, value] of Object.entries(options)) {
    if (name === "backend") continue;
    problems.push({
      code: "KEY_UNKNOWN",
      pointer: `/options/${name}`,
      detail: `there is no option ${name}; remove it or correct its name`,
      expected: "backend",
      received: received(value),
    });
  }
  const { backend = "auto" } = options;
  if (!BACKEND_CHOICES.includes(backend)) {
    problems.push({
      code: typeof backend === "string" ? "ENUM" : "TYPE",
      pointer: "/options/backend",
      detail: "this is not one of the backends",
      expected: `one of ${BACKEND_CHOICES.map((word) => `"${word}"`).join(", ")}`,
      received: received(backend),
    });
  }
  if (problems.length > 0) throw new PoolError(problems, "request");
  return backend;
}
