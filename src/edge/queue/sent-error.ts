import { type Issue, PoolError } from "../../index.ts";

/** A `PoolError` on its way. */
export interface SentError {
  readonly issues: readonly Issue[];
  readonly message: string;
  readonly truncated: boolean;
}

/** An error in the words in which it crosses machines. */
export function sentError({ issues, message, truncated }: PoolError): SentError {
  return { issues, message, truncated };
}

/** The error that it was. */
export function errorOf({ issues, message, truncated }: SentError): PoolError {
  return Object.assign(new PoolError(issues), { message, truncated });
}

/** An error with one issue that no pointer belongs to. */
export function faultOf(code: string, detail: string, expected: string): PoolError {
  return new PoolError([{ code, pointer: "", detail, expected }]);
}
