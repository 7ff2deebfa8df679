import type { Estimate } from "../risk/index.ts";
import type { ContributionRule } from "../terms/index.ts";

/** Decimal digits as text in the pool currency, with all its decimals: "1250.00". */
type Money = string;

/** What one participant has to put in. */
export interface AllocationRow {
  /** Participant id, or "(pool holdings)". */
  readonly id: string;
  /** By the rule alone: before it is made to sum to the total, scaled by a record and bounded. */
  readonly raw: Estimate;
  /** Its part of the total before bounds. */
  readonly contribution: Estimate;
  /** contribution / total. */
  readonly share: number;
  /** What the own record multiplied the contribution by, before all were scaled to the total; 1 where it does not count. */
  readonly recordFactor: number;
  /** What is asked for, in whole minor units, within bounds. */
  readonly amount: Money;
  /** What is charged today: the amount, or what the terms let the last charge move towards it. */
  readonly charged: Money;
  /** amount less what it would be without bounds. */
  readonly rebalanced: Money;
  /** Which bound binds. */
  readonly bound: "floor" | "cap" | null;
}

/** One rule's answer to who puts in how much; plain JSON. */
export interface Allocation {
  readonly rule: ContributionRule;
  /** What is divided: a measure of the pool's loss, or a part of everyone's exposure. */
  readonly measure: "expected-shortfall" | "value-at-risk" | "exposure";
  readonly level: number;
  readonly total: Estimate;
  readonly totalAmount: Money;
  /** Sum of the raw figures: less than the total where a rule under-allocates. */
  readonly rawTotal: number;
  /** Sum of what bounds moved from one participant to another. */
  readonly moved: Money;
  /** What no bound lets be asked; negative where floors ask for more than the total. */
  readonly unallocated: Money;
  /** Sum of the amounts less sum of the charges: what is still to come, or to be given back. */
  readonly outstanding: Money;
  /** Scenarios that the rule looked at: of some rules fewer than were run. */
  readonly scenarios: number;
  /** Largest amount first; ties by id. */
  readonly rows: readonly AllocationRow[];
}
