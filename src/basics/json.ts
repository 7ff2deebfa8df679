import { assert, type Issue, received, refuse } from "./error.ts";
import { Findings, type Place, pointerTo } from "./finding.ts";

/** Largest text that is read when no other limit is given: 64 MiB. */
export const JSON_BYTES_MAX: number = 64 * 1024 * 1024;
/** Containers within containers. */
export const JSON_DEPTH_MAX = 32;
/** Values of one document, containers included. */
export const JSON_VALUES_MAX = 5_000_000;

// Own keys of these names turn into prototypes as soon as someone copies the object.
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Reads JSON strictly. What `JSON.parse` lets pass silently is refused here: duplicate keys,
 * numbers that become Infinity or 0, keys that reach prototypes, halves of characters.
 *
 * A UTF-8 byte order mark in front is allowed and ignored, because files may start with one.
 *
 * @param text  JSON text, or its UTF-8 bytes
 * @returns     null, boolean, number, string, or plain arrays and objects of these
 * @throws      PoolError TYPE, BODY_EMPTY, BODY_TOO_LARGE, TEXT_INVALID, JSON_SYNTAX,
 *              JSON_TOO_DEEP, TOO_MANY_ITEMS (each at once), JSON_DUPLICATE_KEY, KEY_FORBIDDEN,
 *              NUMBER_NOT_FINITE, NUMBER_UNDERFLOW (all of them together)
 * @source      RFC 8259 (2017)
 */
export function readJson(text: string | Uint8Array, options: ReadOptions = {}): unknown {
  const decoded = decode(text, options.bytesMax ?? JSON_BYTES_MAX);
  const bare = decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded;
  return new Reader(bare, options).document();
}

interface ReadOptions {
  readonly bytesMax?: number;
  /** Stand for the lists and objects of the outermost object that have the very same text. */
  readonly known?: ReadonlyMap<string, KnownPart>;
  /** Hears of the lists and objects of the outermost object. */
  readonly onPart?: (key: string, part: Omit<KnownPart, "value">) => void;
}

/** A list or an object of an earlier text, and what was made of it. */
export interface KnownPart {
  readonly text: string;
  /** Values in it, containers and itself included. */
  readonly values: number;
  readonly value: object;
}

/** Whether a key may stand in no object: `__proto__`, `constructor`, `prototype`. */
export function isForbiddenKey(key: string): boolean {
  return FORBIDDEN_KEYS.has(key);
}

/** Whether a value is a `Uint8Array` of this or another realm; asks nothing of a proxy. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && (value as Uint8Array)[Symbol.toStringTag] === "Uint8Array";
}

/** Whether a text holds half of a surrogate pair, which no UTF-8 can carry. */
export function hasLoneSurrogate(text: string): boolean {
  // Newer engines know it of most texts without reading them.
  const { isWellFormed } = text as { isWellFormed?: () => boolean };
  if (isWellFormed) return !isWellFormed.call(text);
  // With the u flag a pair counts as one character, so only lone halves are in this range.
  return /[\ud800-\udfff]/u.test(text);
}

function decode(text: string | Uint8Array, bytesMax: number): string {
  if (typeof text === "string") {
    if (exceeds(text, bytesMax)) refuse(tooLarge(bytesMax, `more than ${bytesMax} bytes`));
    return text;
  }
  if (!isBytes(text)) {
    refuse({
      code: "TYPE",
      pointer: "",
      detail: "JSON is read from text or from its UTF-8 bytes",
      expected: "string or Uint8Array",
      received: received(text),
    });
  }
  if (text.length > bytesMax) refuse(tooLarge(bytesMax, `${text.length} bytes`));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text);
  } catch {
    refuse(invalidText("", "the bytes are not UTF-8; save the file as UTF-8"));
  }
}

/** Whether the UTF-8 form of a text is longer than a limit; a character has one to three bytes. */
function exceeds(text: string, bytesMax: number): boolean {
  if (text.length > bytesMax) return true;
  if (text.length * 3 <= bytesMax) return false;
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Each half of a surrogate pair stands for two of the character's four bytes.
    bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3;
  }
  return bytes > bytesMax;
}

function tooLarge(bytesMax: number, got: string): Issue {
  return {
    code: "BODY_TOO_LARGE",
    pointer: "",
    detail: "the text is too large to read; split it or raise the limit",
    expected: `at most ${bytesMax} bytes`,
    received: got,
  };
}

/** Text that no UTF-8 can carry. */
export function invalidText(pointer: string, detail: string): Issue {
  return { code: "TEXT_INVALID", pointer, detail, expected: "valid UTF-8" };
}

