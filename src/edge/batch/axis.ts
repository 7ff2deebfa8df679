import {
  cellValue,
  gridOf,
  type Issue,
  latinHypercube,
  type Pool,
  PoolError,
  received,
  type SweepItem,
  type SweepRange,
} from "../../index.ts";
import { sha256 } from "../digest.ts";
import type { SourceItem } from "./source.ts";

const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?`;
const RANGE = new RegExp(`^(${NUMBER}):(${NUMBER})(?::(\\d{1,7}))?$`, "i");

/** An axis as the command line says it. */
export interface SweepAxis {
  readonly path: string;
  readonly range: readonly [low: number, high: number] | null;
  /** Steps of the range; null where it was left out. */
  readonly steps: number | null;
  /** Cells of a list. */
  readonly cells: readonly string[];
}

/**
 * Reads `/path=low:high:steps` and `/path=one,two,three`.
 *
 * @throws PoolError AXIS_SYNTAX with every problem
 */
export function readAxes(texts: readonly string[], isCube: boolean): SweepAxis[] {
  const issues: Issue[] = [];
  const axes = texts.map((text) => {
    const [, path = "", rest = ""] = /^(\/[^=]*)=(.*)$/.exec(text) ?? [];
    const [, low, high, steps] = RANGE.exec(rest) ?? [];
    const axis: SweepAxis = {
      path,
      range: low === undefined ? null : [Number(low), Number(high)],
      steps: steps === undefined ? null : Number(steps),
      cells: low === undefined ? rest.split(",").map((cell) => cell.trim()) : [],
    };
    const needsSteps = !isCube && axis.range !== null && !(Number(steps) >= 2);
    if (path === "" || rest === "" || needsSteps) {
      issues.push({
        code: "AXIS_SYNTAX",
        pointer: "/options/set",
        detail: needsSteps
          ? "a range of a grid says how many values it has, at least 2; or let --lhs place them"
          : "an axis is a JSON pointer, =, and a range or a list",
        expected: "/path=low:high:steps, /path=low:high with --lhs, or /path=one,two,three",
        received: received(text),
      });
    }
    return axis;
  });
  if (issues.length > 0) throw new PoolError(issues, "command line");
  return axes;
}

/** Variants of a pool on the axes: a grid, or so many in a Latin hypercube. */
export function variantsOf(
  pool: Pool,
  axes: readonly SweepAxis[],
  cube: { readonly count: number; readonly seed: number } | null,
): Generator<SweepItem, void, void> {
  const listOf = ({ path, cells }: SweepAxis) => cells.map((cell) => cellValue(pool, path, cell));
  if (cube) {
    const ranges = axes.map((axis): [string, SweepRange] => [
      axis.path,
      axis.range ?? { values: listOf(axis) },
    ]);
    return latinHypercube(pool, Object.fromEntries(ranges), cube);
  }
  const lists = axes.map((axis): [string, unknown[]] => {
    const { path, range, steps } = axis;
    if (range === null || steps === null) return [path, listOf(axis)];
    const [low, high] = range;
    const at = (i: number) => (i === steps - 1 ? high : low + (i * (high - low)) / (steps - 1));
    return [path, Array.from({ length: steps }, (_, i) => at(i))];
  });
  return gridOf(pool, Object.fromEntries(lists));
}

/** Variants as items of a batch. */
export async function* sourceOf(
  variants: Iterable<SweepItem>,
  total: number,
): AsyncGenerator<SourceItem> {
  let line = 0;
  for (const item of variants) {
    line++;
    const digest = sha256(JSON.stringify(item.changes));
    const { id } = item;
    yield { line, digest, id, item, fault: null, options: null, part: line / total };
  }
}
