import { type Issue, PoolError, received } from "./basics/index.ts";
import { BACKEND_CHOICES, type BackendChoice, type Executor } from "./engine/index.ts";
import { inlineExecutor } from "./runtime/index.ts";

/** How an engine runs; everything has a default. */
export interface LoadOptions {
  /**
   * "wasm", or "js" for the same bits from plain JavaScript, two to three times slower. "auto",
   * the default, is "wasm", and "js" where WebAssembly SIMD is missing or forbidden.
   */
  readonly backend?: BackendChoice;
  /** Where it runs: in the caller's thread when left out, else e.g. `workerPool()`. */
  readonly executor?: Executor;
}

/** What options ask for. */
export interface Wanted {
  readonly choice: BackendChoice;
  readonly executor: Executor;
}

/**
 * Reads what an engine is made from.
 *
 * @param others  names of further options, which are read elsewhere
 * @throws        PoolError with every problem
 */
export function readOptions(options: LoadOptions, others: readonly string[] = []): Wanted {
  const problems: Issue[] = [];
  const add = (code: string, name: string, detail: string, expected: string, value: unknown) =>
    problems.push({
      code,
      pointer: `/options${name}`,
      detail,
      expected,
      received: received(value),
    });
  if (typeof options !== "object" || options === null) {
    add("TYPE", "", "options must be an object, or left out", "object", options);
    throw new PoolError(problems, "request");
  }
  const names = ["backend", "executor", ...others];
  for (const [name, value] of Object.entries(options)) {
    if (names.includes(name)) continue;
    const detail = `there is no option ${name}; remove it or correct its name`;
    add("KEY_UNKNOWN", `/${name}`, detail, names.join(", "), value);
  }
  const { backend = "auto", executor = inlineExecutor } = options;
  if (!BACKEND_CHOICES.includes(backend)) {
    const code = typeof backend === "string" ? "ENUM" : "TYPE";
    const words = BACKEND_CHOICES.map((word) => `"${word}"`).join(", ");
    add(code, "/backend", "this is not one of the backends", `one of ${words}`, backend);
  }
  if (typeof executor?.run !== "function") {
    const detail = "an engine runs on an executor such as workerPool(), or in the caller's thread";
    add("TYPE", "/executor", detail, "an executor, or left out", executor);
  }
  if (problems.length > 0) throw new PoolError(problems, "request");
  return { choice: backend, executor };
}
