import { type Issue, PoolError, pointerKey, received } from "../basics/index.ts";
import type { Pool } from "../pool/index.ts";
import { stepsOf, valueAt } from "./variant.ts";

/**
 * A value in the form of the one that it replaces: where the document holds decimal text a number
 * becomes one, with as many digits after the point as the pool's currency has. All else stays.
 *
 * @param path  JSON pointer into the document; list entries by place or id
 * @throws      PoolError CHANGE_PATH where there is nothing; NUMBER_RANGE for a number without a decimal text
 */
export function inForm(pool: Pool, path: string, value: unknown): unknown {
  const { document } = pool;
  const there = valueAt(document, path);
  if (there === undefined) throw new PoolError([nothingThere(document, path)], "variant");
  if (typeof there !== "string" || typeof value !== "number") return value;
  if (!(Math.abs(value) < 1e21)) {
    throw new PoolError(
      [
        {
          code: "NUMBER_RANGE",
          pointer: path,
          detail: "the document holds decimal text there, and this number has none",
          expected: "a number between -10^21 and 10^21",
          received: received(value),
        },
      ],
      "variant",
    );
  }
  return Number.isInteger(value) ? String(value) : value.toFixed(document.currency.decimals);
}

/**
 * What a cell of a table of variants says, in the form of the value that it replaces.
 *
 * @param cell  text; read as a number, a truth value or JSON where the document holds such
 * @throws      PoolError CHANGE_PATH
 */
export function cellValue(pool: Pool, path: string, cell: string): unknown {
  const there = valueAt(pool.document, path);
  if (there === undefined) throw new PoolError([nothingThere(pool.document, path)], "variant");
  if (typeof there === "string") return cell;
  try {
    return JSON.parse(cell);
  } catch {
    // The document's own reader says what it expected.
    return cell;
  }
}

function nothingThere(document: unknown, path: string): Issue {
  const steps = path.startsWith("/") ? stepsOf(path) : [];
  let depth = 0;
  while (depth < steps.length - 1 && valueAt(document, pointerOf(steps, depth + 1)) !== undefined) {
    depth++;
  }
  const above = depth === 0 ? document : valueAt(document, pointerOf(steps, depth));
  return {
    code: "CHANGE_PATH",
    pointer: path,
    detail: `the pool document has nothing at ${pointerOf(steps, depth + 1) || path}`,
    expected: `a JSON pointer to one of ${namesIn(above).slice(0, 12).join(", ")}`,
    received: received(path),
  };
}

const pointerOf = (steps: readonly string[], depth: number) =>
  steps.slice(0, depth).map(pointerKey).join("");

/** Names that lead further down. */
function namesIn(part: unknown): string[] {
  if (Array.isArray(part)) {
    return part.map((entry, i) => String((entry as { id?: unknown } | null)?.id ?? i));
  }
  return typeof part === "object" && part !== null ? Object.keys(part) : [];
}
