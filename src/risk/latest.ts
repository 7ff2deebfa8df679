/** The last value that was made, and what it was made of. It is handed out more than once: frozen. */
export class Latest<Value> {
  #key: string | null = null;
  #value: Value | undefined;

  /** The value of a key: the one that is known, or a new one. */
  async of(key: string, make: () => Promise<Value> | Value): Promise<Value> {
    if (this.#key === key) return this.#value as Value;
    const value = frozen(await make());
    this.#key = key;
    this.#value = value;
    return value;
  }
}

/** A value that nobody can change any more, in none of its parts: it is handed out more than once. */
export function frozen<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  const parts: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  for (let i = 0; i < parts.length; i++) if (typeof parts[i] === "object") frozen(parts[i]);
  return Object.freeze(value);
}
