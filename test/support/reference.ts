// Published or independently computed numbers, each with the tolerance it is good for.

import { readFileSync } from "node:fs";
import { expect } from "vitest";

/** How far a calculated value may be from the known one; met when any of the given bounds is. */
export interface Tolerance {
  readonly rel?: number;
  readonly abs?: number;
  /** Units in the last place of the expected value. */
  readonly ulp?: number;
  readonly exact?: boolean;
}

/** One known result. `Inputs` and `Expected` are as the fixture holds them; the test names them. */
export interface Reference<Inputs, Expected> {
  readonly id: string;
  readonly topic: string;
  readonly inputs: Inputs;
  readonly expected: Expected;
  readonly tolerance: Tolerance & { readonly [other: string]: unknown };
  readonly source: string;
}

/** Most entries are a list of cases with a list of values, in the same order. */
export interface Cases<Case> {
  readonly columns?: string;
  readonly cases: readonly Case[];
}

/** The values of {@link Cases}, in the same order. */
export interface Values<Value> {
  readonly values: readonly Value[];
}

interface Fixture {
  readonly datasets: { readonly [name: string]: { readonly values: readonly number[] } };
  readonly entries: readonly Reference<unknown, unknown>[];
}

const fixture = JSON.parse(
  readFileSync(new URL("../fixture/reference.json", import.meta.url), "utf8"),
) as Fixture;

const entries = new Map(fixture.entries.map((entry) => [entry.id, entry]));

/** The entry named `id`; throws when the fixture does not hold it. */
export function reference<Inputs, Expected>(id: string): Reference<Inputs, Expected> {
  const entry = entries.get(id);
  if (entry === undefined) throw new Error(`no reference value named ${id}`);
  return entry as Reference<Inputs, Expected>;
}

/** A table of `[case, value]` of an entry whose inputs are cases and whose outputs are values. */
export function referenceCases<Case, Value>(id: string): readonly (readonly [Case, Value])[] {
  const entry = reference<Cases<Case>, Values<Value>>(id);
  const { cases } = entry.inputs;
  const { values } = entry.expected;
  if (cases.length !== values.length) throw new Error(`${id}: cases and values differ in number`);
  return cases.map((one, index) => [one, values[index]!]);
}

/** A series an entry refers to by name, e.g. `dem2gbp`. */
export function dataset(name: string): Float64Array {
  const found = fixture.datasets[name];
  if (found === undefined) throw new Error(`no reference dataset named ${name}`);
  return Float64Array.from(found.values);
}

/**
 * Compares numbers, or arrays and objects of numbers of the same shape, within a tolerance.
 *
 * Met when |actual − expected| is at most `abs`, or at most `rel`·|expected|, or at most `ulp`
 * units in the last place; identical values always are. Without any bound only identity passes.
 */
export function expectClose(actual: unknown, expected: unknown, tolerance: Tolerance): void {
  compare(actual, expected, tolerance, "");
}

function compare(actual: unknown, expected: unknown, tolerance: Tolerance, path: string): void {
  if (typeof expected === "number" && typeof actual === "number") {
    compareNumbers(actual, expected, tolerance, path);
  } else if (typeof expected === "object" && expected !== null) {
    const there = (actual ?? {}) as { readonly [key: string]: unknown };
    const known = expected as { readonly [key: string]: unknown };
    if (ArrayBuffer.isView(expected) || Array.isArray(expected)) {
      expect(there["length"], `${path}/length`).toBe(known["length"]);
    }
    for (const key of Object.keys(known)) {
      compare(there[key], known[key], tolerance, `${path}/${key}`);
    }
  } else {
    expect(actual, path).toEqual(expected);
  }
}

function compareNumbers(actual: number, expected: number, t: Tolerance, path: string): void {
  const allowed = Math.max(
    t.abs ?? 0,
    (t.rel ?? 0) * Math.abs(expected),
    (t.ulp ?? 0) * unitInTheLastPlace(expected),
  );
  const difference = Math.abs(actual - expected);
  if (Object.is(actual, expected) || actual === expected || difference <= allowed) return;
  expect.fail(
    `${path}: calculated ${actual}, expected ${expected}, difference ${difference}, allowed ${allowed}`,
  );
}

function unitInTheLastPlace(value: number): number {
  const words = new DataView(new ArrayBuffer(8));
  words.setFloat64(0, Math.abs(value));
  words.setBigUint64(0, words.getBigUint64(0) + 1n);
  return words.getFloat64(0) - Math.abs(value);
}
