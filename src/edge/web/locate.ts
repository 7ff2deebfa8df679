import type { Issue } from "../../index.ts";

/** The place of a file that a problem is about. */
export interface Excerpt {
  /** From 1. */
  readonly line: number;
  /** Of the line; at most {@link WIDTH} characters, with an ellipsis where more was cut off. */
  readonly text: string;
  /** Where in `text` the value begins and ends. */
  readonly from: number;
  readonly to: number;
}

const WIDTH = 88;
const BEFORE = 32;

/** Where a value stands in a text, end excluded. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Finds what issues point to in the file that they came from; null where the file does not have it.
 * Something that is missing is looked for where it should be: in the innermost object around it.
 *
 * @param text  of a JSON document or of a table in CSV
 */
export function excerpts(text: string, issues: readonly Issue[]): (Excerpt | null)[] {
  const isJson = /^\s*[[{]/.test(text);
  const places = isJson
    ? jsonSpans(
        text,
        issues.map(({ pointer }) => pointer),
      )
    : null;
  return issues.map((issue, i) => {
    const said = /^at line:column (\d+):(\d+) /.exec(issue.detail);
    if (said) return excerptAt(text, offsetOf(text, Number(said[1]), Number(said[2])));
    const span = places ? places[i] : csvSpan(text, issue.pointer);
    return span ? excerptAt(text, span) : null;
  });
}

function offsetOf(text: string, line: number, column: number): Span {
  let start = 0;
  for (let i = 1; i < line; i++) start = text.indexOf("\n", start) + 1;
  const from = start + column - 1;
  return { from, to: from + 1 };
}

function excerptAt(text: string, span: Span): Excerpt {
  // Where the text ends too early, its last character says more than nothing.
  const last = Math.max(text.trimEnd().length - 1, 0);
  const from = Math.min(span.from, last);
  const to = Math.max(span.to, from + 1);
  const begin = from === 0 ? 0 : text.lastIndexOf("\n", from - 1) + 1;
  let end = text.indexOf("\n", from);
  if (end < 0) end = text.length;
  if (text[end - 1] === "\r") end--;
  let line = 1;
  for (let at = text.indexOf("\n"); at >= 0 && at < from; at = text.indexOf("\n", at + 1)) line++;
  const left = Math.max(begin, from - BEFORE);
  const right = Math.max(Math.min(end, left + WIDTH), left);
  const lead = left > begin ? "…" : "";
  const shown = text.slice(left, right).replaceAll("\t", " ");
  const stop = Math.min(Math.max(to, from + 1), right);
  return {
    line,
    text: lead + shown + (right < end ? "…" : ""),
    from: from - left + lead.length,
    to: Math.max(stop - left, from - left) + lead.length,
  };
}

/** Wanted pointers as a tree of their keys. */
interface Wanted {
  readonly below: Map<string, Wanted>;
  /** Where the value was found. */
  span: Span | null;
}

/** Walks a document once and notes where the wanted values, or their nearest surroundings, stand. */
function jsonSpans(text: string, pointers: readonly string[]): (Span | null)[] {
  const root: Wanted = { below: new Map(), span: null };
  const keysOf = (pointer: string): string[] =>
    pointer
      .split("/")
      .slice(1)
      .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  for (const pointer of pointers) {
    let node = root;
    for (const key of keysOf(pointer)) {
      const next = node.below.get(key) ?? { below: new Map(), span: null };
      node.below.set(key, next);
      node = next;
    }
  }
  if (root.below.size > 0) new JsonWalk(text).value(root);
  return pointers.map((pointer) => {
    let node: Wanted | undefined = root;
    let span: Span | null = null;
    for (const key of keysOf(pointer)) {
      node = node?.below.get(key);
      if (!node?.span) break;
      span = node.span;
    }
    return span;
  });
}

/** A reader that forgives everything: it only has to find places, and stops where it is lost. */
class JsonWalk {
  readonly #text: string;
  #from = 0;
  #at = 0;

  constructor(text: string) {
    this.#text = text.replace(/^\ufeff/, " ");
  }

  /** Reads one value. @returns false where the text ends or is no JSON */
  value(wanted: Wanted | undefined): boolean {
    const token = this.#next();
    const from = this.#from;
    let isSound = token !== "";
    if (token === "{" || token === "[") {
      // What is wrong within is best shown where the object begins.
      if (wanted) wanted.span = { from, to: this.#at };
      isSound = wanted && wanted.below.size > 0 ? this.#members(token, wanted) : this.#skip();
    } else if (wanted && isSound) wanted.span = { from, to: this.#at };
    return isSound;
  }

  #members(open: string, wanted: Wanted): boolean {
    const close = open === "{" ? "}" : "]";
    for (let i = 0; ; i++) {
      const before = this.#at;
      let token = this.#next();
      if (token === "") return false;
      if (token === close) return true;
      let key = String(i);
      if (open === "{") {
        key = unquoted(token);
        if (this.#next() !== ":") return false;
      } else this.#at = before;
      if (!this.value(wanted.below.get(key))) return false;
      token = this.#next();
      if (token === close) return true;
      if (token !== ",") return false;
    }
  }

  /** Passes over a container that is open, however deep it is. */
  #skip(): boolean {
    for (let depth = 1; depth > 0; ) {
      const token = this.#next();
      if (token === "") return false;
      if (token === "{" || token === "[") depth++;
      if (token === "}" || token === "]") depth--;
    }
    return true;
  }

  /** A mark, a string with its quotes, or a word; "" at the end. */
  #next(): string {
    const text = this.#text;
    let at = this.#at;
    while (isSpace(text.charCodeAt(at))) at++;
    this.#from = at;
    const first = text[at] ?? "";
    if (first === '"') at = closing(text, at);
    else if (MARKS.has(first)) at++;
    else while (at < text.length && !isSpace(text.charCodeAt(at)) && !ENDS.has(text[at]!)) at++;
    this.#at = at;
    return text.slice(this.#from, at);
  }
}

const MARKS: ReadonlySet<string> = new Set("{}[]:,");
const ENDS: ReadonlySet<string> = new Set('{}[]:,"');
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
}

/** Behind the quote that closes the one at a place, or the end. */
function closing(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === BACKSLASH) at++;
    else if (unit === QUOTE) return at + 1;
  }
  return text.length;
}

