/**
 * The plan: where the host has laid everything that a simulation reads.
 *
 * A plan is a list of 32-bit words, most of them addresses. The host writes it once per run; the
 * kernels only read it. src/engine/plan.ts holds the same list; a test compares the two.
 */

/** Paths that go through all stages together, so that every column of a stage stays in L1. */
// @ts-ignore: decorator
@inline export const TILE: i32 = 128;

// @ts-ignore: decorator
@inline export const STEPS: usize = 0;
// @ts-ignore: decorator
@inline export const ASSETS: usize = 4;
// @ts-ignore: decorator
@inline export const FACTORS: usize = 8;
// @ts-ignore: decorator
@inline export const KEYS: usize = 12; // round keys, see philox.ts
// @ts-ignore: decorator
@inline export const MATRIX: usize = 16; // [T×U×F] f64
// @ts-ignore: decorator
@inline export const ROW_ENDS: usize = 20; // [U] i32: factors that a row of the matrix uses
// @ts-ignore: decorator
@inline export const DRIFT: usize = 24; // [T×U] f64
// @ts-ignore: decorator
@inline export const BOUND: usize = 28; // [T×U] f64
// @ts-ignore: decorator
@inline export const MARKET_FACTOR: usize = 32; // [T×F] f64
// @ts-ignore: decorator
@inline export const MIXING: usize = 36; // quantile table, see quantile.ts; 0 for none
// @ts-ignore: decorator
@inline export const NODE_COUNT: usize = 40;
// @ts-ignore: decorator
@inline export const NODES: usize = 44; // see profile.ts
// @ts-ignore: decorator
@inline export const ACCOUNT_COUNT: usize = 48;
// @ts-ignore: decorator
@inline export const ACCOUNTS: usize = 52; // see account.ts
// @ts-ignore: decorator
@inline export const COVER_COUNT: usize = 56;
// @ts-ignore: decorator
@inline export const COVERS: usize = 60; // see cover.ts
// @ts-ignore: decorator
@inline export const SYSTEMIC: usize = 64; // [2] f64: loading on the market factor and on its own
// @ts-ignore: decorator
@inline export const SUMS: usize = 68; // [accounts + covers] f64: weighted sums of their losses
// @ts-ignore: decorator
@inline export const HELD: usize = 72; // f64: prices held at the model's bound
// @ts-ignore: decorator
@inline export const SCRATCH: usize = 76; // see scratchBytes in simulate.ts
// @ts-ignore: decorator
@inline export const WITH_MOMENTS: usize = 80; // 1 to gather moments and sums
// @ts-ignore: decorator
@inline export const AUDIT: usize = 84; // full revaluation program, see audit.ts; 0 for profiles
// @ts-ignore: decorator
@inline export const EVENTS: usize = 88; // log of cover payments, see cover.ts; 0 for none
// @ts-ignore: decorator
@inline export const MARGIN: usize = 92; // margin program, below; 0 for none
// @ts-ignore: decorator
@inline export const STATISTICS_OUT: usize = 96; // [4×BATCH] f64, see margin.ts; 0 for none
// @ts-ignore: decorator
@inline export const SAMPLE_OUT: usize = 100; // [T×U×TILE] f64 for the log prices of a tile; 0 for nowhere
// @ts-ignore: decorator
@inline export const KEPT_TILES: usize = 104; // tiles of paths from 0 on whose normals are kept; 0 where paths are listed, or none are kept
// @ts-ignore: decorator
@inline export const KEPT_FLAGS: usize = 108; // [tiles] u32: 1 where they have been drawn
// @ts-ignore: decorator
@inline export const KEPT_SHOCKS: usize = 112; // [tiles×rows×TILE] f64, rows = shockRows
// @ts-ignore: decorator
@inline export const KEPT_MOVES: usize = 116; // [tiles×T×U×TILE] f64 log prices of these paths; 0 where none are kept
// @ts-ignore: decorator
@inline export const KEPT_MOVE_FLAGS: usize = 120; // [tiles] of 1 where they are known u32, unused u32, prices held among them f64
/** Bytes between two columns of the statistics: the longest batch. */
// @ts-ignore: decorator
@inline export const STATISTICS_STRIDE: usize = 8192;
/** Bytes of a plan. */
// @ts-ignore: decorator
@inline export const PLAN_BYTES: usize = 128;

