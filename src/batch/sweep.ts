import { type Issue, PoolError, received } from "../basics/index.ts";
import { uniformAt } from "../numeric/index.ts";
import { isPool, type Pool } from "../pool/index.ts";
import { inForm } from "./axis.ts";
import { type Change, variantOf } from "./variant.ts";

/** A variant of a sweep: an item for `engine.valueMany`, numbered from 0. */
export interface SweepItem {
  readonly pool: Pool;
  /** One for each axis, in their order. */
  readonly changes: readonly Change[];
  readonly id: string;
}

/** Where an axis of a Latin hypercube goes: evenly between two numbers, or through a list. */
export type SweepRange =
  | readonly [low: number, high: number]
  | { readonly values: readonly unknown[] };

const COUNT_MAX = 10_000_000;

/**
 * Every combination of values at places of a pool document, one by one. The last axis changes
 * fastest: with layers and other terms there, an engine answers a row of them from one simulation.
 *
 * @param source  a `Pool`, a document or its text
 * @param axes    from JSON pointers, list entries by place or id, to values; a number takes the form
 *                of what it replaces, so that it may stand for money
 * @throws        PoolError CHANGE_PATH, AXIS_EMPTY, NUMBER_RANGE at /axes/…, before the first item
 *
 * @example
 * engine.valueMany(gridOf(pool, {
 *   "/market/volatility/0": [0.4, 0.6, 0.8],
 *   "/waterfall/layers/members-fund/size": [100_000, 200_000],
 * }), { figures: "measure" });
 */
export function gridOf(
  source: unknown,
  axes: Readonly<Record<string, readonly unknown[]>>,
): Generator<SweepItem, void, void> {
  const pool = isPool(source) ? source : variantOf(source);
  const issues: Issue[] = [];
  const read = Object.entries(axes).map(([path, values]) => readList(pool, path, values, issues));
  refuseAny(read.length, issues);
  const total = read.reduce((product, { values }) => product * values.length, 1);
  if (total > COUNT_MAX) throw new PoolError([tooMany(total)], "sweep");
  return grid(pool, read, total);
}

interface Axis {
  readonly path: string;
  readonly values: readonly unknown[];
}

function* grid(pool: Pool, axes: readonly Axis[], total: number): Generator<SweepItem> {
  for (let index = 0; index < total; index++) {
    let rest = index;
    const changes: Change[] = [];
    for (let i = axes.length - 1; i >= 0; i--) {
      const { path, values } = axes[i]!;
      changes.unshift({ op: "replace", path, value: values[rest % values.length] });
      rest = Math.floor(rest / values.length);
    }
    yield { pool, changes, id: String(index) };
  }
}

/**
 * A Latin hypercube: as many variants as are asked for, of which on every axis each has a stratum of
 * its own. Many parameters are covered by few variants.
 *
 * @param source  as for {@link gridOf}
 * @param axes    from JSON pointers to [low, high], both numbers, or { values }
 * @param count   variants, 1 … 10,000,000
 * @param seed    whole, 0 … 2^53 - 1; the same seed gives the same variants
 * @throws        PoolError CHANGE_PATH, AXIS_EMPTY, NUMBER_RANGE, before the first item
 * @source        McKay, Beckman & Conover, A comparison of three methods for selecting values of
 *                input variables in the analysis of output from a computer code (1979)
 */
export function latinHypercube(
  source: unknown,
  axes: Readonly<Record<string, SweepRange>>,
  { count, seed = 1 }: { readonly count: number; readonly seed?: number },
): Generator<SweepItem, void, void> {
  const pool = isPool(source) ? source : variantOf(source);
  const issues: Issue[] = [];
  const read = Object.entries(axes).map(([path, range]) =>
    isRange(range)
      ? { path, at: readRange(pool, path, range, issues) }
      : { path, at: placeIn(readList(pool, path, range?.values, issues).values) },
  );
  if (!(Number.isInteger(count) && count >= 1 && count <= COUNT_MAX)) issues.push(tooMany(count));
  if (!(Number.isSafeInteger(seed) && seed >= 0)) {
    const detail = "a seed of variants is a whole number that JavaScript holds";
    issues.push({ ...outOfRange("/seed", seed), detail, expected: "integer, 0 … 2^53 - 1" });
  }
  refuseAny(read.length, issues);
  return cube(pool, read, count, seed);
}

