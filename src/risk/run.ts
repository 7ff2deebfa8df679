import type { Breath } from "../basics/index.ts";
import type { Chunk, Column, Moments } from "../engine/index.ts";
import type { MarketModel, MarketParameters } from "../market/index.ts";
import type { Latest } from "./latest.ts";
import type { LaidPool } from "./layout.ts";
import type { LiquidationTally } from "./liquidation-summary.ts";
import type { LossCurve } from "./loss-curve.ts";
import type { Tail } from "./tail.ts";
import type { AssetExposure, Contributions, RiskSummary } from "./valuation.ts";
import type { ValueRequest } from "./value-request.ts";

/** A pool that was simulated and is still laid in memory: whatever asks about members asks it. */
export interface PoolRun {
  readonly request: ValueRequest;
  readonly parameters: MarketParameters;
  readonly model: MarketModel;
  readonly laid: LaidPool;
  /** [scenarios] the pool's losses. */
  readonly losses: Float64Array<ArrayBuffer>;
  /** The same for questions about all of them. */
  readonly column: Column;
  /** The least of them. */
  readonly least: number;
  /** The worst of them, as many as any level asks for and more. */
  readonly tail: Tail;
  /** Batches of the error bars. */
  readonly chunks: readonly Chunk[];
  /** Moments of every chunk with weight 1 per path. */
  readonly moments: readonly Moments[];
  readonly tally: LiquidationTally | null;
  /** Prices that were held at the model's bound. */
  readonly held: number;
  readonly breathe: Breath;
  /** What was found of these losses before: a run that is kept answers again with other terms. */
  readonly found: Found;
}

/** What a valuation finds of a run that no layer and no rule changes. */
export interface Found {
  readonly curve: Latest<LossCurve>;
  readonly summary: Latest<RiskSummary>;
  readonly contributions: Latest<Contributions>;
  readonly exposures: Latest<readonly AssetExposure[]>;
  readonly digest: Latest<string>;
}