// The margin program: what is watched along a path.
// @ts-ignore: decorator
@inline export const M_WATCH_COUNT: usize = 0;
// @ts-ignore: decorator
@inline export const M_WATCHES: usize = 4; // see watch.ts
// @ts-ignore: decorator
@inline export const M_ACCOUNT_COUNT: usize = 8;
// @ts-ignore: decorator
@inline export const M_ACCOUNTS: usize = 12; // see margin.ts
// @ts-ignore: decorator
@inline export const M_SCREEN_COUNT: usize = 16;
// @ts-ignore: decorator
@inline export const M_SCREENS: usize = 20; // see liquidation.ts
// @ts-ignore: decorator
@inline export const M_PACED: usize = 24; // 1 for paced closing, 0 for closing in full
// @ts-ignore: decorator
@inline export const M_CONTINUOUS: usize = 28; // 1 to sample the extremes between steps
// @ts-ignore: decorator
@inline export const M_BLOCK: usize = 32; // steps between two looks at screens and open entries; 0 where there are none
// @ts-ignore: decorator
@inline export const M_TIMES: usize = 36; // [T] f64 years from now
// @ts-ignore: decorator
@inline export const M_RATES: usize = 40; // [U] f64 funding per year
// @ts-ignore: decorator
@inline export const M_PRICED: usize = 44; // 1 if any account pays funding: prices and indices are then kept at every step
// @ts-ignore: decorator
@inline export const M_VARIANCES: usize = 48; // [T×U] f64 of every step, for the extremes
// @ts-ignore: decorator
@inline export const M_NET_FUNDING: usize = 52; // [U] f64 of all legs on the priced index
// @ts-ignore: decorator
@inline export const M_LANES: usize = 56; // columns of the lanes, see margin.ts
// @ts-ignore: decorator
@inline export const M_ENTRIES: usize = 60; // count i32, then entries from 16 on
// @ts-ignore: decorator
@inline export const M_BLOCKS: usize = 64; // columns of the last steps, see liquidation.ts
// @ts-ignore: decorator
@inline export const M_STEP_SUMS: usize = 68; // [3×T] f64: weighted count, notional, bad debt by step
// @ts-ignore: decorator
@inline export const M_TOUCHED: usize = 72; // barriers, after the accounts in the numbering of items
// @ts-ignore: decorator
@inline export const M_SUMS: usize = 76; // [items] f64: weighted sums of what the items add to the losses
// @ts-ignore: decorator
@inline export const M_EXTREMES: usize = 80; // scratch for the extremes between steps
// @ts-ignore: decorator
@inline export const M_BEFORE: usize = 84; // [U×TILE] f64 for the log prices a step ago; 0 where only the steps count
// @ts-ignore: decorator
@inline export const M_LIQUIDATOR_FEE: usize = 88; // f64, fraction of what is closed
// @ts-ignore: decorator
@inline export const M_INSURANCE_FEE: usize = 96; // f64, at most
// @ts-ignore: decorator
@inline export const M_PACE_INITIAL: usize = 104; // f64, share that may be freed at once
// @ts-ignore: decorator
@inline export const M_PACE_DURATION: usize = 112; // f64, years until everything may be
// @ts-ignore: decorator
@inline export const M_SHORTAGE_SMALL: usize = 120; // f64, below it everything may be freed at once
// @ts-ignore: decorator
@inline export const M_NET_TIMED: usize = 128; // f64, funding per year of all legs on the timed index
// @ts-ignore: decorator
@inline export const M_FUNDING_SUMS: usize = 136; // [U+1] f64: weighted sums of the funding indices, and of the weights
// @ts-ignore: decorator
@inline export const M_HITS: usize = 140; // scratch for the hits of one step and asset, see watch.ts
// @ts-ignore: decorator
@inline export const M_OPTIONS: usize = 144; // 1 if any account is an option
// @ts-ignore: decorator
@inline export const M_USED: usize = 148; // [U] u8: 1 for the assets whose prices are kept for a block
/** Bytes of a margin program. */
// @ts-ignore: decorator
@inline export const MARGIN_BYTES: usize = 192;

// @ts-ignore: decorator
@inline
export function word(plan: usize, field: usize): i32 {
  return load<i32>(plan + field);
}

// @ts-ignore: decorator
@inline
export function address(plan: usize, field: usize): usize {
  return <usize>load<u32>(plan + field);
}

// @ts-ignore: decorator
@inline
export function number(plan: usize, field: usize): f64 {
  return load<f64>(plan + field);
}
