import { type Issue, PoolError, received } from "../basics/index.ts";
import { chunksOf, type Part, partsOf } from "../engine/index.ts";

/** Consecutive parts of a run, as `partsOf` counts them: [from, end). */
export interface PartRange {
  readonly from: number;
  readonly end: number;
}

/** The parts of a run; they depend on the number of scenarios only. */
export function partsOfRun(scenarios: number): readonly Part[] {
  return partsOf(chunksOf(scenarios));
}

/** Which parts are wanted: some, or those of one of `count` shards of nearly the same size. */
export type ShardChoice = PartRange | { readonly index: number; readonly count: number };

/**
 * The parts that are wanted of a run: a function of its number of scenarios alone, so that every
 * machine cuts alike.
 *
 * @throws PoolError TYPE, NUMBER_RANGE at /shard
 */
export function shardRange(choice: ShardChoice, scenarios: number): PartRange {
  const parts = partsOfRun(scenarios).length;
  const given: Partial<Record<"from" | "end" | "index" | "count", unknown>> = choice ?? {};
  const { from, end, index, count } = given;
  const isIn = (value: unknown, min: number, max: number): value is number =>
    Number.isInteger(value) && (value as number) >= min && (value as number) <= max;
  if (from === undefined && end === undefined) {
    if (!isIn(count, 1, parts)) {
      throw outOfRange("count", `1 to ${parts}, the parts of ${scenarios} scenarios`, count);
    }
    if (!isIn(index, 0, count - 1)) throw outOfRange("index", `0 to ${count - 1}`, index);
    return { from: boundOf(index, count, scenarios), end: boundOf(index + 1, count, scenarios) };
  }
  if (!isIn(from, 0, parts - 1)) throw outOfRange("from", `0 to ${parts - 1}`, from);
  if (!isIn(end, from + 1, parts)) throw outOfRange("end", `${from + 1} to ${parts}`, end);
  return { from, end };
}

/**
 * The part with which one of `count` shards begins: that of a chunk where their number divides that
 * of chunks, so that a shard holds one sum for each of its chunks and no part by itself.
 */
function boundOf(index: number, count: number, scenarios: number): number {
  const parts = partsOfRun(scenarios);
  const chunks = chunksOf(scenarios).length;
  if (chunks % count !== 0) return Math.floor((index * parts.length) / count);
  const chunk = (index * chunks) / count;
  return chunk === chunks ? parts.length : parts.findIndex((part) => part.chunk === chunk);
}

function outOfRange(name: string, range: string, given: unknown): PoolError {
  const issue: Issue = {
    code: typeof given === "number" ? "NUMBER_RANGE" : "TYPE",
    pointer: `/shard/${name}`,
    detail: `${name} says which parts of the run are wanted and must be a whole number within the bounds`,
    expected: `a whole number, ${range}`,
    received: received(given),
  };
  return new PoolError([issue], "request");
}
