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
/** Bytes of a plan. */
// @ts-ignore: decorator
@inline export const PLAN_BYTES: usize = 96;

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
