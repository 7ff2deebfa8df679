/**
 * Full revaluation in plain JavaScript, see assembly/audit.ts.
 */
import { AUDIT_ACCOUNT_BYTES, LEG_BYTES, PLAN, TILE } from "../plan.ts";
import type { TwinMemory } from "./memory.ts";
import { addCalls } from "./option.ts";

/** Adds the loss of every account to the losses of a tile. */
export function addAudit(
  memory: TwinMemory,
  plan: number,
  x: number,
  spot: number,
  value: number,
  collateral: number,
  losses: number,
  count: number,
): void {
  const { f64, i32, u32 } = memory;
  const program = u32[(plan + PLAN.AUDIT) >>> 2]!;
  const accounts = i32[program >>> 2]!;
  const own = value >>> 3;
  const beside = collateral >>> 3;
  const out = losses >>> 3;
  for (let account = 0; account < accounts; account++) {
    const record = program + 16 + account * AUDIT_ACCOUNT_BYTES;
    f64.fill(0, own, own + count);
    f64.fill(0, beside, beside + count);
    addLegs(memory, record, x, spot, value, collateral, count);
    const before = f64[(record + 16) >>> 3]!;
    const prior = f64[(record + 24) >>> 3]!;
    const floored = i32[record >>> 2]!;
    for (let p = 0; p < count; p++) {
      const now = f64[own + p]!;
      let loss = now - before;
      if (floored) {
        const missing = -(now + f64[beside + p]!);
        loss += (0 < missing ? missing : 0) - prior;
      }
      f64[out + p] = f64[out + p]! + loss;
    }
  }
}

function addLegs(
  memory: TwinMemory,
  record: number,
  x: number,
  spot: number,
  value: number,
  collateral: number,
  count: number,
): void {
  const { f64, i32, u32 } = memory;
  const legs = i32[(record + 4) >>> 2]!;
  let leg = u32[(record + 8) >>> 2]!;
  for (let l = 0; l < legs; l++) {
    const words = leg >>> 2;
    const numbers = (leg + 16) >>> 3;
    const kind = i32[words]!;
    const node = i32[words + 1]! * TILE * 8;
    if (kind === 0) {
      addCalls(memory, value, x + node, spot + node, count, u32[words + 2]!, i32[words + 3]!);
    } else {
      const out = (kind === 3 ? collateral : value) >>> 3;
      const from = (spot + node) >>> 3;
      const a = f64[numbers]!;
      const b = f64[numbers + 1]!;
      if (kind === 2) addSettled(f64, out, from, count, a, b, f64[numbers + 2]!);
      else for (let p = 0; p < count; p++) f64[out + p] = f64[out + p]! + (a * f64[from + p]! + b);
    }
    leg += LEG_BYTES;
  }
}

/** Adds sign · max(0, a·S - b) to a column. */
function addSettled(
  f64: Float64Array,
  out: number,
  spot: number,
  count: number,
  a: number,
  b: number,
  sign: number,
): void {
  for (let p = 0; p < count; p++) {
    const inside = a * f64[spot + p]! - b;
    f64[out + p] = f64[out + p]! + sign * (0 < inside ? inside : 0);
  }
}
