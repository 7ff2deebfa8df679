import { array, type Check, choice, Findings, object, type Place, text } from "../basics/index.ts";
import type { PoolDocument } from "../pool/index.ts";
import { type ContributionTerms, checkContribution, contributionForm } from "../terms/index.ts";
import { COMPARED_SHARING, type Policy } from "./comparison.ts";

/** Rules, or policies, of one call. */
const RULES_MAX = 32;

const policyForm: Check<Policy> = object<Policy>({
  name: text(200),
  contribution: contributionForm,
  sharing: choice(COMPARED_SHARING),
});

const OPTIONS: Place = { above: null, key: "options" };

/**
 * Reads contribution rules that come apart from a document.
 *
 * @param given  the document's own, or Euler shares of ES, when undefined
 * @throws       PoolError with every problem, at /options/rules
 */
export function readRules(given: unknown, document: PoolDocument): readonly ContributionTerms[] {
  if (given === undefined) return [document.contribution ?? { rule: "euler-es" }];
  const found = new Findings();
  const place = { above: OPTIONS, key: "rules" };
  const draft = array(contributionForm, { min: 1, max: RULES_MAX }).check(given, place, found);
  draft?.forEach((terms, i) => {
    checkContribution(terms, settingOf(document, `/options/rules/${i}`), found);
  });
  found.throwIfAny("request");
  return draft as readonly ContributionTerms[];
}

/**
 * Reads policies to compare.
 *
 * @throws PoolError with every problem, at /policies
 */
export function readPolicies(given: unknown, document: PoolDocument): readonly Policy[] {
  const found = new Findings();
  const place = { above: null, key: "policies" };
  const draft = array(policyForm, { min: 1, max: RULES_MAX }).check(given, place, found);
  draft?.forEach((policy, i) => {
    const setting = settingOf(document, `/policies/${i}/contribution`);
    checkContribution(policy?.contribution, setting, found);
  });
  found.throwIfAny("request");
  return draft as readonly Policy[];
}

function settingOf({ participants, currency }: PoolDocument, pointer: string) {
  return {
    decimals: currency.decimals,
    participants: new Set(participants.map(({ id }) => id)),
    pointer,
  };
}
