import { chunksOf, partsOf } from "./executor.ts";
import type { Simulation } from "./simulation.ts";

/** Tells how long work takes; see `Executor`. */
export interface Timing {
  /** Starts a watch that tells milliseconds of computing. */
  readonly stopwatch: () => () => number;
  /** Called between turns. */
  readonly breathe: () => Promise<void>;
}

/** A sample lasts so long at least: what a watch tells of less is its own noise. */
const SAMPLE_MS = 1;
/** Samples that are taken at least, however long they are. */
const SAMPLES_MIN = 3;

/**
 * Seconds that a turn of some work takes: the middle of some samples, because a neighbour makes a few
 * of them slower, and code that is compiled while it runs makes the first ones so.
 *
 * @param work     told how many turns there were before
 * @param seconds  that may be spent, about
 */
export async function secondsOf(
  { stopwatch, breathe }: Timing,
  seconds: number,
  work: (turn: number) => void,
): Promise<number> {
  const samples: number[] = [];
  let turn = 0;
  let turns = 1;
  for (let spent = 0; spent < 1000 * seconds || samples.length < SAMPLES_MIN; ) {
    const watch = stopwatch();
    for (let i = 0; i < turns; i++) work(turn++);
    const elapsed = watch();
    spent += elapsed;
    if (elapsed >= SAMPLE_MS) samples.push(elapsed / 1000 / turns);
    else turns *= 2;
    await breathe();
  }
  return middleOf(samples);
}

/** The middle one of some numbers, of two the lesser; at least one. */
export function middleOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[(values.length - 1) >> 1]!;
}

/** Bytes that a thread needs besides the image: its own heap and code. */
const THREAD_BYTES = 14e6;

/** How a run is cut, and the bytes that its threads need. */
export interface RunCut {
  readonly chunks: number;
  readonly parts: number;
  /** Bytes of all threads besides the caller's. */
  readonly workerBytes: number;
}

/**
 * Cuts a run as an executor does.
 *
 * @param workers  threads besides the caller's
 */
export function cutOf(simulation: Simulation, scenarios: number, workers: number): RunCut {
  const chunks = chunksOf(scenarios);
  const parts = partsOf(chunks);
  const threads = Math.min(workers, parts.length);
  // Answers on their way: two columns of losses and moments each.
  const answers = 2 * 8 * (parts[0]!.count + simulation.momentCount);
  return {
    chunks: chunks.length,
    parts: parts.length,
    workerBytes: threads * (THREAD_BYTES + simulation.arena.bytes + answers),
  };
}
