import {
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

/** How an engine is made. */
export interface LoadOptions {
  /** Where it runs: in the caller's thread when left out, else e.g. `workerPool()`. */
  readonly executor?: Executor;
}

let loading: Promise<CompiledKernel> | undefined;
let loaded: CompiledKernel | undefined;

/**
 * Compiles the kernel (once per process) and makes an engine.
 *
 * @throws PoolError KERNEL_BLOCKED under a content security policy without 'wasm-unsafe-eval'
 */
export async function load(options: LoadOptions = {}): Promise<Engine> {
  loading ??= compileKernel().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  loaded = await loading;
  return new Engine(loaded, options.executor ?? inlineExecutor);
}

/** As {@link load}, at once; the compile takes a few milliseconds. */
export function loadSync(options: LoadOptions = {}): Engine {
  loaded ??= compileKernelSync();
  return new Engine(loaded, options.executor ?? inlineExecutor);
}
