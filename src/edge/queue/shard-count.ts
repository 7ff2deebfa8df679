import { type Issue, PoolError, type RunPlan, received } from "../../index.ts";

/** How a run is cut: into so many shards, or into those of about so many seconds of one core. */
export type ShardCut = { readonly count: number } | { readonly seconds: number };

/** Seconds of one core that a shard takes when nothing else is said. */
export const SHARD_SECONDS = 5;

/**
 * Least number of shards of at most so many seconds whose ends are those of whole chunks, if it can
 * be. However few the seconds are, at least half of them are simulation.
 */
export function countFor(
  { simulationSeconds, layingSeconds, chunks, parts }: RunPlan,
  seconds: number,
): number {
  const room = Math.max(seconds - layingSeconds, layingSeconds);
  const least = Math.min(parts, Math.max(1, Math.ceil(simulationSeconds / room)));
  if (least > chunks) return Math.min(parts, Math.ceil(least / chunks) * chunks);
  let count = least;
  while (chunks % count !== 0) count++;
  return count;
}

/**
 * Reads how a run is to be cut.
 *
 * @throws PoolError SHARD_COUNT, NUMBER_RANGE, TYPE at /options/shards
 */
export function readCut(cut: unknown = { seconds: SHARD_SECONDS }): ShardCut {
  const { count, seconds }: { readonly count?: unknown; readonly seconds?: unknown } =
    typeof cut === "object" && cut !== null ? cut : {};
  if ((count === undefined) === (seconds === undefined)) {
    const words = "say how many shards there are, or how long each should take, one of the two";
    throw refused("SHARD_COUNT", "", words, "{ count } or { seconds }", cut);
  }
  if (count !== undefined) {
    if (Number.isInteger(count) && (count as number) >= 1) return { count: count as number };
    const words = "the number of shards must be a whole number above zero";
    throw refused("NUMBER_RANGE", "/count", words, "a whole number, 1 or more", count);
  }
  if (typeof seconds === "number" && seconds >= 0.01 && seconds <= 86_400) return { seconds };
  const words = "the seconds of a shard must be a number within the bounds";
  throw refused("NUMBER_RANGE", "/seconds", words, "0.01 to 86,400 seconds of one core", seconds);
}

function refused(
  code: string,
  name: string,
  detail: string,
  expected: string,
  given: unknown,
): PoolError {
  const pointer = `/options/shards${name}`;
  const issue: Issue = { code, pointer, detail, expected, received: received(given) };
  return new PoolError([issue], "request");
}
