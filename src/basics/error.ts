/** One thing that is wrong with an input, and how to mend it. */
export interface Issue {
  /** Stable name of the cause, SCREAMING_SNAKE. */
  readonly code: string;
  /** JSON pointer (RFC 6901) to the value; "" is the whole document. */
  readonly pointer: string;
  /** What is wrong and how to mend it, one sentence or two. */
  readonly detail: string;
  /** What would have been accepted, with unit and bounds. */
  readonly expected: string;
  /** Type and clipped value of what came. */
  readonly received?: string;
}

/** At most this many issues are listed; gathering may stop once there are more. */
export const ISSUES_MAX = 100;

/** What of a `PoolError` crosses threads and machines. */
export type SentError = Pick<PoolError, "issues" | "message" | "truncated">;

/**
 * A mistake of the caller or of the world, never of this library.
 *
 * `code` is the code of the only issue, or `INVALID_INPUT` when there are several.
 * Issues are sorted by pointer, then code, and cut at {@link ISSUES_MAX} (`truncated` is then true).
 */
export class PoolError extends Error {
  readonly code: string;
  readonly issues: readonly Issue[];
  readonly truncated: boolean;

  constructor(issues: readonly Issue[], subject = "input") {
    const sorted = [...issues].sort(
      (a, b) => compare(a.pointer, b.pointer) || compare(a.code, b.code),
    );
    const codes = new Set(sorted.map((issue) => issue.code));
    const count = sorted.length;
    super(
      count === 1
        ? `${sorted[0]!.code}: ${sorted[0]!.pointer || "/"} ${sorted[0]!.detail}`
        : `The ${subject} has ${count > ISSUES_MAX ? `more than ${ISSUES_MAX}` : count} problems:\n${sorted
            .slice(0, 10)
            .map((issue) => `  ${issue.code}: ${issue.pointer || "/"} ${issue.detail}`)
            .join("\n")}${count > 10 ? `\n  … and ${count - 10} more` : ""}`,
    );
    this.name = "PoolError";
    this.code = codes.size === 1 ? sorted[0]!.code : "INVALID_INPUT";
    this.issues = sorted.slice(0, ISSUES_MAX);
    this.truncated = count > ISSUES_MAX;
  }

  /** The error that another thread or machine has sent the words of. */
  static from({ issues, message, truncated }: SentError): PoolError {
    return Object.assign(new PoolError(issues), { message, truncated });
  }
}

/** Throws a `PoolError` with one issue. */
export function refuse(issue: Issue): never {
  throw new PoolError([issue]);
}

/** Stops on a mistake of ours: an invariant of the library does not hold. Never caught. */
export function assert(condition: boolean, invariant: string): asserts condition {
  if (!condition) throw new Error(`riskpool invariant broken: ${invariant}`);
}

/**
 * Describes a received value for an error: its type and at most 64 characters of it.
 *
 * @returns e.g. `number 80`, `string "abc"`, `array of 3`, `object`, `missing`
 */
export function received(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (typeof value === "function") return "function";
  if (typeof value === "object") return describeObject(value);
  // Clipped before it is quoted: a string of a caller may be megabytes long.
  const text = typeof value === "string" ? JSON.stringify(value.slice(0, 65)) : String(value);
  return `${typeof value} ${text.length > 64 ? `${text.slice(0, 63)}…` : text}`;
}

// A revoked proxy throws from every question asked of it, `Array.isArray` included.
function describeObject(value: object): string {
  try {
    return Array.isArray(value) ? `array of ${value.length}` : "object";
  } catch {
    return "object that cannot be read";
  }
}

// Ordinal comparison: the order must not depend on the machine's locale.
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
