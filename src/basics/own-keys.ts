import { isPlainObject } from "./json.ts";

/** Own keys of a plain object; undefined for anything else, and for a proxy that throws. */
export function keysOf(value: unknown): readonly (string | symbol)[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  try {
    return Array.isArray(value) || !isPlainObject(value) ? undefined : Reflect.ownKeys(value);
  } catch {
    return undefined;
  }
}

/** Whether a key is among some: few are looked through faster than put in a set. */
export function presence(keys: readonly (string | symbol)[]): (key: string) => boolean {
  if (keys.length <= 16) return (key) => keys.includes(key);
  const set = new Set(keys);
  return (key) => set.has(key);
}

/** Whether all keys are known, and stand as the fields do: then one look at each is enough. */
export function areInOrder(
  keys: readonly (string | symbol)[],
  known: readonly (readonly [string, unknown])[],
): boolean {
  let next = 0;
  for (let i = 0; i < known.length; i++) if (keys[next] === known[i]![0]) next++;
  return next === keys.length;
}

/** As {@link presence}, asked once for every field and in their order. */
export function presenceInOrder(keys: readonly (string | symbol)[]): (key: string) => boolean {
  let next = 0;
  return (key) => {
    if (keys[next] !== key) return false;
    next++;
    return true;
  };
}
