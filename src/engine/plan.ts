/**
 * The kernel's plan: byte offsets of its fields, as in assembly/plan.ts, and of the records it
 * points to. A test reads assembly/plan.ts and compares.
 */
export const PLAN = {
  STEPS: 0,
  ASSETS: 4,
  FACTORS: 8,
  KEYS: 12,
  MATRIX: 16,
  ROW_ENDS: 20,
  DRIFT: 24,
  BOUND: 28,
  MARKET_FACTOR: 32,
  MIXING: 36,
  NODE_COUNT: 40,
  NODES: 44,
  ACCOUNT_COUNT: 48,
  ACCOUNTS: 52,
  COVER_COUNT: 56,
  COVERS: 60,
  SYSTEMIC: 64,
  SUMS: 68,
  HELD: 72,
  SCRATCH: 76,
  WITH_MOMENTS: 80,
  AUDIT: 84,
  EVENTS: 88,
  MARGIN: 92,
  STATISTICS_OUT: 96,
  SAMPLE_OUT: 100,
  KEPT_TILES: 104,
  KEPT_FLAGS: 108,
  KEPT_SHOCKS: 112,
  KEPT_MOVES: 116,
  KEPT_MOVE_FLAGS: 120,
  STATISTICS_STRIDE: 8192,
  PLAN_BYTES: 128,
} as const;

/** The margin program of a plan, see assembly/plan.ts. */
export const MARGIN = {
  M_WATCH_COUNT: 0,
  M_WATCHES: 4,
  M_ACCOUNT_COUNT: 8,
  M_ACCOUNTS: 12,
  M_SCREEN_COUNT: 16,
  M_SCREENS: 20,
  M_PACED: 24,
  M_CONTINUOUS: 28,
  M_BLOCK: 32,
  M_TIMES: 36,
  M_RATES: 40,
  M_PRICED: 44,
  M_VARIANCES: 48,
  M_NET_FUNDING: 52,
  M_LANES: 56,
  M_ENTRIES: 60,
  M_BLOCKS: 64,
  M_STEP_SUMS: 68,
  M_TOUCHED: 72,
  M_SUMS: 76,
  M_EXTREMES: 80,
  M_BEFORE: 84,
  M_LIQUIDATOR_FEE: 88,
  M_INSURANCE_FEE: 96,
  M_PACE_INITIAL: 104,
  M_PACE_DURATION: 112,
  M_SHORTAGE_SMALL: 120,
  M_NET_TIMED: 128,
  M_FUNDING_SUMS: 136,
  M_HITS: 140,
  M_OPTIONS: 144,
  M_USED: 148,
  MARGIN_BYTES: 192,
} as const;

/** Paths that pass through all stages together. */
export const TILE = 128;
/** Paths per kernel call: long enough to hide the call, short enough to answer an abort. */
export const BATCH = 1024;

export const NODE_BYTES = 48;
/** Least and greatest offset of the cells that were reached, while none has been. */
export const NOWHERE: readonly [number, number] = [2 ** 31 - 1, -1];
export const CELL_BYTES = 64;
export const OPTION_BYTES = 40;
export const ACCOUNT_BYTES = 16;
/** Bytes of an account's entry for one node. */
export const ACCOUNT_ENTRY_BYTES = 12;
export const COVER_CLASS_BYTES = 24;
export const COVER_BYTES = 40;
export const LEG_BYTES = 48;
export const AUDIT_ACCOUNT_BYTES = 32;
export const WATCH_BYTES = 64;
export const WATCH_STATE_BYTES: number = 3 * 8 * TILE;
export const MARGIN_ACCOUNT_BYTES = 24;
export const MARGIN_LEG_BYTES = 112;
export const COIN_BYTES = 16;
export const ENTRY_BYTES = 80;
export const RECORD_BYTES = 72;
export const SCREEN_BYTES = 32;
export const SCREEN_ENTRY_BYTES = 32;
export const TOUCH_BYTES = 16;
/** Columns of what happened on a path besides its loss: see margin.ts in assembly. */
export const STATISTICS: readonly ["liquidations", "notional", "badDebt", "insuranceFees"] = [
  "liquidations",
  "notional",
  "badDebt",
  "insuranceFees",
];
