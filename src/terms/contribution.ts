import {
  array,
  type Check,
  choice,
  type Draft,
  type Findings,
  flag,
  id,
  idClashes,
  money,
  moneyIssue,
  number,
  object,
  optional,
  type PlacedId,
  readMoney,
} from "../basics/index.ts";
import { checkPrecision } from "./rules.ts";
import { PAYERS_MAX } from "./schema.ts";

/** Ways to divide among participants what a pool needs before anything has happened. */
export const CONTRIBUTION_RULES = [
  "euler-es",
  "euler-var",
  "covariance",
  "stand-alone",
  "with-without",
  "shapley",
  "aumann-shapley",
  "gearing",
  "formula",
] as const;

/** One of {@link CONTRIBUTION_RULES}. */
export type ContributionRule = (typeof CONTRIBUTION_RULES)[number];

/** What is known of a participant besides the book. */
export interface ParticipantRecord {
  readonly participant: string;
  /** What it pays in premiums a year, pool currency; only for `formula`. */
  readonly premium?: string;
  /** Its own past, period by period. */
  readonly periods?: readonly {
    /** Volume at risk in the period, in any one unit, > 0. */
    readonly exposure: number;
    /** What it cost the pool in the period, pool currency. */
    readonly loss: string;
  }[];
}

/** How what is charged follows what is asked for. */
export interface ChargeTerms {
  /** Most that is charged more from one day to the next, as a part of before: 0.05 = 5 %. */
  readonly riseMax?: number;
  /** Most that is charged less from one day to the next, as a part of before. */
  readonly fallMax?: number;
  /** What is charged stays while what is asked for is no further off, as a part of before. */
  readonly band?: number;
}

/**
 * Who has to put in how much before anything happens.
 *
 * `euler-es` (the rule when left out), `covariance`, `stand-alone`, `with-without`, `shapley` and
 * `aumann-shapley` divide the pool's ES, `euler-var` its VaR, `formula` the ES in proportion to
 * exposure, premium and record, `gearing` asks a fixed part of everyone's exposure.
 */
export interface ContributionTerms {
  readonly rule: ContributionRule;
  /** Whether nobody is credited for a hedge: contributions below 0 are raised to it. */
  readonly noNegative?: boolean;
  /** Least and most of every participant, pool currency. */
  readonly floor?: string;
  readonly cap?: string;
  /** Only for `gearing`: exposure that one unit of money carries, ≥ 1. */
  readonly gearing?: number;
  /** Only for `formula`: what exposure, premium and record count for; they sum to 1. */
  readonly weights?: {
    readonly exposure: number;
    readonly premium: number;
    readonly record: number;
  };
  /** Scales everyone's contribution by the own record (Bühlmann–Straub) before bounds are applied. */
  readonly ownRecord?: boolean;
  readonly members?: readonly ParticipantRecord[];
  /** How the charge follows from day to day; at once when left out. */
  readonly charge?: ChargeTerms;
}

const PERIODS_MAX = 1000;
const FRACTION_HINT = "this looks like percent; write 0.05 for 5 %";

const part: Check<number> = number({
  min: 0,
  suspectAbove: 1,
  suspectHint: FRACTION_HINT,
  unit: "part of the whole",
});

const daily: Check<number> = number({
  exclusiveMin: 0,
  suspectAbove: 1,
  suspectHint: FRACTION_HINT,
  unit: "part of the charge before, per day",
});

/** The form of contribution terms. */
export const contributionForm: Check<ContributionTerms> = object<ContributionTerms>({
  rule: choice(CONTRIBUTION_RULES),
  noNegative: optional(flag()),
  floor: optional(money("pool currency")),
  cap: optional(money("pool currency")),
  gearing: optional(number({ min: 1, unit: "exposure per unit of money" })),
  weights: optional(
    object<NonNullable<ContributionTerms["weights"]>>({
      exposure: part,
      premium: part,
      record: part,
    }),
  ),
  ownRecord: optional(flag()),
  charge: optional(
    object<ChargeTerms>({
      riseMax: optional(daily),
      fallMax: optional(daily),
      band: optional(part),
    }),
  ),
  members: optional(
    array(
      object<ParticipantRecord>({
        participant: id(),
        premium: optional(money("pool currency per year")),
        periods: optional(
          array(
            object<NonNullable<ParticipantRecord["periods"]>[number]>({
              exposure: number({ exclusiveMin: 0, unit: "volume at risk" }),
              loss: money("pool currency"),
            }),
            { min: 1, max: PERIODS_MAX },
          ),
        ),
      }),
      { max: PAYERS_MAX },
    ),
  ),
});

/** What the rules of contribution terms need to know about the pool. */
export interface ContributionSetting {
  readonly decimals: number | undefined;
  /** Ids that may be referred to; undefined when nobody knows them here. */
  readonly participants: ReadonlySet<string> | undefined;
  readonly pointer: string;
}

