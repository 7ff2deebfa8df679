import { PoolError } from "../../src/basics/index.ts";

/** Runs something that must be refused and gives its issues as "CODE pointer", sorted. */
export function refusals(action: () => unknown): string[] {
  return refusal(action).issues.map(({ code, pointer }) => `${code} ${pointer}`);
}

/** Runs something that must be refused and gives the error; any other outcome fails the test. */
export function refusal(action: () => unknown): PoolError {
  try {
    action();
  } catch (error) {
    if (error instanceof PoolError) return error;
    throw error;
  }
  throw new Error("expected a PoolError, but nothing was thrown");
}

/** A deep copy of plain data that may be changed at will. */
export function copyOf<T>(value: T): Loose {
  return structuredClone(value) as Loose;
}

/** Plain data of which a test may change any part. */
export interface Loose {
  // biome-ignore lint/suspicious/noExplicitAny: mutating tests reach everywhere on purpose
  [key: string]: any;
}
