import { isPlainObject } from "./json.ts";

/** Own keys of a plain object; undefined for anything else, and for a proxy that throws. */
export function keysOf(value: unknown): readonly (string | symbol)[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  try {
    if (Array.isArray(value) || !isPlainObject(value)) return undefined;
    // What Reflect.ownKeys gives, in half its time: plain records have no symbols.
    const names = Object.getOwnPropertyNames(value);
    const symbols = Object.getOwnPropertySymbols(value);
    return symbols.length > 0 ? Reflect.ownKeys(value) : names;
  } catch {
    return undefined;
  }
}

interface Checking {
  readonly check: unknown;
}

/** How the keys of a record and the fields of its form go together. */
interface KeyLayout<Field extends Checking> {
  readonly keys: readonly (string | symbol)[];
  /** Whether all keys are of the form. */
  readonly isKnown: boolean;
  /** In the order of the form, without those that may be left out and are. */
  readonly fields: readonly {
    readonly name: string;
    readonly field: Field;
    /** Of the field, whatever else it has. */
    readonly check: Field["check"];
    readonly isPresent: boolean;
  }[];
}

/** Layouts that are kept of a form. */
const KEPT_MAX = 8;

/**
 * Lays keys of records beside the fields of their form; the last few layouts are kept, because the
 * records of a list mostly have the same keys in the same order.
 */
export function keyLayouts<Field extends Checking>(
  form: readonly (readonly [string, Field])[],
): (keys: readonly (string | symbol)[]) => KeyLayout<Field> {
  const kept: KeyLayout<Field>[] = [];
  return (keys) => {
    for (const one of kept) if (isSame(keys, one.keys)) return one;
    const present = new Set(keys);
    const fields = form.map(([name, field]) => {
      return { name, field, check: field.check, isPresent: present.has(name) };
    });
    const layout = {
      keys,
      isKnown: fields.filter(({ isPresent }) => isPresent).length === keys.length,
      fields: fields.filter(({ field, isPresent }) => isPresent || !("optional" in field)),
    };
    // Of what a stranger may have written by the million, nothing is kept.
    if (layout.isKnown) kept[kept.length % KEPT_MAX] = layout;
    return layout;
  };
}

function isSame<Value>(one: readonly Value[], other: readonly Value[]): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}
