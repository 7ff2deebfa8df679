import { type Issue, PoolError, pointerKey, received } from "../basics/index.ts";
import { isPool, type Pool, readPool } from "../pool/index.ts";

/**
 * One change of a document, as a JSON Patch has it: `add`, `remove` or `replace`. A step of the path
 * through a list is a place in it or the id of one of its entries; `-` adds behind the last.
 *
 * @source RFC 6902 (2013), section 4
 */
export interface Change {
  readonly op: "add" | "remove" | "replace";
  /** JSON pointer (RFC 6901), e.g. `/waterfall/layers/members-fund/size`. */
  readonly path: string;
  /** What is added, or stands there instead. */
  readonly value?: unknown;
}

const OPERATIONS: readonly string[] = ["add", "remove", "replace"] satisfies Change["op"][];

/** The last base that was read of a text or an object that is no pool yet. */
let lastBase: { readonly source: unknown; readonly pool: Pool } | null = null;

/**
 * A pool with some changes. What they do not touch is shared with the base, which makes a thousand
 * variants cost little more than what they change.
 *
 * @param source   a `Pool`, or whatever `readPool` takes; text is read once for variants in a row
 * @param changes  made one after the other
 * @throws         PoolError of the changes (CHANGE_PATH, CHANGE_OP at /changes/…) or of the document
 *                 that they lead to
 */
export function variantOf(source: unknown, changes: readonly Change[] = []): Pool {
  const base = baseOf(source);
  if (changes.length === 0) return base;
  let document: unknown = base.document;
  for (const [i, change] of changes.entries()) {
    document = changed(document, readChange(change, i), i);
  }
  return readPool(document);
}

function baseOf(source: unknown): Pool {
  if (isPool(source)) return source;
  // An object may have been changed by its owner since; a text cannot be.
  if (typeof source !== "string") return readPool(source);
  if (lastBase?.source !== source) lastBase = { source, pool: readPool(source) };
  return lastBase.pool;
}

function readChange(change: unknown, index: number): Change {
  const { op, path } = (typeof change === "object" && change !== null ? change : {}) as Change;
  const issues: Issue[] = [];
  if (!OPERATIONS.includes(op)) {
    issues.push({
      code: "CHANGE_OP",
      pointer: `/changes/${index}/op`,
      detail: "a change adds, removes or replaces",
      expected: `one of ${OPERATIONS.join(", ")}`,
      received: received(op),
    });
  }
  if (typeof path !== "string" || !path.startsWith("/")) {
    issues.push({
      code: "CHANGE_PATH",
      pointer: `/changes/${index}/path`,
      detail: "the path of a change must be a JSON pointer into the pool document",
      expected: "text that begins with /, e.g. /waterfall/layers/0/size",
      received: received(path),
    });
  }
  if (issues.length > 0) throw new PoolError(issues, "change");
  return change as Change;
}

/** A document with one change: everything on the way to it is new, everything beside the way is shared. */
function changed(document: unknown, { op, path, value }: Change, index: number): unknown {
  const steps = stepsOf(path);
  const refuse = (depth: number, expected: string): never => {
    const there = steps
      .slice(0, depth + 1)
      .map(pointerKey)
      .join("");
    throw new PoolError(
      [
        {
          code: "CHANGE_PATH",
          pointer: `/changes/${index}/path`,
          detail: `there is nothing at ${there} to ${op === "add" ? "add to" : op}`,
          expected,
          received: received(path),
        },
      ],
      "change",
    );
  };
  const within = (part: unknown, depth: number): unknown => {
    const step = steps[depth]!;
    const isLast = depth === steps.length - 1;
    if (Array.isArray(part)) {
      const copy: unknown[] = [...part];
      const isNew = isLast && op === "add";
      const place = placeOf(part, step, isNew);
      if (place < 0)
        refuse(depth, `a place from 0 to ${part.length - (isNew ? 0 : 1)}, or an id of the list`);
      if (!isLast) copy[place] = within(part[place], depth + 1);
      else if (op === "replace") copy[place] = value;
      else copy.splice(place, op === "remove" ? 1 : 0, ...(op === "add" ? [value] : []));
      return copy;
    }
    if (typeof part !== "object" || part === null)
      return refuse(depth, "a list or an object on the way");
    const isThere = Object.hasOwn(part, step);
    if (!isThere && !(isLast && op === "add")) {
      refuse(depth, `one of ${Object.keys(part).slice(0, 12).join(", ")}`);
    }
    const next = isLast ? value : within((part as Record<string, unknown>)[step], depth + 1);
    const entries = Object.entries(part).filter(([key]) => key !== step);
    // As own properties, whatever they are called.
    return Object.fromEntries(isLast && op === "remove" ? entries : [...entries, [step, next]]);
  };
  return within(document, 0);
}

/** Steps of a JSON pointer that is not empty. @source RFC 6901 (2013), section 4 */
export function stepsOf(path: string): string[] {
  return path
    .slice(1)
    .split("/")
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** What a document holds at a JSON pointer, by places or ids; undefined where there is nothing. */
export function valueAt(document: unknown, path: string): unknown {
  if (!path.startsWith("/")) return undefined;
  let part: unknown = document;
  for (const step of stepsOf(path)) {
    if (Array.isArray(part)) part = part[placeOf(part, step, false)];
    else if (typeof part !== "object" || part === null || !Object.hasOwn(part, step))
      return undefined;
    else part = (part as Record<string, unknown>)[step];
  }
  return part;
}

/** Place of a step in a list; -1 where there is none. */
function placeOf(list: readonly unknown[], step: string, isNew: boolean): number {
  const room = list.length - (isNew ? 0 : 1);
  if (isNew && step === "-") return list.length;
  const byId = list.findIndex((item) => (item as { id?: unknown } | null)?.id === step);
  if (byId >= 0) return byId;
  return /^(0|[1-9]\d{0,8})$/.test(step) && Number(step) <= room ? Number(step) : -1;
}
