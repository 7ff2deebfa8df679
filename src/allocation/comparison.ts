import type { Estimate } from "../risk/index.ts";
import type { ContributionRule, ContributionTerms } from "../terms/index.ts";

/**
 * Who bears what capital does not. `calls`: everyone in proportion to the contribution; `uniform`:
 * everyone alike. The others take it from those who gained in the same scenario: by one of the
 * insolvency rules, or in a `queue` that closes whole accounts, the largest gain first, as exchanges
 * reduce positions.
 */
export const COMPARED_SHARING = [
  "calls",
  "uniform",
  "proportional",
  "equal-awards",
  "equal-losses",
  "talmud",
  "queue",
] as const;
/** One of {@link COMPARED_SHARING}. */
export type ComparedSharing = (typeof COMPARED_SHARING)[number];

/** A way to run a pool: who puts in how much, and who bears what that does not cover. */
export interface Policy {
  readonly name: string;
  readonly contribution: ContributionTerms;
  readonly sharing: ComparedSharing;
}

/** How one policy did. */
export interface PolicyScore {
  readonly name: string;
  readonly contribution: ContributionRule;
  readonly sharing: ComparedSharing;
  /** Capital that stands before anyone shares: other layers than the members', and contributions. */
  readonly capital: number;
  /** How often it is not enough. */
  readonly shortfallProbability: Estimate;
  /** What is left for members to share, on average over all scenarios. */
  readonly expectedShared: Estimate;
  /** What nobody can be made to bear, on average over all scenarios. */
  readonly residualDeficit: Estimate;
  /** All that is taken over all that is lacking: above 1 where a rule takes too much. Null where nothing was lacking. */
  readonly overHaircut: Estimate | null;
  /** Mean of the largest part that one participant bears of what is taken. Null where fewer than two scenarios lacked anything. */
  readonly largestShare: Estimate | null;
  /** Of what everyone bears on average: 0 all alike, towards 1 one bears it all. Null as above. */
  readonly gini: number | null;
  /** Part of the participants who are asked for more than the ES of their own loss. */
  readonly aboveStandAlone: number;
  /**
   * Part of the participants who are left when all who are asked for more than that leave, the rest
   * divide their own ES in the old proportions, and so on until nobody leaves.
   */
  readonly stayers: number;
  /** Part of the contributions that is asked of somebody else when the seed changes. */
  readonly seedSensitivity: number;
}

/** Policies on the same simulated paths; plain JSON. */
export interface Comparison {
  readonly pool: string;
  readonly asOf: string;
  readonly currency: { readonly code: string; readonly decimals: number };
  readonly level: number;
  /** Scenarios of the run, and those in which everyone's own losses were looked at. */
  readonly scenarios: number;
  readonly sampled: number;
  readonly horizonDays: number;
  readonly participants: number;
  readonly seeds: readonly [string, string];
  /** In the order of the policies. */
  readonly rows: readonly PolicyScore[];
}
