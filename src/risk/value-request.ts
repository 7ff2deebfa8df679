import type { Level } from "../basics/index.ts";
import type { MarketParameters } from "../market/index.ts";
import type { Pool } from "../pool/index.ts";
import type { Budget } from "./budget.ts";
import type { Progress } from "./progress.ts";
import type { Measurement } from "./valuation.ts";

/** One valuation, with everything decided. */
export interface ValueRequest {
  readonly pool: Pool;
  readonly market: MarketParameters;
  readonly scenarios: number;
  readonly seed: bigint;
  readonly horizonDays: number;
  /** Days between two looks at the path; undefined where only expiries and the horizon count. */
  readonly stepDays?: number | undefined;
  readonly monitoring: "discrete" | "continuous";
  /** First scenarios whose paths are wanted for looking at. */
  readonly samplePaths: number;
  /** Worst scenarios whose paths are wanted; no more than any tail holds are returned. */
  readonly worstPaths?: number;
  readonly levels: readonly Level[];
  readonly primary: Level;
  /** What is found about everyone: all of it, or Euler contributions alone. */
  readonly contributions: "all" | "euler";
  readonly mode: "profile" | "audit";
  readonly version: string;
  readonly bytesMax?: number | undefined;
  readonly budget?: Budget | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly onMeasured?: ((measurement: Measurement) => void) | undefined;
}
