import { expect, test } from "vitest";
import { readPool } from "../../src/pool/index.ts";
import { copyOf, type Loose, refusal } from "../support/refusal.ts";
import { samplePool } from "../support/sample-pool.ts";

/** One bad input: how the sample pool is spoilt, and every issue that this must give. */
export interface Row {
  readonly name: string;
  readonly spoil: (pool: Loose) => void;
  /** "CODE pointer", all of them, sorted by pointer and then code. */
  readonly expected: readonly string[];
  /** Words that the first issue's detail must hold. */
  readonly says?: string;
}

/** One test per row, each through the objects of the JS API and, where JSON can say it, text. */
export function catalogue(letter: string, rows: readonly Row[]): void {
  test.each(rows)(`catalogue ${letter}: $name`, ({ spoil, expected, says }) => {
    const pool = copyOf(samplePool());
    spoil(pool);
    const error = refusal(() => readPool(pool));
    expect(error.issues.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual(expected);
    if (says !== undefined) expect(error.issues[0]!.detail).toContain(says);
    for (const issue of error.issues) {
      expect(issue.expected.length).toBeGreaterThan(3);
      expect(issue.detail.length).toBeGreaterThan(10);
      expect((issue.received ?? "").length).toBeLessThan(80);
    }
    if (!sameAsJson(pool)) return;
    const fromText = refusal(() => readPool(JSON.stringify(pool)));
    expect(fromText.issues.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual(expected);
  });
}

/** Whether JSON carries the value unchanged: no NaN, no holes, no undefined. */
function sameAsJson(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (value === undefined) return false;
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return Array.from(value).every(sameAsJson);
  return (
    Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(sameAsJson)
  );
}
