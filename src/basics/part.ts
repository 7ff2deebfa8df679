import { PoolError } from "./error.ts";

/**
 * A part of the library that is fetched when it is first asked for: once, however many ask meanwhile.
 * One that could not be fetched is fetched anew for whoever asks next, where the browser does so.
 *
 * @param name   of what the part does, for the error
 * @param bring  e.g. `() => import("./part.ts")`
 * @returns      what gives the part; it rejects with PoolError PART_MISSING
 */
export function part<Part>(name: string, bring: () => Promise<Part>): () => Promise<Part> {
  let under: Promise<Part> | undefined;
  return () => {
    under ??= bring().catch((cause: unknown) => {
      under = undefined;
      throw missing(name, cause);
    });
    return under;
  };
}

function missing(name: string, cause: unknown): PoolError {
  return new PoolError([
    {
      code: "PART_MISSING",
      pointer: "",
      detail: `the part of riskpool for ${name} could not be fetched: ${String(cause)}. The next call tries again. If that fails too, see that every file of the build is served, and load the page anew: Firefox remembers modules that failed, and a newer build leaves older pages behind.`,
      expected: "the files that the bundler made beside the script",
    },
  ]);
}
