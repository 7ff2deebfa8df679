import { received } from "./error.ts";
import { type Findings, type Place, pointerTo } from "./finding.ts";
import { ID_PATTERN, idIssue } from "./id.ts";
import { hasLoneSurrogate, isForbiddenKey } from "./json.ts";
import { DECIMALS_MAX, moneyIssue } from "./money.ts";
import { keyLayouts, keysOf } from "./own-keys.ts";
import { INSTANT_PATTERN, instantIssue } from "./time.ts";

/** A JSON Schema (draft 2020-12) as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A value of type T in which any part may be missing, because it was wrong and is reported. */
export type Draft<T> = T extends string | number | boolean | bigint | null | undefined
  ? T | undefined
  : T extends readonly (infer U)[]
    ? readonly Draft<U>[] | undefined
    : { readonly [K in keyof T]?: Draft<T[K]> | undefined } | undefined;

/**
 * One definition of a form: it checks values and it is a JSON Schema.
 *
 * `check` reads the value once, adds what is wrong to the findings, and returns a frozen copy that
 * lacks exactly the wrong parts. It never throws, whatever the value does when it is read.
 */
export interface Check<T> {
  readonly schema: JsonSchema;
  /** Code and hint when the value is missing; KEY_MISSING when left out. */
  readonly missing?: { readonly code: string; readonly detail: string };
  check(value: unknown, place: Place, found: Findings): Draft<T>;
}

/** A field that may be left out. */
export interface OptionalCheck<T> extends Check<T> {
  readonly optional: true;
}

/** The checks of all fields of T: optional checks for optional fields, and only for those. */
export type Fields<T> = {
  readonly [K in keyof T]-?: Partial<Pick<T, K>> extends Pick<T, K>
    ? OptionalCheck<Exclude<T[K], undefined>>
    : Check<T[K]>;
};

/** Lets a field be left out. */
export function optional<T>(check: Check<T>): OptionalCheck<T> {
  return { ...check, optional: true };
}

/** Gives a field its own code and hint for when it is missing. */
export function required<T>(check: Check<T>, code: string, detail: string): Check<T> {
  return { ...check, missing: { code, detail } };
}

// Stands for what a getter or proxy refused to give; equal to no value of a caller.
const UNREADABLE: unique symbol = Symbol("unreadable");

function readKey(source: object, key: string | number): unknown {
  try {
    return (source as Record<string | number, unknown>)[key];
  } catch {
    return UNREADABLE;
  }
}

function wrongType(value: unknown, place: Place, found: Findings, expected: string): undefined {
  const unreadable = value === UNREADABLE;
  found.add({
    code: "TYPE",
    pointer: pointerTo(place),
    detail: unreadable ? "the value throws when it is read" : "the value is of the wrong type",
    expected,
    received: unreadable ? "unreadable" : received(value),
  });
  return undefined;
}

/**
 * A record with exactly these fields. Codes: TYPE, KEY_UNKNOWN (with the nearest known key),
 * KEY_FORBIDDEN, KEY_MISSING or the field's own. A key whose value is `undefined` is left out.
 */
export function object<T>(fields: Fields<T>, description?: string): Check<T> {
  const known = Object.entries(fields) as [string, Check<unknown> | OptionalCheck<unknown>][];
  const names = new Set(known.map(([name]) => name));
  const layoutOf = keyLayouts(known);
  const schema = {
    type: "object",
    ...(description === undefined ? {} : { description }),
    properties: Object.fromEntries(known.map(([name, { schema: inner }]) => [name, inner])),
    required: known.filter(([, field]) => !("optional" in field)).map(([name]) => name),
    additionalProperties: false,
  };
  const check = (value: unknown, place: Place, found: Findings): Draft<T> => {
    const keys = keysOf(value);
    if (keys === undefined) {
      wrongType(value, place, found, "plain object");
      return undefined as Draft<T>;
    }
    const { isKnown, fields: seen } = layoutOf(keys);
    for (const key of isKnown ? [] : keys) {
      if (found.full) break;
      if (!names.has(key as string)) addUnknown(key, names, place, found);
    }
    const result: Record<string, unknown> = {};
    for (const { name, field, check: checkField, isPresent } of seen) {
      if (found.full) break;
      const here: Place = { above: place, key: name };
      const inner = isPresent ? readKey(value as object, name) : undefined;
      if (inner === undefined) {
        if (!("optional" in field)) addMissing(field, here, found);
        continue;
      }
      const read = inner === UNREADABLE ? undefined : checkField(inner, here, found);
      if (inner === UNREADABLE) wrongType(inner, here, found, "a readable value");
      if (read !== undefined) result[name] = read;
    }
    return Object.freeze(result) as Draft<T>;
  };
  return { schema, check };
}

