import type { Moments } from "./moments.ts";
import type { Simulation } from "./simulation.ts";

/** A run of consecutive paths whose moments are kept apart: the batches of the error bars. */
export interface Chunk {
  readonly first: number;
  readonly count: number;
}

/** What is told while a run goes on. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

export interface RunHooks {
  /** Stops the run: the returned promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /**
   * Columns of some consecutive paths, the losses first; the views are only good during the call.
   * Batches come once each, in any order and of any length.
   */
  onBatch(first: number, columns: readonly Float64Array[]): void;
  /** Moments and sums of a whole chunk, in the order of chunks; good as long as the simulation's arena. */
  onChunk(index: number, moments: Moments): void;
}

/** Most bytes that a platform is to copy for a digest; those of more are read here. */
export const DIGEST_BYTES_MAX = 16_777_216;

/** Where runs execute. Every executor gives the same bits. */
export interface Executor {
  /** Threads besides the caller's that a run is spread over; 0 when it has none. */
  readonly workers: number;
  /** Starts a watch that tells milliseconds of computing: for forecasts, never for results. */
  stopwatch(): () => number;
  /**
   * A function for long work to call between its pieces: it lets other work have its turn when the
   * caller's thread has been kept long enough, and rejects with the signal's reason once aborted.
   */
  breather(signal: AbortSignal | undefined): () => Promise<void>;
  run(simulation: Simulation, chunks: readonly Chunk[], hooks: RunHooks): Promise<void>;
  /**
   * SHA-256 of bytes, where the platform has a faster one than ours; null where it has none or the
   * bytes are so many that its copy of them would show.
   */
  sha256?(bytes: Uint8Array<ArrayBuffer>): Promise<string> | null;
  /** Ends threads, if it has any; runs that are under way are refused. */
  dispose?(): Promise<void>;
}

/** Most chunks a run is cut into: enough for a standard error, few enough to keep. */
export const CHUNKS_MAX = 24;

/**
 * Cuts [0, scenarios) into at most {@link CHUNKS_MAX} equal chunks (the last may be shorter).
 * Depends on the number of scenarios only, so that every split of the work adds the same sums.
 */
export function chunksOf(scenarios: number): Chunk[] {
  const size = Math.max(128, Math.ceil(scenarios / CHUNKS_MAX / 128) * 128);
  const chunks: Chunk[] = [];
  for (let first = 0; first < scenarios; first += size) {
    chunks.push({ first, count: Math.min(size, scenarios - first) });
  }
  return chunks;
}

/** A piece of a chunk: what one thread adds up in path order. */
export interface Part extends Chunk {
  /** Index of its chunk. */
  readonly chunk: number;
  /** Whether it is the last of its chunk. */
  readonly closes: boolean;
}

/**
 * Paths of a part, about: so many that adding its moments to those of its chunk costs less than
 * 1 % of simulating it, so few that a long run has more parts than threads to spread them over.
 */
const PART = 8192;

/**
 * Cuts chunks into parts, in order. Depends on the chunks only: the moments of a chunk are the sums
 * of its parts added in order, whoever ran them.
 */
export function partsOf(chunks: readonly Chunk[]): Part[] {
  return chunks.flatMap(({ first, count }, chunk) => {
    const size = Math.ceil(count / Math.ceil(count / PART) / 128) * 128;
    const parts: Part[] = [];
    for (let done = 0; done < count; done += size) {
      const closes = done + size >= count;
      parts.push({ first: first + done, count: Math.min(size, count - done), chunk, closes });
    }
    return parts;
  });
}