const OBJECT = 0x7b;
const OBJECT_END = 0x7d;
const ARRAY = 0x5b;
const ARRAY_END = 0x5d;
const COLON = 0x3a;
const COMMA = 0x2c;
const TRUE = 0x74;
const FALSE = 0x66;
const NULL = 0x6e;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** Recursive descent; the depth cap comes before the recursion, so the stack cannot overflow. */
class Reader {
  readonly #text: string;
  readonly #found = new Findings();
  readonly #number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  readonly #options: ReadOptions;
  #at = 0;
  #values = 0;
  /** Whether the last string was printable ASCII without an escape: its text is itself. */
  #wasPlain = false;

  constructor(text: string, options: ReadOptions) {
    this.#text = text;
    this.#options = options;
  }

  document(): unknown {
    this.#skipSpace();
    if (this.#at === this.#text.length) {
      refuse({
        code: "BODY_EMPTY",
        pointer: "",
        detail: "there is nothing to read",
        expected: "a JSON document",
      });
    }
    const value = this.#value(null, 0);
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#syntax("the end of the text");
    this.#found.throwIfAny("document");
    return value;
  }

  #value(place: Place, depth: number, like: string[] | null = null): unknown {
    this.#count(place);
    switch (this.#text.charCodeAt(this.#at)) {
      case OBJECT:
        return this.#object(place, this.#deeper(place, depth), like);
      case ARRAY:
        return this.#array(place, this.#deeper(place, depth));
      case QUOTE:
        return this.#string(place);
      case TRUE:
        return this.#word("true", true);
      case FALSE:
        return this.#word("false", false);
      case NULL:
        return this.#word("null", null);
      default:
        return this.#numeral(place);
    }
  }

  /** @param like  keys of the object before in the same list: most share theirs; brought up to date */
  #object(place: Place, depth: number, like: string[] | null): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    this.#at++;
    this.#skipSpace();
    if (this.#take(OBJECT_END)) return result;
    for (let count = 0; ; count++) {
      const known = like?.[count];
      const isLike = known !== undefined && this.#takeKey(known);
      // All keys up to here are those of the one before: they are allowed, and none stands twice.
      if (!isLike && like) like.length = Math.min(like.length, count);
      const key = isLike ? known : this.#key(place);
      const isPlain = isLike || this.#wasPlain;
      const here = { above: place, key };
      this.#skipSpace();
      const value = depth === 1 ? this.#part(here) : this.#value(here, depth);
      if (isLike) result[key] = value;
      else if (this.#mayKeep(result, key, here)) {
        result[key] = value;
        if (isPlain) like?.push(key);
      }
      this.#skipSpace();
      if (this.#take(OBJECT_END)) return result;
      if (!this.#take(COMMA)) this.#syntax('"," or "}"');
      this.#skipSpace();
    }
  }

  /** A key and its colon. */
  #key(place: Place): string {
    if (this.#text.charCodeAt(this.#at) !== QUOTE) this.#syntax("a key in double quotes");
    const key = this.#string(place);
    this.#skipSpace();
    if (!this.#take(COLON)) this.#syntax('":"');
    return key;
  }

  /** Takes a plain key and its colon, if they are the next and have nothing between. */
  #takeKey(key: string): boolean {
    const text = this.#text;
    const start = this.#at + 1;
    const end = start + key.length;
    if (
      text.charCodeAt(end + 1) !== COLON ||
      text.charCodeAt(end) !== QUOTE ||
      text.charCodeAt(start - 1) !== QUOTE ||
      !text.startsWith(key, start)
    ) {
      return false;
    }
    this.#at = end + 2;
    return true;
  }

  /** A value of the outermost object. */
  #part(place: Exclude<Place, null>): unknown {
    const key = String(place.key);
    const known = this.#options.known?.get(key);
    // A list or an object ends with its text, so the same text is the same value.
    if (
      known &&
      this.#values + known.values <= JSON_VALUES_MAX &&
      // As a slice: two texts are compared by the block, startsWith compares by the character.
      this.#text.slice(this.#at, this.#at + known.text.length) === known.text
    ) {
      this.#at += known.text.length;
      this.#values += known.values;
      this.#options.onPart?.(key, known);
      return known.value;
    }
    const start = this.#at;
    const before = this.#values;
    const value = this.#value(place, 1);
    if (typeof value === "object" && value !== null) {
      const text = this.#text.slice(start, this.#at);
      this.#options.onPart?.(key, { text, values: this.#values - before });
    }
    return value;
  }

  #mayKeep(result: object, key: string, place: Place): boolean {
    if (isForbiddenKey(key)) {
      this.#found.add({
        code: "KEY_FORBIDDEN",
        pointer: pointerTo(place),
        detail: "this key could change the prototype of an object; remove it",
        expected: "a key of the format",
      });
      return false;
    }
    if (!Object.hasOwn(result, key)) return true;
    this.#found.add({
      code: "JSON_DUPLICATE_KEY",
      pointer: pointerTo(place),
      detail: "this key stands twice in its object; remove one of the two",
      expected: "every key once",
    });
    return false;
  }

  #array(place: Place, depth: number): unknown[] {
    const result: unknown[] = [];
    const keys: string[] = [];
    this.#at++;
    this.#skipSpace();
    if (this.#take(ARRAY_END)) return result;
    for (;;) {
      result.push(this.#value({ above: place, key: result.length }, depth, keys));
      this.#skipSpace();
      if (this.#take(ARRAY_END)) return result;
      if (!this.#take(COMMA)) this.#syntax('"," or "]"');
      this.#skipSpace();
    }
  }

  #string(place: Place): string {
    const text = this.#text;
    let at = this.#at + 1;
    let from = at;
    let result = "";
    let isPlain = true;
    for (let unit = text.charCodeAt(at); unit !== QUOTE; unit = text.charCodeAt(at)) {
      // NaN at the end of the text fails this comparison too.
      if (!(unit >= 0x20)) {
        this.#at = at;
        this.#syntax("a closed string without control characters");
      }
      if (unit >= 0x80) isPlain = false;
      if (unit === BACKSLASH) {
        this.#at = at;
        result += text.slice(from, at) + this.#escape();
        isPlain = false;
        at = this.#at;
        from = at;
      } else {
        at++;
      }
    }
    result += text.slice(from, at);
    this.#at = at + 1;
    this.#wasPlain = isPlain;
    if (!isPlain && hasLoneSurrogate(result)) {
      this.#found.add(invalidText(pointerTo(place), "the text holds half of a surrogate pair"));
    }
    return result;
  }

  #escape(): string {
    const letter = this.#text[++this.#at] ?? "";
    if (letter === "u") {
      const digits = this.#text.slice(this.#at + 1, this.#at + 5);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.#syntax("four hexadecimal digits after \\u");
      this.#at += 5;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    if (letter === "" || !Object.hasOwn(ESCAPES, letter)) this.#syntax("an escape of JSON");
    this.#at++;
    return ESCAPES[letter]!;
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#syntax("a JSON value");
    this.#at += word.length;
    return value;
  }

  #numeral(place: Place): number {
    const number = this.#number;
    number.lastIndex = this.#at;
    if (!number.test(this.#text)) this.#syntax("a JSON value");
    const digits = this.#text.slice(this.#at, number.lastIndex);
    this.#at = number.lastIndex;
    const value = Number(digits);
    if (!Number.isFinite(value)) {
      this.#found.add({
        code: "NUMBER_NOT_FINITE",
        pointer: pointerTo(place),
        detail: "the number is too large for 64 bits and would become infinite",
        expected: "a magnitude of at most 1.7976931348623157e308",
        received: clip(digits),
      });
    } else if (value === 0 && /[1-9]/.test(digits.split(/[eE]/, 1)[0]!)) {
      this.#found.add({
        code: "NUMBER_UNDERFLOW",
        pointer: pointerTo(place),
        detail: "the number is too small for 64 bits and would become 0; write 0 if 0 is meant",
        expected: "0 or a magnitude of at least 5e-324",
        received: clip(digits),
      });
    }
    return value;
  }

  #deeper(place: Place, depth: number): number {
    if (depth < JSON_DEPTH_MAX) return depth + 1;
    refuse({
      code: "JSON_TOO_DEEP",
      pointer: pointerTo(place),
      detail: "arrays and objects are nested too deeply",
      expected: `at most ${JSON_DEPTH_MAX} levels`,
    });
  }

  #count(place: Place): void {
    if (++this.#values <= JSON_VALUES_MAX) return;
    refuse({
      code: "TOO_MANY_ITEMS",
      pointer: pointerTo(place),
      detail: "the document has too many values",
      expected: `at most ${JSON_VALUES_MAX} values`,
    });
  }

  #skipSpace(): void {
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit > 0x20) return;
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      this.#at++;
    }
  }

  #take(mark: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== mark) return false;
    this.#at++;
    return true;
  }

  #syntax(expected: string): never {
    const before = this.#text.slice(0, this.#at);
    const line = before.split("\n").length;
    const column = this.#at - before.lastIndexOf("\n");
    const found = this.#text[this.#at];
    const what = found === undefined ? "the text ends" : `there is ${JSON.stringify(found)}`;
    refuse({
      code: "JSON_SYNTAX",
      pointer: "",
      detail: `at line:column ${line}:${column} ${what} where ${expected} must stand`,
      expected,
    });
  }
}

function clip(digits: string): string {
  return `number ${digits.length > 56 ? `${digits.slice(0, 55)}…` : digits}`;
}

/**
 * Whether an object is a plain record: its prototype is null or the root of a prototype chain,
 * of this realm or of another. Instances of classes, maps and dates are not.
 */
export function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return true;
  assert(
    typeof prototype === "object" || typeof prototype === "function",
    "prototypes are objects",
  );
  return Object.getPrototypeOf(prototype) === null;
}