function addMissing(field: Check<unknown>, place: Place, found: Findings): void {
  found.add({
    code: field.missing?.code ?? "KEY_MISSING",
    pointer: pointerTo(place),
    detail: field.missing?.detail ?? "this field must be given",
    expected: describe(field.schema),
    received: "missing",
  });
}

function addUnknown(
  key: string | symbol,
  names: ReadonlySet<string>,
  place: Place,
  found: Findings,
): void {
  const name = String(key);
  const forbidden = isForbiddenKey(name);
  const near = forbidden ? undefined : nearest(name, names);
  found.add({
    code: forbidden ? "KEY_FORBIDDEN" : "KEY_UNKNOWN",
    pointer: pointerTo({ above: place, key: name }),
    detail: forbidden
      ? "this key could change the prototype of an object; remove it"
      : `this key is not part of the format${near === undefined ? "" : `; did you mean ${near}?`}`,
    expected: `one of ${[...names].join(", ")}`,
  });
}

/** The known name within two edits of what was written, if there is one. */
function nearest(written: string, names: Iterable<string>): string | undefined {
  if (written.length > 40) return undefined;
  let best: string | undefined;
  let least = 3;
  for (const name of names) {
    const edits = editDistance(written.toLowerCase(), name.toLowerCase());
    if (edits < least) {
      least = edits;
      best = name;
    }
  }
  return best;
}

/** @source Levenshtein (1966); the usual two-row dynamic programme */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** A list. Codes: TYPE (also at holes), TOO_MANY_ITEMS, TOO_FEW_ITEMS. */
export function array<T>(
  item: Check<T>,
  limits: { readonly min?: number; readonly max: number; readonly description?: string },
): Check<readonly T[]> {
  const min = limits.min ?? 0;
  const schema = {
    type: "array",
    ...(limits.description === undefined ? {} : { description: limits.description }),
    items: item.schema,
    ...(min === 0 ? {} : { minItems: min }),
    maxItems: limits.max,
  };
  const check = (
    value: unknown,
    place: Place,
    found: Findings,
  ): readonly Draft<T>[] | undefined => {
    const length = lengthOf(value);
    if (length === undefined) return wrongType(value, place, found, "array");
    if (length > limits.max || length < min) {
      found.add({
        code: length > limits.max ? "TOO_MANY_ITEMS" : "TOO_FEW_ITEMS",
        pointer: pointerTo(place),
        detail: `the list has ${length} entries`,
        expected: `${min} to ${limits.max} entries`,
        received: `array of ${length}`,
      });
      return undefined;
    }
    const result: Draft<T>[] = [];
    for (let i = 0; i < length && !found.full; i++) {
      const here: Place = { above: place, key: i };
      const inner = readKey(value as object, i);
      const readable = inner !== undefined && inner !== UNREADABLE;
      if (!readable) wrongType(inner, here, found, describe(item.schema));
      result.push(readable ? item.check(inner, here, found) : (undefined as Draft<T>));
    }
    return Object.freeze(result);
  };
  return { schema, check } as Check<readonly T[]>;
}

function lengthOf(value: unknown): number | undefined {
  try {
    return Array.isArray(value) && Number.isInteger(value.length) ? value.length : undefined;
  } catch {
    return undefined;
  }
}

/** Bounds of a number; those without `exclusive` include their end. */
export interface NumberRules {
  readonly min?: number;
  readonly max?: number;
  readonly exclusiveMin?: number;
  readonly exclusiveMax?: number;
  /** Above this the unit is in doubt: UNIT_SUSPECT with `suspectHint`. */
  readonly suspectAbove?: number;
  /** Below this, too; for rates that may be negative. */
  readonly suspectBelow?: number;
  readonly suspectHint?: string;
  /** From this value on the unit is in doubt, when the end itself is outside, e.g. [0, 1). */
  readonly suspectFrom?: number;
  /** In words, e.g. `per year, 1 = 100 %`. */
  readonly unit: string;
  /** Code outside the bounds; NUMBER_RANGE when left out. */
  readonly code?: string;
  /** Code of NaN and infinities; NUMBER_NOT_FINITE when left out. */
  readonly notFiniteCode?: string;
  /** What to say outside the bounds. */
  readonly hint?: string;
  /** Code for a fraction where whole numbers are asked for; set by {@link integer}. */
  readonly whole?: boolean;
}

