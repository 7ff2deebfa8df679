import type { Notice, PoolDocument, PoolValuation } from "../../index.ts";

/** How prices become a market model; what is left out, the core chooses. */
export interface CalibrationRequest {
  readonly model?: "gbm" | "student-t";
  readonly volatility?: "ewma" | "sample";
  readonly correlation?: "sample" | "ledoit-wolf";
  readonly repair?: "nearest" | "shrink";
  /** Days of history to look back on. */
  readonly window?: number;
  /** Correlation of the covers' pool-wide factor with a falling market, in [-1, 1]. */
  readonly systemicLoading?: number;
  /** From what a price is of (`time`, an asset id) to the name of its column. */
  readonly columns?: Readonly<Record<string, string>>;
}

export interface ValueRequest {
  /** The pool document as text, unchecked. */
  readonly pool: string;
  /** Market parameters as JSON text, or a valuation that holds them; instead of prices. */
  readonly market?: string;
  /** Price history as CSV text, unchecked; the pool's own market is used without it. */
  readonly prices?: string;
  readonly calibration: CalibrationRequest;
  readonly scenarios: number;
  readonly seed: bigint;
  readonly horizonDays: number;
  /** Days between two looks at the path; the engine chooses without it. */
  readonly stepDays?: number;
  readonly monitoring: "discrete" | "continuous";
  readonly samplePaths: number;
  /** The primary level, also one of `levels`. */
  readonly confidence: number;
  /** Ascending, without repetition. */
  readonly levels: readonly number[];
  readonly mode: "profile" | "audit";
  /** Threads to simulate on; the caller's own when left out. */
  readonly workers?: number;
}

export interface ImportRequest {
  /** An option chain as text, unchecked. */
  readonly chain: string;
  /** The part of the open interest that the pool has written, in (0, 1]. */
  readonly share: number;
  readonly participants: number;
}

/** Who pays what of a loss. Amounts are decimal text in the pool currency and sum to the loss. */
export interface SettlementStatement {
  readonly currency: string;
  readonly loss: string;
  readonly rows: readonly {
    /** Layer id, `assessments` or `socialised`. */
    readonly layer: string;
    readonly payer: string;
    readonly amount: string;
  }[];
  readonly notices: readonly Notice[];
}

export interface CalibrationStatement {
  readonly market: NonNullable<PoolDocument["market"]>;
  readonly notices: readonly Notice[];
}

export interface PoolStatement {
  readonly pool: PoolDocument;
  readonly notices: readonly Notice[];
}

/** Counts how much of a run is done, in scenarios. */
export type Progress = (done: number, total: number) => void;

/**
 * What the commands ask of the engine. Each takes text as it was read and rejects with `PoolError`
 * when the text or a number in the request is at fault.
 */
export interface Core {
  readonly version: string;
  readonly value: (request: ValueRequest, progress: Progress) => Promise<PoolValuation>;
  readonly settle: (request: {
    readonly pool: string;
    readonly loss: string;
  }) => Promise<SettlementStatement>;
  readonly importChain: (request: ImportRequest) => Promise<PoolStatement>;
  readonly calibrate: (
    request: CalibrationRequest & { readonly prices: string },
  ) => Promise<CalibrationStatement>;
  readonly check: (request: { readonly pool: string }) => Promise<PoolStatement>;
  /** The JSON Schema of the pool document. */
  readonly schema: () => Promise<string>;
}