interface Placed {
  readonly path: string;
  /** The value at a part of the axis in [0, 1). */
  readonly at: (part: number) => unknown;
}

function* cube(
  pool: Pool,
  axes: readonly Placed[],
  count: number,
  seed: number,
): Generator<SweepItem> {
  const strata = axes.map((_, i) => shuffled(count, seed, 2 * i));
  for (let index = 0; index < count; index++) {
    const changes = axes.map(({ path, at }, i): Change => {
      const inside = uniformAt(seed, 2 * i + 1, index);
      // Rounding must not lift the last of a stratum into the next.
      const part = Math.min((strata[i]![index]! + inside) / count, 1 - 2 ** -53);
      return { op: "replace", path, value: at(part) };
    });
    yield { pool, changes, id: String(index) };
  }
}

/** The numbers from 0 to count - 1 in random order. @source Durstenfeld, Algorithm 235 (1964) */
function shuffled(count: number, seed: number, stream: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(uniformAt(seed, stream, i) * (i + 1));
    const kept = order[i]!;
    order[i] = order[j]!;
    order[j] = kept;
  }
  return order;
}

const placeIn = (values: readonly unknown[]) => (part: number) =>
  values[Math.floor(part * values.length)];

const isRange = (range: SweepRange): range is readonly [number, number] => Array.isArray(range);

const axisPointer = (path: string) =>
  `/axes/${path.slice(0, 64).replaceAll("~", "~0").replaceAll("/", "~1")}`;

/** Runs a reader and keeps its issues, at the axis that they are of. */
function atAxis<Value>(path: string, issues: Issue[], read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PoolError)) throw error;
    issues.push(...error.issues.map((issue) => ({ ...issue, pointer: axisPointer(path) })));
    return undefined;
  }
}

function readList(pool: Pool, path: string, values: unknown, issues: Issue[]): Axis {
  if (!Array.isArray(values) || values.length === 0) {
    issues.push({
      code: "AXIS_EMPTY",
      pointer: axisPointer(path),
      detail: "an axis goes through a list of values with at least one in it",
      expected: "array of values",
      received: received(values),
    });
    return { path, values: [] };
  }
  const read = atAxis(path, issues, () => values.map((value) => inForm(pool, path, value)));
  return { path, values: read ?? [] };
}

function readRange(
  pool: Pool,
  path: string,
  [low, high]: readonly [number, number],
  issues: Issue[],
): (part: number) => unknown {
  if (!(Number.isFinite(low) && Number.isFinite(high) && low < high)) {
    const detail = "an axis goes from a number to a larger one";
    const expected = "[low, high], both finite";
    issues.push({ ...outOfRange(axisPointer(path), [low, high]), detail, expected });
  }
  atAxis(path, issues, () => inForm(pool, path, low));
  return (part) => inForm(pool, path, low + part * (high - low));
}

function refuseAny(axes: number, issues: Issue[]): void {
  if (axes === 0) {
    issues.push({
      code: "AXIS_EMPTY",
      pointer: "/axes",
      detail: "a sweep has at least one axis",
      expected: "JSON pointers and where they go",
    });
  }
  if (issues.length > 0) throw new PoolError(issues, "sweep");
}

function outOfRange(pointer: string, value: unknown): Issue {
  const range = { code: "NUMBER_RANGE", pointer, detail: "", expected: "" };
  return { ...range, received: received(value) };
}

function tooMany(count: number): Issue {
  return {
    ...outOfRange("/count", count),
    detail: "a sweep has at least one variant, and not more than anyone waits for",
    expected: `integer, 1 … ${COUNT_MAX}`,
  };
}
