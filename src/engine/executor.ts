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
  /** Columns of a batch of paths, the losses first; the views are only good during the call. */
  onBatch(first: number, columns: readonly Float64Array[]): void;
  /** Moments and sums of a whole chunk. */
  onChunk(index: number, moments: Float64Array): void;
}

/** Where runs execute. Every executor gives the same bits. */
export interface Executor {
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