function unquoted(token: string): string {
  try {
    return String(JSON.parse(token));
  } catch {
    return token;
  }
}

/** `/rows/12/BTC` is the record of that number, the header being 1; a quoted line break does not count. */
function csvSpan(text: string, pointer: string): Span | null {
  const match = /^\/(?:header|rows\/(\d+)(?:\/(.*))?)/.exec(pointer);
  if (!match) return null;
  const record = match[1] === undefined ? 1 : Number(match[1]);
  const start = recordStart(text, record);
  if (start === null) return null;
  const newline = text.indexOf("\n", start);
  const end = newline < 0 ? text.length : newline;
  const header = /^[^\r\n]*/.exec(text)?.[0] ?? "";
  const delimiter = [",", ";", "\t", "|"].reduce((best, one) =>
    header.split(one).length > header.split(best).length ? one : best,
  );
  const name = match[2]?.replaceAll("~1", "/").replaceAll("~0", "~");
  const names = cellsOf(header, delimiter).map(({ text: cell }) =>
    cell.trim().replace(/^"|"$/g, ""),
  );
  const column = name === undefined ? -1 : names.indexOf(name);
  const cell = column < 0 ? undefined : cellsOf(text.slice(start, end), delimiter)[column];
  if (!cell) return { from: start, to: end };
  return { from: start + cell.from, to: start + cell.from + Math.max(cell.text.trim().length, 1) };
}

function recordStart(text: string, record: number): number | null {
  let line = 1;
  let isQuoted = false;
  if (record === 1) return 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) isQuoted = !isQuoted;
    else if (unit === 0x0a && !isQuoted && ++line === record) return at + 1;
  }
  return null;
}

function cellsOf(
  line: string,
  delimiter: string,
): { readonly text: string; readonly from: number }[] {
  const cells: { text: string; from: number }[] = [];
  let from = 0;
  let isQuoted = false;
  for (let at = 0; at <= line.length; at++) {
    if (line[at] === '"') isQuoted = !isQuoted;
    if (at === line.length || (line[at] === delimiter && !isQuoted)) {
      cells.push({ text: line.slice(from, at), from });
      from = at + 1;
    }
  }
  return cells;
}