/** A finite number. Codes: TYPE, NUMBER_NOT_FINITE, UNIT_SUSPECT, NUMBER_RANGE or its own. */
export function number(rules: NumberRules): Check<number> {
  const { min = -Infinity, max = Infinity, exclusiveMin = -Infinity } = rules;
  const { exclusiveMax = Infinity, suspectBelow = -Infinity, suspectAbove = Infinity } = rules;
  const { suspectFrom = Infinity, whole = false } = rules;
  const expected = `${whole ? "whole number" : "number"} ${boundsText(rules)}(${rules.unit})`;
  // No NaN is inside, and no infinity between infinities.
  const isInside = (value: number) =>
    value >= min && value <= max && value > exclusiveMin && value < exclusiveMax;
  const isSuspect = (value: number) =>
    value > suspectAbove || value < suspectBelow || value >= suspectFrom;
  const judge = (value: number): readonly [string, string] => {
    if (!Number.isFinite(value)) {
      return [rules.notFiniteCode ?? "NUMBER_NOT_FINITE", "the number must be finite"];
    }
    if (isSuspect(value)) {
      return ["UNIT_SUSPECT", rules.suspectHint ?? "this looks like another unit; convert it"];
    }
    if (isInside(value)) return ["INTEGER", "the number must be whole"];
    return [rules.code ?? "NUMBER_RANGE", rules.hint ?? "the number is outside its bounds"];
  };
  const check = (value: unknown, place: Place, found: Findings): number | undefined => {
    if (typeof value !== "number") return wrongType(value, place, found, expected);
    const isRight = isInside(value) && !isSuspect(value) && (!whole || Number.isSafeInteger(value));
    // Adding 0 turns -0 into 0, which is what a reader of the document sees.
    if (isRight) return value + 0;
    const [code, detail] = judge(value);
    found.add({ code, detail, pointer: pointerTo(place), expected, received: received(value) });
    return undefined;
  };
  return { schema: numberSchema(rules), check };
}

/** A whole number. Codes as {@link number}, and INTEGER. */
export function integer(rules: NumberRules): Check<number> {
  return number({ ...rules, whole: true });
}

function numberSchema(rules: NumberRules): JsonSchema {
  const maximum = smallest(rules.max, rules.suspectAbove);
  const minimum = rules.min ?? rules.suspectBelow;
  const exclusiveMaximum = smallest(rules.exclusiveMax, rules.suspectFrom);
  return {
    type: rules.whole === true ? "integer" : "number",
    description: rules.unit,
    ...(minimum === undefined ? {} : { minimum }),
    ...(rules.exclusiveMin === undefined ? {} : { exclusiveMinimum: rules.exclusiveMin }),
    ...(maximum === undefined ? {} : { maximum }),
    ...(exclusiveMaximum === undefined ? {} : { exclusiveMaximum }),
  };
}

function smallest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b);
}

function boundsText(rules: NumberRules): string {
  const schema = numberSchema(rules);
  const marks = [
    ["minimum", ">="],
    ["exclusiveMinimum", ">"],
    ["maximum", "<="],
    ["exclusiveMaximum", "<"],
  ] as const;
  const bounds = marks.flatMap(([key, mark]) =>
    schema[key] === undefined ? [] : [`${mark} ${String(schema[key])}`],
  );
  return bounds.length === 0 ? "" : `${bounds.join(" and ")} `;
}

/** One of some words. Codes: TYPE, and `code` (ENUM when left out) for another word. */
export function choice<const T extends string>(
  words: readonly T[],
  rules: { readonly code?: string; readonly hint?: string } = {},
): Check<T> {
  const expected = `one of ${words.map((word) => `"${word}"`).join(", ")}`;
  const check = (value: unknown, place: Place, found: Findings): Draft<T> => {
    if (typeof value !== "string") {
      return wrongType(value, place, found, expected) as Draft<T>;
    }
    if ((words as readonly string[]).includes(value)) return value as Draft<T>;
    found.add({
      code: rules.code ?? "ENUM",
      pointer: pointerTo(place),
      detail: rules.hint ?? "this is not one of the words of the format",
      expected,
      received: received(value),
    });
    return undefined as Draft<T>;
  };
  return { schema: { enum: [...words] }, check };
}

/** Exactly one value. Code: `code` for anything else. */
export function constant<const T extends string | number>(
  only: T,
  rules: { readonly code: string; readonly hint: string },
): Check<T> {
  const check = (value: unknown, place: Place, found: Findings): Draft<T> => {
    if (value === only) return only as Draft<T>;
    found.add({
      code: rules.code,
      pointer: pointerTo(place),
      detail: rules.hint,
      expected: `exactly ${JSON.stringify(only)}`,
      received: received(value),
    });
    return undefined as Draft<T>;
  };
  const missing = { code: rules.code, detail: rules.hint };
  return { schema: { const: only }, missing, check };
}

