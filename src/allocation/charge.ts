import { fractionDown } from "../basics/index.ts";
import type { ChargeTerms } from "../terms/index.ts";

/** What was charged before, and how long ago. */
export interface PreviousCharges {
  /** Days since; 1 when left out. */
  readonly days?: number;
  readonly amounts: readonly {
    readonly participant: string;
    /** Decimal text, pool currency. */
    readonly amount: string;
  }[];
}

/**
 * What is charged when something else is asked for than before: it stays within a band, and moves no
 * faster than the terms allow. Who was charged nothing before is charged all of it.
 *
 * @param asked   minor units
 * @param before  minor units; null for who is new
 * @param days    since then, ≥ 0; the limits are of simple, not of compound, growth
 * @source        Nexus Mutual, minimum capital requirement: at most 5 % a day (Pool.sol); hysteresis:
 *                Murphy, Vasios & Vause, An investigation into the procyclicality of risk-based initial
 *                margin models (2014)
 */
export function chargedAfter(
  asked: bigint,
  before: bigint | null,
  days: number,
  { riseMax, fallMax, band }: ChargeTerms,
): bigint {
  if (before === null || before <= 0n || asked === before) return asked;
  const apart = asked > before ? asked - before : before - asked;
  if (band !== undefined && apart <= fractionDown(before, band)) return before;
  const most = asked > before ? riseMax : fallMax;
  if (most === undefined) return asked;
  const step = fractionDown(before, most * days);
  if (apart <= step) return asked;
  return asked > before ? before + step : before - step;
}
