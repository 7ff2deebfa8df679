import { sha256 } from "../basics/index.ts";
import { chunksOf, partsOf } from "./executor.ts";
import { TILE } from "./plan.ts";
import type { Simulation } from "./simulation.ts";

/** How fast this machine is, found by trying. */
export interface Speed {
  /** Seconds that one thread takes for a path. */
  readonly path: number;
  /** How many times as long plain code takes as on the machine that its costs were measured on. */
  readonly plain: number;
}

/** A sample lasts so long at least, and the best of some counts: a neighbour only makes it slower. */
const SAMPLE_MS = 1;
const SAMPLES = 12;
/** Seconds per byte of SHA-256 in plain code, on one Zen 4 core (Node 20). */
const HASH_SECONDS = 11.5e-9;

/**
 * Tries a simulation and plain code for some 30 ms. Leaves nothing behind in the simulation.
 *
 * @param stopwatch  starts a watch that tells milliseconds
 * @param breathe    called between samples
 */
export async function speedOf(
  simulation: Simulation,
  stopwatch: () => () => number,
  breathe: () => Promise<void>,
): Promise<Speed> {
  const path = await best(stopwatch, breathe, (tiles) => {
    for (let tile = 0; tile < tiles; tile++) simulation.runRange(tile * TILE, TILE);
  });
  simulation.takeMoments();
  const block = new Uint8Array(1024);
  const hash = await best(stopwatch, breathe, (blocks) => {
    for (let i = 0; i < blocks; i++) sha256(block);
  });
  // SHA-256 pads each text by a block of 64 bytes.
  return { path: path / TILE, plain: hash / (block.length + 64) / HASH_SECONDS };
}

/** Least seconds per repeat of some work, over samples that are long enough to be timed. */
async function best(
  stopwatch: () => () => number,
  breathe: () => Promise<void>,
  work: (repeats: number) => void,
): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  let repeats = 1;
  for (let sample = 0; sample < SAMPLES; ) {
    const watch = stopwatch();
    work(repeats);
    const elapsed = watch();
    if (elapsed >= SAMPLE_MS) {
      sample++;
      least = Math.min(least, elapsed / 1000 / repeats);
    } else {
      repeats *= 2;
    }
    await breathe();
  }
  return least;
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
