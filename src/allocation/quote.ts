import type { Estimate } from "../risk/index.ts";
import type { LimitUse } from "./limit-book.ts";

/** What a position would mean for a pool, and what it would pay; plain JSON. */
export interface Quote {
  /** Id of the proposed position. */
  readonly id: string;
  readonly participant: string;
  /**
   * `adjoint`: from the weights that the run left behind, all scenarios counted. `replay`: the tail was
   * walked again, for positions that depend on the way or answer with others.
   */
  readonly method: "adjoint" | "replay";
  readonly level: number;
  /** Pool currency: coins at today's price, or cash. */
  readonly exposure: number;
  /** What the position costs the pool, averaged over all scenarios. */
  readonly expectedLoss: Estimate;
  /** The same over the pool's tail: what a small position adds to the pool's ES. Negative hedges. */
  readonly marginalShortfall: Estimate;
  /** The participant's Euler share of ES. */
  readonly contribution: { readonly before: Estimate; readonly after: Estimate };
  /** Null where the document has no pricing terms. */
  readonly price: {
    /** Expected loss and the cost of the capital that the position ties up, or a principle's premium; with expenses, over the horizon. */
    readonly premium: Estimate;
    /** What the trade adds to the inventory's variance; negative where it takes some away. */
    readonly skewFee: number;
    /** What fees are multiplied by, for the part of capital that ES takes. */
    readonly stressMultiplier: number;
    /** Premium and fee in whole minor units, rounded up. */
    readonly amount: string;
  } | null;
  /** Every bound that counts the position. */
  readonly limits: readonly LimitUse[];
  /** Whether no bound refuses it. */
  readonly isAllowed: boolean;
}
