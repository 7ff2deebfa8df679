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
  PLAN_BYTES: 96,
} as const;

/** Paths that pass through all stages together. */
export const TILE = 128;
/** Paths per kernel call: long enough to hide the call, short enough to answer an abort. */
export const BATCH = 1024;

export const NODE_BYTES = 40;
export const CELL_BYTES = 64;
export const OPTION_BYTES = 40;
export const ACCOUNT_BYTES = 16;
export const COVER_CLASS_BYTES = 24;
export const COVER_BYTES = 40;
export const LEG_BYTES = 48;
export const AUDIT_ACCOUNT_BYTES = 32;
