import {
  array,
  type Check,
  choice,
  Findings,
  id,
  idClashes,
  money,
  moneyIssue,
  number,
  object,
  optional,
  type Place,
  type PlacedId,
  text,
} from "../basics/index.ts";
import { PARTICIPANTS_MAX } from "../book/index.ts";
import type { PoolDocument } from "../pool/index.ts";
import { type ContributionTerms, checkContribution, contributionForm } from "../terms/index.ts";
import type { PreviousCharges } from "./charge.ts";
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

const previousForm: Check<PreviousCharges> = object<PreviousCharges>({
  days: optional(number({ min: 0, max: 3650, unit: "days" })),
  amounts: array(
    object<PreviousCharges["amounts"][number]>({
      participant: id(),
      amount: money("pool currency"),
    }),
    { max: PARTICIPANTS_MAX },
  ),
});

/**
 * Reads what was charged before.
 *
 * @throws PoolError with every problem, at /options/previous
 */
export function readPrevious(
  given: unknown,
  { participants, currency }: PoolDocument,
): PreviousCharges | null {
  if (given === undefined) return null;
  const found = new Findings();
  const draft = previousForm.check(given, { above: OPTIONS, key: "previous" }, found);
  const known = new Set(participants.map((one) => one.id));
  const placed: PlacedId[] = [];
  draft?.amounts?.forEach((one, i) => {
    const pointer = `/options/previous/amounts/${i}`;
    if (one?.amount !== undefined) {
      found.addIf(moneyIssue(one.amount, currency.decimals, { pointer: `${pointer}/amount` }));
    }
    if (one?.participant === undefined) return;
    placed.push({ id: one.participant, pointer: `${pointer}/participant` });
    if (known.has(one.participant)) return;
    found.add({
      code: "REFERENCE_UNKNOWN",
      pointer: `${pointer}/participant`,
      detail: "the pool has no participant of this id; leave out who has left",
      expected: "id of one of the pool's participants",
      received: `string "${one.participant}"`,
    });
  });
  for (const issue of idClashes(placed)) found.add(issue);
  found.throwIfAny("request");
  return draft as PreviousCharges;
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
    participants: new Set(participants.map((one) => one.id)),
    pointer,
  };
}
