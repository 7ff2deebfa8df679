import type { Allocation, ComparedSharing, ContributionRule } from "../../index.ts";
import { levelPercent } from "./format.ts";

interface RuleWords {
  readonly name: string;
  /** What everyone is asked for, to follow the name and a colon. */
  readonly asks: string;
}

const RULES: { readonly [Rule in ContributionRule]: RuleWords } = {
  "euler-es": {
    name: "Euler shares of ES",
    asks: "everyone's mean loss over the pool's tail, which rewards what lowers the pool's risk",
  },
  "euler-var": {
    name: "Euler shares of VaR",
    asks: "everyone's mean loss where the pool's is about its VaR; noisy by nature",
  },
  covariance: {
    name: "Covariance shares of ES",
    asks: "in proportion to how everyone's loss moves with the pool's, good scenarios and bad alike",
  },
  "stand-alone": {
    name: "Stand-alone shares of ES",
    asks: "in proportion to the ES of everyone's own loss; nobody in particular is credited for diversification",
  },
  "with-without": {
    name: "With-without shares of ES",
    asks: "in proportion to how much less the pool's ES would be without the participant",
  },
  shapley: {
    name: "Shapley shares of ES",
    asks: "what everyone adds to the ES of those who came before, averaged over the orders of joining",
  },
  "aumann-shapley": {
    name: "Aumann–Shapley shares of ES",
    asks: "the average over a growing pool of what everyone adds; for ES the same as Euler's shares",
  },
  gearing: {
    name: "Gearing",
    asks: "the same fixed part of everyone's exposure, whatever its risk",
  },
  formula: {
    name: "Formula shares of ES",
    asks: "in proportion to everyone's exposure, premium and own record, as the terms weigh them",
  },
};

const SHARING: { readonly [Sharing in ComparedSharing]: string } = {
  calls: "everyone in proportion to the contribution",
  uniform: "everyone alike",
  proportional: "those who gained, in proportion to their gains",
  "equal-awards": "those who gained: all keep the same, none more than the own gain",
  "equal-losses": "those who gained: all give the same, none more than the own gain",
  talmud: "those who gained: equal parts up to half of each gain, beyond that equal rests",
  queue: "those who gained, whole accounts, the largest gain first",
};

/** Every rule, in the order of the terms. */
export const RULE_NAMES: readonly ContributionRule[] = Object.keys(RULES) as ContributionRule[];

/** A rule by its name; what is unknown here goes by the name it has in the terms. */
export function ruleName(rule: ContributionRule): string {
  return (RULES[rule] as RuleWords | undefined)?.name ?? rule;
}

/** What a rule asks of everyone, in words. */
export function ruleAsks(rule: ContributionRule): string {
  return (RULES[rule] as RuleWords | undefined)?.asks ?? "";
}

/** Who bears what capital does not, in words. */
export function sharingWords(sharing: ComparedSharing): string {
  return (SHARING[sharing] as string | undefined) ?? sharing;
}

/** What an allocation divides: `the pool's ES 97.5 %`. */
export function measureWords({ measure, level }: Pick<Allocation, "measure" | "level">): string {
  if (measure === "exposure") return "a fixed part of everyone's exposure";
  return `the pool's ${measure === "value-at-risk" ? "VaR" : "ES"} ${levelPercent(level)}`;
}
