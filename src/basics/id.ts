import { ISSUES_MAX, type Issue, received } from "./error.ts";

/** The form of an id, also for JSON Schema. */
export const ID_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._:@-]{0,63}$";

const SYNTAX = new RegExp(ID_PATTERN);
// Names that every object answers to; a table keyed by one of them would find what nobody put in.
const RESERVED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype));

/** An id and where it stands. */
export interface PlacedId {
  readonly id: string;
  readonly pointer: string;
}

/** What is wrong with an id (ID_SYNTAX or TYPE), or undefined. */
export function idIssue(value: unknown, pointer = ""): Issue | undefined {
  const wellFormed = typeof value === "string" && SYNTAX.test(value);
  if (wellFormed && !RESERVED.has(value) && value !== "prototype") return undefined;
  return {
    code: typeof value === "string" ? "ID_SYNTAX" : "TYPE",
    pointer,
    detail: wellFormed
      ? "this word has a meaning in JavaScript; choose another id"
      : "an id is 1 to 64 letters, digits or . _ : @ - and starts with a letter or digit",
    expected: ID_PATTERN,
    received: received(value),
  };
}

/**
 * Finds ids that are given twice (ID_DUPLICATE) or that a reader would take for one another
 * (ID_CONFUSABLE: equal without regard to case, width and invisible characters). Linear.
 *
 * @returns one issue per later id, up to one more than are ever listed; each names both places
 */
export function idClashes(ids: Iterable<PlacedId>): Issue[] {
  const issues: Issue[] = [];
  const seen = new Map<string, PlacedId>();
  for (const { id, pointer } of ids) {
    const key = confusionKey(id);
    const before = seen.get(key);
    if (before === undefined) {
      seen.set(key, { id, pointer });
      continue;
    }
    if (issues.length > ISSUES_MAX) break;
    const same = before.id === id;
    issues.push({
      code: same ? "ID_DUPLICATE" : "ID_CONFUSABLE",
      pointer,
      detail: same
        ? `${pointer} repeats the id of ${before.pointer}; ids must differ`
        : `${pointer} is easily taken for ${before.pointer} (${received(before.id)})`,
      expected: "ids that differ in more than case and width",
      received: received(id),
    });
  }
  return issues;
}

/** What two ids share when a reader may confuse them: NFKC, no format characters, lower case. */
export function confusionKey(id: string): string {
  // What follows leaves these alone, and ids of the right form have no others.
  if (/^[\x20-\x7e]*$/.test(id)) return id.toLowerCase();
  return id
    .normalize("NFKC")
    .replace(/\p{Cf}/gu, "")
    .toLowerCase();
}