/** True or false. Code: TYPE. */
export function flag(): Check<boolean> {
  const check = (value: unknown, place: Place, found: Findings): boolean | undefined =>
    typeof value === "boolean" ? value : wrongType(value, place, found, "true or false");
  return { schema: { type: "boolean" }, check };
}

/** Words for people: no control characters. Codes: TYPE, TEXT_INVALID, TEXT_LENGTH. */
export function text(max: number): Check<string> {
  const expected = `1 to ${max} characters`;
  const check = (value: unknown, place: Place, found: Findings): string | undefined => {
    if (typeof value !== "string") return wrongType(value, place, found, expected);
    const fits = value.length >= 1 && value.length <= max;
    if (fits && !/\p{Cc}/u.test(value) && !hasLoneSurrogate(value)) return value;
    found.add({
      code: fits ? "TEXT_INVALID" : "TEXT_LENGTH",
      pointer: pointerTo(place),
      detail: fits ? "remove control characters and broken characters" : "shorten or fill the text",
      expected,
      received: received(value),
    });
    return undefined;
  };
  return { schema: { type: "string", minLength: 1, maxLength: max }, check };
}

/** An id. Codes: TYPE, ID_SYNTAX. */
export function id(): Check<string> {
  const check = (value: unknown, place: Place, found: Findings): string | undefined =>
    found.addIf(idIssue(value, "") && idIssue(value, pointerTo(place)))
      ? undefined
      : (value as string);
  return { schema: { type: "string", pattern: ID_PATTERN }, check };
}

/** An instant as text. Codes: TYPE, TIME_SYNTAX, TIME_UNIT_SUSPECT. */
export function instant(): Check<string> {
  const check = (value: unknown, place: Place, found: Findings): string | undefined =>
    found.addIf(instantIssue(value) && instantIssue(value, pointerTo(place)))
      ? undefined
      : (value as string);
  return { schema: { type: "string", pattern: INSTANT_PATTERN }, check };
}

/**
 * An amount ≥ 0 as text. How many decimals its currency allows is known only to the rules that
 * follow the form. Codes: as `moneyIssue`; `rangeCode` instead of NUMBER_RANGE when given.
 */
export function money(unit: string, rangeCode?: string): Check<string> {
  const rules = rangeCode === undefined ? {} : { rangeCode };
  const check = (value: unknown, place: Place, found: Findings): string | undefined => {
    // Its own decimals stand in for the currency's, which can only make the amount larger.
    const point = typeof value === "string" ? value.indexOf(".") : -1;
    const own = point < 0 ? 0 : (value as string).length - point - 1;
    const issue = moneyIssue(value, Math.min(own, DECIMALS_MAX), rules);
    if (issue === undefined) return value as string;
    const expected = `decimal text, ${unit}, e.g. "1250.5"`;
    found.add({ ...issue, expected, pointer: pointerTo(place) });
    return undefined;
  };
  return {
    schema: {
      type: "string",
      description: unit,
      pattern: "^(-0(\\.0+)?|(0|[1-9][0-9]*)(\\.[0-9]+)?)$",
      maxLength: 42,
    },
    check,
  };
}

/** A record whose field `kind` says which of several forms it has. Codes: ENUM, and theirs. */
export function variant<T extends { readonly kind: string }>(
  forms: { readonly [K in T["kind"]]: Check<Extract<T, { readonly kind: K }>> },
): Check<T> {
  const kinds = Object.keys(forms);
  const kindCheck = object<{ kind: string }>({ kind: choice(kinds) });
  const check = (value: unknown, place: Place, found: Findings): Draft<T> => {
    const tag = keysOf(value)?.includes("kind") ? readKey(value as object, "kind") : undefined;
    if (typeof tag === "string" && Object.hasOwn(forms, tag)) {
      return forms[tag as T["kind"]].check(value, place, found) as Draft<T>;
    }
    if (keysOf(value) === undefined) wrongType(value, place, found, "plain object");
    else kindCheck.check({ kind: tag === UNREADABLE ? undefined : tag }, place, found);
    return undefined as Draft<T>;
  };
  return { schema: { oneOf: Object.values<Check<unknown>>(forms).map((f) => f.schema) }, check };
}

function describe(schema: JsonSchema): string {
  if (schema["const"] !== undefined) return JSON.stringify(schema["const"]);
  if (Array.isArray(schema["enum"])) return `one of ${schema["enum"].join(", ")}`;
  const type = typeof schema["type"] === "string" ? schema["type"] : "object";
  return typeof schema["description"] === "string" ? `${type} (${schema["description"]})` : type;
}
