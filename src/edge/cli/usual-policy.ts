import type {
  ComparedSharing,
  ContributionRule,
  ContributionTerms,
  Policy,
  PoolDocument,
} from "../../index.ts";

/** Rules that need nothing but the pool. */
const RULES = [
  "euler-es",
  "euler-var",
  "covariance",
  "stand-alone",
  "with-without",
  "shapley",
  "aumann-shapley",
] as const satisfies readonly ContributionRule[];
const SHARING = [
  "uniform",
  "proportional",
  "equal-awards",
  "equal-losses",
  "talmud",
  "queue",
] as const satisfies readonly ComparedSharing[];

/**
 * Policies worth seeing side by side for any pool: its own terms where it has some, every rule that
 * needs no more than the pool, and every way to share under Euler's rule.
 */
export function usualPolicies({ contribution }: PoolDocument): Policy[] {
  const asked = (rule: ContributionRule): ContributionTerms => ({ rule, noNegative: true });
  return [
    ...(contribution
      ? [{ name: "own terms, calls", contribution, sharing: "calls" as const }]
      : []),
    ...RULES.map((rule) => ({
      name: `${rule}, calls`,
      contribution: asked(rule),
      sharing: "calls" as const,
    })),
    ...SHARING.map((sharing) => ({
      name: `euler-es, ${sharing}`,
      contribution: asked("euler-es"),
      sharing,
    })),
  ];
}
