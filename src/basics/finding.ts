import { ISSUES_MAX, type Issue, PoolError } from "./error.ts";

/** Where a value stands in its document: a key under another place, or null for the root. */
export type Place = { readonly above: Place; readonly key: string | number } | null;

/**
 * JSON pointer of a place.
 *
 * @source RFC 6901 (2013), sections 3 and 5
 */
export function pointerTo(place: Place): string {
  const keys: string[] = [];
  for (let at = place; at !== null; at = at.above) keys.push(pointerKey(at.key));
  return keys.reverse().join("");
}

/** One step of a JSON pointer, with its slash; over-long keys are clipped to 64 characters. */
export function pointerKey(key: string | number): string {
  const text = String(key);
  const clipped = text.length > 64 ? `${text.slice(0, 63)}…` : text;
  return `/${clipped.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/**
 * Gathers the issues of one input. Checkers stop once it is `full`, so that a document of a
 * million mistakes costs no more than one of a hundred and one.
 */
export class Findings {
  readonly issues: Issue[] = [];

  /** More has been found than will ever be listed. */
  get full(): boolean {
    return this.issues.length > ISSUES_MAX;
  }

  add(issue: Issue): void {
    if (!this.full) this.issues.push(issue);
  }

  /** Adds the issue unless the place, or something in it, was reported before: one cause, one code. */
  addFirst(issue: Issue): void {
    const inside = `${issue.pointer}/`;
    const reported = this.issues.some(
      ({ pointer }) => pointer === issue.pointer || pointer.startsWith(inside),
    );
    if (!reported) this.add(issue);
  }

  /** Adds the issue if there is one, and says whether there was. */
  addIf(issue: Issue | undefined): boolean {
    if (issue !== undefined) this.add(issue);
    return issue !== undefined;
  }

  /** Throws all of it as one `PoolError`, or does nothing when nothing was found. */
  throwIfAny(subject: string): void {
    if (this.issues.length > 0) throw new PoolError(this.issues, subject);
  }
}