/** Checks what the form of contribution terms cannot say. */
export function checkContribution(
  terms: Draft<ContributionTerms>,
  setting: ContributionSetting,
  found: Findings,
): void {
  if (terms === undefined) return;
  const { decimals, pointer } = setting;
  checkPrecision(terms.floor, decimals, `${pointer}/floor`, found);
  checkPrecision(terms.cap, decimals, `${pointer}/cap`, found);
  checkBounds(terms, setting, found);
  checkParts(terms, pointer, found);
  checkMembers(terms, setting, found);
}

type Known = Exclude<Draft<ContributionTerms>, undefined>;

function checkBounds(
  { floor, cap }: Known,
  { decimals, pointer }: ContributionSetting,
  found: Findings,
): void {
  if (floor === undefined || cap === undefined || decimals === undefined) return;
  if ([floor, cap].some((amount) => moneyIssue(amount, decimals) !== undefined)) return;
  if (readMoney(floor, decimals) <= readMoney(cap, decimals)) return;
  found.add({
    code: "NUMBER_RANGE",
    pointer: `${pointer}/cap`,
    detail: "nobody can pay at least the floor and at most the cap; raise the cap above the floor",
    expected: `at least ${floor}`,
    received: `string "${cap}"`,
  });
}

/** Tolerance of weights that people type. */
const SUM_TOLERANCE = 1e-9;

/** Fields that one rule needs and no other reads. */
function checkParts(terms: Known, pointer: string, found: Findings): void {
  const { rule, weights } = terms;
  if (rule === undefined) return;
  const owners = { gearing: "gearing", weights: "formula" } as const;
  for (const name of ["gearing", "weights"] as const) {
    const needed = rule === owners[name];
    if (needed === (terms[name] !== undefined)) continue;
    found.addFirst({
      code: needed ? "KEY_MISSING" : "KEY_UNKNOWN",
      pointer: `${pointer}/${name}`,
      detail: needed
        ? `the rule ${rule} needs ${name}; add it`
        : `only the rule ${owners[name]} reads ${name}; remove it or choose that rule`,
      expected: needed ? name : `no ${name}`,
      ...(needed ? { received: "missing" } : {}),
    });
  }
  const parts = [weights?.exposure, weights?.premium, weights?.record];
  if (parts.some((weight) => weight === undefined)) return;
  const sum = parts.reduce<number>((above, weight) => above + weight!, 0);
  if (Math.abs(sum - 1) <= SUM_TOLERANCE) return;
  found.add({
    code: "WEIGHTS_SUM",
    pointer: `${pointer}/weights`,
    detail: `exposure, premium and record sum to ${sum}; they must make one whole`,
    expected: "weights that sum to 1 within 1e-9",
  });
}

function checkMembers(
  terms: Known,
  { participants, decimals, pointer }: ContributionSetting,
  found: Findings,
): void {
  const { members = [], weights, ownRecord } = terms;
  const payers: PlacedId[] = [];
  members.forEach((member, i) => {
    const at = `${pointer}/members/${i}`;
    if (member?.participant !== undefined) {
      const id = member.participant;
      payers.push({ id, pointer: `${at}/participant` });
      if (participants !== undefined && !participants.has(id)) {
        found.add({
          code: "REFERENCE_UNKNOWN",
          pointer: `${at}/participant`,
          detail: "the pool has no participant of this id; add it or correct the id",
          expected: "id of one of the pool's participants",
          received: `string "${id}"`,
        });
      }
    }
    checkPrecision(member?.premium, decimals, `${at}/premium`, found);
    member?.periods?.forEach((period, k) => {
      checkPrecision(period?.loss, decimals, `${at}/periods/${k}/loss`, found);
    });
  });
  for (const issue of idClashes(payers)) found.add(issue);
  const needsRecord = ownRecord === true || (weights?.record ?? 0) > 0;
  const recorded = members.filter((member) => (member?.periods?.length ?? 0) > 0).length;
  if (needsRecord && recorded < 2) {
    found.addFirst({
      code: "KEY_MISSING",
      pointer: `${pointer}/members`,
      detail: "an own record counts only beside others'; give periods of two participants or more",
      expected: "periods of at least two members",
      received: `${recorded}`,
    });
  }
  if ((weights?.premium ?? 0) > 0 && !members.some((member) => isPaid(member?.premium))) {
    found.addFirst({
      code: "WEIGHTS_ZERO",
      pointer: `${pointer}/members`,
      detail: "premiums count, but nobody pays one",
      expected: "at least one premium above 0",
    });
  }
}

function isPaid(premium: string | undefined): boolean {
  return premium !== undefined && /[1-9]/.test(premium);
}
