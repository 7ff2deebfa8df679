import { PoolError, type SentError } from "../../index.ts";

/** An error in the words in which it crosses machines. */
export function sentError({ issues, message, truncated }: PoolError): SentError {
  return { issues, message, truncated };
}

/** An error with one issue that no pointer belongs to. */
export function faultOf(code: string, detail: string, expected: string): PoolError {
  return new PoolError([{ code, pointer: "", detail, expected }]);
}
