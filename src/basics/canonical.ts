import { type Issue, received, refuse } from "./error.ts";
import { pointerKey } from "./finding.ts";
import { hasLoneSurrogate, invalidText, isPlainObject, JSON_DEPTH_MAX } from "./json.ts";

/**
 * Writes a value as canonical JSON: keys sorted by UTF-16 units, no spaces, shortest numbers.
 * Whole numbers of arbitrary size (`bigint`) are written as strings of digits.
 *
 * @throws PoolError NUMBER_NOT_FINITE, TEXT_INVALID, TYPE (what JSON cannot carry), JSON_TOO_DEEP
 * @source RFC 8785 (2020)
 */
export function canonicalJson(value: unknown): string {
  return new Writer().written(value);
}

class Writer {
  /** Keys on the way to what is written. */
  readonly #path: (string | number)[] = [];

  written(value: unknown): string {
    if (typeof value !== "object" || value === null) return this.#leaf(value);
    if (this.#path.length > JSON_DEPTH_MAX) {
      refuse({
        code: "JSON_TOO_DEEP",
        pointer: this.#pointer,
        detail: "the value is nested too deeply, or contains itself",
        expected: `at most ${JSON_DEPTH_MAX} levels`,
      });
    }
    return Array.isArray(value) ? this.#array(value) : this.#object(value);
  }

  #array(value: readonly unknown[]): string {
    const parts: string[] = [];
    const depth = this.#path.length;
    for (let i = 0; i < value.length; i++) {
      this.#path[depth] = i;
      parts.push(this.written(value[i]));
    }
    this.#path.length = depth;
    return `[${parts.join()}]`;
  }

  #object(value: object): string {
    // A Map, a Date or a typed array would be written as {} and share its digest.
    if (!isPlainObject(value)) refuse(cannotWrite(value, this.#pointer));
    const fields = value as Readonly<Record<string, unknown>>;
    const depth = this.#path.length;
    const parts: string[] = [];
    // By UTF-16 units, which is what RFC 8785 asks for.
    for (const key of Object.keys(fields).sort()) {
      const field = fields[key];
      if (field === undefined) continue;
      this.#path[depth] = key;
      parts.push(`${this.#leaf(key)}:${this.written(field)}`);
    }
    this.#path.length = depth;
    return `{${parts.join()}}`;
  }

  #leaf(value: unknown): string {
    if (typeof value === "string") {
      if (hasLoneSurrogate(value)) {
        refuse(invalidText(this.#pointer, "the text holds half of a surrogate pair"));
      }
      return JSON.stringify(value);
    }
    if (typeof value === "number") {
      if (!Number.isFinite(value)) {
        refuse({
          code: "NUMBER_NOT_FINITE",
          pointer: this.#pointer,
          detail: "JSON has no NaN and no infinity",
          expected: "a finite number",
          received: received(value),
        });
      }
      return String(value);
    }
    if (typeof value === "bigint") return `"${value}"`;
    if (value === null || typeof value === "boolean") return String(value);
    refuse(cannotWrite(value, this.#pointer));
  }

  get #pointer(): string {
    return this.#path.map(pointerKey).join("");
  }
}

function cannotWrite(value: unknown, pointer: string): Issue {
  return {
    code: "TYPE",
    pointer,
    detail: "JSON cannot carry this value",
    expected: "null, boolean, number, string, bigint, plain array or plain object",
    received: received(value),
  };
}
