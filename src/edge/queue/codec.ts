/** Marks what JSON has no word for; an object that has such a key itself is written as a list. */
const MARK = "$";
/** Levels below which something is a circle, or as good as one. */
const DEPTH_MAX = 256;

/**
 * Writes a value as JSON that reads as the same value, bit for bit: negative zeros, numbers that are
 * none, whole numbers of any length and keys without a value included. Equal values that were made
 * alike have equal texts.
 *
 * @throws DOMException DataCloneError for what no text can say: functions, circles, instances
 */
export function encoded(value: unknown): string {
  return JSON.stringify(marked(value, 0));
}

/** Reads what {@link encoded} has written. */
export function decoded<Value>(text: string): Value {
  return unmarked(JSON.parse(text)) as Value;
}

function marked(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (Number.isFinite(value) && !Object.is(value, -0)) return value;
      return { [MARK]: Object.is(value, -0) ? "-0" : String(value) };
    case "bigint":
      return { [MARK]: `${value}n` };
    case "undefined":
      return { [MARK]: "undefined" };
    case "object":
      return value === null ? null : markedObject(value, depth + 1);
    default:
      throw unwritable(`a ${typeof value}`);
  }
}

function markedObject(value: object, depth: number): unknown {
  if (depth > DEPTH_MAX) throw unwritable("something that contains itself, or is as deep");
  // Array.from makes holes visible.
  if (Array.isArray(value)) return Array.from(value, (each: unknown) => marked(each, depth));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw unwritable("an instance");
  const entries = Object.entries(value).map(([key, each]) => [key, marked(each, depth)] as const);
  if (Object.hasOwn(value, MARK)) return { [MARK]: entries };
  // Not by assignment: a key may be __proto__.
  return Object.fromEntries(entries);
}

function unmarked(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(unmarked);
  if (!Object.hasOwn(value, MARK)) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unmarked(each)]));
  }
  const mark: unknown = (value as Record<string, unknown>)[MARK];
  if (Array.isArray(mark)) {
    const entries = mark as [string, unknown][];
    return Object.fromEntries(entries.map(([key, each]) => [key, unmarked(each)]));
  }
  const word = String(mark);
  if (word === "undefined") return undefined;
  return word.endsWith("n") ? BigInt(word.slice(0, -1)) : Number(word);
}

function unwritable(what: string): DOMException {
  return new DOMException(`${what} could not be written`, "DataCloneError");
}
