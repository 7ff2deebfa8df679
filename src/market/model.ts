/**
 * How the assets may move, as plain data: what calibration makes and a pool document may hold.
 * All vectors and matrices are in the order of `assets`.
 */
export interface MarketParameters {
  readonly model: "gbm" | "student-t";
  readonly assets: readonly string[];
  /** Per year (365 days), 0.85 = 85 %. Standard deviation of log returns, for every model. */
  readonly volatility: readonly number[];
  /** Symmetric, unit diagonal, positive semidefinite. */
  readonly correlation: readonly (readonly number[])[];
  /** Degrees of freedom of the Student-t shocks, > 2; only for `student-t`. */
  readonly degreesOfFreedom?: number;
  /** Drift of the log price per year; 0 when left out. */
  readonly drift?: readonly number[];
  /** Correlation of the covers' pool-wide factor with a falling market, in [-1, 1]; 0 when left out. */
  readonly systemicLoading?: number;
  /** Continuously compounded, for discounting linear options; 0 when left out. */
  readonly discountRate?: number;
  /** `nearest` or `shrink`: what to do with a matrix that is not positive semidefinite. */
  readonly repair?: "nearest" | "shrink";
}

/**
 * A market model as the simulation sees it. Every model is Gaussian given what it mixes over: a
 * step's log returns are `drift + scale · matrix · z` with z independent standard normals. Later
 * models (jumps, stochastic volatility, filtered historical) add a `kernel` of their own and
 * whatever columns that kernel reads; callers pass the columns on without looking inside.
 */
export interface MarketModel {
  readonly kernel: "gaussian" | "gaussian-mixture";
  readonly assets: readonly string[];
  readonly parameters: MarketParameters;
  /** What was noticed while the model was made: rank, conditioning, repairs. */
  readonly notes: readonly { readonly code: string; readonly detail: string }[];
  /** The correlations that are simulated: as given, or repaired where that was asked for. */
  readonly correlation: readonly (readonly number[])[];
  /** Smallest eigenvalue of the correlation matrix as given. */
  readonly smallestEigenvalue: number;
  /** Independent standard normals per step. */
  readonly factors: number;
  /**
   * Lays out the model on a time grid.
   *
   * @param times  years from now, ascending, > 0; the last is the horizon
   */
  columns(times: readonly number[]): ModelColumns;
}

/** What the path kernel reads: U assets, T steps, F factors. */
export interface ModelColumns {
  readonly steps: number;
  readonly assets: number;
  readonly factors: number;
  /** [T×U×F] row-major lower-trapezoidal or full: log return of asset u per unit normal f in step t. */
  readonly matrix: Float64Array;
  /** [T×U] drift of the log price over each step. */
  readonly drift: Float64Array;
  /** [T×F] weights that make the systemic market factor (variance 1 at the horizon) of the normals. */
  readonly marketFactor: Float64Array;
  /** [T×U] bound on |log price change from now|: the model's domain; paths are held inside. */
  readonly bound: Float64Array;
  /**
   * Quantile table of the mixing scale for `gaussian-mixture`, else empty. Cells of equal width over
   * y = ln(u/(1-u)) in [-yMax, yMax]; each cell holds the cubic c0 + c1 t + c2 t² + c3 t³, t in [0, 1].
   */
  readonly mixing: { readonly yMax: number; readonly cells: number; readonly cubic: Float64Array };
}

/** Price history on a common clock. */
export interface PriceHistory {
  readonly assets: readonly string[];
  /** Milliseconds since 1970-01-01 UTC, strictly ascending; one row each. */
  readonly times: Float64Array;
  /** [rows×assets] row-major, pool currency per coin; NaN marks a missing price. */
  readonly prices: Float64Array;
}
